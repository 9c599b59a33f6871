"""Each row of the error messages knows what the real libraries say; what `explain` makes of words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.catalog.error_messages import MESSAGES
from kerasmig.catalog.explain import explanation

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_row_knows_what_the_libraries_say() -> None:
    command = [sys.executable, "docs/error_messages.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_there_are_sixty_messages_at_least() -> None:
    assert sum(len(message.examples) for message in MESSAGES) >= 60


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("KM204", "# KM204: core-layer"),
        ("core-layer", "# KM204: core-layer"),
        ("Convolution2D", "`keras.layers.Conv2D`"),
        ("Deconv2D", "`keras.layers.Conv2DTranspose`"),
        ("Merge", "concat_axis"),
        ("nb_filter", "becomes `filters`"),
        ("nb_epoch=", "becomes `epochs`"),
        ("decay", "InverseTimeDecay"),
        ("'th'", "`'channels_first'`"),
        ("hard_sigmoid", "hard_sigmoid"),
        ("fit_generator", "called 'fit' now"),
        ("Model.predict_classes", "KM403"),
        ("fit() got an unexpected keyword argument 'nb_epoch'", "becomes `epochs`"),
        ("Unrecognized keyword arguments passed to Dense: {'output_dim': 3}", "`units`"),
        ("'Sequential' object has no attribute 'predict_proba'", "KM403"),
        ("cannot import name 'Merge' from 'keras.layers' (x/__init__.py)", "concat_axis"),
        ("No module named 'keras.layers.core'", "KM101"),
    ],
)
def test_what_a_person_has_before_them_leads_to_a_rule(words: str, expected: str) -> None:
    text = explanation(words)
    assert text is not None
    assert expected in text


@pytest.mark.parametrize("words", ["nonsense_name", "it does not work", "KM000", ""])
def test_what_nobody_knows_is_not_made_up(words: str) -> None:
    assert explanation(words) is None

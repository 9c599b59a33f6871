"""`kerasmig shapes --layout channels_last`: the axes by name, before and after."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kerasmig.cli import main

SEED = Path(__file__).parents[2] / "corpus" / "legacy" / "seed" / "seed.py"


def shown(*options: str) -> list[str]:
    done = CliRunner().invoke(main, ["shapes", str(SEED), *options])
    assert done.exit_code == 0, done.output
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


def test_nothing_more_without_it() -> None:
    assert not any("converted" in line for line in shown())
    assert not any("converted" in line for line in shown("--layout", "keep"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            (),
            [
                "Input 4 (None, 1, 32, 32) = 32 rows x 32 columns x 1 channel",
                "Permute 6 (None, 32, 32, 1)",
                "Convolution2D 5 (None, 32, 32, 10) = 32 rows x 32 columns x 10 channels",
                "Permute 8 (None, 10, 32, 32)",
            ],
        ),
        (
            ("--with-data",),
            [
                "Input 4 (None, 32, 32, 1) = 32 rows x 32 columns x 1 channel",
                "Convolution2D 5 (None, 32, 32, 10) = 32 rows x 32 columns x 10 channels",
            ],
        ),
    ],
)
def test_the_converted_model(options: tuple[str, ...], expected: list[str]) -> None:
    lines = shown("--layout", "channels_last", *options)
    start = next(i for i, line in enumerate(lines) if line.endswith("model: converted"))
    assert lines[start + 2 : start + 2 + len(expected)] == expected
    assert not any("Convolution2D" in line for line in lines[start + 2 + len(expected) :])

"""Every rule's page says how to resolve its findings, and speaks of commands and codes that exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from kerasmig.catalog import families, surface
from kerasmig.catalog.explain import explanation, page
from kerasmig.catalog.keras1_words import nearest
from kerasmig.catalog.resolving import RESOLVE, how_to_resolve
from kerasmig.catalog.vocabulary import Family
from kerasmig.cli import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("family", families(), ids=lambda family: family.code)
def test_every_rule_says_how_to_resolve_it(family: Family) -> None:
    text = page(family).split("## How to resolve\n")[1].split("\n## ")[0]
    assert how_to_resolve(family.code) in text


def test_only_rules_that_exist_have_a_text() -> None:
    assert set(RESOLVE) <= {family.code for family in families()}


def test_only_commands_and_options_that_exist_are_named() -> None:
    assert isinstance(main, click.Group)
    commands = main.commands
    for code, text in RESOLVE.items():
        for command in re.findall(r"`kerasmig (\w+)", text):
            # The commands for old files are named in the catalog before they are there.
            assert command in {*commands, "convert", "inspect"}, code
        known = {name for c in commands.values() for p in c.params for name in p.opts}
        for option in re.findall(r"(?<![\w-])--[a-z0-9-]+", text):
            assert option in known | {"--no-python2"}, (code, option)


def test_a_terminal_gets_no_links_between_pages() -> None:
    text = explanation("KM201")
    assert text is not None
    assert "the question for the data format" in text
    assert "](" not in text


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("keras.layers.core", "| `Highway` | `keras1_compat.Highway` |"),
        ("np_utils", "| `to_categorical` | `keras1_compat.keras1_to_categorical` |"),
        ("keras.objectives", "`keras.losses."),
        ("y_true", "an argument in Keras 1, of"),
        ("on_epoch_end", "written in Keras 3 as it was"),
        ("keras.callbacks.Callback.on_batch_end", "a name of Keras 1"),
    ],
)
def test_what_no_rule_answers_to_is_explained_too(word: str, said: str) -> None:
    text = explanation(word)
    assert text is not None and said in text


def test_every_name_method_and_module_of_keras_1_is_explained() -> None:
    words = [*surface.keras1_modules(), *surface.keras1_names()]
    for owner in surface.keras1_classes():
        words += [f"{owner}.{method}" for method in surface.keras1_methods(owner)]
    public = [word for word in words if not word.rpartition(".")[2].startswith("_")]
    assert len(public) > 800
    assert [word for word in public if explanation(word) is None] == []


def test_every_heading_of_the_page_of_messages_is_found_from_a_traceback() -> None:
    page_of_messages = (ROOT / "docs" / "error-messages.md").read_text(encoding="utf-8")
    messages = re.findall(r"^## `(.*?)…?`$", page_of_messages, re.MULTILINE)
    assert len(messages) >= 60
    for message in messages:
        assert explanation(message), message
        assert explanation(f'Traceback: File "a.py", line 3, in <module> net.fit(x) {message}')


def test_words_spelled_wrong_lead_to_the_right_ones() -> None:
    assert nearest("nb_fliter") == ["nb_filter"]
    assert nearest("Convolution2d")[0] == "Convolution2D"
    assert nearest("qqqq") == []

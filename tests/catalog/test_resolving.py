"""Every rule's page says how to resolve its findings, and speaks of commands and codes that exist."""

from __future__ import annotations

import re

import click
import pytest

from kerasmig.catalog import families
from kerasmig.catalog.explain import explanation, page
from kerasmig.catalog.resolving import RESOLVE, how_to_resolve
from kerasmig.catalog.vocabulary import Family
from kerasmig.cli import main


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

"""Programs that ask docopt for their arguments get what their usage text says."""

from __future__ import annotations

from typing import Any

import pytest

from kerasmig.verify.program.usage import docopt

TRAIN = """Train a network.

Usage:
    train.py <data> [--epochs=<n>] [--hidden <h>] [-v]
    train.py (-h | --help)

Options:
    -h --help        Show this.
    --epochs=<n>     Epochs [default: 2].
    --hidden <h>     Width
                     [default: 64]
    -v --verbose     Say more.
"""
WAYS = """usage:
  net.py train <x> <y>... --weights=<w>
  net.py test WEIGHTS

options:
  -b, --batch SIZE  batch [default: 32]
"""


def test_options_have_their_defaults_and_what_is_required_a_value() -> None:
    answer = docopt(TRAIN, [])
    assert answer == {
        "<data>": "data", "--epochs": "2", "--hidden": "64", "--verbose": False, "--help": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["mnist.npz", "--epochs=7"], {"<data>": "mnist.npz", "--epochs": "7"}),
        (["--hidden", "8", "-v", "x"], {"--hidden": "8", "--verbose": True, "<data>": "x"}),
    ],
)
def test_what_is_given_counts(given: list[str], told: dict[str, Any]) -> None:
    answer = docopt(TRAIN, given)
    assert {name: answer[name] for name in told} == told


def test_of_several_ways_the_first_is_taken() -> None:
    answer = docopt(WAYS, [])
    assert answer["train"] is True and answer["test"] is False
    assert answer["<x>"] == "x" and answer["<y>"] == ["y"]
    assert answer["--weights"] == "weights.h5"
    assert answer["WEIGHTS"] is None
    assert answer["--batch"] == "32"


def test_a_text_without_usage_asks_for_nothing() -> None:
    assert docopt("Nothing.", []) == {}

"""Scripts that read their command line themselves get the arguments that they cannot do without."""

from __future__ import annotations

import ast
import textwrap

import click
import pytest

from kerasmig.verify.program import command_line


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("import sys\nn = int(sys.argv[1])", ("1",)),
        ("import sys\nrate = float(sys.argv[2])", ("1", "0.1")),
        ("from sys import argv\nscript, folder, weights = argv", ("folder", "weights.h5")),
        ("import sys\nrun(sys.argv[1], int(sys.argv[2]))", ("argument", "1")),
        (
            "import sys\nmode = sys.argv[1]\nif mode == 'train':\n    train()",
            ("train",),
        ),
        # A usage check that only ends the program does not make them optional ...
        ("import sys\nif len(sys.argv) != 2:\n    sys.exit(1)\npath = sys.argv[1]", ("path",)),
        # ... what is read only if it is there is left out.
        ("import sys\nif len(sys.argv) > 1:\n    path = sys.argv[1]", ()),
        ("import sys\npath = sys.argv[1] if len(sys.argv) > 1 else 'x'", ()),
        ("import sys\ntry:\n    path = sys.argv[1]\nexcept IndexError:\n    path = 'x'", ()),
        ("import sys\nname = sys.argv[0]", ()),
        ("import sys\nrest = sys.argv[1:]", ()),
        ("print('no arguments')", ()),
    ],
)
def test_what_a_script_is_given(text: str, given: tuple[str, ...]) -> None:
    assert command_line.words(ast.parse(textwrap.dedent(text))) == given


def test_click_gets_what_it_requires(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[object] = []

    @click.command()
    @click.option("--epochs", type=int, required=True)
    @click.option("--mode", type=click.Choice(["slow", "fast"]), required=True)
    @click.argument("weights")
    def main(epochs: int, mode: str, weights: str) -> None:
        got.extend([epochs, mode, weights])

    original = click.core.Parameter.process_value
    with pytest.raises(click.UsageError):
        main([], standalone_mode=False)
    monkeypatch.setattr(
        click.core.Parameter, "process_value", command_line._lenient_click(original)
    )
    main([], standalone_mode=False)
    assert got == [1, "slow", "weights.h5"]
    main(["--epochs", "7", "--mode", "fast", "w.h5"], standalone_mode=False)
    assert got[3:] == [7, "fast", "w.h5"]

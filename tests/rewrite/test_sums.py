"""Every use is rewritten or told of: the sums, the codes, and what is left in the new text."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasmig.catalog import entries, surface
from kerasmig.catalog.codes import code_name
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, FileResult
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from tests.corpus.cases import Case, load_cases
from tests.rewrite.helpers import upgrade
from tests.rewrite.leftovers import leftovers, unreported

PAGES = Path(__file__).parents[2] / "docs" / "rules"
CASES = load_cases()
# A value for a parameter without a default, by its name; 3 for the others.
SAMPLES = {
    "layer": "Dense(output_dim=3)",
    "layers": "[a, b]",
    "function": "f",
    "target_shape": "(3,)",
    "dims": "(1, 2)",
    "output_shape": "(None, 9, 9, 3)",
    "inputs": "[a, b]",
    "p": "0.5",
}


def check(result: FileResult) -> None:
    """What holds for every result."""
    found, *rest = result.tally.values()
    assert found == sum(rest), result.path
    for finding in result.findings:
        assert code_name(finding.code), finding
        assert (PAGES / f"{finding.code}.md").exists(), finding
        assert finding.message and finding.line >= 1
        if finding.applicability is Applicability.MANUAL or finding.suppressed:
            # A question is left in a comment; nothing else that is left to a person is edited.
            assert finding.code == "KM111" or not finding.edits, finding
    assert unreported(result) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_corpus(case: Case) -> None:
    run = Project(sorted(case.legacy.rglob("*.py")), UpgradeSettings()).upgrade()
    for result in run.files:
        check(result)
        assert not [left for left in leftovers(result.new) if case.era == 1], result.path


def _layers() -> list[Entry]:
    return [
        entry
        for entry in entries().values()
        if entry.code.startswith(("KM20", "KM21"))
        and surface.keras1_signature(entry.name) is not None
    ]


def _program(entry: Entry, arguments: str) -> str:
    """A file of Keras 1, without doubt, with one call."""
    module, _, name = entry.name.rpartition(".")
    return (
        f"from {module} import {name}\n"
        "from keras.layers.core import Dense\n"
        "head = Dense(output_dim=3)\n"
        f"layer = {name}({arguments})\n"
    )


def _values(entry: Entry) -> dict[str, str]:
    signature = surface.keras1_signature(entry.name)
    assert signature is not None
    return {
        p.name: p.default if p.default is not None else SAMPLES.get(p.name, "3")
        for p in signature.parameters
    }


@pytest.mark.parametrize("entry", _layers(), ids=lambda entry: str(entry.short))
def test_every_layer_with_all_its_defaults(entry: Entry) -> None:
    """By position, by keyword and the other way round: the same calls, and nothing left untold."""
    values = _values(entry)
    keywords = [f"{name}={value}" for name, value in values.items()]
    for arguments in (values.values(), keywords, reversed(keywords)):
        check(upgrade(_program(entry, ", ".join(arguments))))


@pytest.mark.parametrize("entry", _layers(), ids=lambda entry: str(entry.short))
def test_every_layer_with_other_values(entry: Entry) -> None:
    """Each argument by itself with a value of its own that nothing is known of."""
    values = _values(entry)
    signature = surface.keras1_signature(entry.name)
    assert signature is not None
    required = {name: v for name, v in values.items() if signature.default(name) is None}
    for name in values:
        given = {**required, name: "something"}
        check(upgrade(_program(entry, ", ".join(f"{n}={v}" for n, v in given.items()))))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("from keras.layers.core import Dense\n", "import of keras.layers.core.Dense"),
        ("import keras.engine.topology\n", "import of keras.engine.topology"),
        ("from keras.layers import Dense\nDense(units=3, init='one')\n", "Dense(init=)"),
        ("import keras\nkeras.layers.AtrousConvolution2D(8)\n", "is gone"),
        ("from keras import backend as K\nK.permute_dimensions(x, a)\n", "is gone"),
        ("from keras.layers import Convolution2D\nConvolution2D(8, 3, 3)\n", "with sizes apart"),
        ("model.fit(x, y, nb_epoch=3)\n", ".fit(nb_epoch=)"),
        ("model.fit_generator(x)\n", ".fit_generator()"),
    ],
)
def test_the_check_sees_what_is_left(text: str, what: str) -> None:
    """A leftover that nobody tells of is found, so the tests above can fail."""
    silent = FileResult("program.py", old=text, new=text)
    assert [found for found in unreported(silent) if what in found]

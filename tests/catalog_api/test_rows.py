"""The rows outside the layers say what the two libraries say of themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kerasmig import compat
from kerasmig.catalog import entries, families, surface
from kerasmig.catalog.methods import METHODS, Certainty
from kerasmig.catalog.metrics import METRICS
from kerasmig.catalog.objectives import LOSSES
from kerasmig.catalog.optimizers import OPTIMIZERS
from kerasmig.catalog.vocabulary import Entry, To
from kerasmig.compat.select import compat_names, compat_signature

MODULES = (
    "keras.engine",
    "keras.models",
    "keras.optimizers",
    "keras.objectives",
    "keras.metrics",
    "keras.callbacks",
    "keras.preprocessing",
    "keras.datasets",
    "keras.applications",
    "keras.utils",
    "keras.wrappers",
    "keras.backend",
)
ROWS = {name: row for name, row in entries().items() if name.startswith(MODULES)}
OLD = {name: row for name, row in ROWS.items() if row.code != "KM701"}


def _old(row: Entry) -> surface.Signature | None:
    return surface.sig(row.old) if row.old else surface.keras1_signature(row.name)


def _new(row: Entry) -> surface.Signature | None:
    if row.signature:
        return surface.sig(row.signature)
    if row.to is not None and row.to.startswith("keras1_compat."):
        parameters = compat_signature(row.to.partition(".")[2])
        return None if parameters is None else surface.sig(parameters)
    return surface.keras3_signature(row.to) if row.to else None


def test_every_public_name_of_keras1_has_a_row() -> None:
    names = [name for name in surface.keras1_names() if name.startswith(MODULES)]
    assert len(names) > 300
    assert [name for name in names if name not in ROWS] == []


@pytest.mark.parametrize("name", OLD)
def test_a_row_lists_only_arguments_that_keras1_has(name: str) -> None:
    signature = _old(OLD[name])
    if signature is None or signature.var_keyword:
        return
    listed = {one for key in OLD[name].args for one in ([key] if isinstance(key, str) else key)}
    assert listed <= set(signature.names())


@pytest.mark.parametrize("name", OLD)
def test_arguments_lead_to_arguments_that_exist(name: str) -> None:
    row = OLD[name]
    old, new = _old(row), _new(row)
    if old is None or new is None or row.manual or row.template or new.var_keyword:
        return
    targets = {a.name for a in map(row.argument, old.names()) if isinstance(a, To)}
    assert targets | set(row.write) | set(row.write_when) <= set(new.names())


@pytest.mark.parametrize("name", ROWS)
def test_a_row_says_where_to_go_or_what_to_do(name: str) -> None:
    row = ROWS[name]
    assert row.to or row.manual or row.template or row.rule
    if row.to and row.to.startswith("keras1_compat."):
        assert row.to.partition(".")[2] in compat_names()
    elif row.to and row.to.startswith("keras."):
        assert surface.keras3_has(row.to), row.to


def test_named_values_lead_to_objects_that_exist() -> None:
    for table in (OPTIMIZERS, LOSSES, METRICS):
        for value in table.values():
            for path in value.imports:
                module, _, name = path.rpartition(".")
                assert name in compat_names() if module == "keras1_compat" else True
                assert surface.keras3_has(path) if module != "keras1_compat" else True


def test_a_name_that_alone_is_certain_is_in_no_later_keras() -> None:
    kept = {"train_on_batch", "test_on_batch", "predict_on_batch", "add_weight"}
    kept |= {"save_weights", "load_weights", "flow_from_directory"}
    kept |= {"get_weights", "set_weights"}  # their rules ask which Keras the file speaks
    for method in METHODS:
        if method.certainty is Certainty.NAME and method.to == method.name:
            assert method.name in kept


def test_no_two_parts_define_the_same_name() -> None:
    found: list[str] = []
    for path in Path(compat.__path__[0], "parts").glob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        found += [n.name for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    assert sorted(found) == sorted(set(found))


def test_every_family_has_a_page() -> None:
    for family in families():
        if family.code[:3] in ("KM3", "KM4", "KM5", "KM6", "KM7"):
            assert family.summary.endswith(".")
            assert family.why.endswith(".")
            assert all(family.example), family.code

"""The catalog against the photographs of both libraries: nothing invented, nothing left out."""

from __future__ import annotations

import pytest

from kerasmig.catalog import entries, families, surface
from kerasmig.catalog.layer import LAYER, LAYER_CLASS, keywords
from kerasmig.catalog.surface import sig
from kerasmig.catalog.values import imports
from kerasmig.catalog.vocabulary import Entry, Gone, Handled, Pack, Spread, To
from kerasmig.compat import compat_names, compat_signature

_MODULES = (
    "keras.layers.",
    "keras.initializations.",
    "keras.regularizers.",
    "keras.constraints.",
    "keras.activations.",
)
ENTRIES = [
    entry
    for entry in entries().values()
    if entry.name.startswith(_MODULES) and entry.code.startswith(("KM20", "KM21", "KM22"))
]
NAMES = [entry.name for entry in ENTRIES]


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_old_name_is_one_of_keras_1(entry: Entry) -> None:
    assert surface.keras1_signature(entry.name) is not None


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_old_arguments_are_arguments_of_keras_1(entry: Entry) -> None:
    """A row may name arguments that only a sister in its family has, none that nobody has."""
    family = next(f for f in families() if f.code == entry.code)
    known = set(LAYER)
    for sister in family.resolved():
        known |= set(keywords(sister.name))
    listed = {n for key in entry.args for n in ([key] if isinstance(key, str) else key)}
    assert listed - known == set()


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_new_name_exists_or_the_entry_says_what_to_do(entry: Entry) -> None:
    for target in filter(None, (entry.to, entry.idiomatic)):
        module, _, name = target.rpartition(".")
        if module == "keras1_compat":
            assert name in compat_names()
        else:
            assert surface.keras3_has(target)
    assert entry.to or entry.manual or entry.rule


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_every_old_argument_has_a_place_in_the_new_signature(entry: Entry) -> None:
    if entry.to is None:
        return
    taken = _accepts(entry.to)
    lost = {}
    for old in keywords(entry.name):
        if old in ("args", "kwargs"):
            continue
        rule = entry.argument(old)
        names = _targets(rule)
        if entry.to.startswith("keras1_compat.") and entry.name.startswith("keras.initializations"):
            continue  # called with today's dtype besides the old arguments; see the next test
        missing = [name for name in names if name not in taken]
        if missing:
            lost[old] = missing
    assert lost == {}


@pytest.mark.parametrize(
    "entry",
    [e for e in ENTRIES if e.name.startswith("keras.initializations.")],
    ids=lambda e: e.short,
)
def test_compat_initialisers_take_the_old_arguments_in_the_old_order(entry: Entry) -> None:
    old = surface.keras1_signature(entry.name)
    new = sig(compat_signature((entry.to or "").rpartition(".")[2]) or "")
    assert old is not None
    assert new.positional()[: len(old.positional())] == old.positional()


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_written_defaults_are_arguments_of_the_new_callable(entry: Entry) -> None:
    assert entry.to is not None or not entry.write
    for name, text in entry.write.items():
        assert name in _accepts(entry.to or "")
        for needed in imports(text):
            module, _, short = needed.rpartition(".")
            assert (
                short in compat_names() if module == "keras1_compat" else surface.keras3_has(needed)
            )


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_data_format_is_written_only_where_it_is_taken(entry: Entry) -> None:
    if entry.data_format or entry.always_last:
        assert entry.to is not None
        assert "data_format" in _accepts(entry.to)
    assert not (entry.data_format and entry.always_last)
    if entry.to is not None and "dim_ordering" in keywords(entry.name):
        assert entry.data_format or entry.name.startswith("keras.initializations")


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_a_layer_whose_default_follows_the_global_format_says_so(entry: Entry) -> None:
    """Keras 3 gave `data_format` to layers that had no ordering in Keras 1."""
    if entry.to is None or LAYER_CLASS not in surface.keras1_bases(entry.name):
        return
    signature = surface.keras3_signature(entry.to)
    if (
        signature
        and "data_format" in signature.names()
        and "dim_ordering" not in keywords(entry.name)
    ):
        assert entry.always_last


def test_every_public_callable_of_these_modules_has_an_entry() -> None:
    elsewhere = {"keras.layers.time_distributed_dense"}
    missing = [
        name
        for name in surface.keras1_names()
        if name.startswith(_MODULES)
        and not name.rpartition(".")[2].startswith("_")
        and name not in entries()
        and name not in elsewhere
    ]
    assert missing == []


@pytest.mark.parametrize(
    "family",
    [f for f in families() if f.module.startswith(tuple(m[:-1] for m in _MODULES))],
    ids=lambda f: f.code,
)
def test_family_is_explained(family: object) -> None:
    for attribute in ("summary", "why", "safety"):
        text = getattr(family, attribute)
        assert text.endswith(".") and len(text) > 20, attribute
    old, new = family.example  # type: ignore[attr-defined]
    assert old and new and old != new


def test_every_conversion_that_a_row_names_is_known_to_the_engine() -> None:
    from kerasmig.rewrite.values.value_changes import conversions

    named = {
        rule.convert
        for entry in ENTRIES
        for rule in entry.args.values()
        if isinstance(rule, (To, Spread)) and rule.convert
    }
    assert named - conversions() == set()


def test_every_handled_argument_has_a_rule() -> None:
    from kerasmig.rewrite.calls.entry_calls import _COMMON

    for entry in ENTRIES:
        for key, rule in entry.args.items():
            if isinstance(rule, Handled) and entry.to is not None:
                assert entry.rule or key in _COMMON, (entry.name, key)


def _targets(rule: object) -> tuple[str, ...]:
    if isinstance(rule, (To, Pack)):
        return (rule.name,)
    return rule.names if isinstance(rule, Spread) else ()


def _accepts(target: str) -> set[str]:
    """Names that a new callable takes: its own, and what Keras 3's layers all take."""
    module, _, name = target.rpartition(".")
    if module == "keras1_compat":
        signature = sig(compat_signature(name) or "")
    else:
        found = surface.keras3_signature(target)
        assert found is not None, target
        signature = found
    names = set(signature.names())
    if signature.var_keyword:
        names |= {"input_shape", "input_dim", "name", "trainable", "dtype", "activity_regularizer"}
        if name == "WordDropoutEmbedding":
            names |= _accepts("keras.layers.Embedding")
        if name == "Deconvolution2D":
            names |= _accepts("keras.layers.Conv2DTranspose")
        if name == "LocallyConnected1D":
            names |= _accepts("keras1_compat.LocallyConnected2D")
    return names


def test_gone_arguments_say_what_to_do() -> None:
    for entry in ENTRIES:
        for rule in entry.args.values():
            if isinstance(rule, Gone):
                assert len(rule.why) > 15, entry.name

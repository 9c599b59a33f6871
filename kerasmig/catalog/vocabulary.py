"""The words in which the catalog says what becomes of a Keras 1 callable.

A `Family` is one code (``KM201``) with its entries; an `Entry` says where one callable went and
what becomes of each argument. Old and new signatures are not repeated here: `surface` knows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from kerasmig.catalog.layer_facts import LayerFacts

NOTHING: Mapping[Any, Any] = MappingProxyType({})
"""What a table holds where nothing is said."""

# -- what becomes of one argument ---------------------------------------------------------------


class To(NamedTuple):
    """The argument is now called ``name``; its value goes through the conversion, if any."""

    name: str
    convert: str = ""


class Pack(NamedTuple):
    """Several arguments become one tuple: ``(nb_row, nb_col)`` → ``kernel_size=(3, 3)``.

    Args:
        needs: made only where this one of them is given; the others count with their old default.
            Empty: all of them are given, or the tuple is not made.
    """

    name: str
    needs: str = ""


class Spread(NamedTuple):
    """One argument becomes several with the same value: ``init`` of a separable convolution."""

    names: tuple[str, ...]
    convert: str = ""


class Drop(NamedTuple):
    """The argument goes without consequence; ``why`` says so to the reader of the docs.

    Args:
        keep_effects: values other than these literals (source text) need somebody's attention.
    """

    why: str
    only: tuple[str, ...] = ()


class Gone(NamedTuple):
    """The argument has no counterpart: given with another value than its default, it is reported.

    Args:
        why: what to do instead, one sentence.
    """

    why: str


class Handled(NamedTuple):
    """A structural rule (`Entry.rule`) sees to this argument; ``how`` is for the docs."""

    how: str


Argument: TypeAlias = To | Pack | Spread | Drop | Gone | Handled
Arguments: TypeAlias = Mapping[str | tuple[str, ...], Argument]


def same_value(argument: Argument, name: str) -> bool:
    """Whether an argument is handed on as ``name``, with its value as it is.

    To be asked instead of comparing with a `To`: two words of the same content are equal tuples.
    """
    return isinstance(argument, To) and argument.name == name and not argument.convert


def to(name: str, convert: str = "") -> To:
    """Renamed (or kept, with a conversion of its value)."""
    return To(name, convert)


def pack(name: str, needs: str = "") -> Pack:
    """Several old arguments make one tuple; with ``needs``, wherever that one is given."""
    return Pack(name, needs)


def spread(*names: str, convert: str = "") -> Spread:
    """One old argument makes several new ones."""
    return Spread(names, convert)


def drop(why: str, only: tuple[str, ...] = ()) -> Drop:
    """Leave out; with ``only``, any other literal is reported."""
    return Drop(why, only)


def gone(why: str) -> Gone:
    """No counterpart: reported where it is given."""
    return Gone(why)


def handled(how: str) -> Handled:
    """Seen to by the entry's structural rule."""
    return Handled(how)


# -- one callable ---------------------------------------------------------------------------------


class Entry(NamedTuple):
    """What becomes of one Keras 1 function, class or method.

    Args:
        name: short name in the family's module, or a full canonical name.
        to: Keras 3 path (``Conv2D`` in the family's target module, or a full path such as
            ``keras.ops.clip`` or ``keras1_compat.hard_sigmoid``); ``None``: no counterpart.
        args: what becomes of each old argument (or tuple of them); unlisted ones keep their name.
        write: new arguments whose old default differs, with the old default as source text, to be
            written out where the author left them out. ``--idiomatic`` leaves them out.
        rule: name of the structural rule in `rewrite` that takes the place of the plain mapping.
        data_format: the new callable takes ``data_format`` and the old one was governed by
            ``dim_ordering``.
        always_last: a 1-D layer: Keras 1 knew no ordering for it, today's follows the global one.
        assumed: every rewrite of it is an assumption, for this reason.
        manual: never rewritten: what the person has to do.
        docs: what a reader should know beyond the table of arguments.
        idiomatic: new path under ``--idiomatic`` where it differs.
        contract: settings (old-call source texts) that contract tests build besides the default.
        differs: what is known to differ and is not carried over, for the docs and the reports.
        template: the new expression where it is no plain call of `to`, written like the text of a
            `values.Value`: ``{keras.ops.cast}`` is an object by its path, ``{x}`` an old argument,
            which counts with its old default where it is left out.
        write_when: new argument → (its old default as source text, old arguments): like `write`,
            but only where one of those old arguments is given.
        old: the old callable's parameters where the photograph of Keras 1.2.2 lacks it.
        signature: the new callable's parameters where the library itself shows only ``*args,
            **kwargs``, or is not Keras.
        layer: what is known of it if it is a layer.
        any_keyword: it takes keywords of any name (``**sk_params``) and hands them on.
    """

    name: str
    to: str | None = None
    args: Arguments = NOTHING
    write: Mapping[str, str] = NOTHING
    rule: str = ""
    data_format: bool = False
    always_last: bool = False
    assumed: str = ""
    manual: str = ""
    docs: str = ""
    idiomatic: str = ""
    contract: tuple[str, ...] = ()
    differs: str = ""
    template: str = ""
    write_when: Mapping[str, tuple[str, tuple[str, ...]]] = NOTHING
    old: str = ""
    signature: str = ""
    layer: LayerFacts | None = None
    any_keyword: bool = False
    code: str = ""

    @property
    def short(self) -> str:
        """The last part of the old name."""
        return self.name.rpartition(".")[2]

    def argument(self, old: str) -> Argument:
        """What becomes of an old argument; its own name where the entry says nothing."""
        for key, value in self.args.items():
            if old == key or (isinstance(key, tuple) and old in key):
                return value
        return To(old)


class Family(NamedTuple):
    """Entries that share a code, a home in Keras 1 and a page in the docs.

    Args:
        code: ``KMnnn``.
        name: reads well after "ignore": ``convolution-layer``.
        summary: one sentence: what the rule does.
        why: what happens if it is not done.
        safety: why the rewrite is (un)safe.
        example: old code and new code.
        module: where the entries' short names are defined in Keras 1.2.2.
        target: where their short ``to`` names live in Keras 3.
    """

    code: str
    name: str
    summary: str
    why: str
    safety: str = ""
    example: tuple[str, str] = ("", "")
    module: str = ""
    target: str = "keras.layers"
    common: Arguments = NOTHING
    entries: Sequence[Entry] = ()

    def resolved(self) -> tuple[Entry, ...]:
        """The entries with full names, the common arguments and the code filled in."""
        return tuple(self.resolve(entry) for entry in self.entries)

    def full_name(self, entry: Entry) -> str:
        """The canonical name of one of the entries."""
        return entry.name if "." in entry.name else f"{self.module}.{entry.name}"

    def resolve(self, entry: Entry) -> Entry:
        """One of the entries, likewise."""
        target = entry.to
        if target is not None and "." not in target:
            target = f"{self.target}.{target}"
        idiomatic = entry.idiomatic
        if idiomatic and "." not in idiomatic:
            idiomatic = f"{self.target}.{idiomatic}"
        return entry._replace(
            name=self.full_name(entry),
            to=target,
            idiomatic=idiomatic,
            args={**self.common, **entry.args},
            code=self.code,
        )

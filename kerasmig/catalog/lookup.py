"""From a word or an error message to what the catalog knows of it.

A person comes with what stands before them: an old name (``Merge``), an argument (``nb_filter``), a
value (``'he_normal'``), a method (``fit_generator``), or what Keras 3 or TensorFlow said when it
stopped. All of them lead to a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kerasmig.catalog import entries, families, surface, values
from kerasmig.catalog.error_messages import MESSAGES, Message
from kerasmig.catalog.methods import METHODS
from kerasmig.catalog.methods.vocabulary import Method
from kerasmig.catalog.vocabulary import Drop, Entry, Gone, Handled, Pack, Spread, To

_VALUES = {
    "initializer": (values.INITIALIZERS, "KM221"),
    "constraint": (values.CONSTRAINTS, "KM223"),
    "activation": (values.ACTIVATIONS, "KM224"),
    "image ordering": ({"th": values.Value("'channels_first'"),
                        "tf": values.Value("'channels_last'")}, "KM502"),
}  # fmt: skip

_SHOWN = 6


class Meaning(NamedTuple):
    """One thing that a word may mean.

    Args:
        title: what it is, for a heading.
        text: what became of it, or what to do.
        codes: the rules.
    """

    title: str
    text: str
    codes: tuple[str, ...]


def entries_named(word: str) -> list[Entry]:
    """The rows of a Keras 1 name, short or whole, or one of its aliases."""
    names = [name for name in entries() if word in (name, name.rpartition(".")[2])]
    if not names:
        places = ("keras.layers", "keras.models", "keras.optimizers", "keras.objectives",
                  "keras.metrics", "keras.backend", "keras.callbacks")  # fmt: skip
        canonical = [surface.canonical(f"{place}.{word}") for place in places]
        names = [name for name in (*canonical, surface.canonical(word)) if name in entries()]
    return [entries()[name] for name in dict.fromkeys(names)]


def meanings(word: str) -> list[Meaning]:
    """Everything that a word means as a method, an argument or a value of Keras 1."""
    word = word.strip().strip("'\"`").rstrip("=(").rstrip("()")
    return [*_methods(word), *_arguments(word), *_values(word)]


def message_for(text: str) -> tuple[Message, re.Match[str]] | None:
    """The known error message that a text holds; with or without its backticks."""
    plain = text.replace("`", "")
    for message in MESSAGES:
        match = re.search(message.pattern, text, re.DOTALL) or re.search(
            message.pattern.replace("`", ""), plain, re.DOTALL
        )
        if match is not None:
            return message, match
    return None


def words_in(text: str) -> list[str]:
    """The names that an error message speaks of, the most telling first."""
    found = re.findall(r"['\"`]([A-Za-z_][\w.]*)['\"`]", text)
    found += re.findall(r"\b([A-Za-z_]\w*)\(\)", text)
    return list(dict.fromkeys([*found, *(word.rpartition(".")[2] for word in found)]))


def _methods(word: str) -> Iterator[Meaning]:
    # Whoever writes `Model.predict_classes` means the method, whose owner may be another class.
    name = word.rpartition(".")[2]
    seen: dict[str, Meaning] = {}
    for method in METHODS:
        if method.name == name:
            seen.setdefault(
                _method_text(method), Meaning(_title(method), _method_text(method), (method.code,))
            )
    yield from seen.values()


def _title(method: Method) -> str:
    kind = "attribute" if method.attribute else "method"
    return f"{kind} {method.name!r} of {method.owner.rpartition('.')[2]}"


def _method_text(method: Method) -> str:
    if method.manual:
        return method.manual
    parts = []
    if method.to and method.to != method.name:
        parts.append(f"It is called {method.to!r} now.")
    elif method.to:
        parts.append("It keeps its name.")
    for key, argument in method.args.items():
        names = key if isinstance(key, str) else ", ".join(key)
        if text := argument_text(names, argument):
            parts.append(f"{names}: {text}.")
    parts += [text for text in (method.docs, method.assumed) if text]
    return " ".join(parts) or "It is rewritten by the rule."


def _arguments(word: str) -> Iterator[Meaning]:
    """What became of an argument, told once for all the callables where it became the same."""
    found: dict[str, dict[str, str]] = {}
    rows = [(entry.short, entry.args, entry.code) for entry in entries().values()]
    rows += [(f"{method.name}()", method.args, method.code) for method in METHODS]
    for owner, arguments, code in rows:
        for key, argument in arguments.items():
            names = (key,) if isinstance(key, str) else key
            if word in names and (text := argument_text(word, argument)):
                found.setdefault(text, {})[owner] = code
    for text, owners in found.items():
        shown = ", ".join(list(owners)[:_SHOWN]) + (", …" if len(owners) > _SHOWN else "")
        sentence = f"It becomes {text}." if text.startswith("`") else f"{text.removesuffix('.')}."
        codes = tuple(dict.fromkeys(owners.values()))
        yield Meaning(f"argument {word!r} of {shown}", sentence, codes)


def _values(word: str) -> Iterator[Meaning]:
    for kind, (table, code) in _VALUES.items():
        value = table.get(word)
        if value is None:
            continue
        text = re.sub(r"\{([^}]+)\}", r"\1", value.text)
        why = f" {value.why}" if value.why else ""
        yield Meaning(f"{kind} {word!r}", f"It is written `{text}`.{why}", (code,))


def argument_text(name: str, argument: object) -> str:
    """What becomes of one argument, in a few words; empty where it stays as it is."""
    if isinstance(argument, To):
        same = argument.name == name
        value = f" (its value: {argument.convert.replace('_', ' ')})" if argument.convert else ""
        return "" if same and not value else f"`{argument.name}`{value}"
    if isinstance(argument, Pack):
        return f"part of `{argument.name}`"
    if isinstance(argument, Spread):
        return ", ".join(f"`{target}`" for target in argument.names)
    if isinstance(argument, Drop):
        return f"goes: {argument.why}"
    if isinstance(argument, Gone):
        return f"is reported: {argument.why}"
    assert isinstance(argument, Handled)
    return argument.how


def summary_of(code: str) -> str:
    """``KM204 core-layer``."""
    family = next(family for family in families() if family.code == code)
    return f"{family.code} {family.name}"

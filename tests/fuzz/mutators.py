"""Ways in which a file can be odd: each takes a text or bytes and makes something of it."""

from __future__ import annotations

import io
import json
import random
import re
import tokenize
from collections.abc import Callable
from typing import Any

Draw = random.Random

_WORDS = (
    "Convolution2D(8, 3, 3)", "merge([x, y], mode='concat')", "Dense(output_dim=3, init='uniform')",
    "from keras.layers import *", "import keras.backend as K", "model.fit(x, y, nb_epoch=3)",
    "K.set_image_dim_ordering('th')", "lambda: 0", "yield", "await x", "return", "del keras", "global Dense",
    "*a, b = c", "x: int = 3", "async def f(): pass", "class A(Layer): pass", "print 'x'", "exec 'a'",
    "from . import x", "if 1:", "try:", "(", ")", "[", "'''", '"""', "\\", "#", "# coding: latin-1",
    "# kerasmig: ignore", "# kerasmig: data_format=channels_first", "# kerasmig: ignore[KM201, x]",
    "%matplotlib inline", "!pip install keras", "\f", "\t", "\r", "\x00", "\u2028", "é", "𝔘", "0x", "1_0", "1e999",
)  # fmt: skip


# -- text of programs ------------------------------------------------------------------------------


def _lines(text: str) -> list[str]:
    return re.split(r"(?<=\n)", text)


def drop_line(text: str, draw: Draw) -> str:
    lines = _lines(text)
    del lines[draw.randrange(len(lines))]
    return "".join(lines)


def double_line(text: str, draw: Draw) -> str:
    lines = _lines(text)
    at = draw.randrange(len(lines))
    lines.insert(draw.randrange(len(lines) + 1), lines[at])
    return "".join(lines)


def swap_lines(text: str, draw: Draw) -> str:
    lines = _lines(text)
    i, j = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]
    return "".join(lines)


def cut(text: str, draw: Draw) -> str:
    return text[: draw.randrange(len(text) + 1)]


def insert_word(text: str, draw: Draw) -> str:
    at = draw.randrange(len(text) + 1)
    return text[:at] + draw.choice(_WORDS) + text[at:]


def insert_line(text: str, draw: Draw) -> str:
    lines = _lines(text)
    at = draw.randrange(len(lines) + 1)
    near = lines[min(at, len(lines) - 1)]
    blank = near[: len(near) - len(near.lstrip(" \t"))]
    lines.insert(at, f"{blank}{draw.choice(_WORDS)}\n")
    return "".join(lines)


def change_token(text: str, draw: Draw) -> str:
    """One token becomes another one of the file, or nothing."""
    tokens = re.findall(r"\w+|[^\w\s]|\s+", text)
    if not tokens:
        return text
    tokens[draw.randrange(len(tokens))] = draw.choice([draw.choice(tokens), "", "None", "1", "*x"])
    return "".join(tokens)


def rename(text: str, draw: Draw) -> str:
    """A name becomes another one, everywhere."""
    names = sorted(set(re.findall(r"\b[A-Za-z_]\w*\b", text)))
    if len(names) < 2:
        return text
    old, new = draw.sample(names, 2)
    return re.sub(rf"\b{old}\b", new, text)


def indent(text: str, draw: Draw) -> str:
    """Lines go below an ``if``, a ``def`` or a ``class``."""
    lines = _lines(text)
    start = draw.randrange(len(lines))
    end = draw.randrange(start, len(lines)) + 1
    near = lines[start]
    blank = near[: len(near) - len(near.lstrip(" \t"))]
    heads = (
        "if x:",
        "def f(a, *b, c=1, **d):",
        "class A(object):",
        "for i in range(3):",
        "with a as b:",
    )
    step = draw.choice(("    ", "\t", "  "))
    inside = [step + line if line.strip() else line for line in lines[start:end]]
    return "".join([*lines[:start], f"{blank}{draw.choice(heads)}\n", *inside, *lines[end:]])


def comment(text: str, draw: Draw) -> str:
    """A comment and a line break within brackets, where one may be."""
    places = [match.end() for match in re.finditer(r"[(\[,]", text)]
    if not places:
        return text
    at = draw.choice(places)
    return text[:at] + " # note\n" + text[at:]


def newlines(text: str, draw: Draw) -> str:
    kind = draw.choice(("\r\n", "\r", "mixed"))
    if kind == "mixed":
        return "".join(draw.choice(("\n", "\r\n", "\r")) if c == "\n" else c for c in text)
    return text.replace("\n", kind)


def no_end(text: str, draw: Draw) -> str:
    return text.rstrip("\r\n") + draw.choice(("", " ", "\\", "\n\n\n", "\f"))


def positional(text: str, draw: Draw) -> str:
    """A keyword argument is given by position, or a position by keyword."""
    found = list(re.finditer(r"(?<=[(,])(\s*)(\w+)=(?!=)", text))
    if not found:
        return text
    match = draw.choice(found)
    return text[: match.start()] + match[1] + text[match.end() :]


def star(text: str, draw: Draw) -> str:
    places = [match.start(1) for match in re.finditer(r"[(,]\s*(\w+)\s*[,)]", text)]
    if not places:
        return text
    at = draw.choice(places)
    return text[:at] + draw.choice(("*", "**")) + text[at:]


def join_lines(text: str, draw: Draw) -> str:
    places = [match.start() for match in re.finditer("\n", text)]
    if not places:
        return text
    at = draw.choice(places)
    return text[:at] + draw.choice(("; ", " \\\n", "")) + text[at + 1 :].lstrip(" ")


def parentheses(text: str, draw: Draw) -> str:
    """Brackets around an expression that is a name or a number."""
    found = list(re.finditer(r"(?<![\w.])(\w+)(?=\s*[,)\]])", text))
    if not found:
        return text
    match = draw.choice(found)
    return f"{text[: match.start()]}({match[0]}){text[match.end() :]}"


def splice(text: str, draw: Draw) -> str:
    """A part of the text is somewhere else as well."""
    a, b = sorted(draw.randrange(len(text) + 1) for _ in range(2))
    at = draw.randrange(len(text) + 1)
    return text[:at] + text[a:b][:2000] + text[at:]


PROGRAMS: tuple[Callable[[str, Draw], str], ...] = (
    drop_line, double_line, swap_lines, cut, insert_word, insert_line, change_token, rename, indent, comment,
    newlines, no_end, positional, star, join_lines, parentheses, splice,
)  # fmt: skip


# -- bytes -------------------------------------------------------------------------------------------


def flip(data: bytes, draw: Draw) -> bytes:
    found = bytearray(data)
    for _ in range(draw.choice((1, 1, 3, 20))):
        if found:
            found[draw.randrange(len(found))] ^= 1 << draw.randrange(8)
    return bytes(found)


def zeros(data: bytes, draw: Draw) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + bytes(draw.randrange(1, 64)) + data[at + draw.randrange(64) :]


def end(data: bytes, draw: Draw) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def repeat(data: bytes, draw: Draw) -> bytes:
    a, b = sorted(draw.randrange(len(data) + 1) for _ in range(2))
    return data[:b] + data[a:b] + data[b:]


def cookie(data: bytes, draw: Draw) -> bytes:
    names = (
        b"latin-1",
        b"utf-16",
        b"utf-7",
        b"cp1252",
        b"idna",
        b"rot13",
        b"no-such",
        b"utf-8-sig",
    )
    return b"# -*- coding: " + draw.choice(names) + b" -*-\n" + data


def mark(data: bytes, draw: Draw) -> bytes:
    return draw.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00")) + data


BYTES: tuple[Callable[[bytes, Draw], bytes], ...] = (flip, zeros, end, repeat, cookie, mark)


# -- data ----------------------------------------------------------------------------------------------

_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, float("nan"), float("inf"), "", "\ud800", "x" * 3000, "\x1b[31m", [], {},
    [[]], {"": None}, "keras", ["a", 1], {"name": 5}, "<script>", "../../x", "::error::x",
)  # fmt: skip


def change_data(value: Any, draw: Draw) -> Any:
    """Some value deep in JSON-able data becomes another, goes, comes twice or moves."""
    if draw.random() < 0.15 or not isinstance(value, dict | list) or not value:
        return draw.choice(_ODD)
    if isinstance(value, dict):
        found = dict(value)
        key = draw.choice(sorted(found, key=str))
        way = draw.random()
        if way < 0.1:
            del found[key]
        elif way < 0.2:
            found[draw.choice(["", "x", "\ud800", "name", "path"])] = found.pop(key)
        elif way < 0.3:
            found[key] = found[draw.choice(sorted(found, key=str))]
        else:
            found[key] = change_data(found[key], draw)
        return found
    items = list(value)
    at = draw.randrange(len(items))
    way = draw.random()
    if way < 0.1:
        del items[at]
    elif way < 0.2:
        items.insert(at, items[draw.randrange(len(items))])
    else:
        items[at] = change_data(items[at], draw)
    return items


def as_toml(value: Any) -> str:
    """A value of a TOML file, roughly: what is wrong about it is wrong as a person's would be."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(str(k))} = {as_toml(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return "nan" if value is None or value != value else json.dumps(value)


def comments(text: str) -> list[str]:
    """The comments of a program, sorted; none of one that cannot be taken apart."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    return sorted(token.string for token in tokens if token.type == tokenize.COMMENT)

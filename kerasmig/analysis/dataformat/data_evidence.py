"""What the handling of images and weight files says of the data format."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from kerasmig.analysis.dataformat.evidence import FORMATS
from kerasmig.analysis.dataformat.image_sizes import FIRST, LAST
from kerasmig.analysis.dataformat.project_facts import NameResolver
from kerasmig.analysis.interpreter.values import Unknown
from kerasmig.analysis.layers.arguments import ORDERINGS
from kerasmig.analysis.layers.sizes import show
from kerasmig.finding import DataFormat, Evidence


def data_preparation(
    calls: Iterable[ast.Call], strings: Iterable[ast.Constant], names: NameResolver
) -> list[Evidence]:
    """How the file shapes its images and which weight files it names."""
    result: dict[tuple[str, DataFormat], Evidence] = {}

    def add(rule: str, favours: DataFormat, weight: float, line: int, sentence: str) -> None:
        result.setdefault((rule, favours), Evidence(sentence, line, favours, weight))

    for call in calls:
        called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if called in ("reshape", "transpose", "rollaxis", "moveaxis"):
            numbers = _integers(call)
            if called.endswith("axis"):
                numbers = [n for n in numbers or () if isinstance(n, int)]
            shape = f"{called}{show(tuple(numbers))}" if numbers else ""
            if called == "reshape" and numbers and len(numbers) == 4:
                if numbers[1] in (1, 3) and numbers[3] not in (1, 3):
                    add(
                        "reshape",
                        FIRST,
                        0.7,
                        call.lineno,
                        f"Images are put channels first by {shape}.",
                    )
                elif numbers[3] in (1, 3) and numbers[1] not in (1, 3):
                    add(
                        "reshape",
                        LAST,
                        0.7,
                        call.lineno,
                        f"Images are put channels last by {shape}.",
                    )
            elif called == "rollaxis" and numbers in ([2], [2, 0], [3, 1]):
                shape = f"rollaxis({', '.join(map(str, numbers))})"
                add(
                    "rollaxis",
                    FIRST,
                    0.7,
                    call.lineno,
                    f"Images are put channels first by {shape}.",
                )
            elif called == "moveaxis" and numbers in ([-1, 0], [-1, 1], [2, 0], [3, 1]):
                shape = f"moveaxis({', '.join(map(str, numbers))})"
                add(
                    "moveaxis",
                    FIRST,
                    0.7,
                    call.lineno,
                    f"Images are put channels first by {shape}.",
                )
            elif called == "transpose" and numbers in ([2, 0, 1], [0, 3, 1, 2]):
                add(
                    "transpose",
                    FIRST,
                    0.7,
                    call.lineno,
                    f"Images are put channels first by {shape}.",
                )
            elif called == "transpose" and numbers in ([1, 2, 0], [0, 2, 3, 1]):
                add(
                    "transpose", LAST, 0.4, call.lineno, f"Images are put channels last by {shape}."
                )
        for keyword in call.keywords:
            if keyword.arg in ("dim_ordering", "data_format") and _is_generator(call):
                value = getattr(keyword.value, "value", None)
                ordering = ORDERINGS.get(value) if isinstance(value, str) else None
                if ordering:
                    favours = FORMATS[ordering]
                    add(
                        "generator",
                        favours,
                        0.8,
                        call.lineno,
                        f"ImageDataGenerator yields {favours.value} images.",
                    )
    found = {
        FORMATS[ordering]: string
        for string in strings
        for ordering in ("th", "tf")
        if f"{ordering}_dim_ordering" in str(string.value) and len(str(string.value)) < 300
    }
    if len(found) == 1:
        ((favours, string),) = found.items()
        add(
            "weights",
            favours,
            0.75,
            string.lineno,
            f"Weights {string.value!r} were trained {favours.value}.",
        )
    return list(result.values())


def _integer(node: ast.expr) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _integer(node.operand)
        return None if number is None else -number
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_generator(call: ast.Call) -> bool:
    name = call.func
    last = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
    return last == "ImageDataGenerator"


def _integers(call: ast.Call) -> list[int | Unknown] | None:
    """Literal sizes among the arguments of ``x.reshape(...)`` or ``np.reshape(x, ...)``."""
    arguments: list[ast.expr] = list(call.args)
    tuples = [a for a in arguments if isinstance(a, (ast.Tuple, ast.List))]
    if tuples:
        arguments = list(tuples[0].elts)
    result: list[int | Unknown] = []
    for argument in arguments:
        number = _integer(argument)
        if number is not None:
            result.append(number)
        else:
            result.append(Unknown(ast.unparse(argument)[:20]))
    return result or None

"""What the handling of images and weight files says of the data format."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kerasmig.analysis.dataformat.evidence import FORMATS
from kerasmig.analysis.dataformat.image_sizes import FIRST, LAST
from kerasmig.analysis.dataformat.project_facts import NameResolver
from kerasmig.analysis.interpreter.values import Unknown
from kerasmig.analysis.layers.arguments import ORDERINGS
from kerasmig.analysis.layers.sizes import show
from kerasmig.finding import DataFormat, Evidence

_TURNED: Mapping[str, Mapping[DataFormat, Sequence[list[int]]]] = {
    "rollaxis": {FIRST: ([2], [2, 0], [3, 1])},
    "moveaxis": {FIRST: ([-1, 0], [-1, 1], [2, 0], [3, 1])},
    "transpose": {FIRST: ([2, 0, 1], [0, 3, 1, 2]), LAST: ([1, 2, 0], [0, 2, 3, 1])},
}
"""Axes that bring the channels to one end, by function."""
_WEIGHTS = {("transpose", LAST): 0.4}
"""How much a function tells; `_TOLD` where nothing stands here. Pictures to be shown end so, too."""
_TOLD = 0.7


def data_preparation(
    calls: Iterable[ast.Call],
    strings: Iterable[ast.Constant],
    subscripts: Iterable[ast.Subscript],
    names: NameResolver,
) -> list[Evidence]:
    """How the file shapes its images and which weight files it names; each kind once."""
    found: dict[tuple[str, DataFormat | None], Evidence] = {}
    for call in calls:
        for kind, evidence in (*_shaping(call), *_stacking(call), *_generating(call)):
            found.setdefault((kind, evidence.favours), evidence)
    for subscript in subscripts:
        for kind, evidence in _new_axis(subscript):
            found.setdefault((kind, evidence.favours), evidence)
    return [*found.values(), *_weight_files(strings)]


def _shaping(call: ast.Call) -> Iterator[tuple[str, Evidence]]:
    """``x.reshape(-1, 3, 32, 32)``, ``x.transpose(0, 3, 1, 2)``, ``np.rollaxis(x, 3, 1)``."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if called != "reshape" and called not in _TURNED:
        return
    numbers = _integers(call)
    if called == "reshape":
        favours = _reshaped(numbers)
    else:
        if called.endswith("axis"):
            numbers = [n for n in numbers or () if isinstance(n, int)]
        favours = next((f for f, axes in _TURNED[called].items() if numbers in axes), None)
    if favours is not None and numbers:
        listed = ", ".join(map(str, numbers))
        shape = f"({listed})" if called.endswith("axis") else show(tuple(numbers))
        end = "first" if favours is FIRST else "last"
        yield (
            called,
            Evidence(
                f"Images are put channels {end} by {called}{shape}.",
                call.lineno,
                favours,
                _WEIGHTS.get((called, favours), _TOLD),
            ),
        )


def _new_axis(subscript: ast.Subscript) -> Iterator[tuple[str, Evidence]]:
    """``x[:, np.newaxis, :, :]``: pictures of one channel in a row."""
    items = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else []
    new = [i for i, item in enumerate(items) if _is_new(item)]
    rest = [item for item in items if not _is_new(item)]
    if len(items) != 4 or len(new) != 1 or not all(isinstance(i, ast.Slice) for i in rest):
        return
    if new[0] in (1, 3):
        favours, end = (FIRST, "first") if new[0] == 1 else (LAST, "last")
        shown = f"[{ast.unparse(subscript.slice).strip('()')}]"
        sentence = f"Images are put channels {end} by {shown}."
        yield "new axis", Evidence(sentence, subscript.lineno, favours, _TOLD)


def _is_new(item: ast.expr) -> bool:
    """``None`` or ``np.newaxis``."""
    if isinstance(item, ast.Attribute):
        return item.attr == "newaxis"
    if isinstance(item, ast.Name):
        return item.id == "newaxis"
    return isinstance(item, ast.Constant) and item.value is None


def _reshaped(sizes: list[int | Unknown] | None) -> DataFormat | None:
    if sizes is None or len(sizes) != 4 or (sizes[1] in (1, 3)) == (sizes[3] in (1, 3)):
        return None
    return FIRST if sizes[1] in (1, 3) else LAST


def _stacking(call: ast.Call) -> Iterator[tuple[str, Evidence]]:
    """``np.append(frame, frames[:, :3, :, :], axis=1)``: pictures are put one behind the other."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    axis = next((_integer(k.value) for k in call.keywords if k.arg == "axis"), None)
    if called not in ("append", "concatenate") or axis not in (1, 3, -1):
        return
    parts = [p for a in call.args for p in (a.elts if isinstance(a, ast.Tuple | ast.List) else [a])]
    for part in parts:
        if not (isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Tuple)):
            continue
        taken = [i for i, index in enumerate(part.slice.elts) if not _is_all(index)]
        if len(part.slice.elts) == 4 and taken == [axis % 4]:
            favours = FIRST if axis == 1 else LAST
            sentence = (
                f"Images are stacked channels {'first' if axis == 1 else 'last'} by {called}."
            )
            yield "stacking", Evidence(sentence, call.lineno, favours, _TOLD)


def _is_all(index: ast.expr) -> bool:
    return isinstance(index, ast.Slice) and index.lower is index.upper is index.step is None


def _generating(call: ast.Call) -> Iterator[tuple[str, Evidence]]:
    """``ImageDataGenerator(dim_ordering='th')``."""
    for keyword in call.keywords:
        if keyword.arg in ("dim_ordering", "data_format") and _is_generator(call):
            value = getattr(keyword.value, "value", None)
            ordering = ORDERINGS.get(value) if isinstance(value, str) else None
            if ordering:
                favours = FORMATS[ordering]
                sentence = f"ImageDataGenerator yields {favours.value} images."
                yield "generator", Evidence(sentence, call.lineno, favours, 0.8)


def _weight_files(strings: Iterable[ast.Constant]) -> Iterator[Evidence]:
    """``vgg16_weights_th_dim_ordering_th_kernels.h5``, if all names agree."""
    found = {
        FORMATS[ordering]: string
        for string in strings
        for ordering in ("th", "tf")
        if f"{ordering}_dim_ordering" in str(string.value) and len(str(string.value)) < 300
    }
    if len(found) == 1:
        ((favours, string),) = found.items()
        sentence = f"Weights {string.value!r} were trained {favours.value}."
        yield Evidence(sentence, string.lineno, favours, 0.75)


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

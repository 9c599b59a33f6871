"""What a Python 2 file means otherwise in Python 3 and no converter can know.

Sizes that are divided are seen to in every file of the Keras 1 era: ``nb_filter / 2`` was written
for Python 2 even where the file parses as Python 3.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.tree import nodes
from kerasmig.analysis.whole_numbers import Kind, number_kind
from kerasmig.catalog import surface
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.notebooks import MARKER
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule

DIVISION = "KM802"
PICKLE = "KM803"
TEXT = "KM804"
RELATIVE = "KM805"
FUTURE = "KM806"
#: What Python 3 does anyway.
_ALWAYS_ON = frozenset(
    "nested_scopes generators division absolute_import with_statement print_function "
    "unicode_literals generator_stop".split()
)

#: Parameters of Keras 1 and Keras 3 that take whole numbers, or tuples of them.
_SIZES = frozenset(
    [
        "nb_filter",
        "nb_row",
        "nb_col",
        "nb_feature",
        "output_dim",
        "input_dim",
        "input_length",
        "filter_length",
        "length",
        "pool_length",
        "pool_size",
        "subsample",
        "subsample_length",
        "stride",
        "strides",
        "size",
        "padding",
        "cropping",
        "n",
        "input_shape",
        "batch_input_shape",
        "batch_shape",
        "output_shape",
        "target_shape",
        "dims",
        "kernel_dim1",
        "kernel_dim2",
        "kernel_dim3",
        "filters",
        "kernel_size",
        "units",
        "batch_size",
        "nb_epoch",
        "epochs",
        "nb_classes",
        "samples_per_epoch",
        "nb_val_samples",
        "steps_per_epoch",
        "validation_steps",
        "nb_worker",
        "depth_multiplier",
        "target_size",
        "patience",
    ]
)
#: Of these, the ones that mean a size in any function's call.
_TELLING = _SIZES - frozenset(["n", "length", "size", "stride", "dims", "padding"])
_SHAPED = frozenset(["reshape", "zeros", "ones", "empty", "resize", "range"])
#: Of these, the ones that take the array first where they are functions: ``np.reshape(x, shape)``.
_OF_ARRAYS = frozenset(["reshape", "resize"])
_GONE = {
    "letters": "string.ascii_letters",
    "lowercase": "string.ascii_lowercase",
    "uppercase": "string.ascii_uppercase",
    "maketrans": "str.maketrans",
    "join": "the str method join",
    "split": "the str method split",
}
_BYTE_CODECS = frozenset(["hex", "base64", "zlib", "rot13", "bz2", "string_escape"])


@file_rule
def integer_division(context: FileContext) -> Iterator[Finding]:
    """``/`` of whole numbers becomes ``//``."""
    if b"/" not in context.text.utf8 or _true_division(context.tree):
        return
    if not (context.python2 or context.speaks_keras1):
        return
    divisions = [
        node
        for node in nodes(context.tree, ast.BinOp, ast.AugAssign)
        if isinstance(node.op, ast.Div)
    ]
    if not divisions:
        return
    sizes = _names_of_sizes(context)
    for node in divisions:
        finding = _division(context, node, sizes)
        if finding is not None:
            yield finding


def _true_division(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "division" for alias in node.names)
        for node in tree.body
    )


def _division(
    context: FileContext, node: ast.BinOp | ast.AugAssign, sizes: frozenset[str]
) -> Finding | None:
    left, right = (
        (node.target, node.value)
        if isinstance(node, ast.AugAssign)
        else (
            node.left,
            node.right,
        )
    )
    kinds = {number_kind(left, context.names), number_kind(right, context.names)}
    if Kind.FLOAT in kinds or _made_float(context, left) or _made_float(context, right):
        return None
    text = context.text.of(node)
    shown = text if len(text) <= 40 and "\n" not in text else "this division"
    as_size = _is_size(context, node, sizes)
    if context.python2 and kinds == {Kind.INT}:
        return context.finding(
            DIVISION,
            node,
            f"{shown}: both are whole numbers, which Python 2 divided without a rest: // written",
            Applicability.AUTOMATIC,
            edits=[_floor(context, left, right)],
        )
    if as_size and (context.python2 or kinds != {Kind.FLOAT}):
        return context.finding(
            DIVISION,
            node,
            f"{shown} is used as a size, so // is written, as Python 2 divided whole numbers",
            Applicability.ASSUMED,
            edits=[_floor(context, left, right)],
        )
    if not context.python2:
        return None
    return context.finding(
        DIVISION,
        node,
        f"{shown} gave a whole number in Python 2 if both sides were ints; if they are, write //",
        Applicability.MANUAL,
    )


def _made_float(context: FileContext, node: ast.expr) -> bool:
    """Whether a name is an array that the file turns into floats: ``x = x.astype('float32')``."""
    return isinstance(node, ast.Name) and node.id in context.float_arrays


def _floor(context: FileContext, left: ast.expr, right: ast.expr) -> Edit:
    """Double the slash between two operands."""
    position = context.text.span(left).end
    end = context.text.span(right).start
    utf8 = context.text.utf8
    while position < end:
        if utf8[position : position + 1] == b"#":
            while utf8[position : position + 1] not in (b"\n", b"\r"):
                position += 1
        if utf8[position : position + 1] == b"/":
            return Edit(Span(position, position + 1), ("//",))
        position += 1
    raise AssertionError("a division without a slash")


def _is_size(context: FileContext, node: ast.AST, sizes: frozenset[str]) -> bool:
    """Whether an expression's value is used as a size, directly or through a name."""
    child, parent = node, context.parent(node)
    while isinstance(parent, ast.BinOp | ast.UnaryOp | ast.Tuple | ast.List | ast.Starred):
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Div):
            return False  # the quotient of a quotient: decided for the outer one
        child, parent = parent, context.parent(parent)
    if isinstance(parent, ast.keyword):
        call = context.parent(parent)
        return isinstance(call, ast.Call) and (
            parent.arg in _TELLING or (parent.arg in _SIZES and _signature(context, call) != ())
        )
    if isinstance(parent, ast.Call) and child in parent.args:
        return _positional_size(context, parent, parent.args.index(child))
    if isinstance(parent, ast.Slice):
        return True
    if isinstance(parent, ast.Assign) and child is parent.value:
        return any(isinstance(t, ast.Name) and t.id in sizes for t in parent.targets)
    if isinstance(parent, ast.AugAssign) and isinstance(parent.target, ast.Name):
        return parent.target.id in sizes
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id in sizes
    return False


def _positional_size(context: FileContext, call: ast.Call, index: int) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _SHAPED and context.names.keras_name(function) is None:
        if index == 0 and name in _OF_ARRAYS and not _is_method(context, function):
            return False
        return name != "resize" or isinstance(call.args[index], ast.Tuple)
    parameters = _signature(context, call)
    return index < len(parameters) and parameters[index] in _SIZES


def _is_method(context: FileContext, function: ast.expr) -> bool:
    """Whether a function is called on an object (``x.reshape``), not on a module (``np.reshape``)."""
    if not isinstance(function, ast.Attribute):
        return False
    if not isinstance(function.value, ast.Name):
        return True
    return not any(
        binding.kind in ("import", "from") for binding in context.names.bindings_of(function.value)
    )


def _signature(context: FileContext, call: ast.Call) -> tuple[str, ...]:
    """The positional parameters of a call's Keras 1 callable; empty for anything else."""
    name = context.names.keras_name(call.func)
    signature = surface.keras1_signature(name) if name else None
    return tuple(signature.positional()) if signature else ()


def _names_of_sizes(context: FileContext) -> frozenset[str]:
    """Names that stand somewhere as a size."""
    found = set()
    for node in context.names.loads:
        if _is_size(context, node, frozenset()):
            found.add(node.id)
    return frozenset(found)


@file_rule
def pickles(context: FileContext) -> Iterator[Finding]:
    """Pickles of Python 2 are read with an encoding, and binary files opened as such."""
    if not context.python2 or b"pickle" not in context.text.utf8:
        return
    pickled = _pickle_names(context.tree)
    for call in context.calls:
        name = _dotted(call.func)
        if name not in pickled:
            continue
        explicit = any(keyword.arg in ("encoding", None) for keyword in call.keywords)
        if pickled[name] in ("load", "loads") and not explicit:
            yield _with_encoding(context, call)
        yield from _opened_as_text(context, call)


def _pickle_names(tree: ast.Module) -> dict[str, str]:
    """How the file calls the functions of pickle: spelling → function."""
    found: dict[str, str] = {}
    functions = ("load", "loads", "dump", "dumps")
    for node in nodes(tree, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in ("pickle", "cPickle"):
                    found.update({f"{alias.asname or alias.name}.{f}": f for f in functions})
        elif node.module in ("pickle", "cPickle"):
            found.update({alias.asname or alias.name: alias.name for alias in node.names})
    return found


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _with_encoding(context: FileContext, call: ast.Call) -> Finding:
    site = context.site(call)
    at = site.arguments[-1].span.end if site.arguments else site.open + 1
    comma = ", " if site.arguments else ""
    return context.finding(
        PICKLE,
        call,
        "a pickle written by Python 2 is read with encoding='latin1'",
        Applicability.ASSUMED,
        edits=[Edit(Span(at, at), (f"{comma}encoding='latin1'",))],
    )


def _opened_as_text(context: FileContext, call: ast.Call) -> Iterator[Finding]:
    """Pickles go through files opened as binary: ``pickle.dump(x, open(path, 'w'))``."""
    for argument in call.args:
        for opened in _opens(context, argument):
            mode = opened.args[1] if len(opened.args) > 1 else None
            if mode is None and not opened.keywords and len(opened.args) == 1:
                end = context.text.span(opened.args[0]).end
                edit = Edit(Span(end, end), (", 'rb'",))
            elif isinstance(mode, ast.Constant) and mode.value in ("r", "w", "a"):
                end = context.text.span(mode).end - 1
                edit = Edit(Span(end, end), ("b",))
            else:
                continue
            yield context.finding(
                PICKLE,
                opened,
                "pickles are bytes: the file is opened in binary mode",
                Applicability.AUTOMATIC,
                edits=[edit],
            )


def _opens(context: FileContext, node: ast.expr) -> Iterator[ast.Call]:
    """The calls of ``open`` that an expression is, directly or through ``with`` or a name."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in ("open", "file"):
            yield node
        return
    if not isinstance(node, ast.Name):
        return
    for parent in context.ancestors(node):
        if isinstance(parent, ast.With):
            for item in parent.items:
                target = item.optional_vars
                if isinstance(target, ast.Name) and target.id == node.id:
                    yield from _opens(context, item.context_expr)
                    return
    bindings = context.names.bindings_of(node)
    if len(bindings) == 1 and isinstance(bindings[0].value, ast.Call):
        yield from _opens(context, bindings[0].value)


@file_rule
def text_and_bytes(context: FileContext) -> Iterator[Finding]:
    """Codecs and functions that made bytes of Python 2's str are reported."""
    if not context.python2:
        return
    for node in nodes(context.tree, ast.Attribute):
        parent = context.parent(node)
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        if isinstance(node.value, ast.Name) and node.value.id == "string" and node.attr in _GONE:
            what = f"string.{node.attr} is gone: use {_GONE[node.attr]}"
        elif node.attr in ("encode", "decode") and call is not None and _codec(call):
            what = f"str.{node.attr}({_codec(call)!r}) is gone: use codecs.{node.attr} on bytes"
        elif node.attr == "decode" and isinstance(node.value, ast.Constant):
            what = "str has no decode in Python 3: leave it out, or start from bytes"
        else:
            continue
        yield context.finding(TEXT, node, what, Applicability.MANUAL)


@file_rule
def decoded(context: FileContext) -> Iterator[Finding]:
    """``unicode(x, 'utf-8')`` became ``str(x, 'utf-8')``, which takes nothing but bytes."""
    for call in context.calls if context.python2 else ():
        function = call.func
        if (
            isinstance(function, ast.Name)
            and function.id == "str"
            and not context.names.bindings_of(function)
            and len(call.args) + len(call.keywords) > 1
        ):
            yield context.finding(
                TEXT,
                call,
                "unicode with an encoding is str with one now, which takes bytes only: where the "
                "value is text already, leave the encoding out",
                Applicability.MANUAL,
                name="unicode",
            )


@file_rule
def late_future_imports(context: FileContext) -> Iterator[Finding]:
    """``from __future__`` behind other code of its cell: Python 3 refuses it, and needs none."""
    before: ast.stmt | None = None
    for node in context.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.module != "__future__":
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            before = node if before or not docstring else None
            continue
        text = context.text
        if before is None or not _ALWAYS_ON.issuperset(alias.name for alias in node.names):
            continue
        between = text.get(Span(text.span(before).end, text.span(node).start))
        if MARKER in between:
            continue
        yield context.finding(
            FUTURE,
            node,
            "from __future__ must be the first statement, and is not needed in Python 3: taken out",
            Applicability.AUTOMATIC,
            name="__future__",
            edits=[text.removal(node)],
        )


def _codec(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    value = first.value if isinstance(first, ast.Constant) else None
    return value if isinstance(value, str) and value in _BYTE_CODECS else ""


@file_rule
def relative_imports(context: FileContext) -> Iterator[Finding]:
    """Imports that Python 2 found beside the file were made explicit with the conversion."""
    for line in context.made_relative:
        node = next(
            (n for n in nodes(context.tree, ast.ImportFrom) if n.lineno == line),
            context.tree,
        )
        yield context.finding(
            RELATIVE,
            node,
            "an import from the same folder is written as a relative one; if this file is run as a "
            "script, run it as `python -m package.module`",
            Applicability.ASSUMED,
        )

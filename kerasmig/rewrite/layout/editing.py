"""Writing a plan down: edges around expressions and between layers, arguments of layers."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from kerasmig.analysis.interpreter.values import DictValue, Layer, Seq
from kerasmig.analysis.layers.compat_names import ADAPTER
from kerasmig.analysis.names.resolution import Names
from kerasmig.catalog import surface
from kerasmig.catalog.layers import known_layer
from kerasmig.finding import Edit, Span
from kerasmig.rewrite.calls.callsite import Argument, CallSite
from kerasmig.rewrite.calls.listing import removals
from kerasmig.rewrite.imports.import_changes import Imports
from kerasmig.rewrite.layout.axes import goes_last, permutation
from kerasmig.rewrite.layout.passages import SOFTMAX, Change
from kerasmig.text.source import Text
from kerasmig.text.tree import identifiers, nodes, parents

PERMUTE = "keras.layers.Permute"
SOFTMAX_BEFORE_LAST = "keras1_compat.softmax_before_last"


class CannotEdit(Exception):
    """The text does not show what has to change; the message says why, for a person."""


class FileEdits:
    """The edits of one file.

    Args:
        text: the file; ``tree``, ``names``: of it.
        ambient: whether the program sets channels_first for all its layers.
    """

    def __init__(self, text: Text, tree: ast.Module, names: Names, ambient: bool) -> None:
        self.text = text
        self.names = names
        self.imports = Imports(names, text)
        self.edits: list[Edit] = []
        self._ambient = ambient
        self._parents = parents(tree)
        self._removed: dict[int, tuple[ast.Call, set[str]]] = {}
        self._first: list[Edit] = []
        self._taken: set[str] = set()
        self._opened: list[tuple[int, int, str]] = []
        self._closed: list[tuple[int, int, str]] = []

    @property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        """The node around each node."""
        return self._parents

    @cached_property
    def numpy_names(self) -> frozenset[str]:
        """What the file calls NumPy."""
        return self.names.imported_as(lambda path: path == "numpy")

    def numpy(self) -> str:
        """NumPy's name here; it is imported if it is not yet."""
        if self.numpy_names:
            return min(self.numpy_names)
        self.imports.need_library("numpy", "np")
        return "np"

    def permute(self) -> str:
        """How `Permute` is written here."""
        return self.imports.need(PERMUTE)

    # -- edges -------------------------------------------------------------------------------------

    def wrap(self, node: ast.expr, dims: tuple[int, ...], several: bool) -> None:
        """Put an edge around an expression (or around each tensor of a list)."""
        span = self._whole(node)
        edge = f"{self.permute()}({_shown(dims)})"
        if several:
            before, after = f"[{edge}(t) for t in ", "]"
        else:
            before, after = f"{edge}(", ")"
        self._opened.append((span.start, -span.end, before))
        self._closed.append((span.end, -span.start, after))

    def wrap_all(
        self, wraps: Sequence[tuple[ast.expr, tuple[int, ...]]]
    ) -> Iterator[tuple[ast.AST, tuple[int, ...]]]:
        """Put edges around expressions; one edge for all uses of a variable that is set once.

        Yields:
            where each edge stands.
        """
        groups: dict[object, list[tuple[ast.expr, tuple[int, ...]]]] = {}
        for node, dims in wraps:
            scope = self.names.scope_of(node) if isinstance(node, ast.Name) else node
            key = (id(scope), node.id, dims) if isinstance(node, ast.Name) else id(node)
            groups.setdefault(key, []).append((node, dims))
        for group in groups.values():
            node, dims = group[0]
            made = self._set_once(node) if len(group) > 1 else None
            if made is None or not isinstance(node, ast.Name):
                for inner, inner_dims in group:
                    self.wrap(inner, inner_dims, False)
                    yield inner, inner_dims
                continue
            local = self._free(node.id + ("_last" if goes_last(dims) else "_first"))
            line = f"{local} = {self.permute()}({_shown(dims)})({node.id})"
            self._beside(made, line, behind=True)
            for inner, _ in group:
                self._put(self.text.span(inner), local)
            yield made, dims

    def _set_once(self, node: ast.expr) -> ast.stmt | None:
        """The statement that sets a variable, if it is the only one and always comes first."""
        if not isinstance(node, ast.Name):
            return None
        bindings = self.names.scope_of(node).bindings.get(node.id, ())
        statements = [
            s
            for s in nodes(self.names.tree, ast.Assign)
            for t in s.targets
            for n in (t.elts if isinstance(t, (ast.Tuple, ast.List)) else [t])
            if isinstance(n, ast.Name)
            and n.id == node.id
            and self.names.scope_of(n) is self.names.scope_of(node)
        ]
        if len(statements) != 1 or len(bindings) > 1:
            return None
        around = self._parents.get(statements[0])
        plain = isinstance(around, (ast.Module, ast.FunctionDef))
        return statements[0] if plain else None

    def _free(self, name: str) -> str:
        taken = identifiers(self.names.tree)
        while name in taken or name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _whole(self, node: ast.expr) -> Span:
        return self.text.span(node)

    def insert(
        self, node: ast.expr, call: ast.Call, dims: tuple[int, ...], first: bool, *, behind: bool
    ) -> None:
        """Put an edge before (or behind) a layer of a Sequential model."""
        given = ""
        if first:
            given = f", {self._input_shape(node)}"
        edge = f"{self.permute()}({_shown(dims)}{given})"
        parent = self._parents.get(node)
        statement = self._parents.get(parent) if parent is not None else None
        if isinstance(parent, (ast.List, ast.Tuple)):
            span = self.text.span(node)
            if behind:
                self.edits.append(Edit(Span(span.end, span.end), (f", {edge}",)))
            else:
                self._first.append(Edit(Span(span.start, span.start), (f"{edge}, ",)))
            return
        if parent is not call or not isinstance(statement, (ast.Expr, ast.Assign)):
            raise CannotEdit("the layer is not added by a statement of its own")
        receiver = self.text.of(call.func)
        self._beside(statement, f"{receiver}({edge})", behind=behind)

    def element(self, node: ast.expr, dims: tuple[int, ...]) -> None:
        """Put an edge before a layer of a list of layers."""
        if dims:
            span = self.text.span(node)
            edge = f"{self.permute()}({_shown(dims)})"
            self._first.append(Edit(Span(span.start, span.start), (f"{edge}, ",)))

    def tail(self, statement: ast.stmt, receiver: str, dims: tuple[int, ...]) -> None:
        """Bring the end of a Sequential model back, after the statement that completes it."""
        edge = f"{self.permute()}({_shown(dims)})"
        self._beside(statement, f"{receiver}.add({edge})", behind=True)

    def list_end(self, call: ast.Call, dims: tuple[int, ...]) -> None:
        """Bring the end of ``Sequential([...])`` back."""
        given = call.args[0] if call.args else call.keywords[0].value
        edge = f"{self.permute()}({_shown(dims)})"
        if isinstance(given, ast.List) and given.elts:
            span = self.text.span(given.elts[-1])
            self.edits.append(Edit(Span(span.end, span.end), (f", {edge}",)))
            return
        span = self.text.span(given)
        self.edits.append(Edit(Span(span.start, span.start), ("[*",)))
        self.edits.append(Edit(Span(span.end, span.end), (f", {edge}]",)))

    def _beside(self, statement: ast.stmt, line: str, *, behind: bool) -> None:
        text = self.text
        lines = text.own_lines(statement)
        if lines is None:
            span = text.span(statement)
            if behind:
                self.edits.append(Edit(Span(span.end, span.end), (f"; {line}",)))
            else:
                self.edits.append(Edit(Span(span.start, span.start), (f"{line}; ",)))
            return
        indentation = text.indentation(text.span(statement).start)
        place = lines.end if behind else lines.start
        ends = text.utf8[:place].endswith((b"\n", b"\r"))
        before = "" if ends or not behind else text.newline
        self.edits.append(Edit(Span(place, place), (f"{before}{indentation}{line}{text.newline}",)))

    def _input_shape(self, node: ast.expr) -> str:
        """The shape of the input, which moves from the first layer to the edge before it."""
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in ("input_shape", "batch_input_shape"):
                    self._take_out(node, keyword.arg)
                    return f"{keyword.arg}={self.text.of(keyword.value)}"
            inner = node.args[0] if node.args else None
            if isinstance(inner, ast.Call):
                return self._input_shape(inner)
        raise CannotEdit("the shape of its input does not stand in the call of its first layer")

    def position(self, read: ast.Subscript, now: int) -> None:
        """Read a size of a shape where it is now."""
        self._put(self.text.span(read.slice), str(now))

    def input_shape(self, node: ast.Call, state: int) -> None:
        """Turn the shape that an ``Input`` or a first layer declares."""
        names = {"shape": 0, "input_shape": 0, "batch_shape": 1, "batch_input_shape": 1}
        found = [(k.value, names[k.arg]) for k in node.keywords if k.arg in names]
        if not found and _last_name(node) == "Input" and node.args:
            found = [(node.args[0], 0)]
        if not found:
            inner = node.args[0] if node.args else None
            if isinstance(inner, ast.Call):
                self.input_shape(inner, state)
                return
            raise CannotEdit("the shape of its input does not stand in the call")
        value, batch = found[0]
        place = state - 1 + batch
        if isinstance(value, (ast.Tuple, ast.List)) and not any(
            isinstance(e, ast.Starred) for e in value.elts
        ):
            items = [self.text.of(e) for e in value.elts]
            items.append(items.pop(place))
            self._put(self.text.span(value), f"({', '.join(items)})")
            return
        text = self.text.of(value)
        text = text if isinstance(value, (ast.Name, ast.Attribute)) else f"({text})"
        before = f"{text}[:{place}] + " if place else ""
        after = f"{text}[{place + 1}:] + {text}[{place}:{place + 1}]"
        self._put(self.text.span(value), before + after)

    # -- arguments ---------------------------------------------------------------------------------

    def change(self, node: ast.Call, change: Change, layer: Layer) -> None:
        """Change one argument of the call that makes a layer."""
        kind = layer.kind
        if change.argument == "data_format":
            self._data_format(node, layer)
        elif change.kind == "drop":
            self._drop(node)
        elif change.value == SOFTMAX:
            self._softmax(node, kind)
        elif change.kind == "rotate":
            self._rotate(node, change.argument, kind)
        elif change.kind == "order":
            self._reorder(node, change.argument, change.value, kind)
        else:
            self._set(node, change.argument, _shown(change.value), kind)

    def _data_format(self, node: ast.Call, layer: Layer) -> None:
        kind = layer.kind
        adapter = _last_name(node).startswith(ADAPTER) or (
            "dim_ordering" in layer.config.values  # by an adapter in functools.partial
            and self._argument(node, "data_format", kind) is None
        )
        name, value = (
            ("dim_ordering", '"channels_last"') if adapter else ("data_format", '"channels_last"')
        )
        argument = self._argument(node, name, kind)
        if argument is not None and argument.keyword and not self._ambient:
            self._take_out(node, name)
        elif argument is not None:
            self._put(argument.value_span, value)
        elif "dim_ordering" in layer.config.values or "data_format" in layer.config.values:
            self._over_unpacked(node, name, value)
        else:
            self._append(node, f"{name}={value}")

    def _over_unpacked(self, node: ast.Call, name: str, value: str) -> None:
        unpacked = [a for a in CallSite(node, self.text).arguments if a.star == "**"]
        if not unpacked:
            self._append(node, f"{name}={value}")  # it comes from functools.partial
            return
        if len(unpacked) > 1:
            raise CannotEdit("its arguments are unpacked from several places")
        span = unpacked[0].value_span
        self.edits.append(Edit(Span(span.start, span.start), ("{**",)))
        self.edits.append(Edit(Span(span.end, span.end), (f', "{name}": {value}}}',)))

    def _argument(self, node: ast.Call, name: str, kind: str) -> Argument | None:
        site = CallSite(node, self.text)
        for argument in site.arguments:
            if argument.keyword == name:
                return argument
        positional = [a for a in site.arguments if a.keyword is None and a.star != "**"]
        if any(a.star for a in positional):
            raise CannotEdit("its arguments are unpacked from a list")
        order = self._order(node, kind)
        index = order.index(name) if name in order else len(positional)
        return positional[index] if index < len(positional) else None

    def _order(self, node: ast.Call, kind: str) -> tuple[str, ...]:
        """Names of the arguments by position."""
        path = self.names.path(node.func) or ""
        called = _last_name(node)
        if called.startswith(ADAPTER):
            return surface.positions(f"keras.layers.{called.removeprefix(ADAPTER)}")
        found = surface.keras3_signature(path) or surface.keras3_signature(
            surface.later_path(path) or ""
        )
        if found is None:
            layer = known_layer(kind)
            if layer is None:
                raise CannotEdit("its arguments by position are not known")
            return layer.later_params
        return found.positional()

    def _set(self, node: ast.Call, name: str, value: str, kind: str) -> None:
        argument = self._argument(node, name, kind)
        if argument is not None:
            if self.text.get(argument.value_span) != value:
                self._put(argument.value_span, value)
            return
        if any(k.arg is None for k in node.keywords):
            raise CannotEdit(f"{name} may be among the arguments that are unpacked")
        if value != "-1":  # Keras 3's own default of every axis
            self._append(node, f"{name}={value}")

    def _append(self, node: ast.Call, text: str) -> None:
        site = CallSite(node, self.text)
        if not site.arguments:
            place = site.open + 1
            self.edits.append(Edit(Span(place, place), (text,)))
            return
        place = site.arguments[-1].span.end
        self.edits.append(Edit(Span(place, place), (f", {text}",)))

    def _softmax(self, node: ast.Call, kind: str) -> None:
        argument = self._argument(node, "activation", kind)
        if argument is None:
            raise CannotEdit("its activation does not stand in the call")
        self._put(argument.value_span, self.imports.need(SOFTMAX_BEFORE_LAST))

    def _rotate(self, node: ast.Call, name: str, kind: str) -> None:
        argument = self._argument(node, name, kind)
        if argument is None or not isinstance(argument.value, (ast.Tuple, ast.List)):
            raise CannotEdit("its shape is not written as a tuple here")
        items = [self.text.of(e) for e in argument.value.elts]
        self._put(argument.value_span, f"({', '.join([*items[1:], items[0]])})")

    def _reorder(self, node: ast.Call, name: str, order: Sequence[int], kind: str) -> None:
        argument = self._argument(node, name, kind)
        if argument is None or not isinstance(argument.value, (ast.Tuple, ast.List)):
            raise CannotEdit(f"its {name} is not written as a tuple here")
        items = [self.text.of(e) for e in argument.value.elts]
        self._put(argument.value_span, f"({', '.join(items[i] for i in order)})")

    def _put(self, span: Span, text: str) -> None:
        self.edits.append(Edit(span, (text,)))

    def _take_out(self, node: ast.Call, name: str) -> None:
        self._removed.setdefault(id(node), (node, set()))[1].add(name)

    def _drop(self, node: ast.Call) -> None:
        """A layer that does nothing any more: ``Permute((2, 1))(x)`` → ``x``."""
        outer = self._parents.get(node)
        if isinstance(outer, ast.Call) and outer.func is node and len(outer.args) == 1:
            inner = self.text.span(outer.args[0])
            whole = self.text.span(outer)
            self.edits.append(Edit(whole, (inner,)))
            return
        statement = self._parents.get(outer) if outer is not None else None
        if isinstance(outer, ast.Call) and isinstance(statement, ast.Expr):
            self.edits.append(self.text.removal(statement))
            return
        if isinstance(outer, (ast.List, ast.Tuple)):
            spans = [self.text.span(e) for e in outer.elts]
            stay = [i for i, e in enumerate(outer.elts) if e is not node]
            close = self.text.span(outer).end - 1
            self.edits += [Edit(s, ()) for s in removals(self.text.utf8, spans, stay, close)]
            return
        raise CannotEdit(
            "it would have nothing to do any more, and is not applied where it is made"
        )

    # -- together ----------------------------------------------------------------------------------

    def collected(self) -> list[Edit]:
        """All edits, with the imports that they need."""
        found = [*self._first, *self.edits]
        for node, names in self._removed.values():
            site = CallSite(node, self.text)
            stay = [i for i, a in enumerate(site.arguments) if a.keyword not in names]
            spans = [a.span for a in site.arguments]
            found += [Edit(span, ()) for span in removals(self.text.utf8, spans, stay, site.close)]
        found += [Edit(Span(at, at), (text,)) for at, _, text in sorted(self._opened)]
        closed = sorted(self._closed, key=lambda item: (item[0], item[1]))
        found += [Edit(Span(at, at), (text,)) for at, _, text in closed]
        if found:
            for change in self.imports.changes(found):
                found += change.edits
        return found


def _last_name(node: ast.Call) -> str:
    function = node.func
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _shown(value: object) -> str:
    return repr(value)


def dims_of(rank: int, before: int, after: int) -> tuple[int, ...]:
    """What an edge has to be told."""
    return permutation(rank, before, after)


def values_in(value: object) -> Iterator[object]:
    """Items of a list or dict of the program."""
    if isinstance(value, Seq):
        yield from value.items
    elif isinstance(value, DictValue):
        yield from value.state.values()


__all__ = ["CannotEdit", "FileEdits", "dims_of"]

"""Walking syntax trees: as `ast.walk`, but each tree is only once taken apart.

The nodes that say only how a name is used or which operator stands somewhere (``ast.Load``,
``ast.Add``) are left out: they are shared between all their places, so nothing can be asked of them.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from operator import sub
from typing import Any, TypeAlias, TypeVar, overload

#: The nodes that stand at a place in the text.
Placed: TypeAlias = ast.stmt | ast.expr | ast.excepthandler | ast.arg | ast.keyword | ast.alias
N = TypeVar("N", bound=ast.AST)
M = TypeVar("M", bound=ast.AST)
K = TypeVar("K", bound=ast.AST)

#: Fields that hold no nodes, or only shared ones.
_BARREN = frozenset(
    "ctx op ops id attr arg kind type_comment module level asname simple conversion is_async "
    "type_ignores".split()
)
#: Fields whose lists hold something else beside nodes, or instead of them.
_MIXED = frozenset("keys kw_defaults names kwd_attrs".split())
#: Taken apart once and for all; what is inside other nodes is asked for too seldom.
_KEPT = frozenset([ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef])
_FIELDS: dict[type[ast.AST], tuple[tuple[str, bool], ...]] = {}
_NODES = "_kerasmig_nodes"
_FIRSTS = "_kerasmig_firsts"
_PLACE = "_kerasmig_place"
_NUMBERS = "_kerasmig_numbers"
_KINDS = "_kerasmig_kinds"
_PARENTS = "_kerasmig_parents"
_IDENTIFIERS = "_kerasmig_identifiers"


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all nodes below it, from the outside in; not to be changed by the caller."""
    if node.__class__ not in _KEPT:
        return _flat(node)[0]
    found: list[ast.AST] | None = node.__dict__.get(_NODES)
    if found is None:
        place: tuple[ast.AST, int] | None = node.__dict__.get(_PLACE)
        if place is not None:
            found = _slice(*place)
        else:
            found, node.__dict__[_FIRSTS] = _flat(node)
            for index in [i for i, inner in enumerate(found) if inner.__class__ in _KEPT][1:]:
                found[index].__dict__[_PLACE] = (node, index)
        node.__dict__[_NODES] = found
    return found


def _slice(root: ast.AST, index: int) -> list[ast.AST]:
    """A node of a tree that was walked, and all below it."""
    every: list[ast.AST] = root.__dict__[_NODES]
    return [node for start, end in _ranges(root, index) for node in every[start:end]]


def _ranges(root: ast.AST, index: int) -> Iterator[tuple[int, int]]:
    """Where a node of a tree that was walked, and all below it, are among all nodes.

    From the outside in, what is below one node stands together in every depth of the tree.
    """
    firsts: list[int] = root.__dict__[_FIRSTS]
    start, end = index, index + 1
    while start < end:
        yield start, end
        start, end = firsts[start], firsts[end]


@overload
def nodes(root: ast.AST, kind: type[N], /) -> Sequence[N]: ...
@overload
def nodes(root: ast.AST, kind: type[N], other: type[M], /) -> Sequence[N | M]: ...
@overload
def nodes(
    root: ast.AST, kind: type[N], other: type[M], third: type[K], /
) -> Sequence[N | M | K]: ...
@overload
def nodes(root: ast.AST, /, *kinds: type[ast.AST]) -> Sequence[Any]: ...
def nodes(root: ast.AST, /, *kinds: type[ast.AST]) -> Sequence[Any]:
    """All nodes of these classes at or below a node, in the order of `walk`."""
    known: dict[tuple[type[ast.AST], ...], list[ast.AST]] | None = root.__dict__.get(_KINDS)
    if known is None:
        known = root.__dict__[_KINDS] = {}
    found = known.get(kinds)
    if found is None:
        place: tuple[ast.AST, int] | None = root.__dict__.get(_PLACE)
        tree, index = place or (root, 0)
        every, numbers = walk(tree), _numbers(tree, kinds)
        if place is not None:
            numbers = [
                number
                for start, end in _ranges(tree, index)
                for number in numbers[bisect_left(numbers, start) : bisect_left(numbers, end)]
            ]
        found = known[kinds] = [every[number] for number in numbers]
    return found


def _numbers(root: ast.AST, kinds: tuple[type[ast.AST], ...]) -> Sequence[int]:
    """Which of the nodes of `walk` are of these classes."""
    known: dict[tuple[type[ast.AST], ...], list[int]] | None = root.__dict__.get(_NUMBERS)
    if known is None:
        known = root.__dict__[_NUMBERS] = {}
        by_kind: defaultdict[type[ast.AST], list[int]] = defaultdict(list)
        for number, kind in enumerate(map(type, walk(root))):
            by_kind[kind].append(number)
        known.update(((kind,), numbers) for kind, numbers in by_kind.items())
    found = known.get(kinds)
    if found is None:
        found = sorted(number for kind in kinds for number in known.get((kind,), ()))
        known[kinds] = found
    return found


def parents(root: ast.AST) -> dict[ast.AST, ast.AST]:
    """The node right above each node; not to be changed by the caller."""
    found: dict[ast.AST, ast.AST] | None = root.__dict__.get(_PARENTS)
    if found is None:
        every = walk(root)
        firsts = root.__dict__.get(_FIRSTS) or _flat(root)[1]
        above = chain.from_iterable(map(repeat, every, map(sub, firsts[1:], firsts)))
        found = dict(zip(islice(every, 1, None), above, strict=True))
        root.__dict__[_PARENTS] = found
    return found


def block_of(root: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    """The statements among which a statement of a tree stands."""
    around = parents(root).get(statement)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(around, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return [statement]


def identifiers(root: ast.AST) -> frozenset[str]:
    """All names and names of attributes in a piece of code."""
    found: frozenset[str] | None = root.__dict__.get(_IDENTIFIERS)
    if found is None:
        names = {node.id for node in nodes(root, ast.Name)}
        names.update(node.attr for node in nodes(root, ast.Attribute))
        found = root.__dict__[_IDENTIFIERS] = frozenset(names)
    return found


def children(node: ast.AST) -> Iterable[ast.AST]:
    """The nodes right below a node."""
    below = _BELOW.get(node.__class__, _by_fields)
    return () if below is None else below(node)


def _by_fields(node: ast.AST) -> list[ast.AST]:
    kind = node.__class__
    fields = _FIELDS.get(kind)
    held = node.__dict__
    found: list[ast.AST] = []
    for name, mixed in _fields(kind) if fields is None else fields:
        value = held.get(name)
        if value.__class__ is not list:
            if isinstance(value, ast.AST):
                found.append(value)
        elif mixed:
            found += [item for item in value if isinstance(item, ast.AST)]
        else:
            found += value
    return found


#: What is right below the kinds of which most code is made, none for half of all nodes; for any
#: other kind its fields are gone through.
_BELOW: dict[type[ast.AST], Callable[[Any], Iterable[ast.AST]] | None] = {
    **dict.fromkeys([ast.Name, ast.Constant, ast.alias, ast.Pass, ast.Global]),
    ast.arg: lambda node: () if node.annotation is None else (node.annotation,),
    ast.Assign: lambda node: (*node.targets, node.value),
    ast.Attribute: lambda node: (node.value,),
    ast.BinOp: lambda node: (node.left, node.right),
    ast.Call: lambda node: (node.func, *node.args, *node.keywords),
    ast.Compare: lambda node: (node.left, *node.comparators),
    ast.Expr: lambda node: (node.value,),
    ast.For: lambda node: (node.target, node.iter, *node.body, *node.orelse),
    ast.If: lambda node: (node.test, *node.body, *node.orelse),
    ast.Import: lambda node: node.names,
    ast.ImportFrom: lambda node: node.names,
    ast.keyword: lambda node: (node.value,),
    ast.List: lambda node: node.elts,
    ast.Return: lambda node: () if node.value is None else (node.value,),
    ast.Subscript: lambda node: (node.value, node.slice),
    ast.Tuple: lambda node: node.elts,
    ast.UnaryOp: lambda node: (node.operand,),
}


def _flat(root: ast.AST) -> tuple[list[ast.AST], list[int]]:
    """All nodes; where the children of each begin among them, and where those of the last end."""
    found = [root]
    firsts = [1]
    for node in found:  # grows while it is walked
        below = _BELOW.get(node.__class__, _by_fields)
        if below is not None:
            found += below(node)
        firsts.append(len(found))
    return found, firsts


def _fields(kind: type[ast.AST]) -> tuple[tuple[str, bool], ...]:
    """The fields of a class of nodes that can hold other nodes, and whether something else too."""
    names = () if kind is ast.Constant else tuple(n for n in kind._fields if n not in _BARREN)
    found = tuple((name, name in _MIXED) for name in names)
    _FIELDS[kind] = found
    return found


def default_of(parameters: ast.arguments, name: str) -> ast.expr | None:
    """What a parameter is if nothing is given for it."""
    plain = [*parameters.posonlyargs, *parameters.args]
    with_default = plain[len(plain) - len(parameters.defaults) :]
    for parameter, default in zip(with_default, parameters.defaults, strict=True):
        if parameter.arg == name:
            return default
    keywords = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    return next((default for parameter, default in keywords if parameter.arg == name), None)

"""Both models of a pair as one drawing: a box a layer, old on the left, new on the right.

Layers that stand for each other share a line, so that the eye finds where the models part. An edge
to the next line is straight; all others run outside, each in the innermost lane that is free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kerasmig.report.model_text import STATUS_WORDS
from kerasmig.report.shapes import format_shape
from kerasmig.verify.result import LayerRow, Shape, Status

_BOX_WIDTH, _BOX_HEIGHT, _STEP = 230, 40, 62
_LANE, _GAP, _MARGIN, _INDENT = 14, 90, 12, 14
_HEAD = 28
_CHARACTERS = 32  # that fit into a box


@dataclass(frozen=True)
class Box:
    """A layer of one side. ``css`` is its status, or ``missing`` where the side has no such layer."""

    x: int
    y: int
    width: int
    height: int
    title: str
    shape: str
    css: str
    row: int
    label: str


@dataclass(frozen=True)
class Edge:
    """An SVG path; ``css`` tells an edge that only this side has (``odd``)."""

    path: str
    css: str


@dataclass(frozen=True)
class Link:
    """The line between a layer and its counterpart."""

    x1: int
    x2: int
    y: int
    css: str
    sign: str


@dataclass(frozen=True)
class Graph:
    """Everything that is drawn, in pixels."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    links: tuple[Link, ...]
    old_x: int
    new_x: int
    label: str


def draw(rows: Sequence[LayerRow]) -> Graph:
    """Lay out the two models of a layer table."""
    line = {row.index: number for number, row in enumerate(rows)}
    old_edges = _edges(rows, line, lambda row: row.old_inputs)
    new_edges = _edges(rows, line, lambda row: row.new_inputs)
    old_lanes, new_lanes = _lanes(old_edges), _lanes(new_edges)
    room = _INDENT * max((row.depth for row in rows), default=0)
    old_x = _MARGIN + _LANE * (1 + max(old_lanes.values(), default=-1))
    new_x = old_x + _BOX_WIDTH + room + _GAP
    right = new_x + _BOX_WIDTH + room
    boxes: list[Box] = []
    links: list[Link] = []
    for number, row in enumerate(rows):
        shift = _INDENT * row.depth
        boxes.append(_box(row, old_x + shift, number, row.old_class, row.old_name, row.old_shape))
        boxes.append(_box(row, new_x + shift, number, row.new_class, row.new_name, row.new_shape))
        links.append(_link(row, old_x + _BOX_WIDTH + shift, new_x + shift, _middle(number)))
    depth = [row.depth for row in rows]
    edges = [
        _edge(
            edge,
            old_lanes.get(edge),
            lambda n: old_x + _INDENT * depth[n],
            _MARGIN + _LANE * max([*old_lanes.values(), 0]),
            -1,
            "" if edge in new_edges else "odd",
        )
        for edge in old_edges
    ]
    edges += [
        _edge(
            edge,
            new_lanes.get(edge),
            lambda n: new_x + _BOX_WIDTH + _INDENT * depth[n],
            right + _LANE,
            1,
            "" if edge in old_edges else "odd",
        )
        for edge in new_edges
    ]
    width = right + _LANE * (2 + max(new_lanes.values(), default=-1)) + _MARGIN
    height = _HEAD + _STEP * len(rows)
    differing = sum(row.status is Status.MISMATCH for row in rows)
    label = f"Graph of the old and the new model: {len(rows)} layers, {differing} differ"
    return Graph(width, height, tuple(boxes), tuple(edges), tuple(links), old_x, new_x, label)


EdgeEnds = tuple[int, int]


def _edges(
    rows: Sequence[LayerRow], line: dict[int, int], inputs: Callable[[LayerRow], Iterable[int]]
) -> list[EdgeEnds]:
    return [
        (line[source], number)
        for number, row in enumerate(rows)
        for source in dict.fromkeys(inputs(row))
        if source in line
    ]


def _lanes(edges: Sequence[EdgeEnds]) -> dict[EdgeEnds, int]:
    """The lane of each edge that is not straight: short ones inside, none crossing another's."""
    taken: list[list[EdgeEnds]] = []
    lanes: dict[EdgeEnds, int] = {}
    for edge in sorted(edges, key=lambda e: (abs(e[1] - e[0]), e)):
        if edge[1] == edge[0] + 1:
            continue
        first, last = sorted(edge)
        number = next(
            (n for n, lane in enumerate(taken) if all(last <= a or first >= b for a, b in lane)),
            len(taken),
        )
        if number == len(taken):
            taken.append([])
        taken[number].append((first, last))
        lanes[edge] = number
    return lanes


def _edge(
    edge: EdgeEnds,
    lane: int | None,
    side: Callable[[int], int],
    outer: int,
    direction: int,
    css: str,
) -> Edge:
    source, target = edge
    if lane is None:
        x = side(source) - direction * _BOX_WIDTH // 2
        return Edge(f"M{x} {_top(source) + _BOX_HEIGHT}V{_top(target) - 2}", css)
    reach = outer - _LANE * lane if direction < 0 else outer + _LANE * lane
    y1, y2 = _middle(source) + 6, _middle(target) - 6
    bend = 6 if y2 > y1 else -6
    return Edge(
        f"M{side(source)} {y1}H{reach - direction * 6}Q{reach} {y1} {reach} {y1 + bend}"
        f"V{y2 - bend}Q{reach} {y2} {reach - direction * 6} {y2}H{side(target) + direction * 2}",
        css,
    )


def _box(
    row: LayerRow, x: int, number: int, kind: str | None, name: str | None, shape: Shape | None
) -> Box:
    css = row.status.value if kind else "missing"
    label = f"{kind or 'no layer'} {name or ''}: {format_shape(shape)}, {STATUS_WORDS[row.status]}"
    title = _short(kind or "no layer")
    return Box(
        x,
        _top(number),
        _BOX_WIDTH,
        _BOX_HEIGHT,
        title,
        _short(format_shape(shape)) if kind else "",
        css,
        row.index,
        label,
    )


def _link(row: LayerRow, x1: int, x2: int, y: int) -> Link:
    signs = {Status.MATCH: "=", Status.MISMATCH: "≠", Status.NOT_VERIFIED: "?"}
    return Link(x1, x2, y, row.status.value, signs[row.status])


def _top(number: int) -> int:
    return _HEAD + number * _STEP


def _middle(number: int) -> int:
    return _top(number) + _BOX_HEIGHT // 2


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"

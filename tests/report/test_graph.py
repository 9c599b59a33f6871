"""The drawing of both models: every layer and every edge once, nothing on top of another."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from kerasmig.finding import DataFormat
from kerasmig.report.html.graph import draw
from kerasmig.report.html.readings import axis_reading
from kerasmig.verify.result import LayerRow, Status
from tests.report import samples


def branching(count: int) -> list[LayerRow]:
    """A net in which each layer also sees the one three before it and the very first."""
    rows = []
    for index in range(count):
        inputs = tuple(sorted({index - 1, index - 3, 0} & set(range(index))))
        row = replace(samples.SEED_LAYERS[1], index=index * 10, depth=index % 3)
        feeds = tuple(10 * source for source in inputs)
        rows.append(replace(row, old_inputs=feeds, new_inputs=feeds))
    return rows


def test_every_layer_has_a_box_on_each_side_in_line_with_its_counterpart() -> None:
    graph = draw(samples.UNET_PAIR.layers)
    by_row: dict[int, set[int]] = {}
    for box in graph.boxes:
        by_row.setdefault(box.row, set()).add(box.y)
    assert [len(places) for places in by_row.values()] == [1] * 7
    assert len(graph.boxes) == 14


def test_differing_and_missing_layers_are_marked() -> None:
    graph = draw(samples.UNET_PAIR.layers)
    marks = [(box.row, box.css) for box in graph.boxes if box.css != "match"]
    assert marks == [
        (4, "mismatch"),
        (4, "mismatch"),
        (5, "mismatch"),
        (5, "missing"),
        (6, "mismatch"),
        (6, "mismatch"),
    ]
    assert [link.sign for link in graph.links] == ["=", "=", "=", "=", "≠", "≠", "≠"]
    assert "3 differ" in graph.label


def test_edges_that_only_one_side_has_are_odd() -> None:
    graph = draw(samples.UNET_PAIR.layers)
    # old: 0-1 1-2 2-3 3-4 1-4 4-5 5-6, new: 0-1 1-2 2-3 3-4 1-4 4-6
    assert len(graph.edges) == 13
    assert [edge.css for edge in graph.edges].count("odd") == 3


def test_drawing_stays_inside_and_boxes_do_not_overlap() -> None:
    graph = draw(branching(20))
    for box in graph.boxes:
        assert box.x >= 0 and box.x + box.width <= graph.width
        assert box.y >= 0 and box.y + box.height <= graph.height
    places = sorted((box.y, box.x) for box in graph.boxes)
    for (y1, x1), (y2, x2) in pairwise(places):
        assert y2 >= y1 + 40 or x2 >= x1 + 230
    for edge in graph.edges:
        for x in re.findall(r"[MH](-?\d+)", edge.path):
            assert 0 < int(x) < graph.width


def test_edges_in_one_lane_do_not_overlap() -> None:
    graph = draw(branching(20))
    lanes: dict[str, list[tuple[int, int]]] = {}
    for edge in graph.edges:
        bend = re.match(r"M\d+ (\d+)H-?\d+Q(\d+) .*V(\d+)", edge.path)
        if bend:
            first, lane, last = bend.groups()
            lanes.setdefault(lane, []).append((int(first), int(last)))
    assert len(lanes) > 4
    for spans in lanes.values():
        ordered = sorted(spans)
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))


def test_layers_without_known_edges_are_still_drawn() -> None:
    row = replace(samples.SEED_LAYERS[0], status=Status.NOT_VERIFIED, old_inputs=(99,))
    graph = draw([row])
    assert len(graph.boxes) == 2
    assert graph.edges == ()


def test_seed_input_is_read_in_two_ways() -> None:
    first = axis_reading((None, 1, 32, 32), DataFormat.CHANNELS_FIRST)
    last = axis_reading((None, 1, 32, 32), DataFormat.CHANNELS_LAST)
    assert [(a.size, a.label) for a in first.axes] == [
        ("any", "batch"),
        ("1", "channels"),
        ("32", "rows"),
        ("32", "columns"),
    ]
    assert first.words == "32 rows × 32 columns × 1 channel"
    assert last.words == "1 row × 32 columns × 32 channels"
    assert len(first.planes) == 1
    assert len(last.planes) == 6, "a pile, cut off where more would say nothing"
    assert first.planes[0].height == first.planes[0].width
    assert last.planes[0].height < last.planes[0].width / 10


def test_shapes_that_are_no_image_have_axes_without_a_drawing() -> None:
    assert axis_reading((None, 100), DataFormat.CHANNELS_LAST).planes == ()
    steps = axis_reading((None, 20, 8), DataFormat.CHANNELS_LAST)
    assert (steps.words, steps.planes) == ("20 steps × 8 channels", ())
    assert axis_reading(None, DataFormat.CHANNELS_FIRST, "no").problem == "cannot be built: no"
    assert len(axis_reading((None, 3, None, None), DataFormat.CHANNELS_FIRST).planes) == 3

"""Messages between parent and workers come out of the serialiser as they went in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kerasmig.verify.protocol import (
    Answer,
    Builder,
    BuilderCall,
    Built,
    Call,
    Compared,
    Failure,
    Frame,
    Program,
    Result,
    Task,
    decode,
    line_of,
    read,
    write,
)

BUILDER = Builder("net.build", 3, (Call("2, n=N", {"N": "4"}),), explicit=True)
TASK = Task(
    id="1", run=0, stage="new", side="new", program=Program("a.py", (BUILDER,), ("--n", "1")),
    tree="t", folder="f", ordering="th", data_format=None, floatx="float32", level="outputs",
    mark_compiled=False, seed=0, tolerance=1e-4, time_limit=60, memory_limit=100,
    replay=(BuilderCall(BUILDER, site=0, names=("n",)), BuilderCall(BUILDER, attempt=2)),
)  # fmt: skip
BUILT = Built("main", "a.py", 3, None, "m", [Frame("a.py", 3, "f")], facts={"params": 3})


@pytest.mark.parametrize(
    "message",
    [
        TASK,
        Answer("1", True, seconds=0.5, versions={"keras_new": "3"}),
        Result([BUILT], [Compared(0, BUILT, comparison={"rows": []})], [BuilderCall(BUILDER)],
               [Failure("main", 3, "no", "TypeError")], {"f": "why"}, 4),
    ],
)  # fmt: skip
def test_a_message_comes_out_as_it_went_in(message: Task | Answer | Result, tmp_path: Path) -> None:
    assert "\n" not in line_of(message)
    assert decode(type(message), json.loads(line_of(message))) == message
    write(tmp_path / "message.json", message)
    assert read(type(message), tmp_path / "message.json") == message


def test_numbers_that_json_does_not_have_survive() -> None:
    answer = decode(Answer, json.loads(line_of(Answer("1", True, seconds=float("inf")))))
    assert answer.seconds == float("inf")


def test_what_is_no_such_message_is_refused() -> None:
    with pytest.raises(TypeError):
        decode(Answer, ["1"])
    with pytest.raises(KeyError):
        decode(Answer, {"id": "1", "done": True, "unknown": 1})

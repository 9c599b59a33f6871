"""Tables that are not there have the columns that the program reads."""

from __future__ import annotations

import csv
import io

import pytest

from kerasmig.verify.program.tables import LINES, table


def read(source: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table(source, ","))))


def test_columns_by_name() -> None:
    source = "for row in csv.DictReader(f):\n    x.append([float(row['age']), row.get('fare')])"
    rows = list(csv.DictReader(io.StringIO(table(source, ","))))
    assert len(rows) == LINES
    assert float(rows[3]["age"]) == float(rows[0]["age"]) + 3
    more = csv.DictReader(io.StringIO(table(source + "\nh['acc']", ",")))
    assert [row["fare"] for row in more] == [row["fare"] for row in rows]


def test_columns_by_number() -> None:
    source = "for row in csv.reader(f):\n    x.append(row[40])"
    assert {len(row) for row in read(source)} == {41}


@pytest.mark.parametrize(
    ("source", "head"),
    [
        ("rows = [[float(v) for v in row] for row in csv.reader(f)]", False),
        ("next(reader)\nrows = [[float(v) for v in row] for row in reader]", True),
        ("rows = list(reader)[1:]", True),
        ("for i, row in enumerate(reader):\n    if i == 0:\n        continue", True),
        ("df = load(f, skiprows=1)", True),
        ("", True),
    ],
)
def test_a_head_is_there_for_those_who_pass_over_it(source: str, head: bool) -> None:
    assert (read(source)[0][0] == "column0") is head


def test_code_that_cannot_be_read_gets_a_plain_table() -> None:
    assert len(read("print 'Python 2'")[0]) == 16

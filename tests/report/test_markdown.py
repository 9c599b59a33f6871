"""Markdown that GitHub takes: short enough, and nothing in it is markup by accident."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasmig.finding import RunResult
from kerasmig.report.formats import render
from kerasmig.report.markdown import MARKER, code, escape, to_markdown
from kerasmig.verify.result import VerifyReport
from tests.report import samples


def test_whole_report() -> None:
    text = render("markdown", samples.RUN, samples.REPORT)
    assert text.startswith(MARKER)
    assert "**5 files looked at, 3 changed, 1 added.**" in text
    assert "| 17 | 5 | 7 | 2 | 2 | 1 |" in text
    assert "**1 match, 1 mismatch, 2 not verified.** 4 lines of the code build models" in text
    assert "| ✅ match | `seed.py:model` | `(None, 10, 32, 32) on both sides` | 650 |" in text
    assert "**Likely cause:** merge axis" in text
    assert "computed (None, 1, 32, 10) with 20,490 parameters" in text
    assert "| `nets/unet.py:7:11` | **assumed** | KM402 |" in text
    assert "`(None, 30, 30, 32)` 30 rows x 30 columns x 32 channels" in text
    assert "did not fit" not in text


def test_worst_models_come_first() -> None:
    text = render("markdown", None, samples.REPORT)
    places = [text.index(word) for word in ("| ❌ mismatch", "| ⚠️ not verified", "| ✅ match")]
    assert places == sorted(places)


def test_clean_run_is_short() -> None:
    text = render("markdown", samples.CLEAN_RUN, samples.CLEAN_REPORT)
    assert "Nothing is left to do." in text
    assert "To look at" not in text


def test_every_table_row_has_as_many_cells_as_its_head() -> None:
    odd = samples.SEED.findings[2]._replace(message="a | b || c \\| d", name="x|y")
    run = RunResult((samples.SEED._replace(path="a|b`c.py", findings=(odd,)),))
    text = render("markdown", run, samples.REPORT)
    for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.M):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.strip().split("\n")}
        assert len(cells) == 1, table


@pytest.mark.parametrize("limit", [400, 2_000, 60_000])
def test_long_reports_stay_below_the_limit_and_say_what_is_missing(limit: int) -> None:
    finding = samples.UNET.findings[2]._replace(message="fix é漢 " * 20)
    file = samples.UNET._replace(findings=(finding,) * 500)
    report = VerifyReport(pairs=(samples.UNET_PAIR,) * 100)
    text = to_markdown(RunResult((file,)), report, limit=limit)
    assert len(text.encode("utf-8")) <= limit
    assert "did not fit into this comment" in text
    assert text.startswith(MARKER)


def test_code_spans_hold_any_text() -> None:
    assert code("a`b") == "``a`b``"
    assert code("`a`") == "`` `a` ``"
    assert code("a|b\nc") == "`a\\|b c`"


@given(st.text())
def test_escaped_text_is_one_line_without_markup_or_mentions(text: str) -> None:
    escaped = escape(text)
    assert len(escaped.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_<>|\[\]#]", re.sub(r"\\[^\w\s]", "", escaped))
    assert not re.search(r"@\w", escaped)

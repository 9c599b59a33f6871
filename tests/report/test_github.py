"""Workflow commands that GitHub turns into annotations."""

from __future__ import annotations

from dataclasses import replace

from kerasmig.finding import FileResult, RunResult
from kerasmig.report.formats import render
from kerasmig.verify.result import VerifyReport
from tests.report import samples


def commands(run: RunResult | None, verify: VerifyReport | None) -> list[str]:
    text = render("github", run, verify)
    assert text.endswith("\n")
    return text[:-1].split("\n")


def test_findings_are_annotations_at_their_places() -> None:
    lines = commands(samples.RUN, None)
    assert (
        "::warning file=seed.py,line=5,endLine=5,col=10,endColumn=122,title=KM401 [assumed]"
        "::data_format='channels_first' written out; confidence 0.92%0Abecause: "
        in next(line for line in lines if "KM401" in line)
    )
    assert "::error file=broken.py,title=kerasmig::cannot be parsed" in lines[0]
    assert not any("left on request" in line for line in lines), "suppressed"


def test_worst_come_first_since_github_shows_only_ten_of_a_kind() -> None:
    levels = [line.split(" ")[0] for line in commands(samples.RUN, samples.REPORT)]
    order = ["::error", "::warning", "::notice"]
    assert levels == sorted(levels, key=order.index)
    assert set(levels) == set(order)


def test_verification() -> None:
    lines = commands(None, samples.REPORT)
    assert lines[0].startswith(
        "::error file=nets/unet.py,line=4,title=mismatch%3A nets/unet.py%3Aget_unet::"
    )
    assert any(line.startswith("::warning file=train.py,line=3,") for line in lines)
    assert "1 with a match (25%25)" in lines[-1]
    unreadable = VerifyReport(skipped=(replace(samples.SKIPPED, unreadable=True),))
    assert commands(None, unreadable)[0].startswith("::error file=train.py")


def test_nothing_in_a_text_can_start_a_command_of_its_own() -> None:
    odd = "x\n::set-output name=a::b\r\n100%"
    finding = samples.SEED.findings[2]._replace(message=odd, evidence=(), end_line=7)
    lines = commands(RunResult((FileResult("a,b:c\nd.py", findings=(finding,)),)), None)
    assert lines[0] == (
        "::warning file=a%2Cb%3Ac%0Ad.py,line=5,endLine=7,title=KM401 [assumed]"
        "::x%0A::set-output name=a::b%0D%0A100%25"
    )
    assert len(lines) == 2

"""The page itself: whole, closed, escaped, and nothing in it comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from kerasmig.finding import Evidence, FileResult, RunResult, TensorShapes, Verdict
from kerasmig.report.formats import render
from kerasmig.verify.result import (
    Difference,
    LayerRow,
    Pair,
    Place,
    Skipped,
    Status,
    VerifyReport,
)
from tests.report import samples

VOID = {"meta", "input", "br", "col", "hr", "img", "link"}


class Page(HTMLParser):
    """Checks that tags nest, and collects ids, links, tags and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {tag}"
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(values["id"] or "")
        if tag == "a":
            self.links.append(values.get("href") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.scripts.append(data)
        else:
            self.words.append(data)


@pytest.mark.parametrize("run", [None, samples.RUN, samples.CLEAN_RUN, RunResult(())])
@pytest.mark.parametrize("verify", [None, samples.REPORT, VerifyReport()])
def test_tags_nest_ids_are_unique_and_links_lead_somewhere(
    run: RunResult | None, verify: VerifyReport | None
) -> None:
    page = Page(render("html", run, verify))
    assert len(page.ids) == len(set(page.ids))
    assert page.links
    for link in page.links:
        assert link.startswith("#")
        assert link[1:] in page.ids


def test_nothing_is_loaded_and_only_our_own_script_may_run() -> None:
    text = render("html", samples.RUN, samples.REPORT)
    page = Page(text)
    names = Counter(name for name, _ in page.attributes)
    assert not names.keys() & {"src", "srcset", "style", "onclick", "onload", "background"}
    assert not page.tags.keys() & {"link", "img", "iframe", "object", "embed", "base"}
    assert "http://" not in text and "https://" not in text and "@import" not in text
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", text)
    policy = next(
        value
        for name, value in page.attributes
        if name == "content" and "default-src" in (value or "")
    )
    assert policy is not None and "default-src 'none'" in policy and "unsafe" not in policy
    for script in page.scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert len(page.scripts) == 2


def test_every_text_of_a_result_is_escaped() -> None:
    bad = '"\'><script>alert(1)</script><b zz="{{ 7*7 }}\x1b\u202e\ud800'
    finding = samples.SEED.findings[0]._replace(
        code=bad, message=bad, evidence=(Evidence(bad, 1, path=bad),)
    )
    verdict = Verdict(
        bad,
        1,
        samples.FIRST,
        0.5,
        (Evidence(bad),),
        (TensorShapes(bad, 1, None, (1, 2, 3, 4), bad), TensorShapes(bad, 1, (1, 2, 3), None, bad)),
    )
    run = RunResult(
        (
            FileResult(f"{bad}.py", bad, bad + "x", (finding,), (verdict,)),
            FileResult(f"{bad}2.py", error=bad),
        ),
        {bad: bad},
    )
    row = LayerRow(
        0, bad, bad, bad, bad, (1,), (2,), 1, 2, (), (), bad, bad, 0.1, Status.MISMATCH, bad
    )
    pair = Pair(
        Place(bad, 1, bad),
        "th",
        Status.MISMATCH,
        bad,
        (row,),
        first_difference=Difference(bad, bad, 0, (1,), (2,), bad, bad),
        alternatives=(replace(samples.UNET_PAIR.alternatives[0], error=bad),),
        notes=(bad,),
    )
    report = VerifyReport((pair,), skipped=(Skipped(bad, 1, bad, bad),), versions={bad: bad})
    text = render("html", run, report)
    page = Page(text)
    assert page.tags["script"] == 1
    assert page.tags["b"] == Page(text.replace("&lt;b", "")).tags["b"]
    assert not [name for name, _ in page.attributes if name == "zz"]
    assert "".join(page.words).count("<script>alert(1)</script>") > 20
    assert "49" not in "".join(page.words).replace("[U+", "")
    for hidden in "\x1b\u202e\ud800":
        assert hidden not in text
    text.encode("utf-8")


def test_seed_case_is_explained() -> None:
    words = " ".join(" ".join(Page(render("html", samples.RUN, samples.REPORT)).words).split())
    assert "the old program computed (None, 1, 32, 10) with 20,490 parameters" in words
    assert "32 rows × 32 columns × 1 channel" in words
    assert "1 row × 32 columns × 32 channels" in words
    assert "4 lines of the code build models: 3 run, 1 with a match (25%)." in words


def test_assumed_never_looks_like_automatic() -> None:
    text = render("html", samples.RUN, None)
    assert '<span class="badge assumed">assumed</span>' in text
    assert '<span class="badge automatic">automatic</span>' in text


def test_long_lists_of_files_start_folded() -> None:
    many = tuple(samples.SEED._replace(path=f"{n}.py") for n in range(21))
    assert re.search(r'<details class="card" id="file-0">', render("html", RunResult(many), None))
    few = render("html", RunResult(many[:2]), None)
    assert re.search(r'<details class="card" id="file-0" open>', few)


def test_same_results_give_the_same_page() -> None:
    assert render("html", samples.RUN, samples.REPORT) == render(
        "html", samples.RUN, samples.REPORT
    )

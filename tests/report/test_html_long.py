"""The HTML report of many files, in headless Chromium: packed, and as usable as that of ten."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerasmig.catalog.general import UNDECIDED
from kerasmig.finding import (
    Applicability,
    DataFormat,
    Evidence,
    FileResult,
    Finding,
    RunResult,
    TensorShapes,
    Verdict,
)
from kerasmig.report.formats import render
from tests.report import samples
from tests.report.test_html_browser import chrome  # noqa: F401

pytestmark = pytest.mark.exhaustive

from selenium.webdriver import Chrome  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

ROOT = Path(__file__).parent.parent.parent
FILES = 3_000


def finding(code: str, line: int, kind: Applicability, message: str) -> Finding:
    because = (Evidence("the layer says `border_mode`", line),)
    return Finding(code, message, kind, line, 0, end_line=line, end_column=4, evidence=because)


def file_number(number: int) -> FileResult:
    """A file whose kinds of findings hang on its number."""
    lines = [f"x{n} = Convolution2D({number}, 3, 3)  # <{n}>\n" for n in range(12)]
    new = [*lines]
    new[4] = f"x4 = Conv2D({number}, (3, 3))\n"
    findings = [finding("KM201", 5, Applicability.AUTOMATIC, f"`Convolution2D` → Conv2D {number}")]
    verdict = Verdict("net", 1, samples.FIRST, 0.9, (), ())
    if number % 1000 == 7:
        findings.append(finding(UNDECIDED, 1, Applicability.MANUAL, f"which format? {number}"))
        shapes = (TensorShapes("x", 1, (None, 1, 32, 32), (None, 1, 32, 32), ""),)
        verdict = Verdict("net", 1, DataFormat.UNDECIDED, 0.5, (), shapes)
    if number % 50 == 3:
        findings.append(finding("KM401", 2, Applicability.MANUAL, f"by hand {number}"))
    path = f"packages/p{number % 9}/deep/only/f{number}.py"
    return FileResult(path, "".join(lines), "".join(new), tuple(findings), (verdict,))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = RunResult(
        tuple(file_number(number) for number in range(FILES)), {"keras1_compat.py": "x\n"}
    )
    file: Path = tmp_path_factory.mktemp("long") / "report.html"
    file.write_text(render("html", run, None), encoding="utf-8")
    return file


@pytest.fixture
def page(chrome: Chrome, written: Path) -> Iterator[Chrome]:  # noqa: F811
    chrome.get("about:blank")
    chrome.get(written.as_uri())
    WebDriverWait(chrome, 120).until(lambda _: rows(chrome))
    yield chrome
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def rows(page: Chrome) -> int:
    count: int = page.execute_script(
        "return document.querySelectorAll('.findings tbody tr').length"
    )
    return count


def until(page: Chrome, script: str) -> None:
    WebDriverWait(page, 60).until(lambda _: page.execute_script(f"return {script}"))


def test_it_is_small_and_says_first_what_is_left(written: Path, page: Chrome) -> None:
    assert written.stat().st_size < 4_000_000
    badges = [badge.text for badge in page.find_elements(By.CSS_SELECTOR, ".left .badge")]
    assert badges == ["undecided"] * 3 + ["manual"] * 47
    assert "And 13 more places" in page.find_element(By.ID, "summary").text
    assert rows(page) == 200
    first = page.find_element(By.CSS_SELECTOR, ".findings tbody tr")
    assert "which format? 7" in first.text
    assert "because: the layer says border_mode (packages/p7/deep/only/f7.py:1)" in first.text
    assert page.find_element(By.CSS_SELECTOR, "#formats .card").get_attribute("open") is not None


def test_search_goes_through_all_findings(page: Chrome) -> None:
    field = page.find_element(By.CSS_SELECTOR, "#filter [name=text]")
    field.send_keys("conv2d 2999")
    until(page, "document.querySelectorAll('.findings tbody tr').length === 1")
    output = page.find_element(By.CSS_SELECTOR, "#filter output")
    assert output.text == "1 of 3063 shown"
    code = page.find_element(By.CSS_SELECTOR, ".findings tbody td:last-child code")
    assert code.text == "Convolution2D"
    page.find_element(By.CSS_SELECTOR, ".findings tbody a").send_keys(Keys.ENTER)
    until(page, "document.activeElement.id === 'file-2999-line-5'")
    assert "Convolution2D(2999, 3, 3)  # <4>" in page.switch_to.active_element.text
    assert page.switch_to.active_element.is_displayed()


def test_more_rows_come_when_asked_for(page: Chrome) -> None:
    button = page.find_element(By.ID, "more")
    button.send_keys(Keys.ENTER)
    until(page, "document.querySelectorAll('.findings tbody tr').length === 400")
    assert page.execute_script("return document.activeElement.id") == "finding-200"


def test_the_tree_opens_by_keyboard_and_shows_a_file(page: Chrome) -> None:
    names = [e.text for e in page.find_elements(By.CSS_SELECTOR, "#tree > .folder > summary b")]
    assert names == ["packages/"]
    page.find_element(By.CSS_SELECTOR, "#tree > .folder > summary").send_keys(Keys.ENTER)
    inner = page.find_elements(By.CSS_SELECTOR, "#tree > .folder > .folder > summary")
    assert inner[0].text.startswith("p0/deep/only/ 334 files, ")
    inner[3].send_keys(Keys.ENTER)
    card = page.find_element(By.ID, "file-3")
    assert not card.find_elements(By.CSS_SELECTOR, ".diff")
    assert card.text == "packages/p3/deep/only/f3.py 1 to look at"
    card.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    until(page, "document.querySelector('#file-3 .diff')")
    assert "Conv2D(3, (3, 3))" in card.text


def test_files_are_found_by_path(page: Chrome) -> None:
    field = page.find_element(By.CSS_SELECTOR, "#find [name=path]")
    field.send_keys("777")
    output = page.find_element(By.CSS_SELECTOR, "#find output")
    WebDriverWait(page, 60).until(lambda _: output.text == f"3 of {FILES + 1} files shown")
    script = (
        "return [...document.querySelectorAll('#tree .card')].filter((c) => c.checkVisibility())"
    )
    assert len(page.execute_script(script)) == 3
    field.clear()
    page.find_element(By.CSS_SELECTOR, "#find [name=left]").click()
    WebDriverWait(page, 60).until(lambda _: output.text == f"63 of {FILES + 1} files shown")


def test_the_address_of_a_line_unpacks_it(page: Chrome, written: Path) -> None:
    page.get("about:blank")
    page.get(f"{written.as_uri()}#file-2321-line-5")
    until(page, "document.activeElement.id === 'file-2321-line-5'")
    page.get("about:blank")
    page.get(f"{written.as_uri()}#finding-150")
    until(page, "document.activeElement.id === 'finding-150'")


def test_nothing_overflows_on_a_phone(page: Chrome) -> None:
    metrics = {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.execute_script("location.hash = 'file-3-line-5'")
    until(page, "document.activeElement.id === 'file-3-line-5'")
    assert page.execute_script("return document.documentElement.scrollWidth") <= 360


def test_axe_finds_nothing_serious(page: Chrome, written: Path) -> None:
    """Not of every card: those are alike, and axe looks at each for a while."""
    sys.path.insert(0, str(ROOT / "docs" / "_site"))
    try:
        npm = importlib.import_module("npm")
    finally:
        sys.path.pop(0)
    page.execute_script("location.hash = 'file-3-line-5'")
    until(page, "document.activeElement.id === 'file-3-line-5'")
    page.execute_script(
        "for (const e of document.querySelectorAll('#tree .card')) if (e.id !== 'file-3') e.remove()"
    )
    page.execute_script(npm.member("axe-core", "axe.min.js").decode())
    page.set_script_timeout(240)
    script = """
    const done = arguments[arguments.length - 1];
    axe.run({ resultTypes: ["violations"] }).then(({ violations }) => done(violations));
    """
    found = [
        (v["id"], v["impact"], [node["html"][:200] for node in v["nodes"]][:5])
        for v in page.execute_async_script(script)
        if v["impact"] in ("serious", "critical")
    ]
    assert not found, json.dumps(found, indent=1)[:3000]


def test_the_console_is_silent(page: Chrome) -> None:
    assert page.get_log("browser") == []  # type: ignore[no-untyped-call]

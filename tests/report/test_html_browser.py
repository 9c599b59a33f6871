"""The HTML report driven in headless Chromium: filters, models, findings, colours, keyboard."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerasmig.report.formats import render
from tests.report import samples

# Where CI promises a browser, its absence is a failure and not a reason to skip.
REQUIRED = os.environ.get("CI") == "true"
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
DRIVER = shutil.which("chromedriver") or ""

if not REQUIRED:
    pytest.importorskip("selenium", reason="selenium is not installed")
    if not (BROWSER and DRIVER):
        pytest.skip(
            "no Chromium with chromedriver here (Debian: apt-get install chromium chromium-driver)",
            allow_module_level=True,
        )

from selenium.webdriver import Chrome, ChromeOptions, ChromeService  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.remote.webelement import WebElement  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    assert BROWSER and DRIVER, "CI=true asks for chromium and chromium-driver"
    options = ChromeOptions()
    options.binary_location = BROWSER
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        "--window-size=1200,900",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=ChromeService(executable_path=DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render("html", samples.RUN, samples.REPORT), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(chrome: Chrome, address: str) -> Chrome:
    chrome.get("about:blank")
    chrome.get(address)
    return chrome


def click(page: Chrome, element: WebElement) -> None:
    """Click as a person does, who first scrolls it out from under the header."""
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def shown_codes(page: Chrome) -> list[str]:
    rows = page.find_elements(By.CSS_SELECTOR, ".findings tbody tr")
    return [row.get_attribute("data-code") or "" for row in rows if row.is_displayed()]


def shown_outcomes(page: Chrome) -> set[str]:
    badges = page.find_elements(By.CSS_SELECTOR, ".findings tbody .badge")
    return {badge.text for badge in badges if badge.is_displayed()}


def focused(page: Chrome) -> str:
    """The id of what has the focus."""
    name: str = page.execute_script("return document.activeElement.id")
    return name


def field(page: Chrome, name: str) -> WebElement:
    return page.find_element(By.CSS_SELECTOR, f"#filter [name={name}]")


def count(page: Chrome) -> str:
    return page.find_element(By.CSS_SELECTOR, "#filter output").text


def test_findings_filter_by_code_file_applicability_and_text(page: Chrome) -> None:
    assert len(shown_codes(page)) == 8
    Select(field(page, "code")).select_by_visible_text("KM201")
    assert shown_codes(page) == ["KM201", "KM201"]
    field(page, "file").send_keys("Seed.py")
    WebDriverWait(page, 10).until(lambda _: count(page) == "1 of 8 shown")
    assert shown_codes(page) == ["KM201"]
    click(page, page.find_element(By.CSS_SELECTOR, "#filter [type=reset]"))
    # A form has its old values until its reset event is over: the page filters after that.
    WebDriverWait(page, 10).until(lambda _: count(page) == "8 of 8 shown")
    for word in ("automatic", "manual", "suppressed"):
        click(page, page.find_element(By.CSS_SELECTOR, f"#filter [value={word}]"))
    WebDriverWait(page, 10).until(lambda _: shown_codes(page) == ["KM402", "KM401"])
    field(page, "text").send_keys("KERNEL row")
    WebDriverWait(page, 10).until(lambda _: shown_codes(page) == ["KM401"])
    field(page, "text").send_keys(" nowhere")
    WebDriverWait(page, 10).until(lambda _: shown_codes(page) == [])
    assert count(page) == "0 of 8 shown"


def test_what_is_left_leads_to_its_finding(page: Chrome) -> None:
    links = page.find_elements(By.CSS_SELECTOR, ".left a")
    assert links
    link = next(link for link in links if "#finding-" in (link.get_attribute("href") or ""))
    click(page, page.find_element(By.CSS_SELECTOR, "#filter [value=manual]"))
    WebDriverWait(page, 10).until(lambda _: "manual" not in shown_outcomes(page))
    click(page, link)
    target = (link.get_attribute("href") or "").split("#")[1]
    WebDriverWait(page, 10).until(lambda _: focused(page) == target)
    assert page.find_element(By.ID, target).is_displayed()
    assert "manual" in shown_outcomes(page)


def test_slash_goes_to_the_search(page: Chrome) -> None:
    page.find_element(By.TAG_NAME, "body").send_keys("/")
    assert page.switch_to.active_element.get_attribute("name") == "text"
    page.switch_to.active_element.send_keys("a/b")
    assert field(page, "text").get_attribute("value") == "a/b"


def test_a_model_opens_and_shows_its_layers_and_graph(page: Chrome) -> None:
    table = page.find_element(By.CSS_SELECTOR, "#model-0 .layers")
    assert not table.is_displayed()
    click(page, page.find_element(By.CSS_SELECTOR, "#model-0 > summary"))
    assert table.is_displayed()
    graph = page.find_element(By.CSS_SELECTOR, "#model-0 .graph svg")
    assert graph.is_displayed()
    assert graph.size["height"] > 100
    assert "Convolution2D" in table.text


def test_mismatch_is_open_and_leads_to_its_layer(page: Chrome) -> None:
    click(page, page.find_element(By.LINK_TEXT, "Go to the layer"))
    WebDriverWait(page, 10).until(lambda _: focused(page) == "model-1-layer-4")
    row = page.switch_to.active_element
    assert row.is_displayed()


def test_a_finding_leads_to_its_line_even_in_a_folded_file(page: Chrome) -> None:
    click(page, page.find_element(By.XPATH, "//details[summary/b='seed.py']/summary"))
    link = page.find_element(By.LINK_TEXT, "seed.py:5:10")
    target = (link.get_attribute("href") or "").split("#")[1]
    row = page.find_element(By.ID, target)
    assert not row.is_displayed()
    click(page, link)
    WebDriverWait(page, 10).until(lambda _: focused(page) == target)
    assert row.is_displayed()
    assert "Convolution2D(nb_filter=10" in row.text
    click(page, page.find_element(By.XPATH, "//details[summary/b='seed.py']/summary"))
    assert not row.is_displayed()
    click(page, link)
    WebDriverWait(page, 10).until(lambda _: row.is_displayed())  # the same link works twice


def test_address_of_a_layer_opens_its_model(page: Chrome, address: str) -> None:
    page.get("about:blank")
    page.get(f"{address}#model-0-layer-1")
    layer = page.find_element(By.ID, "model-0-layer-1")
    WebDriverWait(page, 10).until(lambda _: layer.is_displayed())


def background(page: Chrome) -> str:
    return page.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")


LIGHT, DARK = "rgba(255, 255, 255, 1)", "rgba(20, 23, 28, 1)"


def prefer(page: Chrome, scheme: str) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def test_colours_follow_the_system_and_the_button(page: Chrome) -> None:
    button = page.find_element(By.ID, "theme")
    for scheme, colour in (("light", LIGHT), ("dark", DARK)):
        prefer(page, scheme)
        assert background(page) == colour
    button.click()
    assert (button.text, background(page)) == ("Colours: light", LIGHT)
    button.click()
    prefer(page, "light")
    assert (button.text, background(page)) == ("Colours: dark", DARK)
    button.click()
    assert (button.text, background(page)) == ("Colours: as the system", LIGHT)


CONTRAST = """
const luminance = (rgb) => {
  const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const behind = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = parse(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour.slice(0, 3);
  }
  return [255, 255, 255];
};
const poor = new Set();
for (const details of document.querySelectorAll("details")) details.open = true;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode()); ) {
  const element = node.parentElement;
  if (!node.data.trim() || element.closest("svg, script, style") || !element.checkVisibility()) continue;
  const ink = parse(getComputedStyle(element).color).slice(0, 3);
  const [a, b] = [luminance(ink), luminance(behind(element))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) poor.add(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
}
return [...poor];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_the_contrast_that_wcag_asks_for(page: Chrome, scheme: str) -> None:
    prefer(page, scheme)
    assert page.execute_script(CONTRAST) == []


ACTIVE = """
const active = document.activeElement;
return [active.tagName.toLowerCase(), active.name || "", active.id];
"""


def test_keyboard_reaches_filters_models_and_lines(page: Chrome) -> None:
    reached: set[str] = set()
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the report"
    for _ in range(70):
        page.switch_to.active_element.send_keys(Keys.TAB)
        reached.update(page.execute_script(ACTIVE))
    assert {"theme", "summary", "code", "outcome", "text", "select", "a"} <= reached
    summary = page.find_element(By.CSS_SELECTOR, "#model-0 > summary")
    summary.send_keys(Keys.ENTER)
    assert page.find_element(By.CSS_SELECTOR, "#model-0 .layers").is_displayed()


def test_page_does_not_scroll_sideways_on_a_phone(page: Chrome) -> None:
    metrics = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        page.execute_script(
            "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
        )
        width = page.execute_script("return document.documentElement.scrollWidth")
        assert width <= 360
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_console_is_silent_and_nothing_was_requested(page: Chrome) -> None:
    assert page.get_log("browser") == []  # type: ignore[no-untyped-call]
    entries = page.execute_script("return performance.getEntriesByType('resource').length")
    assert entries == 0

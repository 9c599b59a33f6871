"""The site, built by its one command, in headless Chromium: the playground, search, looks, access."""

from __future__ import annotations

import functools
import http.server
import importlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).parent.parent.parent
# Where CI promises a browser, its absence is a failure and not a reason to skip.
REQUIRED = os.environ.get("CI") == "true"
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
DRIVER = shutil.which("chromedriver") or ""

if not REQUIRED:
    pytest.importorskip("selenium", reason="selenium is not installed")
    pytest.importorskip("mkdocs", reason="the extra `docs` is not installed")
    if not (BROWSER and DRIVER and shutil.which("npm")):
        pytest.skip("needs Chromium with chromedriver, and npm", allow_module_level=True)

from selenium.webdriver import Chrome, ChromeOptions, ChromeService  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

SEED = "Conv2D(filters=10, kernel_size=(8, 8), strides=(1, 1), padding='same', activation='relu', "


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site: what the variable says, else built here."""
    if given := os.environ.get("KERASMIG_BUILT_SITE"):
        return Path(given).resolve()
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


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
        "--window-size=1400,1000",
        # No name but the local server's leads anywhere: the site has to do without.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=ChromeService(executable_path=DRIVER))
    yield driver
    driver.quit()


def answered(page: Chrome) -> None:
    """Wait until the playground has answered what was asked last."""
    WebDriverWait(page, 240).until(
        lambda _: (
            page.find_element(By.ID, "kerasmig-status").get_attribute("data-state")
            in ("answered", "failed")
        )
    )


@pytest.fixture(scope="module")
def playground(chrome: Chrome, address: str) -> Chrome:
    chrome.get(f"{address}/playground.html")
    answered(chrome)
    return chrome


def text(page: Chrome, name: str) -> str:
    return page.find_element(By.ID, f"kerasmig-{name}").get_attribute("textContent") or ""


def write(page: Chrome, source: str) -> None:
    script = """
    const field = document.getElementById("kerasmig-source");
    field.value = arguments[0];
    document.getElementById("kerasmig-status").dataset.state = "working";
    field.dispatchEvent(new Event("input"));
    """
    page.execute_script(script, source)
    answered(page)


def choose(page: Chrome, name: str, value: str) -> None:
    Select(page.find_element(By.ID, f"kerasmig-{name}")).select_by_value(value)
    answered(page)


def test_playground_answers_with_code_findings_and_both_readings(playground: Chrome) -> None:
    choose(playground, "example", "seed")
    assert SEED + "data_format='channels_first')" in text(playground, "result")
    assert "channels_first" in text(playground, "models")
    row = playground.find_element(By.XPATH, "//td[.='Convolution2D']/..").text
    assert "(None, 10, 32, 32)" in row
    assert "(None, 1, 32, 10)" in row
    link = playground.find_element(By.CSS_SELECTOR, "#kerasmig-findings a[href*='KM201']")
    assert (link.get_attribute("href") or "").endswith("/rules/KM201.html")
    assert playground.find_elements(By.CSS_SELECTOR, "#kerasmig-result .changed")


def test_playground_switches_data_format_and_layout(playground: Chrome) -> None:
    choose(playground, "example", "undecided")
    assert "data_format=undecided" in text(playground, "result")
    choose(playground, "format", "channels_first")
    assert "data_format='channels_first'" in text(playground, "result")
    choose(playground, "layout", "channels_last")
    assert "Permute" in text(playground, "result")
    assert "data_format='channels_first'" not in text(playground, "result")
    choose(playground, "layout", "keep")
    choose(playground, "format", "auto")


def test_playground_shows_what_goes_beside_the_code(playground: Chrome) -> None:
    choose(playground, "example", "training")
    assert "class MaxoutDense" in text(playground, "compat-source")
    assert playground.find_element(By.ID, "kerasmig-compat").is_displayed()


def test_playground_takes_python_2_and_says_what_it_cannot_read(playground: Chrome) -> None:
    write(playground, "print 'hello'\nfrom keras.layers.core import Dense\nDense(output_dim=3)\n")
    assert "print('hello')" in text(playground, "result")
    assert "Dense(units=3)" in text(playground, "result")
    write(playground, "def broken(:\n")
    state = playground.find_element(By.ID, "kerasmig-status")
    assert state.get_attribute("data-state") == "failed"
    assert "your code" in state.text
    assert not playground.find_element(By.ID, "kerasmig-answer").is_displayed()
    write(playground, "x = 1\n")
    assert "No findings." in text(playground, "findings")


def test_a_link_brings_code_and_choices_along(playground: Chrome, address: str) -> None:
    source = "from keras.layers import Dense\n# ü\nd = Dense(output_dim=7)\n"
    write(playground, source)
    choose(playground, "format", "explicit")
    playground.find_element(By.ID, "kerasmig-link").click()
    WebDriverWait(playground, 10).until(lambda _: text(playground, "copied"))
    link = playground.current_url
    assert "#" in link
    playground.get("about:blank")
    playground.get(link)
    answered(playground)
    field = playground.find_element(By.ID, "kerasmig-source")
    assert field.get_attribute("value") == source
    choice = playground.find_element(By.ID, "kerasmig-format").get_attribute("value")
    assert choice == "explicit"
    assert "units=7" in text(playground, "result")


def test_nothing_is_fetched_from_elsewhere_and_the_console_is_silent(
    playground: Chrome, address: str
) -> None:
    for path in ("index.html", "rules/KM201.html", "playground.html"):
        playground.get(f"{address}/{path}")
        if path == "playground.html":
            answered(playground)
        script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
        assert all(name.startswith(address) for name in playground.execute_script(script))
    assert playground.get_log("browser") == []  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("way", ["server", "file"])
def test_search_finds_an_old_name(chrome: Chrome, address: str, site: Path, way: str) -> None:
    start = address if way == "server" else site.as_uri()
    chrome.get(f"{start}/index.html")
    chrome.find_element(By.TAG_NAME, "body").send_keys("s")
    field = chrome.find_element(By.CSS_SELECTOR, ".md-search__input")
    WebDriverWait(chrome, 30).until(lambda _: field == chrome.switch_to.active_element)
    field.send_keys("subsample")
    WebDriverWait(chrome, 60).until(
        lambda _: chrome.find_elements(By.CSS_SELECTOR, ".md-search-result__link")
    )
    links = chrome.find_elements(By.CSS_SELECTOR, ".md-search-result__link")
    assert any("KM201" in (link.get_attribute("href") or "") for link in links)
    field.send_keys(Keys.ESCAPE)


PAGES = ("index.html", "rules/KM201.html", "error-messages.html", "playground.html")


@pytest.mark.parametrize("path", PAGES)
def test_pages_do_not_scroll_sideways_on_a_phone(chrome: Chrome, address: str, path: str) -> None:
    metrics = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        chrome.get(f"{address}/{path}")
        if path == "playground.html":
            answered(chrome)
        assert chrome.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(chrome: Chrome, address: str, path: str, scheme: str) -> None:
    sys.path.insert(0, str(ROOT / "docs" / "_site"))
    try:
        npm = importlib.import_module("npm")
    finally:
        sys.path.pop(0)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    chrome.get(f"{address}/{path}")
    chrome.execute_script("localStorage.clear(); location.reload()")
    if path == "playground.html":
        answered(chrome)
    chrome.execute_script(npm.member("axe-core", "axe.min.js").decode())
    chrome.set_script_timeout(240)
    script = """
    const done = arguments[arguments.length - 1];
    axe.run({ resultTypes: ["violations"] }).then(({ violations }) => done(violations));
    """
    found = [
        (violation["id"], violation["impact"], [node["html"][:200] for node in violation["nodes"]])
        for violation in chrome.execute_async_script(script)
        if violation["impact"] in ("serious", "critical")
    ]
    assert not found, json.dumps(found, indent=1)[:3000]

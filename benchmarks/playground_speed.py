"""How long the playground takes to its first answer, and to the next ones, in headless Chromium.

python benchmarks/playground_speed.py [BUILT_SITE]      after `mkdocs build --strict`
"""

from __future__ import annotations

import functools
import http.server
import shutil
import statistics
import sys
import tempfile
import threading
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

RUNS = 3


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves modules and WebAssembly as what they are, and says nothing."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def measured(address: str) -> tuple[float, float]:
    """Seconds to the first answer in a new browser, and milliseconds for the same program again."""
    options = ChromeOptions()
    with tempfile.TemporaryDirectory() as profile:
        for argument in (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={profile}",
        ):
            options.add_argument(argument)
        page = Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))
        try:
            page.get(address)
            status = page.find_element(By.ID, "kerasmig-status")

            def answered(_: object) -> bool:
                return status.get_attribute("data-state") == "answered"

            WebDriverWait(page, 300).until(answered)
            first = float(status.get_attribute("data-first") or "nan") / 1000
            again = []
            for _ in range(9):
                page.execute_script(
                    "arguments[0].dataset.state = 'working';"
                    "document.getElementById('kerasmig-format').dispatchEvent(new Event('change'))",
                    status,
                )
                WebDriverWait(page, 60).until(answered)
                again.append(float(status.get_attribute("data-took") or "nan"))
            return first, statistics.median(again)
        finally:
            page.quit()


def main() -> None:
    """Print the medians of several runs."""
    site = sys.argv[1] if len(sys.argv) > 1 else "build/site"
    assert Path(site, "playground.html").exists(), f"no site in {site}: run mkdocs build --strict"
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=site)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rows = [measured(f"http://127.0.0.1:{server.server_port}/playground.html") for _ in range(RUNS)]
    print(f"first answer, with loading: {statistics.median(row[0] for row in rows):.1f} s")
    print(f"the same again: {statistics.median(row[1] for row in rows):.0f} ms")


if __name__ == "__main__":
    main()

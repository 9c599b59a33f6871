"""Draws the picture of the HTML report that the README shows: ``python docs/report_picture.py``.

Needs Chromium with chromedriver. The report is the tests' sample, which holds something of everything.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from kerasmig.report.about import About  # noqa: E402
from kerasmig.report.formats import render  # noqa: E402
from tests.report import samples  # noqa: E402

ABOUT = About(
    "keras-nets",
    "1a2b3c4d5e6f",
    "2026-11-30 16:40 UTC",
    "kerasmig upgrade . --verify --output-format html",
    {"kerasmig": "0.1.0", "Python": "3.11.7"},
)


def main() -> None:
    """Write docs/pictures/report.png."""
    options = ChromeOptions()
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.html"
        text = render("html", samples.RUN, samples.REPORT, ABOUT)
        report.write_text(text, encoding="utf-8")
        page = Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))
        try:
            size = {"width": 1200, "height": 860, "deviceScaleFactor": 1, "mobile": False}
            page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            page.get(report.as_uri())
            page.save_screenshot(str(ROOT / "docs" / "pictures" / "report.png"))
        finally:
            page.quit()


if __name__ == "__main__":
    main()

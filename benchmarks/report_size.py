"""How large the HTML report of many files is, and how fast it opens and answers in headless Chromium.

python benchmarks/report_size.py [FILES ...]      the changed programs of corpus/legacy, again and again
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.ui import WebDriverWait

from kerasmig.finding import RunResult
from kerasmig.report.document import load
from kerasmig.report.formats import render

ROOT = Path(__file__).parent.parent

#: Milliseconds until an action has shown its effect, laid out and painted.
TIMED = """
const [act, done] = arguments;
const began = performance.now();
const settled = new Function(act)();
const check = () => (settled() ? requestAnimationFrame(() => done(performance.now() - began)) : setTimeout(check, 5));
check();
"""
ACTIONS = {
    "open a folder and a file in it": """
        let card = document.querySelector("#tree .card");
        for (let e = card; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
        return () => card.querySelector(".diff tr.changed, .diff tr.added");
    """,
    "find files by path": """
        const field = document.querySelector("#find [name=path]");
        field.value = "part3/"; field.dispatchEvent(new Event("input", { bubbles: true }));
        return () => document.querySelector("#find output").textContent.includes(" of ");
    """,
    "search the findings": """
        const field = document.querySelector("#filter [name=text]");
        const before = document.querySelector("#filter output").textContent;
        field.value = "border_mode"; field.dispatchEvent(new Event("input", { bubbles: true }));
        return () => document.querySelector("#filter output").textContent !== before;
    """,
}


def corpus() -> RunResult:
    """What becomes of the corpus."""
    command = [sys.executable, "-m", "kerasmig", "upgrade", "--diff", "corpus/legacy"]
    done = subprocess.run(
        [*command, "--output-format", "json", "-j", "1"], cwd=ROOT, capture_output=True, check=False
    )
    run, _ = load(json.loads(done.stdout))
    assert run is not None
    return run


def many(run: RunResult, count: int) -> RunResult:
    """The changed files of a run under as many other names."""
    changed = [file for file in run.files if file.changed]
    files = (changed[number % len(changed)] for number in range(count))
    named = (
        file._replace(path=f"package{n % 7}/part{n // 100}/{n}_{Path(file.path).name}")
        for n, file in enumerate(files)
    )
    return RunResult(tuple(named), run.extra_files)


def browser(profile: str) -> Chrome:
    """Headless Chromium."""
    options = ChromeOptions()
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"):
        options.add_argument(argument)
    return Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))


def measured(page: Chrome, file: Path) -> dict[str, Any]:
    """What one report takes in the browser."""
    page.set_script_timeout(120)
    page.get(file.as_uri())
    WebDriverWait(page, 120).until(
        lambda _: page.execute_script("return document.querySelector('.findings tbody tr')")
    )
    timing = "return performance.getEntriesByType('navigation')[0].domComplete"
    found: dict[str, Any] = {"loaded (ms)": round(page.execute_script(timing))}
    for name, act in ACTIONS.items():
        found[f"{name} (ms)"] = round(page.execute_async_script(TIMED, act))
    found["elements"] = page.execute_script("return document.querySelectorAll('*').length")
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True},
    )
    found["width of the page at 360 px"] = page.execute_script(
        "return document.documentElement.scrollWidth"
    )
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    return found


def main() -> None:
    """Print the figures of each number of files."""
    run = corpus()
    with tempfile.TemporaryDirectory() as folder:
        page = browser(f"{folder}/profile")
        for count in map(int, sys.argv[1:] or ["444", "10000"]):
            result = many(run, count)
            began = time.process_time()
            text = render("html", result, None).encode("utf-8")
            took = time.process_time() - began
            file = Path(folder, f"{count}.html")
            file.write_bytes(text)
            findings = sum(len(file.findings) for file in result.files)
            print(f"{count:,} files, {findings:,} findings")
            print(f"  written in {took:.1f} CPU s, {len(text) / 1e6:.1f} MB")
            for name, value in measured(page, file).items():
                print(f"  {name}: {value:,}")
        page.quit()


if __name__ == "__main__":
    main()

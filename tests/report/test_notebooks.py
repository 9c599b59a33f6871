"""Notebooks in reports: places by cell, the program for people, the JSON for ``git apply``."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

from rich.console import Console

from kerasmig.finding import Evidence, FileResult, RunResult
from kerasmig.report.diff import run_diff_bytes
from kerasmig.report.formats import render
from kerasmig.report.terminal import print_diff, print_run
from tests.report import samples

PROGRAM = "x = Convolution2D(8, 3, 3)(x)\n"
MIGRATED = "x = Conv2D(8, (3, 3))(x)\n"
FINDING = samples.SEED.findings[2]._replace(
    cell=4, line=1, end_line=1, evidence=(Evidence("seen", 2),)
)


def notebook(source: str) -> str:
    cell = {"cell_type": "code", "source": [source], "outputs": [], "metadata": {}}
    return json.dumps({"cells": [cell], "nbformat": 4}, indent=1) + "\n"


FILE = FileResult(
    "train.ipynb",
    notebook(PROGRAM),
    notebook(MIGRATED),
    (FINDING._replace(cell=5), FINDING),
    source_old=PROGRAM,
    source_new=MIGRATED,
)
RUN = RunResult((FILE,))


def terminal(*, diff: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, no_color=True, width=200)
    print_run(RUN, console, diff=diff)
    return stream.getvalue()


def test_places_name_the_cell_in_the_order_of_the_cells() -> None:
    stream = io.StringIO()
    print_run(RUN, Console(file=stream), verbose=True)
    text = stream.getvalue()
    assert text.startswith("train.ipynb:cell 4:1:10: KM401 ")
    assert "\ntrain.ipynb:cell 5:1:10: KM401 " in text
    assert "because: as for cell 4:1:10" in text
    assert "train.ipynb:cell 4:1:10" in render("html", RUN, None)
    assert "`train.ipynb:cell 4:1:10`" in render("markdown", RUN, None)
    assert "train.ipynb:cell 4:1:10: KM401" in render("junit", RUN, None)


def test_person_sees_the_program_and_git_gets_the_file(tmp_path: Path) -> None:
    shown = terminal(diff=True)
    assert "\n+x = Conv2D(8, (3, 3))(x)\n" in shown
    assert "cell_type" not in shown
    (tmp_path / "train.ipynb").write_text(FILE.old, encoding="utf-8")
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    print_diff(RUN, Console(file=stream))
    patch = run_diff_bytes(RUN)
    stream.seek(0)
    assert stream.read().encode() == patch
    subprocess.run(["git", "apply"], input=patch, cwd=tmp_path, check=True)
    assert (tmp_path / "train.ipynb").read_text(encoding="utf-8") == FILE.new


def test_html_shows_the_program_highlighted() -> None:
    page = render("html", RUN, None)
    assert "<mark>Convolution2D</mark>" in page
    assert "cell_type" not in page
    assert 'href="#file-0"' in page


def test_no_line_of_a_cell_passes_for_a_line_of_the_file() -> None:
    [first, _] = json.loads(render("sarif", RUN, None))["runs"][0]["results"]
    assert "region" not in first["locations"][0]["physicalLocation"]
    assert "relatedLocations" not in first
    assert first["message"]["text"].startswith("cell 5:1:10: ")
    command = render("github", RUN, None).split("\n")[0]
    assert command.startswith("::warning file=train.ipynb,title=KM401 [assumed]::cell 5:1:10: ")

"""Notebooks: code cells are migrated as one program, and nothing else moves by a byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasmig.finding import FileResult
from kerasmig.project.project import Project
from kerasmig.reading.magics import mask
from kerasmig.reading.notebooks import read_notebook
from kerasmig.reading.program import read_program
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import SourceError, parse
from tests.core.trees import read_tree, run, write_tree
from tests.rewrite.leftovers import unreported, unreported_in

IMPORTS = "%matplotlib inline\nimport numpy as np\nfrom keras.layers import Convolution2D\n!ls -l"
MODEL = (
    "%%time\n"
    "conv = Convolution2D(8, 3, 3, border_mode='same')  # caf\u00e9\n"
    "files = !ls\n"
    "%time x = conv(y)\n"
    "conv?"
)
QUESTION = "  # kerasmig: data_format=undecided"
MIGRATED = MODEL.replace(
    "Convolution2D(8, 3, 3, border_mode='same')  # caf\u00e9",
    f"Conv2D(8, (3, 3), padding='same')  # caf\u00e9{QUESTION}",
)


def cell(kind: str, source: str, listed: bool = True, **more: Any) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    extra: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    content = lines if listed else source
    return {"cell_type": kind, **extra, "metadata": {"zeta": 1}, "source": content, **more}


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def upgrade(folder: Path, text: str, python2: bool = True) -> FileResult:
    path = folder / "nb.ipynb"
    path.write_bytes(text.encode())
    (result,) = Project((path,), UpgradeSettings(python2=python2)).upgrade().files
    assert not result.error
    return result


def sources(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_cells_are_one_program_and_the_rest_stays(
    tmp_path: Path, indent: int | None, listed: bool, ascii_only: bool, end: str
) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["Convolution2D \u00e9\n"]}
    document = notebook(
        cell("markdown", "# A title \u00e9"),
        cell("code", IMPORTS, listed, id="b"),
        cell("code", MODEL, listed, id="a", outputs=[output]),
        kernelspec={"language": "python", "name": "python3"},
    )
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only) + end
    result = upgrade(tmp_path, text)
    assert sources(result.new)[1:] == [
        IMPORTS.replace("Convolution2D", "Conv2D"),
        MIGRATED,
    ]
    # Undoing the two changed lines gives the very bytes back.
    assert (
        result.new.replace("import Conv2D", "import Convolution2D")
        .replace("Conv2D(8, (3, 3), padding", "Convolution2D(8, 3, 3, border_mode")
        .replace(QUESTION, "")
        == text
    )
    (finding,) = [f for f in result.findings if f.name == "Convolution2D"]
    assert (finding.cell, finding.line) == (3, 2)
    assert "# cell 3\n%%time\nconv = Conv2D(8, (3, 3)" in result.source_new


def test_lines_may_be_added_and_taken_away(tmp_path: Path) -> None:
    code = "from keras.models import Model, \\\n    Graph\nfrom keras.layers import merge\nm = merge([a, b],\n          mode='sum')"
    text = json.dumps(notebook(cell("code", code)), indent=1)
    result = upgrade(tmp_path, text)
    assert "mode='sum'" not in result.new
    parse("".join(sources(result.new)))
    again = upgrade(tmp_path, result.new)
    assert not again.changed


def test_format_3_and_its_worksheets(tmp_path: Path) -> None:
    document = {
        "metadata": {"name": ""},
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "markdown", "source": ["text"]},
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "input": ["from keras.layers import Convolution2D\n", "print 'a'"],
                        "language": "python",
                        "outputs": [],
                    },
                ]
            }
        ],
    }
    result = upgrade(tmp_path, json.dumps(document, indent=1))
    new = json.loads(result.new)["worksheets"][0]["cells"][1]["input"]
    assert new == ["from keras.layers import Conv2D\n", "print('a')"]
    assert ("KM801", 2) in [(f.code, f.cell) for f in result.findings]


def test_a_broken_cell_is_told_and_the_others_are_migrated(tmp_path: Path) -> None:
    text = json.dumps(
        notebook(
            cell("code", "from keras.layers import Convolution2D"),
            cell("code", "here is: some text"),
            cell("code", "%%bash\necho Convolution2D"),
            cell("code", "%%html\n<b>bold</b>"),
            cell("code", "c = Convolution2D(8, 3, 3)"),
        )
    )
    result = upgrade(tmp_path, text)
    assert sources(result.new)[4] == f"c = Conv2D(8, (3, 3)){QUESTION}"
    left = {f.cell: f.message for f in result.findings if f.code == "KM904"}
    assert set(left) == {2, 3}
    assert "cannot be parsed" in left[2] and "%%bash" in left[3]


def test_markdown_that_shows_old_code_is_told_not_changed(tmp_path: Path) -> None:
    text = json.dumps(
        notebook(
            cell("markdown", "Sequential models use `Convolution2D(nb_filter=3)`"),
            cell("code", "import keras"),
        )
    )
    result = upgrade(tmp_path, text)
    assert not result.changed
    assert [(f.code, f.cell) for f in result.findings] == [("KM903", 1)]


def test_what_is_no_python_notebook_is_told(tmp_path: Path) -> None:
    for text, words in [
        ("{", "no notebook"),
        ('{"a": "keras"}', "no cells"),
        (json.dumps(notebook(kernelspec={"language": "R"})), "of r"),
    ]:
        with pytest.raises(SourceError, match=words):
            read_notebook(text)
    write_tree(tmp_path, {"bad.ipynb": b'{"keras"'})
    ran = run(tmp_path, "upgrade")
    assert ran.code == 3
    assert "bad.ipynb: error: is no notebook" in ran.out.decode()


def test_through_the_command_line(tmp_path: Path) -> None:
    data = json.dumps(notebook(cell("code", IMPORTS), cell("code", MODEL)), indent=1).encode()
    write_tree(tmp_path, {"nb.ipynb": data})
    assert run(tmp_path, "upgrade", "--no-backup").code == 1  # undecided
    once = read_tree(tmp_path)
    assert once["nb.ipynb"] != data
    run(tmp_path, "upgrade", "--no-backup")
    assert read_tree(tmp_path) == once


CODE = [
    "x = 1",
    "%matplotlib inline",
    "!ls \\\n  -l",
    "  ",
    "y = '''\n%not a magic\n! nor this'''",
    "z = (1\n  % 2)",
    "a = !pwd",
    "for i in y:\n    !echo $i\n    %time f(i)\n    %cd x",
    "f??",
    "?f",
    "w = 5 \\\n  % 3",
    "# %time is fun",
    "%timeit -n 10 g(x,\n  y)",
    "s = 'it''s' # don't",
]


@given(st.lists(st.sampled_from(CODE), max_size=8), st.booleans())
def test_masked_cells_parse_and_come_back_unchanged(pieces: list[str], last: bool) -> None:
    source = "\n".join(pieces) + ("\n" if last else "")
    masked = mask(source, 7)
    parse(masked.text)
    assert masked.restore(masked.text) == source
    for line, text in enumerate(masked.text.split("\n"), 1):
        if "#kerasmig" not in text:
            assert source.split("\n")[masked.line(line) - 1].endswith(text.lstrip())


@given(
    st.lists(st.lists(st.sampled_from([*CODE, "\u00e9 = '\\u2028\\t\"'"]), max_size=4), max_size=4),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 1]),
)
def test_a_rebuilt_notebook_is_byte_for_byte_the_same(
    cells: list[list[str]], listed: bool, ascii_only: bool, indent: int | None
) -> None:
    document = notebook(*(cell("code", "\n".join(lines), listed) for lines in cells))
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    found = read_notebook(text)
    assert found.rebuild(found.program) == text
    program = read_program(text, "x.ipynb", UpgradeSettings())
    changed = program.text.replace("x = 1", "x = 2")
    again = json.loads(found.rebuild(changed))
    assert sources(json.dumps(again)) == [
        "\n".join(lines).replace("x = 1", "x = 2") for lines in cells
    ]


def test_a_future_import_stays_at_the_start_of_its_cell_only(tmp_path: Path) -> None:
    late = "import keras\nfrom __future__ import division\nx = 1"
    first = "# again\nfrom __future__ import division\ny = 2"
    result = upgrade(tmp_path, json.dumps(notebook(cell("code", late), cell("code", first))))
    assert sources(result.new) == ["import keras\nx = 1", first]


def test_nothing_of_keras_1_is_left_unreported(tmp_path: Path) -> None:
    path = tmp_path / "net.ipynb"
    code = "%matplotlib inline\nm.fit_generator(g, samples_per_epoch=n, nb_epoch=2)\nHighway()"
    graph = "x = Convolution2D(8, 3, 3, border_mode='full')"
    imports = "from keras.layers import Convolution2D\nfrom keras.models import Graph, Sequential"
    made = "m = Sequential()"
    cells = [cell("code", source) for source in (imports, made, code, graph, "Graph()")]
    path.write_text(json.dumps(notebook(*cells)), encoding="utf-8")
    project = Project((path,), UpgradeSettings())
    assert unreported_in(project, path) == []
    silent = project.program_result(path)._replace(findings=())
    assert len(unreported(silent)) >= 2


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("%%writefile m.py\nfrom keras.layers import Dense\nDense(output_dim=3)\n", True),
        ("%%writefile m.py\nConvolution2D(8, 3, 3)\n", True),
        ("%%writefile m.py\nimport numpy\n", False),
        ("%%bash\npip install keras\n", False),
    ],
)
def test_a_cell_that_is_not_run_as_python_is_told_if_it_holds_keras(
    tmp_path: Path, source: str, told: bool
) -> None:
    text = json.dumps(notebook(cell("code", source), cell("code", IMPORTS), cell("code", MODEL)))
    result = upgrade(tmp_path, text)
    left = [f for f in result.findings if f.code == "KM904"]
    assert [f.cell for f in left] == ([1] if told else [])
    assert sources(result.new)[0] == source

"""Python 2 sources: recognised, brought to Python 3 and migrated in one step."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasmig.finding import FileResult
from kerasmig.project.project import Project
from kerasmig.reading.first_look import looks_like_python2
from kerasmig.reading.python2 import to_python3
from kerasmig.reading.python2_signs import uses_python2_names
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import SourceError, parse
from tests.core.trees import read_tree, run, write_tree


def upgrade(folder: Path, code: str, name: str = "net.py", python2: bool = True) -> FileResult:
    path = folder / name
    path.write_bytes(dedent(code).lstrip("\n").encode())
    (result,) = Project((path,), UpgradeSettings(python2=python2)).upgrade().files
    assert not result.error
    if result.changed:
        ast.parse(result.new)
    return result


def codes(result: FileResult) -> list[tuple[str, int, str]]:
    found = [f for f in result.findings if f.code.startswith("KM8")]
    return [(f.code, f.line, f.applicability.value) for f in found]


def test_one_step_and_one_diff(tmp_path: Path) -> None:
    result = upgrade(
        tmp_path,
        """
        import cPickle as pickle
        from keras.layers import Convolution2D

        def net(nb_filter):
            print 'filters:', nb_filter   # kept
            return Convolution2D(nb_filter/2, 3, 3, border_mode='same')

        for i in xrange(3):
            d = {1: 2}
            if d.has_key(i): print >>log, d.keys()[0]
        x = pickle.load(open('x.pkl'))
        """,
    )
    assert result.new == dedent("""
        import pickle
        from keras.layers import Conv2D

        def net(nb_filter):
            print('filters:', nb_filter)   # kept
            return Conv2D(nb_filter//2, (3, 3), padding='same')  # kerasmig: data_format=undecided

        for i in range(3):
            d = {1: 2}
            if i in d: print(list(d.keys())[0], file=log)
        x = pickle.load(open('x.pkl', 'rb'), encoding='latin1')
        """).lstrip("\n")
    assert codes(result) == [
        ("KM801", 1, "automatic"),
        ("KM802", 6, "assumed"),
        ("KM803", 11, "assumed"),
        ("KM803", 11, "automatic"),
    ]


@pytest.mark.parametrize(
    ("code", "new", "applicability"),
    [
        ("n = 32\nprint n / 2", "n // 2", "automatic"),
        ("print len(x) / 2", "len(x) // 2", "automatic"),
        ("print x.shape[0] / 2", "x.shape[0] // 2", "automatic"),
        ("print x[:n / 2]", "n // 2", "assumed"),
        ("print x[:n  # half / of\n / 2]", "n  # half / of\n // 2", "assumed"),
        ("for i in xrange(n/2): print i", "n//2", "assumed"),
        ("print np.zeros((n / 2, 4))", "n // 2", "assumed"),
        ("print Dense(n / 2)", "n // 2", "assumed"),
        ("h = n / 2\nprint Dense(h)", "h = n // 2", "assumed"),
        ("print n / m", "n / m", "manual"),
        ("import numpy as np\nprint np.reshape(x, (n / 2, 4))", "n // 2", "assumed"),
        ("print x.reshape(n / 2, 4)", "n // 2", "assumed"),
        ("import numpy as np\nprint np.reshape(x / n, 4)", "x / n", "manual"),
        ("import numpy as np\nx = (x - a) / b\nprint np.reshape(x, 4)", "(x - a) / b", "manual"),
    ],
)
def test_divisions_by_what_is_known(
    tmp_path: Path, code: str, new: str, applicability: str
) -> None:
    result = upgrade(tmp_path, f"from keras.layers import Dense\n{code}\n")
    assert new in result.new
    assert [a for c, _, a in codes(result) if c == "KM802"] == [applicability]


@pytest.mark.parametrize(
    "code",
    [
        "print x / 255.",
        "print float(n) / m",
        "print np.mean(x) / n",
        "x = x.astype('float32')\nx /= 255\nprint x",
        "from __future__ import division\nprint n / 2, Dense(n / 2)",
    ],
)
def test_divisions_of_floats_stay(tmp_path: Path, code: str) -> None:
    lines = code.split("\n")
    head = [line for line in lines if "__future__" in line]
    rest = [line for line in lines if line not in head]
    source = "\n".join([*head, "from keras.layers import Dense", *rest, ""])
    result = upgrade(tmp_path, source)
    assert "//" not in result.new
    assert "KM802" not in [c for c, _, _ in codes(result)]


def test_sizes_are_whole_in_files_of_that_time_that_parse(tmp_path: Path) -> None:
    result = upgrade(
        tmp_path,
        """
        from keras.layers import Convolution2D
        conv = Convolution2D(nb_filter / 2, 3, 3, border_mode='same')
        share = a / b
        """,
    )
    assert "Conv2D(nb_filter // 2, (3, 3)" in result.new
    assert "share = a / b" in result.new
    assert codes(result) == [("KM802", 2, "assumed")]


def test_divisions_in_code_of_today_are_not_touched(tmp_path: Path) -> None:
    result = upgrade(tmp_path, "from keras.layers import Conv2D\nc = Conv2D(n / 2, (3, 3))\n")
    assert not result.changed and not codes(result)


def test_left_alone_on_request(tmp_path: Path) -> None:
    result = upgrade(tmp_path, "import keras\nprint 'a'\n", python2=False)
    assert not result.changed
    assert codes(result) == [("KM801", 1, "manual")]
    write_tree(tmp_path, {"net.py": b"import keras\nprint 'a'\n"})
    ran = run(tmp_path, "upgrade", "--no-python2")
    assert ran.code == 1
    assert (tmp_path / "net.py").read_bytes() == b"import keras\nprint 'a'\n"


def test_what_is_neither_is_an_error_that_tells_the_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="neither"):
        to_python3("print 'a'\nx = = 1\n", "x.py")
    write_tree(tmp_path, {"net.py": b"import keras\nx = = 1\n"})
    assert "line 2" in run(tmp_path, "upgrade").out.decode()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("for i in xrange(3): pass", True),
        ("import cPickle", True),
        ("from itertools import izip_longest", True),
        ("from itertools import chain", False),
        ("try:\n    from itertools import izip\nexcept ImportError:\n    izip = zip", False),
        ("x = d.iteritems()", True),
        (
            "try:\n    xrange\nexcept NameError:\n    xrange = range\nfor i in xrange(2): pass",
            False,
        ),
        ("try:\n    import cPickle as p\nexcept ImportError:\n    import pickle as p", False),
        ("import sys\nif sys.version_info[0] < 3:\n    range = xrange", False),
        ("import pandas\nfor a in df.iteritems(): pass", False),
        ("from functools import reduce\nreduce(f, x)", False),
        ("def f(long): return long", False),
        ("x = 'xrange'", False),
    ],
)
def test_recognised_by_names_that_only_python_2_has(code: str, expected: bool) -> None:
    assert uses_python2_names(code, parse(code)) is expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import a\nfrom itertools import izip\nimport b\nizip(a, b)\n", "import a\nimport b\nzip(a, b)\n"),
        ("import a\n\nfrom itertools import izip\nimport b\nprint izip\n", "import a\n\nimport b\nprint(zip)\n"),
        ("from itertools import (chain,\n    izip_longest)\nf = izip_longest\nprint 1\n",
         "from itertools import (chain,\n    zip_longest)\nf = zip_longest\nprint(1)\n"),
        ("def f():\n    from itertools import imap\n    return imap(g, x)\n", "def f():\n    return map(g, x)\n"),
        ("if a:\n    from itertools import imap\nprint 1\n", "if a:\n    pass\nprint(1)\n"),
    ],
)  # fmt: skip
def test_imports_that_python_3_does_not_need_leave_no_gap(old: str, new: str) -> None:
    modern = to_python3(old, "net.py")
    assert modern.text == new
    assert len(modern.lines) == new.count("\n")


def test_mixed_tabs_count_to_the_eighth_column_and_other_blocks_stay() -> None:
    code = (
        "def f(x):\n\tif x:\n\t    print x\n        return '''\n\tkept'''\ndef g():\n\treturn 1\n"
    )
    new = to_python3(code, "x.py").text
    assert new == (
        "def f(x):\n        if x:\n            print(x)\n        return '''\n\tkept'''\n"
        "def g():\n\treturn 1\n"
    )


def test_implicit_relative_imports_are_made_explicit_and_told(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pkg/__init__.py": b"", "pkg/data.py": b"import keras\n"})
    path = tmp_path / "pkg" / "net.py"
    path.write_text("import keras\nfrom data import load\nprint load\n", encoding="utf-8")
    files = sorted(tmp_path.rglob("*.py"))
    results = Project(files, UpgradeSettings()).upgrade().files
    (result,) = [r for r in results if r.path.endswith("net.py")]
    assert result.new == "import keras\nfrom .data import load\nprint(load)\n"
    assert ("KM805", 2, "assumed") in codes(result)


def test_python_2_company_comes_along_and_strangers_do_not(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "a/net.py": b"import keras\nprint 'keras'\n",
            "a/data.py": b"print 'helper'\n",
            "b/tool.py": b"print 'stranger'\n",
        },
    )
    assert run(tmp_path, "upgrade").code == 0
    tree = read_tree(tmp_path)
    assert tree["a/data.py"] == b"print('helper')\n"
    assert tree["b/tool.py"] == b"print 'stranger'\n"


def test_python_2_files_come_along_through_files_between(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "a/net.py": b"import keras\nfrom b import between\nprint 'keras'\n",
            "b/__init__.py": b"",
            "b/between.py": b"from b import tool\n",
            "b/tool.py": b"print 'reached'\n",
        },
    )
    assert run(tmp_path, "upgrade").code == 0
    assert read_tree(tmp_path)["b/tool.py"] == b"print('reached')\n"


def test_findings_keep_their_line_where_the_conversion_adds_lines(tmp_path: Path) -> None:
    result = upgrade(
        tmp_path,
        """
        from keras.layers import Convolution2D
        print reduce(f, x)
        c = Convolution2D(8, 3, 3)
        """,
    )
    assert "from functools import reduce" in result.new
    assert [f.line for f in result.findings if f.name == "Convolution2D"] == [3]


PIECES = [
    "print x",
    "print 'é', y,",
    "x = 1  # print x",
    "try:\n    f()\nexcept E, e:\n    raise V, 'm'",
    "y = (1,\n     2)",
    "z = 0777 + 3L",
    "t = u'ü' + `x`",
    "\f",
    "",
    "exec 'a' in ns",
    "s = '''a\n  print b\n'''",
    "if x <> y: pass",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=6),
    st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=3),
    st.booleans(),
)
def test_lines_that_need_no_change_keep_their_bytes(
    pieces: list[str], newlines: list[str], last: bool
) -> None:
    lines = "\n".join(pieces).split("\n")
    code = "".join(
        line + (newlines[i % len(newlines)] if i + 1 < len(lines) or last else "")
        for i, line in enumerate(lines)
    )
    modern = to_python3(code, "x.py")
    ast.parse(modern.text)
    again = to_python3(modern.text, "x.py") if "\f" in code else None
    assert again is None or again.changed == 0
    unchanged = {"x = 1  # print x", "y = (1,", "     2)", "s = '''a", "  print b", "'''"}
    for line in unchanged & set(lines):
        assert line in modern.text
    for newline in ("\r\n", "\r", "\n"):
        bare = code.replace("\r\n", "") if newline != "\r\n" else code
        new = modern.text.replace("\r\n", "") if newline != "\r\n" else modern.text
        assert new.count(newline) == bare.count(newline)


def test_unicode_with_an_encoding_is_told(tmp_path: Path) -> None:
    result = upgrade(
        tmp_path,
        """
        from keras.layers import Dense
        print unicode(raw, 'utf-8'), unicode(z), map(unicode, names)
        w = unicode(raw, errors='ignore')
        """,
    )
    assert [line for code, line, _ in codes(result) if code == "KM804"] == [2, 3]
    assert "str(raw, 'utf-8'), str(z)" in result.new


def test_future_imports_that_do_not_come_first_go(tmp_path: Path) -> None:
    code = """
        '''Doc.'''
        from __future__ import division
        import keras
        from __future__ import print_function  # later
        from __future__ import annotations
        x = 1; from __future__ import division
        """
    result = upgrade(tmp_path, code)
    assert result.new == dedent("""
        '''Doc.'''
        from __future__ import division
        import keras
        from __future__ import annotations
        x = 1; pass
        """).lstrip("\n")
    assert [c for c, _, _ in codes(result)] == ["KM806", "KM806"]


def test_what_python_3_reads_the_same_stays_as_it_was_written(tmp_path: Path) -> None:
    result = upgrade(
        tmp_path,
        """
        from keras.layers import Dense
        print ('%d of %d' % (1, 2))   # as it is
        print ('a'
               + 'b')
        print ('a', 'b')
        print ('%d') % 3
        print 'c'
        names = [k + '=' for k in params.keys()] + ['help']
        pairs = [p for p in zip(a, b)], params.keys(), [v for v in list(d.values())]
        """,
    )
    assert result.new == dedent("""
        from keras.layers import Dense
        print ('%d of %d' % (1, 2))   # as it is
        print ('a'
               + 'b')
        print(('a', 'b'))
        print(('%d') % 3)
        print('c')
        names = [k + '=' for k in params.keys()] + ['help']
        pairs = [p for p in zip(a, b)], list(params.keys()), [v for v in list(d.values())]
        """).lstrip("\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    print x", True),
        ('    "print x\\n",', True),
        ("print", True),
        ("print >>log, x", True),
        ("print(x)", False),
        ("x = 'print it'", False),
        ("except IOError, error:", True),
        ("    except (A, B), error:", True),
        ("except IOError as error:", False),
        ("raise ValueError, 'x'", True),
        ("x.raise ValueError, 'x'", False),
        ("for i in xrange(3):", True),
        ("myxrange(3)", False),
        ("from itertools import izip", True),
        ("izipped = 1", False),
        ("d.has_key('a')", True),
    ],
)
def test_first_look(line: str, expected: bool) -> None:
    assert looks_like_python2(f"import a\n{line}\nb = 1\n".encode()) is expected

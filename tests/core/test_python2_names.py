"""Names that Python 3 has under others, and those that only look like them."""

from __future__ import annotations

import ast

import pytest

from kerasmig.reading.python2 import to_python3

CHANGED = {
    "called": ("from itertools import izip\nfor a in izip(x, y): print a\n",
               "for a in zip(x, y): print(a)\n"),
    "passed on": ("import a\nfrom itertools import izip\nimport b\nprint map(izip, x)\n",
                  "import a\nimport b\nprint(list(map(zip, x)))\n"),
    "one of several": ("from itertools import chain, izip, islice\nprint izip, chain\n",
                       "from itertools import chain, islice\nprint(zip, chain)\n"),
    "last of several": ("from itertools import chain, izip\nprint izip\n",
                        "from itertools import chain\nprint(zip)\n"),
    "in parentheses": (
        "from itertools import (izip,  # pairs\n                       imap,\n"
        "                       chain)  # kept\nprint imap\n",
        "from itertools import (chain)  # kept\nprint(map)\n"),
    "renamed there too": ("from itertools import (chain,\n    izip_longest)\nprint izip_longest\n",
                          "from itertools import (chain,\n    zip_longest)\nprint(zip_longest)\n"),
    "under another name": ("from itertools import izip as z, izip_longest as l\nprint z, l\n",
                           "from itertools import zip_longest as l\nprint(zip, l)\n"),
    "of the module": ("import itertools as it\nprint it.izip, it.izip_longest, it.chain\n",
                      "import itertools as it\nprint(zip, it.zip_longest, it.chain)\n"),
    "in a function": ("def f():\n    from itertools import imap\n    print imap\n",
                      "def f():\n    print(map)\n"),
    "alone in a block": ("if a:\n    from itertools import imap\nprint 1\n",
                         "if a:\n    pass\nprint(1)\n"),
    "starred": ("from itertools import *\nprint izip\n", "from itertools import *\nprint(zip)\n"),
    "builtins passed on": ("print map(xrange, x), raw_input\n",
                           "print(list(map(range, x)), input)\n"),
    "tried for another reason": (
        "try:\n    print map(xrange, x)\nexcept IOError:\n    pass\n",
        "try:\n    print(list(map(range, x)))\nexcept IOError:\n    pass\n"),
    "type of text": ("import types\nprint isinstance(x, types.StringType)\n",
                     "import types\nprint(isinstance(x, str))\n"),
}  # fmt: skip
KEPT = {
    "guarded": "try:\n    from itertools import izip\nexcept ImportError:\n    izip = zip\n"
    "print izip(x)\n",
    "a parameter": "def f(izip):\n    print izip(2)\n",
    "of the file": "def xrange(n):\n    print n\nfor i in map(xrange, x): pass\n",
    "of another module": "from tools import izip\nprint izip\n",
    "asked for": "try:\n    rows = xrange\nexcept NameError:\n    rows = range\nprint rows\n",
    "an attribute": "print tools.izip, x.xrange\n",
}


@pytest.mark.parametrize("name", CHANGED)
def test_named_as_today(name: str) -> None:
    old, new = CHANGED[name]
    modern = to_python3(old, "net.py")
    assert modern.text == new
    assert len(modern.lines) == new.count("\n")


@pytest.mark.parametrize("name", KEPT)
def test_other_names_stay(name: str) -> None:
    modern = to_python3(KEPT[name], "net.py")

    def words(code: str) -> list[str]:
        return [w for w in ("izip", "xrange", "zip(") for _ in range(code.count(w))]

    ast.parse(modern.text)
    assert words(modern.text) == words(KEPT[name])

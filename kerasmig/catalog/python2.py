"""What Python 2 code needs besides the migration of its Keras calls."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Family

FAMILIES = (
    Family(
        code="KM801",
        name="python2-source",
        summary="Brings a Python 2 source to Python 3 before its Keras calls are migrated.",
        why="Keras 3 runs on Python 3 only. Files that Python 3 cannot parse, or that use names "
        "which only Python 2 has, are taken through fissix (2to3 as it is kept today): print, "
        "exceptions, exec, xrange, raw_input, dictionary methods, lists made by map, filter and "
        "zip, renamed modules, mixed tabs and blanks.",
        safety="The constructs are equal in meaning; lines that need no change stay as they are. "
        "What no converter can know has codes of its own: KM802 to KM807.",
        example=("for i in xrange(3):\n    print i", "for i in range(3):\n    print(i)"),
    ),
    Family(
        code="KM802",
        name="integer-division",
        summary="Keeps the division of whole numbers a whole number: / becomes //.",
        why="In Python 2, 32 / 2 is 16; in Python 3 it is 16.0, and Keras 3 refuses a layer size "
        "that is no int.",
        safety="Certain where both sides are known whole numbers. Where the quotient is used as a "
        "size (filters, units, a shape, an index) // is assumed. Otherwise it is reported: "
        "decide whether both sides are whole numbers.",
        example=("Convolution2D(nb_filter / 2, 3, 3)", "Conv2D(nb_filter // 2, (3, 3))"),
    ),
    Family(
        code="KM803",
        name="python2-files",
        summary="Reads pickles written by Python 2, and opens files in the mode that they need.",
        why="pickle.load reads the strings and arrays in a pickle of Python 2 as ASCII and fails; "
        "with encoding='latin1' NumPy arrays come out right. Pickles are bytes and tables "
        "of csv are text, whatever mode they were opened in; the mode 'U' is gone.",
        safety="Assumed: the pickles were written by Python 2. encoding changes nothing for "
        "pickles written by Python 3.",
        example=("cPickle.load(f)", "pickle.load(f, encoding='latin1')"),
    ),
    Family(
        code="KM804",
        name="text-and-bytes",
        summary="Reports places where Python 2's str was used as bytes.",
        why="In Python 3, str is text; codecs such as 'hex' and functions such as string.letters "
        "are gone from it.",
    ),
    Family(
        code="KM805",
        name="implicit-relative-import",
        summary="Makes imports from the same package explicit.",
        why="In Python 2, `import layers` inside a package finds the neighbour layers.py; Python 3 "
        "only finds it as `from . import layers`.",
        safety="Assumed: the file is imported as a part of its package. A file that is run as a "
        "script needs `python -m package.module` afterwards.",
        example=("from utils import load", "from .utils import load"),
    ),
    Family(
        code="KM806",
        name="late-future-import",
        summary="Takes out `from __future__` imports that do not come first.",
        why="A cell that does so ran where the notebook was converted from other pieces, and Python "
        "refuses to compile it.",
        safety="Only features that Python 3 has anyway; an import in its right place stays.",
    ),
    Family(
        code="KM807",
        name="python2-meaning",
        summary="Sees to what Python 3 does otherwise or no longer has: cmp, __div__, round.",
        why="The conversion of the syntax leaves it as it is. Some of it stops with a NameError; "
        "some is silent: __cmp__ is never called, so objects are equal only to themselves, and "
        "round(2.5) is 2. Patterns of `re.split` that may match nothing split between all characters "
        "since Python 3.7.",
        safety="Written anew where both mean the same: file(), cmp(a, b) of plain values, functions "
        "that compare (functools.cmp_to_key), sys.setdefaultencoding. str(e) for e.message is "
        "assumed. The rest is reported.",
        example=(
            "x.sort(lambda a, b: cmp(a, b))",
            "x.sort(key=functools.cmp_to_key(lambda a, b: ((a > b) - (a < b))))",
        ),
    ),
)

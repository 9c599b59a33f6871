"""What a program is told at its start: oneDNN for a CPU, and the data format of its models."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from textwrap import dedent

import pytest

from kerasmig.catalog.general import CPU, PROGRAM_FORMAT, TWO_FORMATS
from kerasmig.finding import Applicability, RunResult
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from tests.rewrite.helpers import check_noop, find, upgrade

LINE = "os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU\n"
NET = """
model = Sequential([Convolution2D(4, 3, 3, input_shape=(3, 32, 32)), Flatten()])
"""
IMPORTS = """\
from keras.models import Sequential
from keras.layers import Convolution2D, Flatten
"""


def whole(source: str, **settings: object) -> str:
    return upgrade(source, ignore=(), **settings).new


def head(source: str) -> str:
    """What stands above the first import that may lead to TensorFlow."""
    new = whole(source)
    assert LINE in new
    return new[: new.index(LINE) + len(LINE)]


# -- where the variable is set ------------------------------------------------------------------


def test_above_the_first_import() -> None:
    assert head(IMPORTS + NET) == f"import os\n\n{LINE}"
    assert whole(IMPORTS + NET).startswith(f"import os\n\n{LINE}\nfrom keras.models")


def test_below_comments_docstring_and_future_imports() -> None:
    start = "#!/usr/bin/env python\n# coding: utf-8\n# a net\n"
    assert head(start + IMPORTS + NET) == f"{start}import os\n\n{LINE}"
    start = '"""A net."""\nfrom __future__ import print_function\n\n'
    wanted = f'"""A net."""\nfrom __future__ import print_function\n\nimport os\n\n{LINE}'
    assert head(start + IMPORTS + NET) == wanted


def test_below_the_standard_library_and_with_its_os() -> None:
    assert head("import os\nimport sys\n\nimport numpy as np\n" + IMPORTS + NET) == (
        f"import os\nimport sys\n\n{LINE}"
    )
    assert head("import sys\nimport os.path\nimport numpy\n" + IMPORTS + NET) == (
        f"import sys\nimport os.path\n\n{LINE}"
    )
    assert head("import sys\n\nimport numpy as np\nimport os\n" + IMPORTS + NET) == (
        f"import sys\nimport os\n\n{LINE}"
    )


@pytest.mark.parametrize(
    "first",
    [
        "import tensorflow as tf",
        "try:\n    import tensorflow as tf\nexcept ImportError:\n    tf = None",
        "import hyperas",
        "from .helpers import *",
        "import numpy as np; import tensorflow",
        "if True:\n    import theano",
    ],
)
def test_above_whatever_may_import_tensorflow(first: str) -> None:
    new = whole(f"{first}\n{IMPORTS}{NET}")
    assert new.startswith(f"import os\n\n{LINE}\n{first.splitlines()[0]}\n")


def test_imports_inside_functions_come_later() -> None:
    source = """
    def build():
        from keras.models import Sequential
        from keras.layers import Convolution2D
        return Sequential([Convolution2D(4, 3, 3, input_shape=(3, 32, 32))])
    """
    assert whole(source).startswith(f"import os\n\n{LINE}\ndef build():\n")


def test_what_the_user_set_is_kept() -> None:
    new = whole(IMPORTS + NET)
    calls = [n for n in ast.walk(ast.parse(new)) if isinstance(n, ast.Call)]
    assert "os.environ.setdefault" in {ast.unparse(call.func) for call in calls}
    own = "import os\nos.environ['TF_ENABLE_ONEDNN_OPTS'] = '0'\n"
    assert LINE not in whole(own + IMPORTS + NET)


def test_the_finding_names_the_other_ways() -> None:
    result = upgrade(IMPORTS + NET, ignore=())
    found = find(result, CPU, "x86 CPU", Applicability.AUTOMATIC)
    assert "a GPU" in found.message
    assert "--layout channels_last" in found.message
    assert "macOS" in found.message


def test_a_file_that_calls_something_else_os() -> None:
    source = f"{IMPORTS}os = 'linux'\n{NET}"
    result = upgrade(source, ignore=())
    find(result, CPU, "only with TF_ENABLE_ONEDNN_OPTS=1", Applicability.MANUAL)
    assert LINE not in result.new


@pytest.mark.parametrize(
    "model",
    [
        "Sequential([Convolution2D(4, 3, 3, input_shape=(32, 32, 3))])",
        "Sequential([MaxPooling2D((2, 2), input_shape=(3, 32, 32), dim_ordering='th')])",
        "Sequential([Convolution3D(4, 3, 3, 3, input_shape=(1, 9, 9, 9), dim_ordering='th')])",
    ],
)
def test_nothing_where_nothing_needs_it(model: str) -> None:
    source = f"from keras.models import Sequential\nfrom keras.layers import *\nmodel = {model}\n"
    assert LINE not in whole(source)


@pytest.mark.parametrize(
    "layer",
    [
        "Convolution2D(4, 3, 3, dim_ordering='th')",
        "AtrousConvolution2D(4, 3, 3, dim_ordering='th')",
        "Deconvolution2D(4, 3, 3, (None, 4, 34, 34), dim_ordering='th')",
        "TimeDistributed(Convolution2D(4, 3, 3, dim_ordering='th'))",
        "ConvLSTM2D(4, 3, 3, dim_ordering='th')",
    ],
)
def test_every_layer_that_needs_it(layer: str) -> None:
    assert LINE in whole(f"from keras.layers import *\nlayer = {layer}\n")


@pytest.mark.parametrize(
    ("setting", "argument", "needed"),
    [
        ("", ", dim_ordering='th'", True),
        ("", ", (1, 1), 'valid', 'th'", True),
        ("K.set_image_dim_ordering('th')", "", True),
        ("K.set_image_dim_ordering('tf')", "", False),
        ("", "", False),
        ("", ", dim_ordering='tf'", False),
    ],
)
def test_convolutions_of_the_backend_need_it_too(setting: str, argument: str, needed: bool) -> None:
    code = whole(f"from keras import backend as K\n{setting}\ny = K.conv2d(x, k{argument})\n")
    assert (LINE in code) is needed


def test_code_of_today_is_left_alone() -> None:
    source = """
    from keras.layers import Conv2D, Input

    x = Conv2D(4, (3, 3), data_format='channels_first', padding='same')(Input((3, 32, 32)))
    """
    check_noop(source, ignore=())


# -- what else hears the format -------------------------------------------------------------------

GENERATOR = "from keras.preprocessing.image import ImageDataGenerator, img_to_array\n"


def test_what_takes_an_argument_is_given_it() -> None:
    new = whole(IMPORTS + GENERATOR + NET + "data = ImageDataGenerator()\nx = img_to_array(y)\n")
    assert "ImageDataGenerator(data_format='channels_first')" in new
    assert "img_to_array(y, data_format='channels_first')" in new
    assert "set_image_data_format" not in new
    assert "Flatten()" in new


def test_what_is_told_stays_so() -> None:
    new = whole(IMPORTS + GENERATOR + NET + "x = img_to_array(y, 'tf')\n")
    assert "img_to_array(y, 'channels_last')" in new


def test_what_can_only_ask_is_answered_at_the_start() -> None:
    source = "from keras import backend as K\n" + IMPORTS + NET + "first = K.image_dim_ordering()\n"
    result = upgrade(source, ignore=())
    assert "Flatten\n\nK.set_image_data_format('channels_first')\n\nmodel = " in result.new
    assert "Flatten(data_format='channels_last')" in result.new
    assert find(result, PROGRAM_FORMAT, "keras.json", Applicability.ASSUMED).evidence


def test_a_statement_of_the_author_is_certain() -> None:
    source = f"""
# kerasmig: data_format=channels_first
import keras
from keras.preprocessing.image import *
{IMPORTS}
{NET}
first = keras.backend.image_dim_ordering()
"""
    result = upgrade(source, ignore=())
    assert "keras.config.set_image_data_format('channels_first')" in result.new
    find(result, PROGRAM_FORMAT, "set_image_data_format", Applicability.AUTOMATIC)


def test_a_program_that_makes_the_setting_is_left_to_it() -> None:
    source = "from keras import backend as K\nK.set_image_dim_ordering('th')\n" + IMPORTS + NET
    new = whole(source + "first = K.image_dim_ordering()\n" + GENERATOR + "ImageDataGenerator()\n")
    assert new.count("set_image_data_format") == 1
    assert "ImageDataGenerator()" in new


def test_layers_that_are_told_tell_nothing_of_the_setting() -> None:
    source = f"""
    {GENERATOR}
    from keras.layers import Convolution2D, Input
    x = Convolution2D(4, 3, 3, dim_ordering='th')(Input((3, 32, 32)))
    x = img_to_array(y).transpose(2, 0, 1)
    """
    new = whole(source)
    assert "img_to_array(y)." in new
    assert "set_image_data_format" not in new


def test_data_sets_that_turn_their_arrays() -> None:
    new = whole(
        "from keras.datasets import cifar10\n" + IMPORTS + NET + "d = cifar10.load_data()\n"
    )
    assert "keras.config.set_image_data_format('channels_first')" in new


def test_two_formats() -> None:
    source = (
        "from keras import backend as K\n"
        + IMPORTS
        + GENERATOR
        + NET
        + "other = Sequential([Convolution2D(4, 3, 3, input_shape=(32, 32, 3))])\n"
        + "axis = K.image_dim_ordering()\ndata = ImageDataGenerator()\n"
    )
    result = upgrade(source, ignore=())
    find(result, TWO_FORMATS, "image_dim_ordering asks", Applicability.MANUAL)
    find(result, TWO_FORMATS, "ImageDataGenerator asks", Applicability.MANUAL)


def test_chosen_for_a_run_where_the_code_handles_both() -> None:
    source = """
    from keras import backend as K
    from keras.layers import Convolution2D, Input
    shape = (3, 32, 32) if K.image_dim_ordering() == 'th' else (32, 32, 3)
    x = Convolution2D(4, 3, 3)(Input(shape))
    """
    assert "set_image" not in whole(source)
    assert "K.set_image_data_format('channels_first')" in whole(
        source, data_format="channels_first"
    )
    assert "set_image" not in whole(source, data_format="channels_last")


# -- programs of several files ----------------------------------------------------------------------


def run(folder: Path, files: dict[str, str]) -> tuple[dict[str, str], RunResult]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text))
    project = Project(sorted(folder / name for name in files), UpgradeSettings())
    result = project.upgrade()
    assert [file.error for file in result.files if file.error] == []
    assert project.write(result, None) == []
    again = Project(sorted(folder / name for name in files), UpgradeSettings()).upgrade()
    assert [file.path for file in again.files if file.changed] == []
    return {name: (folder / name).read_text() for name in files}, result


NETS = f"""\
{IMPORTS}

def build():
    return Sequential([Convolution2D(4, 3, 3, input_shape=(3, 32, 32)), Flatten()])
"""


def starting(files: dict[str, str]) -> set[str]:
    return {name for name, text in files.items() if "TF_ENABLE_ONEDNN_OPTS" in text}


def test_only_the_files_that_programs_start_with(tmp_path: Path) -> None:
    files, _ = run(
        tmp_path,
        {
            "nets.py": NETS,
            "train.py": "import numpy\nfrom nets import build\nbuild().fit(x, y, nb_epoch=2)\n",
            "test.py": "from keras.models import load_model\nfrom nets import build\nbuild()\n",
            "unrelated.py": "from keras.models import Sequential\nmodel = Sequential()\n",
        },
    )
    assert starting(files) == {"train.py", "test.py"}
    assert files["test.py"].startswith(f"import os\n\n{LINE}\nfrom keras.models")


def test_a_script_that_is_imported_is_a_start_too(tmp_path: Path) -> None:
    main = "\n\nif __name__ == '__main__':\n    build()\n"
    files, _ = run(
        tmp_path, {"nets.py": NETS + main, "use.py": "from nets import build\nbuild()\n"}
    )
    assert starting(files) == {"nets.py", "use.py"}
    files, _ = run(tmp_path / "b", {"seed.py": IMPORTS + NET, "use.py": "import seed\n"})
    assert starting(files) == {"seed.py", "use.py"}


def test_a_library_without_a_program(tmp_path: Path) -> None:
    files, _ = run(
        tmp_path,
        {"nets.py": NETS, "test_nets.py": "import nets\n\ndef test():\n    nets.build()\n"},
    )
    assert starting(files) == {"nets.py", "test_nets.py"}


def test_the_package_is_imported_before_its_modules(tmp_path: Path) -> None:
    files, _ = run(
        tmp_path,
        {
            "app/__init__.py": "from .nets import build\n",
            "app/nets.py": NETS,
            "app/train.py": "from app.nets import build\nif __name__ == '__main__':\n    build()\n",
        },
    )
    assert starting(files) == {"app/__init__.py", "app/train.py"}


def test_all_tests_of_a_folder_share_a_process(tmp_path: Path) -> None:
    files, _ = run(
        tmp_path,
        {
            "nets.py": NETS,
            "tests/test_a.py": "from keras.layers import Dense\n",
            "tests/test_b.py": "from nets import build\n",
            "tests/test_c.py": "import math\n",
        },
    )
    assert starting(files) >= {"tests/test_a.py", "tests/test_b.py"}
    assert "tests/test_c.py" not in starting(files)


def test_the_setting_is_made_where_the_program_starts(tmp_path: Path) -> None:
    asks = "from keras import backend as K\nAXIS = 1 if K.image_dim_ordering() == 'th' else 3\n"
    files, _ = run(
        tmp_path,
        {
            "axes.py": asks,
            "nets.py": NETS,
            "train.py": "import numpy as np\nfrom axes import AXIS\nfrom nets import build\nbuild()\n",
        },
    )
    assert files["train.py"] == (
        f"import os\n\n{LINE}\nimport numpy as np\n\nimport keras\n\n"
        "keras.config.set_image_data_format('channels_first')\n\n"
        "from axes import AXIS\nfrom nets import build\nbuild()\n"
    )
    assert "set_image" not in files["nets.py"] + files["axes.py"]
    assert "Flatten(data_format='channels_last')" in files["nets.py"]


def test_what_prepares_the_data_in_another_file(tmp_path: Path) -> None:
    files, _ = run(
        tmp_path,
        {
            "data.py": f"{GENERATOR}\ndef read(p):\n    return img_to_array(p)\n",
            "train.py": f"{IMPORTS}from data import read\n{NET}model.predict(read('a'))\n",
        },
    )
    assert "img_to_array(p, data_format='channels_first')" in files["data.py"]
    assert "set_image" not in files["train.py"]


def test_a_program_that_sets_th_for_files_that_do_not(tmp_path: Path) -> None:
    setting = (
        "from keras import backend as K\nK.set_image_dim_ordering('th')\nfrom parts import *\n"
    )
    files, _ = run(
        tmp_path,
        {
            "parts.py": "from keras.layers import Flatten, MaxPooling1D\nend = [Flatten(), MaxPooling1D(2)]\n",
            "train.py": setting + IMPORTS + NET + "model.add(end[0])\n",
        },
    )
    assert "Flatten(data_format='channels_last')" in files["parts.py"]
    assert "MaxPooling1D(2, data_format='channels_last')" in files["parts.py"]


def test_a_notebook_is_a_start(tmp_path: Path) -> None:
    cells = ["# Title", "%matplotlib inline\nimport numpy as np", IMPORTS, NET.strip()]
    book = {
        "cells": [
            {
                "cell_type": "markdown" if text.startswith("# ") else "code",
                "metadata": {},
                "source": text.splitlines(keepends=True),
                **({} if text.startswith("# ") else {"outputs": [], "execution_count": None}),
            }
            for text in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    files, _ = run(tmp_path, {"net.ipynb": json.dumps(book, indent=1)})
    new = ["".join(cell["source"]) for cell in json.loads(files["net.ipynb"])["cells"]]
    assert new[1].startswith("%matplotlib inline\n")
    joined = "\n".join(new[1:])
    assert joined.index("setdefault('TF_ENABLE_ONEDNN_OPTS'") < joined.index("from keras")
    assert joined.index("setdefault('TF_ENABLE_ONEDNN_OPTS'") < joined.index("import numpy")


@pytest.mark.parametrize(
    "line",
    ["from __future__ import print_function; import numpy as np", "'doc'; import numpy as np",
     "'doc'; from __future__ import division; import numpy  # both", "import os; import keras",
     "from __future__ import division; import os; import numpy", "import sys; import numpy as np"],
)  # fmt: skip
def test_a_line_with_several_statements_ends_where_the_variable_is_set(line: str) -> None:
    new = whole(f"{line}\n{IMPORTS}{NET}")
    compile(new, "new", "exec", dont_inherit=True)
    before = new[: new.index(LINE)]
    assert "import os" in before and "numpy" not in before and "keras" not in before
    assert ast.get_docstring(ast.parse(new)) == ("doc" if "doc" in line else None)
    assert whole(new) == new

"""A file hears the data format of its program, however the two are brought together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings

NETS = """\
from keras.layers import Convolution2D, Flatten
from keras.models import Sequential


def net():
    model = Sequential()
    model.add(Convolution2D(3, 3, 3, input_shape=(3, 14, 14)))
    model.add(Flatten())
    return model
"""
DATA = """\
from keras.preprocessing.image import img_to_array


def picture(image):
    return img_to_array(image)
"""
USE = "net().predict(picture(None)[None])\n"
HEARD = "img_to_array(image, data_format='channels_first')"


def notebook(*cells: str) -> str:
    made: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for source in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def package(main: str, init: str = "", **more: str) -> dict[str, str]:
    files = {"app/__init__.py": init, "app/nets.py": NETS, "app/data.py": DATA, "main.py": main}
    return files | {name.replace("__", "/") + ".py": text for name, text in more.items()}


FORMS: dict[str, dict[str, str]] = {
    "from_module": package("from app.nets import net\nfrom app.data import picture\n" + USE),
    "from_package": package(
        "from app import nets, data\nnets.net().predict(data.picture(None)[None])\n"
    ),
    "dotted_as": package(
        "import app.nets as n\nimport app.data as d\nn.net().predict(d.picture(None)[None])\n"
    ),
    "dotted": package(
        "import app.nets, app.data\napp.nets.net().predict(app.data.picture(None)[None])\n"
    ),
    "handed_on_by_init": package(
        "from app import net, picture\n" + USE,
        "from .nets import net\nfrom .data import picture\n",
    ),
    "modules_of_init": package(
        "import app\napp.nets.net().predict(app.data.picture(None)[None])\n",
        "from . import nets, data\n",
    ),
    "star": package(
        "from app import *\n" + USE, "from .nets import *\nfrom .data import *\n"
    ),
    "relative_module": package(
        "from app.train import run\nrun()\n",
        app__train="from . import nets, data\n\n\ndef run():\n"
        "    nets.net().predict(data.picture(None)[None])\n",
    ),
    "relative_upwards": package(
        "from app.work.train import run\nrun()\n",
        app__work____init__="",
        app__work__train="from ..nets import net\nfrom .. import data\n\n\ndef run():\n"
        "    net().predict(data.picture(None)[None])\n",
    ),
    "as_a_module_of_the_package": package(
        "",
        app____main__="from .nets import net\nfrom .data import picture\n\n" + USE,
    ),
    "parentheses": package(
        "from app.nets import (  # the model\n    net,\n)\nfrom app.data import \\\n    picture\n"
        + USE
    ),
    "inside_a_function": package(
        "def main():\n    from app.nets import net\n    from app.data import picture\n    "
        + USE
        + "\n\nmain()\n"
    ),
    "import_module": package(
        "import importlib\nfrom app.nets import net\n"
        "data = importlib.import_module('app.data')\nnet().predict(data.picture(None)[None])\n"
    ),
    "try": package(
        "try:\n    from app.data import picture\nexcept ImportError:\n    picture = None\n"
        "from app.nets import net\n" + USE
    ),
    "no_init": {
        "lib/nets.py": NETS,
        "lib/data.py": DATA,
        "main.py": "from lib.nets import net\nfrom lib import data\n"
        "net().predict(data.picture(None)[None])\n",
    },
    "search_path_beside": {
        "lib/nets.py": NETS,
        "lib/data.py": DATA,
        "scripts/main.py": "import os, sys\n"
        "sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))\n"
        "from nets import net\nfrom data import picture\n" + USE,
    },
    "search_path_above": {
        "nets.py": NETS,
        "data.py": DATA,
        "scripts/main.py": "import os, sys\n"
        "sys.path.append(os.path.abspath(os.path.join(os.path.dirname(__file__), '..')))\n"
        "from nets import net\nfrom data import picture\n" + USE,
    },
    "search_path_of_a_package_beside": {
        "src/app/__init__.py": "",
        "src/app/nets.py": NETS,
        "src/app/data.py": DATA,
        "bin/main.py": "import sys\nsys.path.append('src')\n"
        "from app.nets import net\nfrom app.data import picture\n" + USE,
    },
    "notebook": package("") | {
        "play.ipynb": notebook(
            "%matplotlib inline\nfrom app.nets import net", "from app.data import picture", USE
        )
    },
    "notebook_below": package("") | {
        "notebooks/play.ipynb": notebook(
            "import sys\nsys.path.append('..')", "from app import nets, data",
            "nets.net().predict(data.picture(None)[None])\n",
        )
    },
    "run_in_a_notebook": {
        "nets.py": NETS,
        "data.py": DATA,
        "play.ipynb": notebook("%run nets.py", "%run -i data", USE),
    },
    "carried_out": {
        "nets.py": NETS,
        "data.py": DATA,
        "main.py": "exec(open('nets.py').read())\nexec(open('data.py').read())\n" + USE,
    },
    "imported_by_tests": package(
        "",
        tests__test_it="from app.nets import net\nfrom app.data import picture\n\n\n"
        "def test_it():\n    assert " + USE,
    ),
    "through_a_class": package(
        "from app.feed import Feed\nfrom app.nets import net\nnet().predict(Feed().one()[None])\n",
        app__feed="from app import data\n\n\nclass Feed(object):\n    def one(self):\n"
        "        return data.picture(None)\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_told(form: str, tmp_path: Path) -> None:
    for name, text in FORMS[form].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    files = sorted(tmp_path / name for name in FORMS[form])
    project = Project(files, UpgradeSettings())
    run = project.upgrade()
    assert project.write(run, None) == []
    (data,) = (path for path in files if path.name == "data.py")
    assert HEARD in data.read_text()
    again = Project(files, UpgradeSettings()).upgrade()
    assert [file.path for file in again.files if file.changed] == []


def test_a_file_of_another_program_is_not_told(tmp_path: Path) -> None:
    """One folder, two programs: what only the second one uses keeps its own data format."""
    files = {
        "nets.py": NETS,
        "first.py": "from nets import net\nnet().fit(None, None, nb_epoch=2)\n",
        "data.py": DATA,
        "second.py": "from data import picture\nprint(picture(None))\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    project = Project(sorted(tmp_path / name for name in files), UpgradeSettings())
    project.write(project.upgrade(), None)
    assert "img_to_array(image)" in (tmp_path / "data.py").read_text()

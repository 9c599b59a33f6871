"""Files that never say keras and belong to a program that uses it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from kerasmig.finding import FileResult
from kerasmig.project.project import Project
from kerasmig.reading.first_look import training_marks
from kerasmig.settings import UpgradeSettings

MODEL = """
    from keras.models import Sequential
    from keras.layers import Dense
    def vgg(classes):
        model = Sequential([Dense(classes, input_dim=3)])
        model.compile('sgd', 'mse')
        return model
    """
FIT = "model.fit(X, Y, nb_epoch=2)\n"
FIT3 = "model.fit(X, Y, epochs=2)\n"


def run(folder: Path, files: dict[str, str]) -> dict[str, FileResult]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    paths = sorted(folder / name for name in files)
    results = Project(paths, UpgradeSettings()).upgrade().files
    assert not any(r.error for r in results)
    return {
        path.relative_to(folder).as_posix(): result
        for path, result in zip(paths, results, strict=True)
    }


@pytest.mark.parametrize(
    "how",
    [
        "from nets import vgg\nmodel = vgg(4)\n",
        "import nets\nmodel = nets.vgg(4)\n",
        "import os, nets\nmodel = nets.vgg(4)\n",
        "from nets import *\nmodel = vgg(4)\n",
        "def train(build):\n    pass\nif 1:\n    from nets import (\n        vgg)\nmodel = vgg(4)\n",
    ],
)
def test_a_program_that_gets_its_model_from_another_file(tmp_path: Path, how: str) -> None:
    found = run(tmp_path, {"nets.py": MODEL, "train.py": how + FIT})
    assert found["train.py"].new == how + FIT3
    assert found["nets.py"].role == "keras"
    assert found["train.py"].role == ("keras" if "*" in how else "program")


def test_a_model_that_comes_through_a_file_between(tmp_path: Path) -> None:
    between = "from nets import vgg\ndef make():\n    return vgg(2)\n"
    files = {"nets.py": MODEL, "make.py": between, "train.py": "import make\nmodel = make.make()\n"}
    files["train.py"] += FIT
    assert run(tmp_path, files)["train.py"].new.endswith(FIT3)


def test_a_model_handed_to_a_helper_that_imports_nothing(tmp_path: Path) -> None:
    helper = "def train(model, X, Y):\n    model.fit(X, Y, nb_epoch=2, batch_size=4)\n"
    files = {"nets.py": MODEL + "    from helper import train\n", "helper.py": helper}
    found = run(tmp_path, files)
    assert "epochs=2" in found["helper.py"].new
    assert found["helper.py"].role == "program"


def test_a_file_that_trains_and_whose_imports_cannot_be_followed(tmp_path: Path) -> None:
    found = run(tmp_path, {"train.py": "model = load('m')\n" + FIT})
    assert found["train.py"].new.endswith(FIT3)


def test_what_sys_path_leads_to(tmp_path: Path) -> None:
    main = """
        import sys, os
        sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))
        from nets import vgg
        model = vgg(3)
        model.fit(X, Y, nb_epoch=2)
        """
    found = run(tmp_path, {"lib/nets.py": MODEL, "app/train.py": main})
    assert "epochs=2" in found["app/train.py"].new


def test_another_program_of_the_tree_is_left_alone(tmp_path: Path) -> None:
    other = "import sklearn\nfrom helper import f\nmodel.fit(X, Y)\n"
    files = {"nets.py": MODEL + "    from helper import f\n", "other.py": other}
    files["helper.py"] = (
        "def f(model):\n    model.fit(X, Y)\n    self.updates = model.get_updates()\n"
    )
    found = run(tmp_path, files)
    assert not found["other.py"].role
    assert not found["other.py"].changed
    assert not found["helper.py"].changed, "nothing says that this model is Keras'"
    assert found["helper.py"].findings == ()


def test_python2_helpers_of_a_program_come_along(tmp_path: Path) -> None:
    helper = "def show(x):\n    print 'x', x\n"
    main = "import sys\nsys.path.insert(0, '../tools')\nfrom shower import show\n"
    files = {"tools/shower.py": helper, "app/net.py": main + dedent(MODEL)}
    found = run(tmp_path, files)
    assert "print('x', x)" in found["tools/shower.py"].new


def test_our_own_module_says_nothing_of_the_program(tmp_path: Path) -> None:
    files = {
        "net.py": MODEL,
        "train.py": "from net import vgg\nfrom keras import backend as K\n"
        "model = vgg(4)\nmodel.compile('adam', 'mse')\nmodel.fit(X, Y, nb_epoch=2)\n",
        "late.py": "from net import vgg\nfrom keras import backend as K\n"
        "def far(a, b):\n    return K.max(a - b)\n"
        "model = vgg(2)\nmodel.compile('sgd', 'mse', metrics=[far])\nmodel.fit(X, Y, nb_epoch=2)\n",
    }
    run(tmp_path, files)
    project = Project(sorted(tmp_path.glob("*.py")), UpgradeSettings())
    project.write(project.upgrade(), None)
    assert "sample_weight=" in (tmp_path / "keras1_compat.py").read_text()
    again = Project(sorted(tmp_path.glob("*.py")), UpgradeSettings())
    for name in ("net.py", "train.py"):
        assert again.members.training_marks(tmp_path / name) == {"compiles"}
    assert not any(result.changed for result in again.upgrade().files)


def test_variables_of_layers_are_no_layers_that_are_not_trained() -> None:
    assert training_marks(b"Dense(2, trainable=False)") == {"trainable"}
    assert training_marks(b"m = BatchNormalization(\n    trainable=flag)") > {"trainable"}
    assert training_marks(b"self.w = self.add_weight(shape=(2,), trainable=False)") == frozenset()
    assert training_marks(b"self.w = Variable(x, trainable=False)") == frozenset()


def test_arrays_of_layers_in_files_without_the_word(tmp_path: Path) -> None:
    net = """
        from keras.models import Sequential
        from keras.layers import Convolution2D
        def vgg():
            return Sequential([Convolution2D(3, 3, 3, input_shape=(3, 32, 32), dim_ordering='th')])
        """
    train = "from net import vgg\nmodel = vgg()\nmodel.fit(X, Y, nb_epoch=2)\n"
    asked = "kernel = model.layers[0].get_weights()[0]\nmodel.layers[0].set_weights([kernel, b])\n"
    result = run(tmp_path, {"net.py": net, "train.py": train + asked})["train.py"]
    assert "get_keras1_weights(model.layers[0])[0]" in result.new
    assert "set_keras1_weights(model.layers[0], [kernel, b])" in result.new

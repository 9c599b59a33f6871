"""Changes of a model's list of layers, which is a copy today."""

import pytest

from tests.rewrite.helpers import check_manual, check_rewrite

HEAD = "from keras.models import Sequential\nmodel = Sequential()\n"


@pytest.mark.parametrize(
    "line", ["model.layers.pop()", "del model.layers[-1]", "net().layers.append(x)"]
)
def test_changes(line: str) -> None:
    finding = check_manual(HEAD + line + "\n", "KM304", "is a copy in Keras 3")
    assert finding.line == 3


def test_tensors_of_a_model() -> None:
    check_manual(HEAD + "model.outputs = [model.layers[-1].output]\n", "KM304", "new model")


def test_own_layers() -> None:
    source = (
        "import keras\nclass Net(object):\n    def f(self):\n        self.layers.append(3)\n"
        "        self.outputs = []\n"
    )
    check_rewrite(source, source)

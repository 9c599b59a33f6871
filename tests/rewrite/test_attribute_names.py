"""Attributes of Keras objects that are asked for by name."""

from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_manual, check_noop, check_rewrite, find


def test_hasattr_and_getattr_follow_the_attribute() -> None:
    result = check_rewrite(
        "if hasattr(x, '_keras_shape'):\n    n = x._keras_shape[-1]\n"
        'n = getattr(x, "_keras_shape", None)\n',
        "if hasattr(x, 'shape'):\n    n = x.shape[-1]\n" 'n = getattr(x, "shape", None)\n',
    )
    find(result, "KM304", "arrays have it too", Applicability.ASSUMED)


def test_an_attribute_without_counterpart_is_reported() -> None:
    check_manual("y = getattr(x, '_uses_learning_phase', False)\n", "KM304", "internal of Keras 1")


def test_other_names_and_own_functions_stay() -> None:
    check_noop("y = getattr(x, name)\nz = hasattr(x, 'shape')\n")
    check_noop("def hasattr(a, b): ...\nhasattr(x, '_keras_shape')\n")

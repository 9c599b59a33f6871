"""What programs of the time do that no documentation of Keras 1 shows."""

from __future__ import annotations

import pytest

from tests.rewrite.helpers import check_assumed, check_manual, check_rewrite

HEAD = "from keras.layers import Dense\n\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scope + '/fc'", "(scope + '/fc').replace('/', '_')"),
        ("'%s/fc' % scope", "('%s/fc' % scope).replace('/', '_')"),
        ("'{}/fc'.format(scope)", "'{}/fc'.format(scope).replace('/', '_')"),
        ("f'{scope}/fc'", "f'{scope}/fc'.replace('/', '_')"),
    ],
)
def test_slashes_leave_computed_layer_names(old: str, new: str) -> None:
    body = "def f(x, scope):\n    return Dense({}=3, name={})(x)\n"
    check_assumed(
        HEAD + body.format("output_dim", old),
        HEAD + body.format("units", new),
        "KM204",
        "Keras 3 refuses '/'",
    )


def test_slashes_are_followed_through_names() -> None:
    body = (
        "def f(x, number):\n    scope = 'fire' + str(number) + '/'\n    last = 'fc'\n"
        "    return Dense({}=3, name={})(x)\n"
    )
    check_assumed(
        HEAD + body.format("output_dim", "scope + last"),
        HEAD + body.format("units", "(scope + last).replace('/', '_')"),
        "KM204",
        "Keras 3 refuses '/'",
    )


def test_a_name_that_may_be_none_is_left_to_a_person() -> None:
    call = "Dense(output_dim=3, name=scope and scope + '/fc')"
    source = HEAD + f"def f(x, scope):\n    return {call}(x)\n"
    check_manual(source, "KM204", "Keras 3 refuses '/'")


def test_computed_names_without_slashes_stay() -> None:
    body = "def f(x, scope):\n    return Dense({}=3, name=scope + '_fc')(x)\n"
    check_rewrite(HEAD + body.format("output_dim"), HEAD + body.format("units"))

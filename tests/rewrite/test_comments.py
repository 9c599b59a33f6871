"""No comment is lost, wherever it stands in what is rewritten."""

from __future__ import annotations

import io
import re
import tokenize

import pytest

from kerasmig import upgrade_source

#: Calls that become another expression; a comment may stand wherever there is a blank or a bracket.
CALLS = {
    "template": "from keras import backend as K\nx = 1\ny = K.cast_to_floatx(x)\n",
    "in a list": "from keras import backend as K\nx = 1\nif x:\n    y = [3, K.cast_to_floatx(x + 1)]\n",
    "function as mode": "from keras.layers import merge\nz = merge([a, b], mode=lambda t: t[0] - t[1], output_shape=(3,))\n",
    "merge": "from keras.layers import merge\nz = merge([a, b], mode='concat', concat_axis=1, name='z')\n",
    "attribute": "from keras.models import Sequential\nm = Sequential()\nm.add(keras.layers.Dense(3))\nx = m.get_output_at(0)\n",
    "weights": "from keras.layers import Dense\nd = Dense(3, weights=[w, b], input_dim=4)\n",
    "own layer": "from keras import backend as K\nfrom keras.engine import Layer\nclass A(Layer):\n"
    "    def build(self, shape):\n        self.w = K.zeros((shape[1], 3), name='w')\n"
    "        self.trainable_weights = [self.w]\n",
    "plain": "from keras.layers import Convolution2D\nc = Convolution2D(8, 3, 3, border_mode='same', subsample=(2, 2))\n",
}  # fmt: skip


def commented(code: str) -> tuple[str, int]:
    """The code with a comment at every place in brackets where a line may break."""
    out, depth, count = [], 0, 0
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    last = (1, 0)
    lines = code.splitlines(keepends=True)
    for token in tokens:
        if token.start[0] > last[0]:
            out.append(lines[last[0] - 1][last[1] :])
            out += lines[last[0] : token.start[0] - 1]
            last = (token.start[0], 0)
        out.append(lines[token.start[0] - 1][last[1] : token.start[1]] if token.string else "")
        out.append(token.string)
        last = token.end
        depth += (token.string in tuple("([{")) - (token.string in tuple(")]}"))
        gone = "trainable_weights" in token.line  # goes as a whole, with what is said of it
        if depth and not gone and token.type == tokenize.OP and token.string in tuple("([{,"):
            count += 1
            out.append(f"  # note {count}.\n  ")
    return "".join(out), count


@pytest.mark.parametrize("name", CALLS)
def test_comments_stay(name: str) -> None:
    code, count = commented(CALLS[name])
    assert count
    new = upgrade_source(code).code
    assert sorted(map(int, re.findall(r"# note (\d+)\.", new))) == list(range(1, count + 1)), new
    compile(new, "new", "exec")
    plain = upgrade_source(CALLS[name]).code
    assert (plain != CALLS[name]) == (new != code)

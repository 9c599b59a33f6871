"""What the interpreter makes of the ways in which people write model-building code."""

from __future__ import annotations

import ast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerasmig.analysis.dataformat.inference import infer
from kerasmig.analysis.names.resolution import Names
from tests.analysis.following import follow, value_of

KNOWN = [
    ("list_building", "v = []\nfor i in range(3): v.append(i * 2)", [0, 2, 4]),
    ("tuple_concatenation", "v = (3,) + (8, 8)", (3, 8, 8)),
    ("slice", "v = (None, 3, 4)[1:]", (3, 4)),
    ("negative_index", "v = [1, 2, 3][-1]", 3),
    ("comprehension", "v = [n * 2 for n in (1, 2, 3) if n != 2]", [2, 6]),
    ("nested_comprehension", "v = [a + b for a in (1, 2) for b in (10, 20)]", [11, 21, 12, 22]),
    ("exact_division", "v = 8 / 4", 2),
    ("floor_division", "v = 7 // 2", 3),
    ("reduce", "from functools import reduce\nv = reduce(lambda a, b: a * b, [2, 3, 4])", 24),
    ("numpy_product", "v = np.prod((2, 3, 4))", 24),
    ("map_lambda", "v = list(map(lambda x: x + 1, [1, 2]))", [2, 3]),
    ("zip_enumerate", "v = [i * a + b for i, (a, b) in enumerate(zip([1, 2], [3, 4]))]", [3, 6]),
    ("unpacking", "a, (b, c) = 1, (2, 3)\nv = a + b + c", 6),
    ("augmented", "v = 1\nv += 4", 5),
    ("list_extended_in_place", "v = [1]\nw = v\nw += [2]", [1, 2]),
    ("default_argument", "def f(a, b=5): return a + b\nv = f(1)", 6),
    ("keyword_argument", "def f(a, b=5): return a - b\nv = f(b=1, a=9)", 8),
    ("variable_arguments", "def f(*a, **k): return len(a) + k['n']\nv = f(1, 2, n=3)", 5),
    ("spread_arguments", "def f(a, b, c): return a + b + c\nv = f(1, *[2], **{'c': 3})", 6),
    ("closure", "def f(n):\n    def g(x): return x + n\n    return g\nv = f(2)(3)", 5),
    ("nonlocal", "def f():\n    n = 1\n    def g():\n        nonlocal n\n        n = 2\n    g()\n    return n\nv = f()", 2),
    ("recursion", "def f(n): return 1 if n == 0 else n * f(n - 1)\nv = f(5)", 120),
    ("global_statement", "v = 1\ndef f():\n    global v\n    v = 2\nf()", 2),
    ("class_attribute", "class A(object):\n    N = 3\n    def f(self): return self.N\nv = A().f()", 3),
    ("instance_attribute", "class A:\n    def __init__(self, n): self.n = n\nv = A(4).n", 4),
    ("inherited_method", "class A:\n    def f(self): return 7\nclass B(A): pass\nv = B().f()", 7),
    ("static_method", "class A:\n    @staticmethod\n    def f(n): return n\nv = A.f(2)", 2),
    ("class_method", "class A:\n    N = 5\n    @classmethod\n    def f(cls): return cls.N\nv = A.f()", 5),
    ("property", "class A:\n    @property\n    def n(self): return 6\nv = A().n", 6),
    ("callable_object", "class A:\n    def __call__(self, x): return x + 1\nv = A()(1)", 2),
    ("partial", "from functools import partial\ndef f(a, b): return a - b\nv = partial(f, b=1)(3)", 2),
    ("dictionary", "d = {'a': 1}\nd['b'] = 2\nv = d['a'] + d.get('b') + d.get('c', 3)", 6),
    ("known_branch", "v = 1\nif len([1]) == 1: v = 2\nelse: v = 3", 2),
    ("same_in_both_branches", "import x\nif x.y: v = 2\nelse: v = 2", 2),
    ("branch_that_raises", "import x\nif x.y: raise ValueError()\nelse: v = 2", 2),
    ("early_return", "def f(a):\n    if a is None: return 1\n    return 2\nv = f(None)", 1),
    ("while_loop", "v = 64\nwhile v > 5: v = v // 2", 4),
    ("break_and_else", "for v in range(9):\n    if v == 4: break\nelse: v = 0", 4),
    ("continue", "v = 0\nfor i in range(4):\n    if i == 1: continue\n    v += i", 5),
    ("try_body", "try:\n    v = 3\nexcept ImportError:\n    v = 4", 3),
    ("with_statement", "with open('f') as f:\n    v = 3", 3),
    ("main_guard", "v = 1\nif __name__ == '__main__': v = 2", 2),
    ("conditional_expression", "v = 3 if not None else 4", 3),
    ("boolean_default", "n = None\nv = n or 5", 5),
    ("chained_comparison", "v = 1 < 2 < 3", True),
    ("string_formatting", "v = 'conv%d_%s' % (1, 'a')", "?"),
    ("argparse", "import argparse\np = argparse.ArgumentParser()\np.add_argument('--img-size', default='32', type=int)\nv = p.parse_args().img_size", 32),
    ("optparse", "from optparse import OptionParser\np = OptionParser()\np.add_option('-n', dest='num', default=3)\no, a = p.parse_args()\nv = o.num", 3),
    ("setattr_getattr", "class A: pass\na = A()\nsetattr(a, 'n', 2)\nv = getattr(a, 'n')", 2),
    ("isinstance", "v = isinstance((1, 2), (list, tuple))", True),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), [c[1:] for c in KNOWN], ids=[c[0] for c in KNOWN])
def test_known_value(source: str, expected: object) -> None:
    assert value_of("v", source) == expected


UNKNOWN = [
    ("python_2_or_3_division", "v = 7 / 2"),
    ("either_branch", "import x\nif x.y: v = 2\nelse: v = 3"),
    ("changed_in_a_loop", "import x\nv = 1\nfor i in x.y: v = v * 2"),
    ("parameter", "def f(n):\n    global v\n    v = n\nf(*unknown)"),
    ("argument_without_default", "import argparse\np = argparse.ArgumentParser()\np.add_argument('n')\nv = p.parse_args().n"),
    ("huge_power", "v = 10 ** 10 ** 10"),
    ("huge_list", "v = [0] * 10 ** 9"),
    ("huge_string", "v = 'a' * 10 ** 9"),
    ("division_by_zero", "v = 1 // 0"),
    ("index_out_of_range", "v = [1][5]"),
    ("unsupported_operands", "v = 1 + 'a'"),
    ("uncertain_list", "import x\nl = []\nif x.y: l.append(1)\nv = l[0]"),
    ("shuffled", "import random\nl = [1, 2]\nrandom.shuffle(l)\nv = l[0]"),
    ("list_given_to_unseen_code", "from project import f\nl = [1]\nf(l)\nv = l[0]"),
    ("match_statement", "import x\nv = 1\nmatch x.y:\n    case 1: v = 2"),
    ("network", "import urllib\nv = urllib.urlopen('http://x').read()"),
]  # fmt: skip


@pytest.mark.parametrize("source", [c[1] for c in UNKNOWN], ids=[c[0] for c in UNKNOWN])
def test_unknown_value(source: str) -> None:
    assert value_of("v", source) == "?"


def test_tensor_through_a_loop_over_unknown_data_keeps_what_is_sure() -> None:
    shape = value_of(
        "x",
        """
        from project import settings
        x = Input((32, 32, 3))
        for n in settings.filters:
            x = Convolution2D(n, 3, 3, border_mode='same')(x)
        """,
    )
    assert shape == (None, 32, 32, None)


def test_layer_added_in_a_branch_that_may_be_taken() -> None:
    source = """
        from project import flag
        model = Sequential()
        model.add(Convolution2D(8, 3, 3, input_shape=(10, 12, 3)))
        if flag:
            model.add(MaxPooling2D((2, 2)))
        v = model.output_shape
        """
    assert value_of("v", source) == (None, "?", "?", 8)


def test_ordering_of_the_reading_decides_branches() -> None:
    source = "v = 1 if K.image_dim_ordering() == 'th' else 3"
    assert value_of("v", source, "th") == 1
    assert value_of("v", source, "tf") == 3


def test_layer_class_of_the_project_tells_its_shape() -> None:
    source = """
        from keras.engine.topology import Layer
        class Crop(Layer):
            def __init__(self, n, **kwargs):
                self.n = n
                super(Crop, self).__init__(**kwargs)
            def get_output_shape_for(self, s):
                return (s[0], s[1] - self.n, s[2])
            def call(self, x, mask=None):
                return x[:, self.n:]
        v = Crop(2)(Input((10, 4)))
        """
    assert value_of("v", source) == (None, 8, 4)


def test_subclass_of_another_layer_claims_nothing() -> None:
    source = """
        class MyConv(Convolution2D):
            pass
        v = MyConv(8, 3, 3)(Input((10, 10, 3)))
        """
    assert value_of("v", source) is None


def test_endless_code_is_left() -> None:
    assert value_of("v", "v = 1\nwhile True: pass\nv = 2") == 2
    assert value_of("v", "def f(): return f()\nf()\nv = 2") == 2
    source = "def f(n):\n    for i in range(300):\n        f(n)\nf(1)\nv = 2"
    assert value_of("v", source) == 2


def test_code_that_takes_too_many_steps_is_reported_incomplete() -> None:
    source = "v = 0\n" + "v += 1\n" * 50
    assert follow(source, fuel=60)[0].trace.exhausted
    assert not follow(source)[0].trace.exhausted


_ATOMS = st.sampled_from(
    [
        "x", "K", "model", "Sequential()", "Input((3, None, 4))", "Input(shape=x)", "None", "[]",
        "(1, 2)", "Convolution2D(8, 3, 3)", "Convolution2D()", "Dense('a')", "Reshape((-1, -1))",
        "Merge([])", "Lambda(lambda t: t)", "-1", "2.5", "'th'", "{}", "K.image_dim_ordering()",
        "model.layers", "BatchNormalization(axis=x)", "Permute((9,))", "TimeDistributed(x)",
        "Deconvolution2D(1, 2, 3, output_shape=(1,))", "merge", "Bidirectional(3)", "np.zeros",
        "Cropping2D(cropping=5)", "ZeroPadding2D({'a': 1})", "Embedding(1, 2)", "Flatten",
    ]
)  # fmt: skip

_EXPRESSIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]})({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"[{p[0]}, {p[1]}]"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} == {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]})[{p[1]}]"),
        st.tuples(inner, inner).map(lambda p: f"merge([{p[0]}, {p[1]}], mode='concat')"),
        st.tuples(inner, inner).map(lambda p: f"model.add({p[0]}, name={p[1]})"),
        inner.map(lambda e: f"[a for a in {e}]"),
        inner.map(lambda e: f"K.sum({e}, axis=1)"),
        inner.map(lambda e: f"Model(input={e}, output=x)"),
        inner.map(lambda e: f"({e}).output_shape"),
    ),
    max_leaves=6,
)

_STATEMENTS = st.one_of(
    _EXPRESSIONS.map(lambda e: f"x = {e}"),
    _EXPRESSIONS.map(lambda e: f"model = {e}"),
    _EXPRESSIONS.map(lambda e: f"a, b = {e}"),
    _EXPRESSIONS.map(lambda e: f"if {e}: x = 1"),
    _EXPRESSIONS.map(lambda e: f"for x in {e}: model.add(x)"),
    _EXPRESSIONS.map(lambda e: f"def f(x={e}): return x\nx = f()"),
    _EXPRESSIONS.map(lambda e: f"class A(Layer):\n    def call(self, t): return {e}\nx = A()(x)"),
    _EXPRESSIONS.map(lambda e: f"x[{e}] = 1"),
    _EXPRESSIONS.map(lambda e: f"x += {e}"),
    _EXPRESSIONS.map(lambda e: f"while {e}: model.pop()"),
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_STATEMENTS, min_size=1, max_size=8))
def test_odd_code_never_raises_and_always_ends(statements: list[str]) -> None:
    source = (
        "from keras.layers import *\nfrom keras.models import *\nfrom keras import backend as K"
    )
    tree = ast.parse("\n".join([source, "import numpy as np", *statements]))
    infer(tree, Names(tree))


def test_generator_function_gives_an_iterator_not_none() -> None:
    assert value_of("v", "def f():\n    yield 1\nv = f()") == "?"
    assert value_of("v", "def f():\n    yield 1\nv = f() is None") == "?"


def test_subclass_of_sequential_builds_itself() -> None:
    run, _ = follow("""
        class Net(Sequential):
            def __init__(self):
                super(Net, self).__init__()
                self.add(Convolution2D(8, 3, 3, input_shape=(32, 32, 3)))
                self.add(MaxPooling2D())
        net = Net()
        """)
    assert [a.output for a in run.trace.applications] == [(None, 30, 30, 8), (None, 15, 15, 8)]


def test_model_given_to_unseen_code_may_have_grown() -> None:
    source = """
        from project import add_head
        model = Sequential()
        model.add(Convolution2D(8, 3, 3, input_shape=(10, 12, 3)))
        print(model)
        before = model.output_shape
        add_head(model)
        after = model.output_shape
        """
    assert value_of("before", source) == (None, 8, 10, 8)
    assert value_of("after", source) == "?"


def test_layer_added_to_something_unknown_still_says_its_input() -> None:
    run, _ = follow(
        "from project import net\nnet.add(Convolution2D(8, 3, 3, input_shape=(32, 32, 3)))"
    )
    assert [a.output for a in run.trace.applications] == [(None, 30, 30, 8)]

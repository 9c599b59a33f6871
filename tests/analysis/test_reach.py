"""Which functions of an importing module are followed for what they pass to the file at hand."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from kerasmig.analysis.dataformat.inference import Inference, infer
from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.names.resolution import Names
from tests.analysis.following import HEADER

BLOCKS = "def conv(x, n): return Convolution2D(n, 3, 3)(x)"


def from_importer(text: str, **others: str) -> Inference:
    """The inference of `BLOCKS`, which a module of this text imports."""
    files = {"blocks": BLOCKS, "train": text, **others}
    trees = {name: ast.parse(HEADER + dedent(source)) for name, source in files.items()}
    names = {name: Names(tree, name) for name, tree in trees.items()}

    def load(name: str) -> tuple[ast.Module, Names] | None:
        # As a project does: a file does not find itself.
        return (trees[name], names[name]) if name in trees and name != "blocks" else None

    facts = ProjectFacts(module="blocks", load=load, importers=lambda: ["train"])
    return infer(trees["blocks"], names["blocks"], facts)


WAYS = {
    "straight": """
        from blocks import conv
        def main(): conv(Input((1, 28, 28)), 8)
    """,
    "through_the_module": """
        import blocks
        def main(): blocks.conv(Input((1, 28, 28)), 8)
    """,
    "imported_inside": """
        def main():
            from blocks import conv
            conv(Input((1, 28, 28)), 8)
    """,
    "through_a_helper": """
        from blocks import conv
        def build(shape): return conv(Input(shape), 8)
        def main(): build((1, 28, 28))
    """,
    "as_an_argument": """
        from blocks import conv
        def call(function, shape): return function(Input(shape), 8)
        def main(): call(conv, (1, 28, 28))
    """,
    "as_a_default": """
        from blocks import conv
        def main(block=conv): block(Input((1, 28, 28)), 8)
    """,
    "by_a_method": """
        from blocks import conv
        class Trainer:
            def build(self, shape): return conv(Input(shape), 8)
            def run(self): self.build((1, 28, 28))
    """,
    "by_an_inherited_method": """
        from blocks import conv
        class Base:
            def build(self, shape): return conv(Input(shape), 8)
        class Trainer(Base):
            def run(self): self.build((1, 28, 28))
    """,
    "in_a_tuple": """
        from blocks import conv
        BLOCKS = (conv,)
        def main(): BLOCKS[0](Input((1, 28, 28)), 8)
    """,
    "in_a_table": """
        from blocks import conv
        BLOCKS = {'conv': conv}
        def main(): BLOCKS['conv'](Input((1, 28, 28)), 8)
    """,
    "partly_applied": """
        from functools import partial
        from blocks import conv
        block = partial(conv, n=8)
        def main(): block(Input((1, 28, 28)))
    """,
    "through_a_third_module": """
        import middle
        def main(): middle.build((1, 28, 28))
    """,
    "by_name": """
        import blocks
        def main(): getattr(blocks, 'conv')(Input((1, 28, 28)), 8)
    """,
}


@pytest.mark.parametrize("way", WAYS)
def test_sizes_that_an_importer_passes_are_known(way: str) -> None:
    middle = "from blocks import conv\ndef build(shape): return conv(Input(shape), 8)"
    (verdict,) = from_importer(WAYS[way], middle=middle).verdicts
    assert (None, 8, 26, 26) in [shape.channels_first for shape in verdict.shapes]


def test_a_setting_for_all_files_is_seen() -> None:
    alone = from_importer("x = 1").verdicts
    told = from_importer("""
        import os
        def main(): os.environ['KERAS_BACKEND'] = 'theano'
        """).verdicts
    assert alone[0].evidence != told[0].evidence


def test_what_passes_nothing_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    from kerasmig.analysis.interpreter import project_calls as calls

    followed: list[str] = []
    invoke = calls.invoke

    def noting(run, function, *rest):  # type: ignore[no-untyped-def]
        followed.append(function.name)
        return invoke(run, function, *rest)

    monkeypatch.setattr(calls, "invoke", noting)
    from_importer("""
        from blocks import conv
        def load(path): return open(path).read()
        def main(): conv(Input((1, 28, 28)), 8)
        class Log:
            def write(self): return load('log')
        """)
    assert "main" in followed and not {"load", "write"} & set(followed)


def test_helpers_use_up_no_more_than_the_steps_they_take() -> None:
    small = [f"def small_{i}(x): return x + {i}" for i in range(12)]
    large = [
        f"def large_{i}():\n    for a in range(30):\n        for b in range(40): c = a + b"
        for i in range(4)
    ]
    text = [HEADER, BLOCKS, "def start(): return Input((1, 28, 28))", *small, *large]
    tree = ast.parse("\n".join([*text, "def use(): return conv(start(), 8)"]))
    (verdict,) = infer(tree, Names(tree)).verdicts
    assert (None, 8, 26, 26) in [shape.channels_first for shape in verdict.shapes]

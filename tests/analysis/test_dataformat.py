"""What the inference says of small programs, and what it rests on."""

from __future__ import annotations

import ast
from textwrap import dedent

from kerasmig.analysis.dataformat.inference import Inference, infer
from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.names.resolution import Names
from kerasmig.finding import DataFormat, Verdict

FIRST, LAST = DataFormat.CHANNELS_FIRST, DataFormat.CHANNELS_LAST


def inference_of(source: str, facts: ProjectFacts | None = None) -> tuple[ast.Module, Inference]:
    tree = ast.parse(dedent(source))
    return tree, infer(tree, Names(tree), facts)


def verdict_of(source: str, facts: ProjectFacts | None = None) -> Verdict:
    (verdict,) = inference_of(source, facts)[1].verdicts
    return verdict


SEED = """
    import keras
    from keras.layers import Input, Convolution2D
    from keras.models import Model
    inputs = Input(shape=(1, 32, 32,))
    shared = Convolution2D(nb_filter=10, nb_row=8, nb_col=8, subsample=(1, 1),
                           border_mode='same', activation='relu')(inputs)
    model = Model(inputs, shared)
    model.summary()
"""


def test_seed_case_is_channels_first_and_says_why() -> None:
    verdict = verdict_of(SEED)
    assert verdict.data_format is FIRST
    assert verdict.confidence > 0.9
    assert verdict.evidence[0].line == 5
    assert "32 rows × 32 columns × 1 channel as channels_first" in verdict.evidence[0].sentence
    assert "1 row × 32 columns × 32 channels" in verdict.evidence[0].sentence


def test_seed_case_has_both_readings_of_the_shapes() -> None:
    shapes = verdict_of(SEED).shapes
    assert [(s.name, s.channels_first, s.channels_last) for s in shapes] == [
        ("Input", (None, 1, 32, 32), (None, 1, 32, 32)),
        ("Convolution2D", (None, 10, 32, 32), (None, 1, 32, 10)),
    ]


def test_verdict_and_shapes_are_found_by_the_layer_call() -> None:
    tree, inference = inference_of(SEED)
    (call,) = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Convolution2D"
    ]
    verdict = inference.verdict_for(call)
    assert verdict is not None and verdict.data_format is FIRST
    (use,) = inference.shapes_at(call).under(FIRST)
    assert use.output == (None, 10, 32, 32)


def test_code_without_image_layers_gets_no_verdict() -> None:
    _, inference = inference_of("""
        from keras.layers import Dense, Convolution1D
        from keras.models import Sequential
        model = Sequential()
        model.add(Convolution1D(16, 3, input_shape=(10, 4)))
        model.add(Dense(3))
        """)
    assert inference.verdicts == ()


def sequential(shape: str, before: str = "") -> str:
    return (
        "from keras.layers import Convolution2D\n"
        "from keras.models import Sequential\n"
        f"{before}\n"
        "model = Sequential()\n"
        f"model.add(Convolution2D(8, 3, 3, border_mode='same', input_shape={shape}))\n"
    )


def test_three_channels_first() -> None:
    assert verdict_of(sequential("(3, 224, 224)")).data_format is FIRST


def test_three_channels_last() -> None:
    assert verdict_of(sequential("(224, 224, 3)")).data_format is LAST


def test_four_frames_first_is_undecided() -> None:
    verdict = verdict_of(sequential("(4, 84, 84)"))
    assert verdict.data_format is DataFormat.UNDECIDED
    assert verdict.shapes[-1].channels_first == (None, 8, 84, 84)
    assert verdict.shapes[-1].channels_last == (None, 4, 84, 8)


def test_names_tell_where_sizes_do_not() -> None:
    source = sequential("(ch, row, col)", "def build(ch, row, col): pass\nch = row = col = x")
    assert verdict_of(source).data_format is FIRST


def test_branch_on_the_ordering_handles_either() -> None:
    before = """
from keras import backend as K
if K.image_dim_ordering() == 'th':
    shape = (1, 28, 28)
else:
    shape = (28, 28, 1)
"""
    assert verdict_of(sequential("shape", before)).data_format is DataFormat.EITHER


def test_explicit_ordering_is_believed() -> None:
    verdict = verdict_of("""
        from keras.layers import Convolution2D, Input
        x = Convolution2D(8, 3, 3, dim_ordering='th')(Input((32, 32, 3)))
        """)
    assert verdict.data_format is FIRST and verdict.explicit


def test_setting_at_module_level_is_ambient() -> None:
    before = "from keras import backend as K\nK.set_image_dim_ordering('th')"
    _, inference = inference_of(sequential("(4, 84, 84)", before))
    assert inference.ambient is FIRST
    assert inference.verdicts[0].data_format is FIRST and inference.verdicts[0].ambient


def test_a_choice_settles_it() -> None:
    assert verdict_of(sequential("(4, 84, 84)"), ProjectFacts(forced=FIRST)).data_format is FIRST
    facts = ProjectFacts(directives={0: LAST})
    assert verdict_of(sequential("(4, 84, 84)"), facts).data_format is LAST

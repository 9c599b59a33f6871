"""Codes that belong to no Keras module: imports, names, data formats, bugs of Keras 3 itself."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Family

IMPORTS = "KM101"
UNKNOWN_NAME = "KM102"
BARE_REFERENCE = "KM103"
UNDECIDED = "KM111"
BIAS_AXIS = "KM112"
SWITCH = "KM113"
USELESS_IGNORE = "KM925"

FAMILIES = (
    Family(
        code=USELESS_IGNORE,
        name="useless-ignore",
        summary="Report `# kerasmig: ignore` comments that switch nothing off.",
        why=(
            "A code that is misspelled switches nothing off, and a comment whose reason is gone "
            "hides the next finding on its line."
        ),
        safety="Nothing is rewritten. Not reported where `--select` or `--ignore` hide the rule.",
    ),
    Family(
        code=IMPORTS,
        name="import",
        summary="Import what the rewritten code uses from where Keras 3 has it.",
        why=(
            "Most module paths of Keras 1 are gone (`keras.layers.convolutional`, `keras.engine`, "
            "`keras.utils.np_utils`), and one import that fails stops the program."
        ),
        safety=(
            "An import goes only when every use of it was rewritten, so a place that is left to do "
            "by hand fails loudly. Names that only came through a starred Keras import (`K`, `np`) "
            "get imports of their own."
        ),
        example=(
            "from keras.layers.convolutional import Convolution2D, MaxPooling2D",
            "from keras.layers import Conv2D, MaxPooling2D",
        ),
    ),
    Family(
        code=UNKNOWN_NAME,
        name="unknown-name",
        summary="Report names below `keras` that neither Keras 3 nor the catalog knows.",
        why="The program would stop there; kerasmig has nothing to put in its place.",
    ),
    Family(
        code=BARE_REFERENCE,
        name="reference",
        summary="Report classes and functions that are passed on without being called.",
        why=(
            "`layers = {'conv': Convolution2D}` hides the calls: their arguments may still be "
            "those of Keras 1, and `Conv2D(64, 3, 3)` is accepted today with another meaning. So does "
            "an import in the body of a class, which is called through `self`, and a name in a string "
            "(`import_module('keras.layers')`, `eval`, `globals()`)."
        ),
    ),
    Family(
        code=UNDECIDED,
        name="undecided-data-format",
        summary="Ask for the data format where the code does not tell.",
        why=(
            "An image of shape (4, 84, 84) is four channels of 84 x 84 pixels, or 4 x 84 pixels "
            "with 84 channels. Both build, and one of them is another network. kerasmig shows both "
            "readings and does not guess."
        ),
        safety=(
            "The layers are rewritten without a data format, and `# kerasmig: "
            "data_format=undecided` is left on the line of the input, so that every run asks again. "
            "Answer there (`channels_first` or `channels_last`), with `# kerasmig: data_format=...` "
            "at the top of the file, with `--data-format`, in `[tool.kerasmig]`, or in an "
            "interactive run, now or later: the layers then get what they lack, and the comment "
            "keeps the answer."
        ),
    ),
    Family(
        code=BIAS_AXIS,
        name="bias-axis-of-keras-3",
        summary="Warn where a bug of Keras 3 adds a bias along the wrong axis.",
        why=(
            "On TensorFlow, `keras.ops.add` (measured in 3.15) takes an operand with one axis of "
            "the length of the last dimension for a channels_last bias. A channels_first "
            "convolution with as many filters as its output is wide then adds its bias along the "
            "width. Conv3D and Conv2DTranspose do so always, Conv2D where the model is called "
            "(`model(x)`) instead of trained or asked to predict."
        ),
        safety="Nothing is rewritten. Shapes and parameter counts agree; only values differ.",
    ),
    Family(
        code=SWITCH,
        name="version-or-backend-switch",
        summary="Report branches on Keras' version and on the Theano backend.",
        why=(
            "`keras.__version__[0] == '2'` is false under Keras 3, so such code takes its branch "
            "for Keras 1. `K.backend() == 'theano'` is never true any more; code that chose an "
            "axis by it now always has that of channels last."
        ),
        safety=(
            "Nothing is rewritten. A version switch is an assumption: both branches are migrated. "
            "A backend switch is left to you where a model is not certainly channels last."
        ),
    ),
)

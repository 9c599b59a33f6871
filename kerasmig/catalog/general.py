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
CPU = "KM130"
PROGRAM_FORMAT = "KM131"
TWO_FORMATS = "KM132"

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
        code=CPU,
        name="channels-first-on-a-cpu",
        summary="Let TensorFlow compute convolutions with channels first on a CPU.",
        why=(
            "On a CPU TensorFlow computes `Conv2D`, `Conv2DTranspose` and `ConvLSTM2D` with channels "
            'first only through oneDNN ("The Conv2D op currently only supports the NHWC tensor format '
            'on the CPU"), and it turns that on by itself only on processors with AVX-512 and the '
            "like. `TF_ENABLE_ONEDNN_OPTS=1` turns it on everywhere else. The variable is read when "
            "TensorFlow is imported, so it is set above the first import that may lead there, in "
            "every file that a program can start with: scripts, packages, notebooks, tests. Plain "
            "lines in each of them stay where they are when isort or black go over the file; an "
            "import of a helper module would be sorted below `keras`."
        ),
        safety=(
            "`setdefault` leaves what you have set. With oneDNN results can differ in the last digits. "
            "Two other ways need no variable: a GPU, or `kerasmig upgrade --layout channels_last`, "
            "which converts the network. On macOS (no oneDNN) and on TPUs the variable does nothing: "
            "take one of these. If a script of yours imports TensorFlow before it imports this "
            "code, it has to set the variable itself, first thing."
        ),
        example=(
            "from keras.models import Sequential",
            "import os\n\nos.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a "
            "CPU\n\nfrom keras.models import Sequential",
        ),
    ),
    Family(
        code=PROGRAM_FORMAT,
        name="data-format-of-the-program",
        summary="Tell the whole program the data format of its models.",
        why=(
            "In Keras 1 the ordering was a setting of the author's machine (`~/.keras/keras.json`). "
            "Not only layers asked it: `ImageDataGenerator`, `img_to_array`, `preprocess_input`, "
            "`cifar10.load_data()` and every `K.image_dim_ordering()` did. Told nothing, they all "
            "work channels last today, and a horizontal flip becomes a vertical one."
        ),
        safety=(
            "Where all that asks can be given an argument, it gets `data_format='channels_first'`. "
            "Otherwise `set_image_data_format('channels_first')` is written at the start of the "
            "program, before the first thing that asks. It rests on the verdict on the models: "
            "`assumed` where that is not certain. A program that makes the setting itself is left "
            "as it is."
        ),
        example=(
            "bn_axis = 3 if K.image_dim_ordering() == 'tf' else 1",
            "K.set_image_data_format('channels_first')\n\nbn_axis = 3 if K.image_data_format() == "
            "'channels_last' else 1",
        ),
    ),
    Family(
        code=TWO_FORMATS,
        name="two-data-formats-in-one-program",
        summary="Report what asks for the data format in a program that has models of both.",
        why=(
            "There is one global setting. A program with a channels_first and a channels_last model "
            "can make it for one of them only, and nothing tells for which of them this place works."
        ),
        safety="Nothing is rewritten. Give the call `data_format=`, or write the axis out.",
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

"""How a person resolves a finding: for the rules' pages and `kerasmig explain`.

A finding that is `manual` says on its line what to write. Here stands what to do about the rule as a
whole. A rule without a text of its own gets the general one: run `kerasmig upgrade`.
"""

from __future__ import annotations

GENERAL = (
    "`kerasmig upgrade` does it. A finding marked `assumed` says on what it rests: look at that line "
    "of the diff. A finding marked `manual` says what to write in its place. `--verify` runs the old "
    "and the new program and compares them."
)

_UPGRADE = "`kerasmig upgrade` writes it. "
_ORDERING = (
    "Where no `data_format` was written although channels come first, answer "
    "[the question for the data format](KM111.md), then run it again. "
)
_COMPAT = "Keep `keras1_compat.py` beside your code and commit it; it is yours. "

#: What to do, by code.
RESOLVE: dict[str, str] = {
    "KM101": _UPGRADE
    + "Where an import stayed, something that it brings is left to do by hand: resolve that finding "
    "first, and the import goes with the next run.",
    "KM102": "Look the name up in [the names of Keras 1](../coverage.md) and in your own code. If it is "
    "yours, import it from your module; if it came from a fork of Keras, copy its definition into your "
    "project; if nothing needs it, delete the line.",
    "KM103": "Find the place that calls what is passed on, and write the arguments of Keras 3 there "
    "(`kerasmig explain NAME` lists them). Or call the class where its name stands now: a call that "
    "kerasmig sees, it rewrites.",
    "KM111": "Run `kerasmig shapes FILE`: it shows every tensor under both readings. Then answer on the "
    "line of the input, `# kerasmig: data_format=channels_first` or `channels_last`, and run "
    "`kerasmig upgrade` again. `--data-format channels_first` answers for the whole run. "
    "[Channels first or last](../channels.md) tells how to know.",
    "KM112": "Use `model.predict(x)` instead of `model(x)` where the message names Conv2D. Otherwise make "
    "the filters differ from the width, give the layer `use_bias=False` and add the bias in a layer of "
    "its own, or run `kerasmig upgrade --layout channels_last`, which has no such axis.",
    "KM113": "Delete the branch for old versions, or compare `int(keras.__version__.split('.')[0]) >= 2`. "
    "Where the branch chose an axis by the backend, write the axis of your data format: 1 for "
    "channels_first, -1 for channels_last.",
    "KM130": _UPGRADE
    + "If a program of yours starts elsewhere, put `os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')` "
    "above its first import of TensorFlow. To need it nowhere, run `kerasmig upgrade --layout channels_last`.",
    "KM131": _UPGRADE
    + "Where it is assumed, check the verdict with `kerasmig shapes FILE`. To have no global setting, give "
    "each call that asks for it `data_format=`.",
    "KM132": "Give the call `data_format='channels_first'` or `'channels_last'`, as the model wants that it "
    "works for; where it takes none, write the axis as a number. Or run "
    "`kerasmig upgrade --layout channels_last`, so that the program has one order.",
    "KM140": "Nothing to do: `--verify` proves it. Leave `--layout` away to keep channels first.",
    "KM141": "Nothing to do. To be rid of a `Permute` at an input, turn the data as well: `--with-data`.",
    "KM142": "Read the reason in the message. Mostly a shape, a loop or a layer of your own hides the axes: "
    "write the shape as numbers, or the layer as a function that kerasmig can follow, and run it again. "
    "The model works as it is, too, with the channels first: on a CPU write "
    "`os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')` above everything that imports TensorFlow then.",
    "KM143": "Give the layer a name and take it with `model.get_layer(name)`, or count again: each `Permute` "
    "is a layer.",
    "KM144": "Nothing to do if channels last is what you want. To have channels first, call "
    "`keras.config.set_image_data_format('channels_first')` at the start of the program.",
    "KM146": "Turn what is fed where the message says: `x = numpy.moveaxis(x, 1, -1)` for arrays of "
    "(samples, channels, rows, columns). In a generator, turn each batch. An input that keeps its order needs "
    "nothing: feed it as before.",
    "KM147": "Check that the array was in the old order there. If the data is turned elsewhere already, delete "
    "the line that was written.",
    "KM201": _UPGRADE
    + _ORDERING
    + "For `border_mode='full'`, put a `ZeroPadding2D` of kernel size minus one before the layer and "
    "`padding='valid'` on it. Bring old weights with `kerasmig convert`.",
    "KM202": _UPGRADE + _ORDERING,
    "KM203": _UPGRADE + _ORDERING,
    "KM204": _UPGRADE
    + _COMPAT
    + "A `Lambda` whose output shape Keras 3 cannot find needs `output_shape=`.",
    "KM205": _UPGRADE
    + "Where the axis looks wrong for the data format, it was wrong in 2016 as well: keep it for old weights, "
    "change it for a network that you train anew.",
    "KM207": _UPGRADE + _COMPAT,
    "KM208": _UPGRADE
    + "If you train anew and need no old weights, `--idiomatic` takes the gates of Keras 3.",
    "KM210": _UPGRADE + _COMPAT,
    "KM212": _UPGRADE + _ORDERING,
    "KM224": _UPGRADE
    + _COMPAT
    + "`--idiomatic` takes the `hard_sigmoid` of Keras 3, which is another function.",
    "KM302": _UPGRADE
    + "For a mode that arrives at run time, write the layer: `Add()([a, b])` for 'sum', `Multiply` for 'mul', "
    "`Concatenate(axis=...)` for 'concat', `Average` for 'ave', `Dot(axes=...)` for 'dot', `Maximum` for 'max'.",
    "KM303": "Look at every place that writes or reads the file, also outside Python: the new name ends in "
    "`.weights.h5` or `.keras`. Files that Keras 1 wrote do not load as they are: `kerasmig inspect FILE` says "
    "what one is, `kerasmig convert FILE` makes one of Keras 3.",
    "KM304": "For a layer of your own, check that `build` takes the shape, `call` the tensors, and "
    "`compute_output_shape` is there. What has no counterpart is named in the message, with what to use.",
    "KM305": "Give the layer a name where it is made, `Dense(10, name='dense_2')`, and ask for that name. Then "
    "no later version can move it.",
    "KM311": _UPGRADE + "Better: `isinstance(layer, keras.layers.Conv2D)`.",
    "KM320": _UPGRADE
    + _COMPAT
    + "For a layer that the message names, give it a name or say `consume_less` as a constant; or write the "
    "arrays in Keras 3's order and use `get_weights()`.",
    "KM401": _UPGRADE
    + "Where the receiver is not known to be a model, write the argument's new name yourself: `epochs` for "
    "`nb_epoch`.",
    "KM402": _UPGRADE
    + "Where the batch size is not known, write `steps_per_epoch` as batches: samples divided by the batch "
    "size. Let the generator yield tuples: `yield x, y`, and `yield (a, b), y` for two inputs.",
    "KM403": "Write `model.predict(x).argmax(axis=-1)` for several outputs, `(model.predict(x) > 0.5).astype('int32')` "
    "for one. `predict_proba` is `predict`.",
    "KM404": _UPGRADE
    + "Where something sets the rate while training, `decay` and that cannot both be had: take one "
    "`LearningRateScheduler` for the whole course of the rate.",
    "KM405": _UPGRADE
    + "With sample weights of zero, divide the loss by the share of weights that are not zero.",
    "KM406": _UPGRADE
    + _COMPAT
    + "For new work take the streaming classes, `keras.metrics.Precision()`; their numbers are another definition.",
    "KM407": _UPGRADE
    + "Where a file name is put together at run time, end it in `.keras` (models) or `.weights.h5` (weights), and "
    "expect `{epoch}` in it to begin with 1.",
    "KM408": _UPGRADE
    + "Do not mix: with `metrics=['acc']` the keys are 'acc' and 'val_acc', with `metrics=['accuracy']` they are "
    "'accuracy' and 'val_accuracy'.",
    "KM503": "Gradients: compute the loss inside `with tf.GradientTape() as tape:` and take "
    "`tape.gradient(loss, variables)`. Learning phase: give the call `training=True` or `False`. Updates: "
    "`variable.assign(value)` in the layer's `call`. Sessions: delete them, values are there at once.",
    "KM504": "The message names the function of today. Where a graph is built and run in a session, write a "
    "function that computes, and call it; `tf.compat.v1` has the old names where you need time.",
    "KM601": _UPGRADE + _COMPAT,
    "KM603": _UPGRADE
    + "Where old weights matter, keep the network's old definition in your project and bring the weights with "
    "`kerasmig convert`. Otherwise train or download weights anew.",
    "KM605": _UPGRADE
    + _COMPAT
    + "For new code take SciKeras or `keras.wrappers.SKLearnClassifier`.",
    "KM701": "Port these lines by hand: a `Graph` becomes `Model(inputs, outputs)`; `containers.Sequential` becomes "
    "`keras.Sequential`; sizes of inputs go from constructors into one `Input`. Then run `kerasmig upgrade`.",
    "KM801": "Nothing to do; read the diff of lines that changed. To convert it yourself first, give `--no-python2`.",
    "KM802": "Decide: `//` if both sides are whole numbers and the result is a size or an index, `/` if it is a "
    "quantity. Write `int(...)` around what must be whole.",
    "KM803": "If a pickle holds byte strings that are no text (images packed as str), write `encoding='bytes'` "
    "instead and use `b'key'`.",
    "KM804": "Write bytes as `b'...'` and turn them to text with `.decode('utf-8')`, text to bytes with `.encode()`. "
    "For 'hex' and 'base64' use `binascii` and `base64`; for `string.letters`, `string.ascii_letters`.",
    "KM805": "Start a file that was run as a script with `python -m package.module`, or make the import absolute.",
    "KM807": "Do what the message says at its line. For `__cmp__`, write `__eq__` and `__lt__` under "
    "`functools.total_ordering`; for halves of positive numbers, `math.floor(x + 0.5)`.",
    "KM606": "Give the layers names where the program compares names; make layers with the values instead of assigning "
    "them later.",
    "KM607": 'Write the line that the message says. A keras.json in the home folder has `"backend": "tensorflow"`.',
    "KM608": "Take the line out to train as Keras 1 did. To keep the layers as they are, leave it, with a comment "
    "`# kerasmig: ignore[KM608]`.",
    "KM609": "Add the module to what is installed, as the message says, or move it into a package and let the imports "
    "follow.",
    "KM901": "Delete the copy and install `keras`. If it has changes of your own, put them into subclasses in your "
    "project, and let kerasmig migrate those. To leave it alone for good, add it to `exclude`.",
    "KM902": "Run `kerasmig upgrade --update-requirements`, or write `keras>=3.8` and `tensorflow>=2.18` yourself and "
    "take `Theano` out. Install in a fresh environment.",
    "KM903": "Rewrite the text yourself; `kerasmig upgrade -` on stdin gives you the new code of the piece it shows.",
    "KM904": "Look whether the cell uses Keras (`%%bash python train.py`, `!python`): migrate what it starts. A cell "
    "that is half written, finish or delete.",
    "KM925": "Delete the comment, or write the code that the finding on this line has.",
}


def how_to_resolve(code: str) -> str:
    """What a person does about a finding of this code, as Markdown for a page of the rules."""
    return RESOLVE.get(code, GENERAL).strip()

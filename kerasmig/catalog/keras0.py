"""Keras 0.x: what programs of 2015 use and Keras 1 had already dropped.

Nothing here can be run in Keras 1.2.2, so nothing is rewritten: each is recognised and reported
with what to do. Signatures from the 0.3.3 sources.
"""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.vocabulary import Entry, Family

_GRAPH = (
    "the Graph model went with Keras 1: make an Input for each `add_input`, call each layer of "
    "`add_node` on its inputs (`merge_mode` becomes Concatenate, Add, Multiply ... of them), and "
    "give the tensors of `add_output` to `Model(inputs, outputs)`."
)
_THEANO = "Theano is gone: "

_CLASSES: Mapping[str, str] = {
    "keras.models.Graph": _GRAPH,
    "keras.layers.containers.Sequential": "use keras.models.Sequential as a layer.",
    "keras.layers.containers.Graph": _GRAPH,
    "keras.layers.core.TimeDistributedMerge": (
        "average or sum the time axis: GlobalAveragePooling1D, GlobalMaxPooling1D, or "
        "`Lambda(lambda x: keras.ops.sum(x, axis=1))`."
    ),
    "keras.layers.core.MaskedLayer": (
        "subclass keras.layers.Layer with `self.supports_masking = True`; `call` gets the mask."
    ),
    "keras.layers.core.AutoEncoder": (
        "make encoder and decoder as models and train `Model(x, decoder(encoder(x)))`."
    ),
    "keras.layers.core.LambdaMerge": ("call `Lambda(function)` on the list of tensors."),
    "keras.layers.core.add_shared_layer": "call the same layer on each tensor.",
    "keras.layers.core.Siamese": "call the same layer on each tensor.",
    "keras.layers.core.SiameseHead": "use the tensor that the shared layer's call gave.",
    "keras.layers.recurrent.JZS1": "use keras.layers.GRU: the variants are gone since Keras 0.3.",
    "keras.layers.recurrent.JZS2": "use keras.layers.GRU: the variants are gone since Keras 0.3.",
    "keras.layers.recurrent.JZS3": "use keras.layers.GRU: the variants are gone since Keras 0.3.",
    "keras.layers.recurrent.SimpleDeepRNN": "stack keras.layers.SimpleRNN.",
    "keras.layers.recurrent.GRU_mutation": "use keras.layers.GRU.",
    "keras.layers.embeddings.WordContextProduct": (
        "take Dot(axes=-1) of two Embedding layers, then Activation."
    ),
    "keras.layers.normalization.LRN2D": (
        "subclass keras.layers.Layer around `tf.nn.local_response_normalization`."
    ),
    "keras.legacy.models.Graph": _GRAPH,
    "keras.models.weighted_objective": "subclass keras.losses.Loss.",
    "keras.models.standardize_y": "`numpy.expand_dims` what has one axis.",
    "keras.models.batch_shuffle": "shuffle the order of the batches with NumPy.",
    "keras.models.make_batches": "write `range(0, size, batch_size)`.",
    "keras.utils.theano_utils.sharedX": _THEANO + "make a keras.Variable, in layers by add_weight.",
    "keras.utils.theano_utils.shared_zeros": _THEANO + "`add_weight(shape, 'zeros')`.",
    "keras.utils.theano_utils.shared_ones": _THEANO + "`add_weight(shape, 'ones')`.",
    "keras.utils.theano_utils.shared_scalar": _THEANO + "make a keras.Variable.",
    "keras.utils.theano_utils.alloc_zeros_matrix": _THEANO + "use keras.ops.zeros.",
    "keras.utils.theano_utils.ndim_tensor": _THEANO + "make a keras.Input.",
    "keras.utils.theano_utils.floatX": _THEANO + "use `numpy.asarray(x, dtype='float32')`.",
    "keras.utils.theano_utils.on_gpu": _THEANO + "ask `tf.config.list_physical_devices('GPU')`.",
    "keras.utils.dot_utils.Grapher": "use keras.utils.plot_model.",
    "keras.utils.layer_utils.container_from_config": "use keras.layers.deserialize.",
    "keras.utils.layer_utils.model_summary": "call `model.summary()`.",
    "keras.datasets.data_utils.get_file": "use keras.utils.get_file.",
}

METHODS: Mapping[str, str] = {
    "add_input": _GRAPH,
    "add_node": _GRAPH,
    "add_shared_node": _GRAPH,
    "add_output": _GRAPH,
    "set_previous": "call the layer on the tensor before it.",
    "set_input_shape": "make an Input of that shape and call the layer on it.",
    "get_input": "use the argument of `call`; from outside `layer.input`.",
    "get_output": "layers compute in `call(self, inputs, training=None)`; from outside "
    "`layer.output`.",
    "get_output_mask": "write `compute_mask(self, inputs, mask)`.",
    "get_input_mask": "`call(self, inputs, mask=None)` gets it.",
    "get_params": "weights register themselves through `add_weight`.",
    "set_params": "call `set_weights`.",
    "supports_masked_input": "set `self.supports_masking = True`.",
}
"""Methods of layers and of the Graph model; certain only on Keras receivers."""

FAMILIES = (
    Family(
        code="KM701",
        name="keras-0",
        summary="Report the API of Keras 0.x with what to do.",
        why=(
            "Graph, `layers.containers`, masked layers and Theano helpers were gone in Keras 1.0; "
            "constructors took input sizes as well: `Dense(784, 128)`, "
            "`Convolution2D(32, 3, 5, 5)`."
        ),
        safety=(
            "Never rewritten: Keras 1.2.2 cannot run it, so nothing could be verified. Port these "
            "parts by hand, then let kerasmig do the rest."
        ),
        example=(
            "graph.add_node(Dense(10), name='out', input='x')",
            "out = Dense(10, name='out')(x)",
        ),
        entries=tuple(Entry(name, manual=what) for name, what in sorted(_CLASSES.items())),
    ),
)

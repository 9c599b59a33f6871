"""``keras.backend``: tensor functions, the image ordering, and what belonged to TensorFlow 1.

Keras 3's `keras.backend` has a dozen names left; tensor functions are `keras.ops`. Every row was
computed in both libraries on the same arrays; the equality tests do it again.
"""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Argument, Arguments, Entry, Family, drop, handled, to

_NAME: Argument = drop("names of backend tensors mean nothing in Keras 3")
_HINT: Argument = drop("a hint for Theano, ignored on TensorFlow")
_XY: Arguments = {"x": to("x1"), "y": to("x2")}


def _same(names: str) -> tuple[Entry, ...]:
    """Functions that `keras.ops` has with the same parameters and defaults."""
    return tuple(Entry(name, to=name) for name in names.split())


def _compat(names: str, docs: str = "", args: Arguments | None = None) -> tuple[Entry, ...]:
    return tuple(
        Entry(name, to=f"keras1_compat.{name}", docs=docs, args=args or {})
        for name in names.split()
    )


VALUE_IN_CALL: Arguments = {"value": to("x"), "name": _NAME}
"""``K.variable`` in the `call` of a layer, as ``keras.ops.convert_to_tensor``."""

_FORMAT: Arguments = {"dim_ordering": to("data_format", "data_format")}
_POOL: Arguments = {**_FORMAT, "border_mode": to("padding", "padding")}
_CONV: Arguments = {**_POOL, "image_shape": _HINT, "filter_shape": _HINT}
_CONV3D: Arguments = {**_POOL, "volume_shape": _HINT, "filter_shape": _HINT}
_CONV1D: Arguments = {
    "x": to("inputs"),
    "stride": to("strides"),
    "border_mode": to("padding", "padding"),
    "image_shape": _HINT,
    "filter_shape": _HINT,
}
_CONV_DOCS = (
    "`keras.ops` wants kernels as (rows, cols, in, out); Keras 1 took (out, in, rows, cols) with "
    "the ordering 'th', which the compat function turns round."
)

_OPERATIONS = (
    *_same(
        "abs exp log round sign square sin cos sigmoid tanh softplus softsign softmax elu "
        "max min sum prod std squeeze ndim transpose "
        "cast binary_crossentropy categorical_crossentropy "
        "sparse_categorical_crossentropy in_top_k"
    ),
    *(
        Entry(old, to=new, args=_XY)
        for old, new in {
            "dot": "dot",
            "equal": "equal",
            "not_equal": "not_equal",
            "greater": "greater",
            "greater_equal": "greater_equal",
            "lesser": "less",
            "lesser_equal": "less_equal",
            "maximum": "maximum",
            "minimum": "minimum",
        }.items()
    ),
    Entry("pow", to="power", args={"x": to("x1"), "a": to("x2")}),
    Entry(
        "sqrt",
        template="{keras.ops.sqrt}({keras.ops.maximum}({x}, 0.0))",
        idiomatic="sqrt",
        docs="Keras 1 took the root of zero for negative numbers, Keras 3 gives NaN.",
    ),
    Entry(
        "clip",
        to="clip",
        rule="whole_numbers",
        args={
            "min_value": to("x_min"),
            "max_value": to("x_max", "infinity"),
        },
        docs="`None` as upper bound raises in keras.ops.",
    ),
    Entry("argmax", to="argmax", write={"axis": "-1"}, docs="Gives int32, Keras 1 int64."),
    Entry("argmin", to="argmin", write={"axis": "-1"}, docs="Gives int32, Keras 1 int64."),
    *(
        Entry(
            name,
            to=name,
            rule="whole_numbers",
            docs="Of whole numbers Keras 1 on TensorFlow gave whole numbers: mean([1, 2, 4]) was 2. "
            "Where a tensor may hold them, the compat function does so.",
        )
        for name in ("mean", "var")
    ),
    *(
        Entry(
            name,
            to=f"keras1_compat.keras1_{name}",
            idiomatic=name,
            docs="Gives zeros and ones (uint8), as Keras 1 did; keras.ops gives booleans.",
        )
        for name in ("any", "all")
    ),
    Entry("arange", to="arange", write={"dtype": "'int32'"}, docs="The default step is 1 in both."),
    Entry("concatenate", to="concatenate", args={"tensors": to("xs")}, write={"axis": "-1"}),
    Entry("stop_gradient", to="stop_gradient", args={"variables": to("variable")}),
    *(Entry(name, to=name, args={"name": _NAME}) for name in ("zeros_like", "ones_like")),
    Entry(
        "stack",
        to="keras1_compat.keras1_stack",
        idiomatic="stack",
        docs="Of variables (not tensors) keras.ops.stack raises in Keras 3.15.",
    ),
    Entry("reshape", to="reshape", args={"shape": to("newshape")}),
    Entry("permute_dimensions", to="transpose", args={"pattern": to("axes")}),
    Entry("expand_dims", to="expand_dims", args={"dim": to("axis")}, write={"axis": "-1"}),
    Entry("flatten", to="ravel"),
    Entry("gather", to="take", args={"reference": to("x")}, write={"axis": "0"}),
    Entry(
        "one_hot",
        to="one_hot",
        args={"indices": to("x"), "nb_classes": to("num_classes")},
    ),
    Entry("reverse", to="flip", args={"axes": to("axis")}),
    Entry(
        "repeat",
        template="{keras.ops.repeat}({keras.ops.expand_dims}({x}, 1), {n}, axis=1)",
        docs="Keras 1 made (samples, n, dim) of (samples, dim); keras.ops.repeat makes no axis.",
    ),
    Entry("repeat_elements", to="repeat", args={"rep": to("repeats")}),
    Entry("tile", to="tile", args={"n": to("repeats")}),
    Entry(
        "l2_normalize",
        to="normalize",
        write={"epsilon": "1e-06"},
        docs="Norms below 1e-06 count as that in both with this epsilon.",
    ),
    Entry(
        "relu",
        to="keras.activations.relu",
        args={"alpha": to("negative_slope")},
    ),
    Entry("hard_sigmoid", to="keras1_compat.hard_sigmoid", idiomatic="hard_sigmoid"),
    Entry("map_fn", to="map", args={"fn": to("f"), "elems": to("xs"), "name": _NAME}),
    Entry("eye", to="eye", args={"size": to("N"), "name": _NAME}),
    Entry(
        "shape",
        to="shape",
        assumed="it gives a tuple, where Keras 1 gave a tensor: arithmetic on the whole shape "
        "means something else",
        docs="Indexing and slicing work as before.",
    ),
    Entry("int_shape", template="tuple({x}.shape)"),
    Entry("get_variable_shape", template="tuple({x}.shape)"),
    Entry("count_params", template="{math.prod}({x}.shape)"),
    Entry("dtype", template="{keras.backend.standardize_dtype}({x}.dtype)"),
    Entry(
        "cast_to_floatx",
        template="{numpy.asarray}({x}, dtype={keras.backend.floatx}())",
        docs="Takes and gives NumPy arrays.",
    ),
    *(
        Entry(
            name,
            to=name,
            rule="layer_variable",
            args={"name": _NAME},
            assumed="it gives a tensor, where Keras 1 made a variable: use keras.Variable where it "
            "is assigned to",
        )
        for name in ("zeros", "ones")
    ),
    Entry(
        "variable",
        to="keras.Variable",
        rule="layer_variable",
        args={"value": to("initializer"), "name": to("name", "layer_name")},
        write={"dtype": "{keras.backend.floatx}()"},
        docs="Keras 3 takes the type of the value where none is given: integers stay integers. In "
        "the `call` of a layer, which runs anew for every batch, a value that is only read becomes "
        "`ops.convert_to_tensor`: no variable can be made there.",
    ),
    Entry(
        "placeholder",
        to="keras.Input",
        rule="placeholder",
        args={
            "shape": to("batch_shape"),
            "ndim": to("batch_shape", "unknown_axes"),
            "name": to("name", "layer_name"),
        },
        assumed="it is the input of a model that has to be made; data cannot be fed otherwise",
    ),
    Entry("get_value", to="convert_to_numpy"),
    Entry("eval", to="convert_to_numpy", assumed="it works on values, not on symbolic tensors"),
    Entry("set_value", template="{x}.assign({value})"),
    Entry("update", template="{x}.assign({new_x})"),
    Entry("update_add", template="{x}.assign_add({increment})"),
    Entry("update_sub", template="{x}.assign_sub({decrement})"),
    *_compat(
        "batch_get_value batch_set_value batch_flatten batch_dot moving_average_update switch "
        "normalize_batch_in_training temporal_padding "
        "asymmetric_temporal_padding",
    ),
    Entry("batch_normalization", to="keras1_compat.batch_normalize"),
    *_compat(
        "spatial_2d_padding asymmetric_spatial_2d_padding spatial_3d_padding resize_images "
        "resize_volumes",
        args=_FORMAT,
    ),
    *_compat("conv2d deconv2d atrous_conv2d", docs=_CONV_DOCS, args=_CONV),
    *_compat("conv3d", docs=_CONV_DOCS, args=_CONV3D),
    *_compat("separable_conv2d", docs=_CONV_DOCS, args=_POOL),
    *_compat("pool2d pool3d", args=_POOL),
    Entry(
        "conv1d",
        to="conv",
        args=_CONV1D,
        write={"data_format": "'channels_last'"},
        docs="Kernels are (length, in, out) in both.",
    ),
    Entry(
        "dropout",
        to="keras.random.dropout",
        args={"x": to("inputs"), "level": to("rate")},
        docs="Other random numbers.",
    ),
    Entry(
        "random_normal",
        to="keras.random.normal",
        args={"std": to("stddev")},
        docs="Other random numbers.",
    ),
    Entry(
        "random_uniform",
        to="keras.random.uniform",
        args={"low": to("minval"), "high": to("maxval")},
        docs="Other random numbers.",
    ),
    Entry(
        "random_binomial",
        to="keras.random.binomial",
        args={"p": to("probabilities")},
        write={"counts": "1", "probabilities": "0.0"},
        docs="Other random numbers.",
    ),
    Entry("random_normal_variable", to="keras1_compat.random_normal_variable"),
    Entry("random_uniform_variable", to="keras1_compat.random_uniform_variable"),
    *(
        Entry(name, to=f"tensorflow.keras.backend.{name}", signature=signature)
        for name, signature in {
            "ctc_batch_cost": "y_true, y_pred, input_length, label_length",
            "ctc_decode": "y_pred, input_length, greedy=True, beam_width=100, top_paths=1",
            "ctc_label_dense_to_sparse": "labels, label_lengths",
            "foldl": "fn, elems, initializer=None, name=None",
            "foldr": "fn, elems, initializer=None, name=None",
            "is_sparse": "tensor",
            "to_dense": "tensor",
        }.items()
    ),
    Entry(
        "rnn",
        to="tensorflow.keras.backend.rnn",
        signature="step_function, inputs, initial_states, go_backwards=False, mask=None, "
        "constants=None, unroll=False, input_length=None, time_major=False, "
        "zero_output_for_mask=False, return_all_outputs=True",
        assumed="the step function gets its states as a tuple, constants last",
    ),
)

_ORDERING = (
    Entry(
        "image_dim_ordering",
        to="keras.backend.image_data_format",
        rule="ordering",
        docs="Compared values change with it: 'th' → 'channels_first', 'tf' → 'channels_last'.",
    ),
    Entry(
        "set_image_dim_ordering",
        to="keras.backend.set_image_data_format",
        rule="ordering",
        args={"dim_ordering": to("data_format", "data_format")},
    ),
)

_GLOBALS = (
    Entry("backend", to="keras.backend.backend"),
    Entry("epsilon", to="keras.backend.epsilon"),
    Entry("set_epsilon", to="keras.backend.set_epsilon", args={"e": to("value")}),
    Entry("floatx", to="keras.backend.floatx"),
    Entry("set_floatx", to="keras.backend.set_floatx", args={"floatx": to("value")}),
    Entry("get_uid", to="keras.backend.get_uid"),
    Entry("is_keras_tensor", to="keras.backend.is_keras_tensor"),
    Entry("clear_session", to="keras.backend.clear_session"),
    Entry("reset_uids", to="keras.backend.clear_session", assumed="it forgets more than the names"),
)

_SESSION = (
    "Keras 3 has no sessions: to limit GPU memory call "
    "`tf.config.experimental.set_memory_growth(gpu, True)` before anything else."
)
_FUNCTION = (
    "Keras 3 has no backend functions: make `keras.Model(inputs, outputs)` and call it, with "
    "`training=True` or `False` in place of the learning phase."
)
_PHASE = (
    "Keras 3 has no learning phase: give `call` a `training` argument, or call the model with "
    "`training=...`."
)

_GRAPH = (
    Entry(
        "function",
        to="keras1_compat.BackendFunction",
        rule="backend_function",
        args={"updates": handled("other than an empty list: reported")},
        manual=_FUNCTION,
        assumed="the outputs must be computed from the inputs by layers and keras.ops",
        docs="It stays a callable from a list of arrays to a list of arrays. What rests on "
        "`K.gradients` is reported.",
    ),
    Entry("Function", manual=_FUNCTION),
    Entry(
        "gradients",
        manual="compute the loss inside `with tf.GradientTape() as tape:` after "
        "`tape.watch(x)`, then `tape.gradient(loss, x)`.",
    ),
    Entry(
        "learning_phase",
        to="keras1_compat.LEARNING_PHASE",
        rule="learning_phase",
        manual=_PHASE,
        docs="Rewritten only among the inputs of a `K.function` that becomes a `BackendFunction`.",
    ),
    Entry(
        "set_learning_phase",
        manual=_PHASE + " `predict` and `evaluate` run with `training=False` anyway.",
    ),
    Entry("in_train_phase", manual=_PHASE),
    Entry("in_test_phase", manual=_PHASE),
    Entry("get_session", manual=_SESSION),
    Entry("set_session", rule="set_session", manual=_SESSION),
    Entry(
        "manual_variable_initialization",
        manual="variables have their values from the start: leave the call out.",
    ),
    Entry(
        "legacy_weight_ordering",
        manual="it was for files of Keras 1.0: leave it out.",
    ),
    Entry(
        "set_legacy_weight_ordering",
        manual="it was for files of Keras 1.0: leave it out.",
    ),
    Entry("print_tensor", manual="use `tf.print(x)` and go on with x."),
    *(
        Entry(name, manual="an internal of Keras 1's backend without counterpart.")
        for name in (
            "_cond",
            "_convert_string_dtype",
            "_initialize_variables",
            "_normalize_axis",
            "_postprocess_conv2d_output",
            "_postprocess_conv3d_output",
            "_preprocess_border_mode",
            "_preprocess_conv2d_input",
            "_preprocess_conv2d_kernel",
            "_preprocess_conv3d_input",
            "_preprocess_conv3d_kernel",
            "_preprocess_deconv_output_shape",
            "_to_tensor",
        )
    ),
)

ATTRIBUTES: dict[str, str] = {
    "_BACKEND": "{keras.backend.backend}()",
    "_backend": "{keras.backend.backend}()",
    "_EPSILON": "{keras.backend.epsilon}()",
    "_FLOATX": "{keras.backend.floatx}()",
    "_IMAGE_DIM_ORDERING": "{keras.backend.image_data_format}()",
}
"""Module variables that programs read, as texts of `values.Value`."""

THEANO = frozenset(["T", "theano", "theano_backend", "th_sparse_module", "RandomStreams", "ifelse"])
"""Names below ``keras.backend`` that were there (or meant anything) under Theano only."""

FAMILIES = (
    Family(
        code="KM501",
        name="backend-function",
        summary="Take tensor functions from `keras.ops`, in today's order of arguments.",
        why=(
            "`keras.backend` has lost its functions. Under the same name some mean something "
            "else: `binary_crossentropy`, `categorical_crossentropy` and `in_top_k` swap their "
            "arguments, `concatenate` joins the first axis by default, `argmax` flattens, `repeat` "
            "makes no new axis, `sqrt` gives NaN for negative numbers."
        ),
        safety=(
            "Results are held against Keras 1.2.2 on the same arrays. What gives a tensor where "
            "Keras 1 gave a variable, or a tuple where it gave a tensor, is `assumed`."
        ),
        example=(
            "K.binary_crossentropy(y_pred, y_true)",
            "ops.binary_crossentropy(output=y_pred, target=y_true)",
        ),
        module="keras.backend",
        target="keras.ops",
        entries=(*_OPERATIONS, *_GLOBALS),
    ),
    Family(
        code="KM502",
        name="image-ordering",
        summary="Ask for the image data format instead of the dim ordering.",
        why="`image_dim_ordering` is gone, and 'th' and 'tf' mean nothing in Keras 3.",
        safety="The strings compared with it change together with the call, wherever they are.",
        example=(
            "if K.image_dim_ordering() == 'th':",
            "if K.image_data_format() == 'channels_first':",
        ),
        module="keras.backend",
        target="keras.backend",
        entries=_ORDERING,
    ),
    Family(
        code="KM503",
        name="backend-graph",
        summary="Make functions models; report what else belonged to TensorFlow 1's graphs.",
        why=(
            "`K.function`, `K.gradients`, the learning phase and sessions have no counterpart: "
            "Keras 3 runs models and eager tensors."
        ),
        safety=(
            "`K.function` is `assumed`: the tensors must belong to models, which the compat class "
            "checks when it runs. A session that is only made to be given to Keras is taken out, "
            "and what it was told about the GPU is told to TensorFlow. Gradients, updates and other "
            "sessions are never rewritten: what they become depends on what the program wants."
        ),
        example=(
            "f = K.function([model.input, K.learning_phase()], [layer.output])",
            "f = BackendFunction([model.input, LEARNING_PHASE], [layer.output])",
        ),
        module="keras.backend",
        target="keras.backend",
        entries=_GRAPH,
    ),
)

"""Layers and models as graphs of layers, and what stands inside of both."""

from __future__ import annotations

from kerasmig.catalog.array_layouts import CODE as ARRAYS
from kerasmig.catalog.methods.vocabulary import (
    CONTAINER,
    LAYER,
    MODEL,
    SEQUENTIAL,
    Certainty,
    Method,
    attributes,
    plain,
)
from kerasmig.catalog.vocabulary import gone, to

_SHARED = (
    "Keras 3 keeps no list of a layer's outputs by call: keep the tensor that the call returned."
)
_NODE = (
    "nodes are internals now (`_inbound_nodes`, `_outbound_nodes`): build the model again from "
    "its tensors instead of editing the graph."
)
_LOSSES = "regularizers and constraints live on the variables: see `layer.losses`."
_UPDATES = "Keras 3 has no update operations: assign to variables in `call`."

LAYERS = (
    *plain(LAYER, "count_params build call compute_mask get_config"),
    *(
        Method(
            name,
            LAYER,
            ARRAYS,
            to=name,
            rule=name,
            certainty=Certainty.NAME,
            docs=f"`keras1_compat.{name.replace('_', '_keras1_')}` where arrays of layers that "
            "changed their layout are more than handed on.",
        )
        for name in ("get_weights", "set_weights")
    ),
    *plain(CONTAINER, "add pop summary"),
    Method(
        "get_layer",
        CONTAINER,
        "KM304",
        to="get_layer",
        rule="get_layer",
        new_order=("name", "index"),
        docs="An index counted the input of a Sequential in Keras 1, and the layers of a model that "
        "it begins with: `keras1_compat.keras1_get_layer` counts so.",
    ),
    Method(
        "get_output_shape_for",
        LAYER,
        "KM304",
        to="compute_output_shape",
        certainty=Certainty.NAME,
        new_order=("input_shape",),
    ),
    Method(
        "add_weight",
        LAYER,
        "KM304",
        to="add_weight",
        rule="add_weight",
        certainty=Certainty.NAME,
        args={"initializer": to("initializer", "initializer")},
        new_order=("shape", "initializer", "dtype", "trainable", "autocast", "regularizer"),
    ),
    Method(
        "add_loss",
        LAYER,
        "KM304",
        to="add_loss",
        args={
            "losses": to("loss"),
            "inputs": gone("Keras 3 computes the loss in `call`, where the inputs are at hand"),
        },
    ),
    Method("add_update", LAYER, "KM304", certainty=Certainty.NAME, manual=_UPDATES),
    *(
        Method(name, LAYER, "KM304", certainty=Certainty.NAME, manual=_SHARED)
        for name in (
            "get_input_at",
            "get_output_at",
            "get_input_mask_at",
            "get_output_mask_at",
            "get_input_shape_at",
            "get_output_shape_at",
        )
    ),
    *(
        Method(name, LAYER, "KM304", certainty=Certainty.NAME, manual=_NODE)
        for name in ("add_inbound_node", "create_input_layer", "assert_input_compatibility")
    ),
    *(
        Method(name, LAYER, "KM304", certainty=Certainty.NAME, manual=_UPDATES)
        for name in ("get_updates_for", "get_losses_for")
    ),
    *attributes(
        LAYER,
        "inbound_nodes outbound_nodes nodes_by_depth container_nodes",
        "KM304",
        _NODE,
    ),
    *attributes(CONTAINER, "regularizers constraints", "KM304", _LOSSES),
    *attributes(LAYER, "input_mask output_mask", "KM304", _SHARED),
    *attributes(LAYER, "uses_learning_phase state_updates updates", "KM304", _UPDATES),
    Method(
        "output_shape",
        LAYER,
        "KM304",
        attribute=True,
        template="{self}.output.shape",
        docs="On layers: gone; on models: still there. The tensor's shape is the same tuple.",
    ),
    Method(
        "input_shape",
        LAYER,
        "KM304",
        attribute=True,
        template="{self}.input.shape",
        docs="On layers: gone; on models: still there.",
    ),
    Method(
        "input",
        SEQUENTIAL,
        "KM304",
        attribute=True,
        template="{self}.inputs[0]",
        docs="A Sequential that was never called on a tensor raises here in Keras 3; "
        "functional models and layers still have it.",
    ),
    Method(
        "output",
        SEQUENTIAL,
        "KM304",
        attribute=True,
        template="{self}.outputs[0]",
        docs="As `input`.",
    ),
    Method(
        "W",
        LAYER,
        "KM304",
        attribute=True,
        template="{self}.kernel",
        docs="Dense and convolutions: `kernel`; Embedding: `embeddings`; recurrent layers: "
        "`cell.kernel`. Only on receivers known to be layers.",
    ),
    Method("b", LAYER, "KM304", attribute=True, template="{self}.bias", docs="As `W`."),
    Method(
        "trainable_weights",
        LAYER,
        "KM304",
        to="trainable_weights",
        attribute=True,
        docs="Cannot be assigned to in Keras 3: `add_weight` in `build` registers weights.",
    ),
    Method(
        "non_trainable_weights",
        LAYER,
        "KM304",
        to="non_trainable_weights",
        attribute=True,
        docs="As `trainable_weights`.",
    ),
    Method(
        "_keras_shape",
        LAYER,
        "KM304",
        attribute=True,
        certainty=Certainty.NAME,
        template="{self}.shape",
        docs="An attribute of tensors; the same tuple.",
    ),
    *attributes(
        LAYER,
        "_keras_history _uses_learning_phase",
        "KM304",
        "an internal of Keras 1's tensors without counterpart.",
    ),
    Method(
        "reset_states",
        CONTAINER,
        "KM304",
        rule="reset_states",
        certainty=Certainty.NAME,
        docs=(
            "Models: gone, layers have `reset_state()`. A compat function calls it on every layer "
            "that has it."
        ),
    ),
    *attributes(
        MODEL,
        "validation_data training_data",
        "KM304",
        "Keras 3 keeps no data on the model: give it to the callback when it is made.",
    ),
    *attributes(
        MODEL,
        "metrics_tensors total_loss loss_functions internal_input_shapes internal_output_shapes "
        "collected_trainable_weights sample_weight_modes",
        "KM304",
        "an internal of Keras 1's training; Keras 3 has none: override `compute_loss` or "
        "`train_step`.",
    ),
    *(
        Method(
            name,
            MODEL,
            "KM304",
            certainty=Certainty.NAME,
            manual="Keras 3 makes its functions itself when they are needed: leave the call out.",
        )
        for name in ("_make_train_function", "_make_test_function", "_make_predict_function")
    ),
    Method(
        "run_internal_graph",
        CONTAINER,
        "KM304",
        certainty=Certainty.NAME,
        manual="call the model: `model(inputs, mask=masks)`.",
    ),
)

_CELL = (
    "an internal of Keras 1's recurrent layers: write a cell (a layer with `state_size` and "
    "`call(inputs, states)`) and give it to `keras.layers.RNN`."
)

INTERNALS = (
    *(
        Method(name, "keras.layers.recurrent.Recurrent", "KM304", manual=_CELL)
        for name in ("step", "get_constants", "preprocess_input", "conv_step", "conv_step_hidden")
    ),
    Method(
        "stateful",
        CONTAINER,
        "KM304",
        attribute=True,
        manual="ask each layer: `any(getattr(l, 'stateful', False) for l in model.layers)`.",
    ),
    Method(
        "append",
        "keras.callbacks.CallbackList",
        "KM407",
        to="append",
    ),
    *(
        Method(
            name,
            "keras.regularizers.Regularizer",
            "KM222",
            manual="Keras 3 calls a regularizer with the variable itself: move the code to `__call__`.",
        )
        for name in ("set_layer", "set_param")
    ),
)

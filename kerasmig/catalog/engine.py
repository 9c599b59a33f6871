"""``keras.engine``: inputs, merge, and what stands under layers and models."""

from __future__ import annotations

from kerasmig.catalog.layer_facts import MERGE_LAYERS, LayerFacts, Role
from kerasmig.catalog.vocabulary import Arguments, Entry, Family, gone, handled, to

_MERGE: Arguments = {
    "mode": handled("chooses the layer: Add, Multiply, Average, Maximum, Concatenate, Dot, Lambda"),
    "concat_axis": handled("`axis` of Concatenate"),
    "dot_axes": handled("`axes` of Dot"),
    "output_shape": handled("`output_shape` of Lambda where the mode is a function"),
    "output_mask": gone("subclass keras.layers.Layer and say what becomes of masks"),
    "arguments": handled("`arguments` of Lambda where the mode is a function"),
}

_INTERNAL = "an internal of Keras 1 without counterpart: "


def _internals() -> tuple[Entry, ...]:
    instead = {
        "keras.engine.topology.Node": "read `layer._inbound_nodes`, or keep the tensors yourself",
        "keras.engine.topology.object_list_uid": "join the ids of the objects yourself",
        "keras.engine.topology.to_list": "write `x if isinstance(x, list) else [x]`",
        "keras.engine.training.GeneratorEnqueuer": "give the generator to `fit`, or iterate over it",
        "keras.engine.training.batch_shuffle": "shuffle the order of the batches with NumPy",
        "keras.engine.training.check_array_lengths": "`fit` checks its data itself",
        "keras.engine.training.check_loss_and_target_compatibility": "`fit` checks it itself",
        "keras.engine.training.collect_metrics": "`compile` takes lists and dicts of metrics",
        "keras.engine.training.standardize_class_weights": "give `class_weight` to `fit`",
        "keras.engine.training.standardize_input_data": "`fit` checks its data itself",
        "keras.engine.training.standardize_sample_or_class_weights": "give them to `fit`",
        "keras.engine.training.standardize_sample_weights": "give `sample_weight` to `fit`",
        "keras.engine.training.standardize_weights": "give the weights to `fit`",
        "keras.engine.training.weighted_objective": "subclass keras.losses.Loss",
    }
    return tuple(
        Entry(name, manual=f"{_INTERNAL}{what}.") for name, what in sorted(instead.items())
    )


FAMILIES = (
    Family(
        code="KM302",
        name="merge",
        summary="Write `merge(...)` and `Merge` layers as the layers that took their place.",
        why=(
            "Keras 3 has neither: the import fails. Which layer it becomes depends on `mode`; "
            "`merge(x)` without one is a sum."
        ),
        safety=(
            "Automatic where the mode is a string that is known. Mode 'cos' keeps its values, but "
            "Keras 1 gave (batch, 1, 1) where it announced (batch, 1), which Keras 3 now gives. "
            "A function as mode becomes a Lambda, which today infers its output shape."
        ),
        example=(
            "merge([a, b], mode='concat', concat_axis=1)",
            "concatenate([a, b], axis=1)",
        ),
        module="keras.engine.topology",
        entries=(
            Entry(
                "merge",
                rule="merge",
                args={**_MERGE, "name": handled("the name of the new layer")},
                contract=(
                    "mode='mul'",
                    "mode='ave'",
                    "mode='max'",
                    "mode='concat'",
                    "mode='concat', concat_axis=1",
                    "mode='dot', dot_axes=1",
                    "mode='cos', dot_axes=1",
                ),
            ),
            Entry(
                "Merge",
                layer=LayerFacts(role=Role.MERGE, becomes=(*MERGE_LAYERS, "Lambda")),
                rule="merge",
                args={
                    **_MERGE,
                    "layers": handled("the tensors that those layers or models give"),
                    "node_indices": gone("call the new layer on the tensors themselves"),
                    "tensor_indices": gone("call the new layer on the tensors themselves"),
                    "name": to("name"),
                },
            ),
        ),
    ),
    Family(
        code="KM304",
        name="engine",
        summary="Migrate what programs take from `keras.engine`.",
        why=(
            "`keras.engine` is gone. Its public names live in `keras.layers`, `keras.models` and "
            "`keras.utils`; the helpers of the training loop have no counterpart."
        ),
        safety=(
            "Layer subclasses are rewritten method by method (`call`, `build`, "
            "`compute_output_shape`), each with its own finding."
        ),
        example=("from keras.engine.topology import Layer", "from keras.layers import Layer"),
        module="keras.engine.topology",
        target="keras.layers",
        entries=(
            Entry(
                "Layer",
                to="Layer",
                rule="layer_subclass",
                signature="*, activity_regularizer=None, trainable=True, dtype=None, "
                "autocast=True, name=None, **kwargs",
                docs=(
                    "`Layer(input_shape=...)` used as the start of a Sequential model becomes "
                    "`Input(shape=...)`: Keras 3's base class cannot be called."
                ),
            ),
            Entry("InputSpec", to="InputSpec"),
            Entry(
                "Container",
                to="keras.models.Model",
                args={"input": to("inputs"), "output": to("outputs")},
                signature="inputs, outputs, name=None",
                docs="A model without training; Keras 3 has the one class for both.",
            ),
            Entry(
                "get_source_inputs",
                to="keras.utils.get_source_inputs",
                args={
                    "layer": gone("Keras 3 finds the sources from the tensor alone"),
                    "node_index": gone("Keras 3 finds the sources from the tensor alone"),
                },
                docs="Gives the input tensors in the order in which Keras 3 meets them.",
            ),
            Entry("keras.engine.training.make_batches", to="keras1_compat.make_batches"),
            Entry("keras.engine.training.slice_X", to="keras1_compat.slice_X"),
            *_internals(),
        ),
    ),
    Family(
        code="KM301",
        name="model-and-input",
        summary="Spell models and their inputs the way Keras 3 does.",
        why=(
            "`Model(input=..., output=...)` raises in Keras 3, and `Input` takes only `shape` and "
            "`batch_size` where Keras 1 took `batch_shape` second."
        ),
        safety="Renamed keywords; the graph of layers is the same.",
        example=("Model(input=x, output=y)", "Model(inputs=x, outputs=y)"),
        module="keras.engine.topology",
        target="keras.layers",
        entries=(
            Entry(
                "Input",
                to="Input",
                args={
                    "tensor": to("tensor"),
                    "name": to("name", "layer_name"),
                },
                contract=("shape=(3,)", "batch_shape=(2, 3)", "shape=(3,), dtype='int32'"),
                docs=(
                    "`shape` has to be a tuple or list in both. `tensor=` takes a KerasTensor in "
                    "Keras 3 and raises for a tensor of TensorFlow."
                ),
            ),
            Entry(
                "InputLayer",
                layer=LayerFacts(role=Role.INPUT, may_be_added=True),
                to="InputLayer",
                args={
                    "input_shape": to("shape"),
                    "batch_input_shape": to("batch_shape"),
                    "input_dtype": to("dtype"),
                    "input_tensor": gone("make a plain InputLayer and give the data to fit"),
                    "name": to("name", "layer_name"),
                },
                contract=("input_shape=(3,)", "batch_input_shape=(2, 3)"),
            ),
            Entry(
                "keras.engine.training.Model",
                to="keras.models.Model",
                args={
                    "input": to("inputs"),
                    "output": to("outputs"),
                    "name": to("name", "layer_name"),
                },
                signature="inputs, outputs, name=None",
                docs=(
                    "`Model(input=[x], output=[y])` gives a list of one in both. Use as a base "
                    "class is left as it is."
                ),
            ),
            Entry(
                "keras.models.Sequential",
                to="keras.models.Sequential",
                rule="sequential",
                args={"name": to("name", "layer_name")},
                docs=(
                    "In a file where one begins with a `Merge` of models, `keras1_compat` has both: "
                    "its layers, their order and its inputs stay those of Keras 1."
                ),
                signature="layers=None, trainable=True, name=None",
            ),
        ),
    ),
)

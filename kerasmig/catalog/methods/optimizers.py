"""Optimizers."""

from __future__ import annotations

from kerasmig.catalog.methods.vocabulary import OPTIMIZER, Certainty, Method

OPTIMIZERS = (
    Method(
        "lr",
        OPTIMIZER,
        "KM404",
        to="learning_rate",
        attribute=True,
        docs=(
            "`K.get_value(model.optimizer.lr)` and `K.set_value(model.optimizer.lr, v)` become "
            "`keras.ops.convert_to_numpy(model.optimizer.learning_rate)` and "
            "`model.optimizer.learning_rate.assign(v)`."
        ),
    ),
    Method(
        "get_updates",
        OPTIMIZER,
        "KM404",
        certainty=Certainty.NAME,
        manual="Keras 3 optimizers have `apply_gradients`; write a custom `train_step`.",
    ),
    Method(
        "get_gradients",
        OPTIMIZER,
        "KM404",
        certainty=Certainty.NAME,
        manual="use `tf.GradientTape` in a custom `train_step`.",
    ),
    Method(
        "get_weights",
        OPTIMIZER,
        "KM404",
        template="[{keras.ops.convert_to_numpy}(v) for v in {self}.variables]",
        docs="The variables are others and in another order than in Keras 1.",
    ),
)

"""What Keras 1 told callbacks, and histories, and Keras 3 does not."""

# mypy: ignore-errors
from __future__ import annotations

import keras
from keras import ops


def callbacks_told(callbacks, objective, given):
    """The callbacks, among two that give them the parameters and the logs of Keras 1.

    Args:
        callbacks: what ``fit`` was given.
        objective: what measures the model's batches.
        given: the arguments of ``fit``.
    """
    if not isinstance(callbacks, (list, tuple)) or not callbacks:
        return callbacks
    validates = bool(given.get("validation_data") or given.get("validation_split"))
    names = list(objective.logged)
    told = {
        "nb_epoch": given.get("epochs", 1),
        "metrics": names + [f"val_{name}" for name in names] if validates else names,
        "do_validation": validates,
    }
    if given.get("y") is not None:
        samples = len(keras.tree.flatten(given["x"])[0])
        told["nb_sample"] = int(samples * (1.0 - given.get("validation_split", 0.0)))
        told["batch_size"] = given.get("batch_size") or 32
    plateau = keras.callbacks.ReduceLROnPlateau
    logs_rate = any(isinstance(callback, plateau) for callback in callbacks)
    return [_Teller(objective, told), *callbacks, _Eraser(logs_rate)]


class _Teller(keras.callbacks.Callback):
    """Comes first, and adds to what those after it are given."""

    def __init__(self, objective, told):
        super().__init__()
        self.objective = objective
        self.told = told

    def set_params(self, params):
        params.update(self.told)
        super().set_params(params)

    def on_train_batch_begin(self, batch, logs=None):
        if logs is not None:
            logs["batch"] = batch
            if "nb_sample" in self.told:
                size = self.told["batch_size"]
                logs["size"] = min(size, self.told["nb_sample"] - batch * size)

    def on_train_batch_end(self, batch, logs=None):
        logs.update(batch=batch, size=int(ops.convert_to_numpy(self.objective.size)))


class _Eraser(keras.callbacks.Callback):
    """Comes last, and takes away what Keras 3 would show as something that was measured.

    Of Keras 1's callbacks only ReduceLROnPlateau logged the rate.
    """

    def __init__(self, logs_rate):
        super().__init__()
        self.logs_rate = logs_rate

    def on_epoch_end(self, epoch, logs=None):
        if not self.logs_rate:
            logs.pop("learning_rate", None)

    def on_train_batch_end(self, batch, logs=None):
        for key in ("batch", "size"):
            logs.pop(key, None)


class LearningRateScheduler(keras.callbacks.LearningRateScheduler):
    """Asks a schedule by the epoch alone, and logs no rate, as Keras 1's did."""

    def __init__(self, schedule):
        super().__init__(lambda epoch, rate=None: schedule(epoch))

    def on_epoch_end(self, epoch, logs=None):
        """Log nothing."""

"""What Keras 1 told callbacks, and histories, and Keras 3 does not."""

# mypy: ignore-errors
from __future__ import annotations

import warnings

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
    generated = given.get("y") is None
    told = {
        "nb_epoch": given.get("epochs", 1),
        "metrics": names,
        "do_validation": validates,
    }
    if validates or generated:
        told["metrics"] = names + [f"val_{name}" for name in names]
    if "nb_sample" in given:
        told["nb_sample"] = given["nb_sample"]
    elif not generated:
        samples = len(keras.tree.flatten(given["x"])[0])
        told["nb_sample"] = int(samples * (1.0 - given.get("validation_split", 0.0)))
        told["batch_size"] = given.get("batch_size") or 32
    plateau = keras.callbacks.ReduceLROnPlateau
    logs_rate = any(isinstance(callback, plateau) for callback in callbacks)
    return [_Teller(objective, told), *callbacks, _Eraser(logs_rate)]


class BegunCallbacks(keras.callbacks.CallbackList):
    """Callbacks that have begun before the first batch is drawn, as in Keras 1.

    Keras 3 draws batches of a generator first, which may need what a callback does at the start.
    """

    def __init__(self, model, callbacks, epochs, verbose):
        super().__init__(
            callbacks,
            add_history=True,
            add_progbar=bool(verbose),
            model=model,
            verbose=1 if verbose == "auto" else verbose,
            epochs=epochs,
            steps=None,
        )
        super().on_train_begin()

    def on_train_begin(self, logs=None):
        """Nothing: they have begun."""


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
            if "batch_size" in self.told:
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


class ReduceLROnPlateau(keras.callbacks.Callback):
    """Lowers the rate after as many epochs as Keras 1 did, and logs it as ``lr``."""

    def __init__(
        self,
        monitor="val_loss",
        factor=0.1,
        patience=10,
        verbose=0,
        mode="auto",
        min_delta=1e-4,
        cooldown=0,
        min_lr=0,
        **kwargs,
    ):
        super().__init__()
        if factor >= 1.0:
            raise ValueError("ReduceLROnPlateau does not support a factor >= 1.0.")
        self.monitor, self.mode, self.factor = monitor, mode, factor
        self.patience, self.cooldown, self.verbose = patience, cooldown, verbose
        self.epsilon, self.min_lr = kwargs.get("epsilon", min_delta), min_lr

    def on_train_begin(self, logs=None):
        """Forget what an earlier training has come to."""
        self.wait = self.cooldown_counter = 0
        falls = self.mode == "min" or (self.mode != "max" and "acc" not in self.monitor)
        self.sign = 1.0 if falls else -1.0
        self.best = self.sign * float("inf")

    def in_cooldown(self):
        """Whether the rate was lowered a short while ago."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch, logs=None):
        """Log the rate; lower it if nothing has improved for long enough."""
        logs = {} if logs is None else logs
        rate = float(ops.convert_to_numpy(self.model.optimizer.learning_rate))
        logs["lr"] = rate
        if self.monitor not in logs:
            warnings.warn(
                f"ReduceLROnPlateau watches {self.monitor}, and there is only {sorted(logs)}",
                stacklevel=2,
            )
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.sign * (self.best - logs[self.monitor]) > self.epsilon:
            self.best = logs[self.monitor]
            self.wait = 0
        elif not self.in_cooldown():
            if self.wait >= self.patience and rate > self.min_lr * 1.0001:
                self._lower(epoch, max(rate * self.factor, self.min_lr))
            self.wait += 1

    def _lower(self, epoch, rate):
        self.model.optimizer.learning_rate = rate
        if self.verbose > 0:
            print(f"\nEpoch {epoch:05d}: reducing learning rate to {rate}.")
        self.cooldown_counter = self.cooldown
        self.wait = 0

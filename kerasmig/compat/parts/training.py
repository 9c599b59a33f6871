"""Training as Keras 1 did it: an optimizer, a callback, generators, scikit-learn wrappers."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import importlib
import inspect
import warnings

import keras
import numpy as np
from keras import ops

from kerasmig.compat.parts.told import BegunCallbacks


def training_arguments(given):
    """Keywords for Keras 1's ``fit`` and ``evaluate`` under their names of today.

    Keras 1 took no notice of what is left out here.
    """
    given = dict(given)
    if "nb_epoch" in given:
        given = {"epochs": given.pop("nb_epoch"), **given}
    if given.pop("show_accuracy", False):
        warnings.warn("give metrics=['accuracy'] to compile", stacklevel=2)
    if isinstance(given.get("class_weight"), str):
        del given["class_weight"]
        warnings.warn("class_weight maps indices of classes to weights", stacklevel=2)
    return given


@keras.saving.register_keras_serializable(package="keras1_compat")
class Nadam(keras.optimizers.Optimizer):
    """Adam with Nesterov momentum, warmed up by 0.96 ** (t * schedule_decay)."""

    def __init__(
        self,
        learning_rate=0.002,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        schedule_decay=0.004,
        name="nadam",
        **kwargs,
    ):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.schedule_decay = schedule_decay

    def build(self, variables):
        """Make the moments of each variable and the product of the momenta so far."""
        if self.built:
            return
        super().build(variables)
        self._momenta = self.add_optimizer_variables(variables, "momentum")
        self._velocities = self.add_optimizer_variables(variables, "velocity")
        self._product = self.add_variable((), initializer="ones", name="product")

    def _momentum(self, t):
        return self.beta_1 * (1.0 - 0.5 * ops.power(0.96, t * self.schedule_decay))

    def apply(self, grads, trainable_variables=None):
        """Apply the gradients, then take the momentum of this step into the product."""
        result = super().apply(grads, trainable_variables)
        t = ops.cast(self.iterations, self._product.dtype)  # already counted up
        self._product.assign(self._product * self._momentum(t))
        return result

    def update_step(self, gradient, variable, learning_rate):
        """Move one variable by its gradient."""
        dtype = variable.dtype
        rate = ops.cast(learning_rate, dtype)
        gradient = ops.cast(gradient, dtype)
        t = ops.cast(self.iterations + 1, dtype)
        momentum, following = self._momentum(t), self._momentum(t + 1)
        product = ops.cast(self._product, dtype) * momentum
        index = self._get_variable_index(variable)
        m, v = self._momenta[index], self._velocities[index]
        self.assign(m, self.beta_1 * m + (1.0 - self.beta_1) * gradient)
        self.assign(v, self.beta_2 * v + (1.0 - self.beta_2) * ops.square(gradient))
        ahead = (1.0 - momentum) * gradient / (1.0 - product)
        ahead = ahead + following * m / (1.0 - product * following)
        scale = ops.sqrt(v / (1.0 - ops.power(self.beta_2, t))) + self.epsilon
        self.assign_sub(variable, rate * ahead / scale)

    def get_config(self):
        """The configuration that `from_config` makes the same optimizer of."""
        names = ("beta_1", "beta_2", "epsilon", "schedule_decay")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class _Decayed(keras.optimizers.Optimizer):
    """The rate divided by 1 + decay * steps in each step; unlike a schedule it can be set."""

    def __init__(self, learning_rate, decay=0.0, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.decay = decay

    @property
    def lr(self):
        """The rate, as Keras 1 called it."""
        return self.learning_rate

    @lr.setter
    def lr(self, rate):
        self.learning_rate = rate

    def update_step(self, gradient, variable, learning_rate):
        """Move one variable by its gradient."""
        steps = ops.cast(self.iterations, variable.dtype)
        rate = ops.cast(learning_rate, variable.dtype)
        super().update_step(gradient, variable, rate / (1.0 + self.decay * steps))

    def get_config(self):
        """The configuration that `from_config` makes the same optimizer of."""
        return {**super().get_config(), "decay": self.decay}


@keras.saving.register_keras_serializable(package="keras1_compat")
class SGD(_Decayed, keras.optimizers.SGD):
    """`keras.optimizers.SGD` with the `decay` of Keras 1."""


@keras.saving.register_keras_serializable(package="keras1_compat")
class RMSprop(_Decayed, keras.optimizers.RMSprop):
    """`keras.optimizers.RMSprop` with the `decay` of Keras 1."""


@keras.saving.register_keras_serializable(package="keras1_compat")
class Adagrad(_Decayed, keras.optimizers.Adagrad):
    """`keras.optimizers.Adagrad` with the `decay` of Keras 1."""


@keras.saving.register_keras_serializable(package="keras1_compat")
class Adadelta(_Decayed, keras.optimizers.Adadelta):
    """`keras.optimizers.Adadelta` with the `decay` of Keras 1."""


@keras.saving.register_keras_serializable(package="keras1_compat")
class Adam(_Decayed, keras.optimizers.Adam):
    """`keras.optimizers.Adam` with the `decay` of Keras 1."""


@keras.saving.register_keras_serializable(package="keras1_compat")
class Adamax(_Decayed, keras.optimizers.Adamax):
    """`keras.optimizers.Adamax` with the `decay` of Keras 1."""


class ModelCheckpoint(keras.callbacks.ModelCheckpoint):
    """Save every `period` epochs, to a file name in which epochs count from zero."""

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        period=1,
    ):
        super().__init__(
            filepath, monitor, verbose, save_best_only, save_weights_only, mode
        )
        self.period = period
        self.epochs_since_last_save = 0

    def on_epoch_end(self, epoch, logs=None):
        """Save if it is time to."""
        self.epochs_since_last_save += 1
        if self.epochs_since_last_save >= self.period:
            self.epochs_since_last_save = 0
            super().on_epoch_end(epoch - 1, logs)


def _tuples(batch):
    """A batch as Keras 3 wants it: a tuple, with tuples of inputs and of outputs."""
    batch = batch if isinstance(batch, (tuple, list)) else (batch,)
    return tuple(tuple(part) if isinstance(part, list) else part for part in batch)


def _batches(generator):
    """The batches of a generator without end, and how many samples the first one has."""
    generator = map(_tuples, iter(generator))
    first = next(generator)
    array = first[0]
    while isinstance(array, (tuple, dict)):
        array = array[0] if isinstance(array, tuple) else next(iter(array.values()))
    return _endless(first, generator), len(array)


def _endless(first, generator):
    # A generator function: Keras 3 takes no other iterators.
    yield first
    for batch in generator:
        yield _tuples(batch)


def _weighted(batches, class_weight):
    """The batches with a weight for each sample by its class, which Keras 3 leaves to arrays."""
    for x, y, *weights in batches:
        if not weights:
            y = np.asarray(y)
            classes = (
                y.argmax(axis=1) if y.ndim > 1 and y.shape[1] > 1 else y.reshape(-1)
            )
            weights = [
                np.array([class_weight[int(cls)] for cls in classes], dtype="float32")
            ]
        yield (x, y, *weights)


def _steps(samples, batch_size, generator):
    """How many batches Keras 1 took until it had seen that many samples."""
    passes, rest = 0, int(samples)
    if isinstance(generator, keras.utils.PyDataset) and getattr(generator, "n", None):
        # The last batch of each pass is smaller.
        passes, rest = divmod(rest, generator.n)
        passes *= -(-generator.n // batch_size)
    return passes - (-rest // batch_size)


def fit_generator(
    model,
    generator,
    samples_per_epoch,
    nb_epoch,
    verbose=1,
    callbacks=None,
    validation_data=None,
    nb_val_samples=None,
    class_weight=None,
    max_q_size=10,
    nb_worker=1,
    pickle_safe=False,
    initial_epoch=0,
):
    """Train from a generator, with epochs and validation counted in samples."""
    if callbacks:  # they begin before the first batch is drawn
        tell = getattr(model, "callbacks_of", lambda given: given["callbacks"])
        given = {"callbacks": callbacks, "epochs": nb_epoch}
        given.update(nb_sample=samples_per_epoch, validation_data=validation_data)
        callbacks = BegunCallbacks(model, tell(given), nb_epoch, verbose)
    batches, batch_size = _batches(generator)
    if class_weight is not None:
        batches = _weighted(batches, class_weight)
    validation_steps = None
    if nb_val_samples is not None and hasattr(validation_data, "__next__"):
        generated = validation_data
        validation_data, size = _batches(generated)
        validation_steps = _steps(nb_val_samples, size, generated)
    steps = _steps(samples_per_epoch, batch_size, generator)
    if callbacks:
        callbacks.set_params({**callbacks.params, "steps": steps})
    return model.fit(
        batches,
        epochs=nb_epoch,
        verbose=verbose,
        callbacks=callbacks,
        validation_data=validation_data,
        initial_epoch=initial_epoch,
        steps_per_epoch=steps,
        validation_steps=validation_steps,
    )


def evaluate_generator(
    model, generator, val_samples, max_q_size=10, nb_worker=1, pickle_safe=False
):
    """Evaluate on that many samples of a generator."""
    batches, batch_size = _batches(generator)
    return model.evaluate(
        batches, steps=_steps(val_samples, batch_size, generator), verbose=0
    )


def predict_generator(
    model, generator, val_samples, max_q_size=10, nb_worker=1, pickle_safe=False
):
    """Predict that many samples of a generator."""
    batches, batch_size = _batches(generator)
    predicted = model.predict(
        batches, steps=_steps(val_samples, batch_size, generator), verbose=0
    )
    found = len(predicted[0] if isinstance(predicted, list) else predicted)
    if found > val_samples:
        raise ValueError(
            f"the batches have {found} samples and {val_samples} were asked for: Keras 1 had no "
            "room for the others either; ask for as many as whole batches have"
        )
    return predicted


def predict_classes(model, x, batch_size=32, verbose=1):
    """The likeliest class of each sample; of a single output, whether it is above one half."""
    probabilities = model.predict(x, batch_size=batch_size, verbose=verbose)
    if probabilities.shape[-1] > 1:
        return probabilities.argmax(axis=-1)
    return (probabilities > 0.5).astype("int32")


def input_of(model):
    """What goes into a model or layer: one tensor, or a list if there are several."""
    return _one_or_all(getattr(model, "inputs", None) or model.input)


def output_of(model):
    """What comes out of a model or layer: one tensor, or a list if there are several."""
    return _one_or_all(getattr(model, "outputs", None) or model.output)


def _one_or_all(tensors):
    """Keras 3 has ``input`` and ``output`` of no Sequential, and keeps lists of one elsewhere."""
    if isinstance(tensors, (list, tuple)) and len(tensors) == 1:
        return tensors[0]
    return tensors


def reset_states(model):
    """Reset the states of all stateful layers of a model, or of what else can be reset."""
    if hasattr(model, "reset_states"):
        model.reset_states()
        return
    for layer in model.layers:
        if hasattr(layer, "layers"):
            reset_states(layer)
        elif getattr(layer, "stateful", False):
            layer.reset_state()


def model_from_config(config, custom_objects=None):
    """A model of its configuration: {"class_name": ..., "config": ...}.

    As Keras 1 did, it restores what is a lambda: give it no configuration that you do not trust.
    """
    name = config["class_name"] if config["class_name"] == "Sequential" else "Model"
    return keras.saving.deserialize_keras_object(
        {
            "module": "keras",
            "class_name": name,
            "config": config["config"],
            "registered_name": name,
        },
        custom_objects=custom_objects,
        safe_mode=False,
    )


def make_batches(size, batch_size):
    """The first and last index of each batch."""
    return [
        (start, min(size, start + batch_size)) for start in range(0, size, batch_size)
    ]


def slice_X(X, start=None, stop=None):
    """A slice, or some rows, of an array or of each array of a list."""
    if isinstance(X, list):
        return [slice_X(x, start, stop) for x in X]
    return X[start] if hasattr(start, "__len__") else X[start:stop]


class BaseWrapper:
    """What the scikit-learn wrappers share: a function that builds a model, and parameters."""

    def __init__(self, build_fn=None, **sk_params):
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def _builder(self):
        return self if self.build_fn is None else self.build_fn

    def _names(self, function):
        return set(inspect.signature(function).parameters) - {"self"}

    def check_params(self, params):
        """Raise for a parameter that neither the builder nor training and prediction take."""
        functions = (
            keras.Model.fit,
            keras.Model.predict,
            keras.Model.evaluate,
            self._builder(),
        )
        legal = {"nb_epoch"}.union(*map(self._names, functions))
        for name in params:
            if name not in legal:
                raise ValueError(f"{name} is not a legal parameter")

    def get_params(self, deep=True):
        """The parameters and the builder: the very objects, or `clone` would refuse them."""
        return {**self.sk_params, "build_fn": self.build_fn}

    def __sklearn_tags__(self):
        """What today's scikit-learn asks of estimators; as in Keras 1, no word of their kind."""
        sklearn = importlib.import_module("sklearn.utils")
        target = sklearn.TargetTags(required=True)
        return sklearn.Tags(estimator_type=None, target_tags=target)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "model")

    def set_params(self, **params):
        """Change parameters."""
        params = dict(params)
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def filter_sk_params(self, fn, override=None):
        """The parameters that a function takes; `nb_epoch` counts as `epochs`."""
        given = {
            ("epochs" if k == "nb_epoch" else k): v for k, v in self.sk_params.items()
        }
        override = {
            ("epochs" if k == "nb_epoch" else k): v for k, v in (override or {}).items()
        }
        names = self._names(fn)
        return {
            **{name: value for name, value in given.items() if name in names},
            **override,
        }

    def _targets(self, y):
        loss = getattr(self.model.loss, "__name__", self.model.loss)
        if loss == "categorical_crossentropy" and len(np.shape(y)) != 2:
            return keras.utils.to_categorical(y)
        return y

    def fit(self, x, y, **kwargs):
        """Build the model and train it."""
        builder = self._builder()
        names = self._names(builder)
        self.model = builder(**{k: v for k, v in self.sk_params.items() if k in names})
        arguments = {"epochs": 10, **self.filter_sk_params(keras.Model.fit, kwargs)}
        return self.model.fit(x, self._targets(y), **arguments)


class KerasClassifier(BaseWrapper):
    """A classifier for scikit-learn."""

    def predict(self, x, **kwargs):
        """The classes of the samples."""
        kwargs = self.filter_sk_params(predict_classes, kwargs)
        return predict_classes(self.model, x, **kwargs)

    def predict_proba(self, x, **kwargs):
        """The probability of each class; two columns for a single output."""
        kwargs = self.filter_sk_params(keras.Model.predict, kwargs)
        probabilities = self.model.predict(x, **kwargs)
        if probabilities.shape[1] == 1:
            probabilities = np.hstack([1 - probabilities, probabilities])
        return probabilities

    def score(self, x, y, **kwargs):
        """Accuracy: the model has to be compiled with it."""
        kwargs = self.filter_sk_params(keras.Model.evaluate, kwargs)
        logs = self.model.evaluate(x, self._targets(y), return_dict=True, **kwargs)
        for name in ("acc", "accuracy"):
            if name in logs:
                return logs[name]
        raise ValueError(
            'The model has no accuracy: compile it with metrics=["accuracy"].'
        )


class KerasRegressor(BaseWrapper):
    """A regressor for scikit-learn."""

    def predict(self, x, **kwargs):
        """The predictions, without axes of one."""
        kwargs = self.filter_sk_params(keras.Model.predict, kwargs)
        return np.squeeze(self.model.predict(x, **kwargs))

    def score(self, x, y, **kwargs):
        """The loss on the data."""
        kwargs = self.filter_sk_params(keras.Model.evaluate, kwargs)
        return self.model.evaluate(x, y, return_dict=True, **kwargs)["loss"]

"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras, TensorFlow and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations

import contextlib
import inspect
import weakref

import keras
import numpy as np
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
def binary_accuracy(y_true, y_pred):
    """Share of the numbers of a batch that are right when rounded."""
    right = ops.equal(ops.cast(y_true, y_pred.dtype), ops.round(y_pred))
    return ops.mean(ops.cast(right, "float32"))


@keras.saving.register_keras_serializable(package="keras1_compat")
def categorical_accuracy(y_true, y_pred):
    """Share of a batch whose likeliest class is the true one."""
    right = ops.equal(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1))
    return ops.mean(ops.cast(right, "float32"))


@keras.saving.register_keras_serializable(package="keras1_compat")
def sparse_categorical_accuracy(y_true, y_pred):
    """Share of a batch whose likeliest class is the true one, given by its number."""
    true = ops.cast(ops.max(y_true, axis=-1), "float32")
    found = ops.cast(ops.argmax(y_pred, axis=-1), "float32")
    return ops.mean(ops.cast(ops.equal(true, found), "float32"))


@keras.saving.register_keras_serializable(package="keras1_compat")
def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Share of a batch whose true class is among the likeliest `k`."""
    true = ops.argmax(y_true, axis=-1)
    return ops.mean(ops.cast(ops.in_top_k(true, y_pred, k), "float32"))


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


def keras1_optimizers():
    """What makes each optimizer that Keras 1 knew by name."""
    return {
        "sgd": lambda: "sgd",
        "rmsprop": lambda: keras.optimizers.RMSprop(epsilon=1e-16),
        "adagrad": lambda: keras.optimizers.Adagrad(
            learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-16
        ),
        "adadelta": lambda: keras.optimizers.Adadelta(learning_rate=1.0, epsilon=1e-08),
        "adam": lambda: keras.optimizers.Adam(epsilon=1e-08),
        "adamax": lambda: keras.optimizers.Adamax(learning_rate=0.002, epsilon=1e-08),
        "nadam": lambda: Nadam(),
    }


def get_optimizer(identifier):
    """The optimizer of a name, with Keras 1's rate and epsilon, or what was given."""
    if isinstance(identifier, str) and identifier.lower() in keras1_optimizers():
        return keras.optimizers.get(keras1_optimizers()[identifier.lower()]())
    return keras.optimizers.get(identifier)


@keras.saving.register_keras_serializable(package="keras1_compat")
def cosine_proximity(y_true, y_pred):
    """Minus the mean of the product of both, normalised; Keras 3 has minus the sum."""
    y_true = ops.normalize(y_true, axis=-1, order=2, epsilon=1e-6)
    y_pred = ops.normalize(y_pred, axis=-1, order=2, epsilon=1e-6)
    return -ops.mean(y_true * y_pred, axis=-1)


@keras.saving.register_keras_serializable(package="keras1_compat")
def hinge(y_true, y_pred):
    """Hinge loss of targets as they are; Keras 3 turns zeros and ones into -1 and 1."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return ops.mean(ops.maximum(1.0 - y_true * y_pred, 0.0), axis=-1)


@keras.saving.register_keras_serializable(package="keras1_compat")
def squared_hinge(y_true, y_pred):
    """Squared hinge loss of targets as they are; Keras 3 turns zeros and ones into -1 and 1."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return ops.mean(ops.square(ops.maximum(1.0 - y_true * y_pred, 0.0)), axis=-1)


def keras1_losses():
    """The loss that each name of Keras 1 stood for."""
    return {
        "mean_squared_error": "mean_squared_error",
        "mse": "mse",
        "MSE": "MSE",
        "mean_absolute_error": "mean_absolute_error",
        "mae": "mae",
        "MAE": "MAE",
        "mean_absolute_percentage_error": "mean_absolute_percentage_error",
        "mape": "mape",
        "MAPE": "MAPE",
        "mean_squared_logarithmic_error": "mean_squared_logarithmic_error",
        "msle": "msle",
        "MSLE": "MSLE",
        "binary_crossentropy": "binary_crossentropy",
        "categorical_crossentropy": "categorical_crossentropy",
        "sparse_categorical_crossentropy": "sparse_categorical_crossentropy",
        "poisson": "poisson",
        "kld": "kld",
        "KLD": "KLD",
        "kullback_leibler_divergence": "kl_divergence",
        "cosine_proximity": cosine_proximity,
        "cosine": cosine_proximity,
        "hinge": hinge,
        "squared_hinge": squared_hinge,
    }


def get_loss(identifier):
    """The loss function of a name, with Keras 1's formula, or what was given."""
    if isinstance(identifier, str):
        identifier = keras1_losses().get(identifier, identifier)
    return keras.losses.get(identifier)


@keras.saving.register_keras_serializable(package="keras1_compat")
def kullback_leibler_divergence(y_true, y_pred):
    """`keras.losses.kl_divergence` under the name by which Keras 1 logged it."""
    return keras.losses.kl_divergence(y_true, y_pred)


def _positives(values):
    return ops.sum(ops.round(ops.clip(values, 0, 1)))


@keras.saving.register_keras_serializable(package="keras1_compat")
def precision(y_true, y_pred):
    """Share of the predicted positives of a batch that are positive."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return _positives(y_true * y_pred) / (_positives(y_pred) + keras.config.epsilon())


@keras.saving.register_keras_serializable(package="keras1_compat")
def recall(y_true, y_pred):
    """Share of the positives of a batch that are predicted."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return _positives(y_true * y_pred) / (_positives(y_true) + keras.config.epsilon())


@keras.saving.register_keras_serializable(package="keras1_compat")
def fbeta_score(y_true, y_pred, beta=1):
    """Weighted harmonic mean of the precision and recall of a batch."""
    if beta < 0:
        raise ValueError("The lowest choosable beta is zero (only precision).")
    p = precision(y_true, y_pred)
    r = recall(y_true, y_pred)
    return (1 + beta**2) * (p * r) / (beta**2 * p + r + keras.config.epsilon())


@keras.saving.register_keras_serializable(package="keras1_compat")
def fmeasure(y_true, y_pred):
    """Harmonic mean of the precision and recall of a batch."""
    return fbeta_score(y_true, y_pred, beta=1)


@keras.saving.register_keras_serializable(package="keras1_compat")
def matthews_correlation(y_true, y_pred):
    """Matthews correlation coefficient of a batch of binary labels."""
    pred_pos = ops.round(ops.clip(y_pred, 0, 1))
    true_pos = ops.round(ops.clip(ops.cast(y_true, y_pred.dtype), 0, 1))
    tp = ops.sum(true_pos * pred_pos)
    tn = ops.sum((1 - true_pos) * (1 - pred_pos))
    fp = ops.sum((1 - true_pos) * pred_pos)
    fn = ops.sum(true_pos * (1 - pred_pos))
    denominator = ops.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return (tp * tn - fp * fn) / (denominator + keras.config.epsilon())


def keras1_metrics():
    """The metric that each name of Keras 1 stood for."""
    return {
        "binary_accuracy": binary_accuracy,
        "categorical_accuracy": categorical_accuracy,
        "sparse_categorical_accuracy": sparse_categorical_accuracy,
        "top_k_categorical_accuracy": top_k_categorical_accuracy,
        "mean_squared_error": "mean_squared_error",
        "mean_absolute_error": "mean_absolute_error",
        "mean_absolute_percentage_error": "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error": "mean_squared_logarithmic_error",
        "binary_crossentropy": "binary_crossentropy",
        "categorical_crossentropy": "categorical_crossentropy",
        "sparse_categorical_crossentropy": "sparse_categorical_crossentropy",
        "poisson": "poisson",
        "mse": "mean_squared_error",
        "MSE": "mean_squared_error",
        "mae": "mean_absolute_error",
        "MAE": "mean_absolute_error",
        "mape": "mean_absolute_percentage_error",
        "MAPE": "mean_absolute_percentage_error",
        "msle": "mean_squared_logarithmic_error",
        "MSLE": "mean_squared_logarithmic_error",
        "kullback_leibler_divergence": kullback_leibler_divergence,
        "cosine_proximity": cosine_proximity,
        "cosine": cosine_proximity,
        "hinge": hinge,
        "squared_hinge": squared_hinge,
        "precision": precision,
        "recall": recall,
        "fbeta_score": fbeta_score,
        "fmeasure": fmeasure,
        "fscore": fmeasure,
        "f1score": fmeasure,
        "matthews_correlation": matthews_correlation,
    }


def get_metric(identifier):
    """The metric function of a name, with Keras 1's formula, or what was given."""
    if isinstance(identifier, str):
        identifier = keras1_metrics().get(identifier, identifier)
    return keras.losses.get(identifier) if isinstance(identifier, str) else identifier


def _array_of_weights(target, by_sample, by_class):
    """The weights of the samples of one output; those of the samples themselves count first."""
    if by_sample is not None:
        return np.asarray(by_sample, dtype="float32")
    if not isinstance(by_class, dict):
        return np.ones(len(target), dtype="float32")
    if target.ndim > 2:
        raise ValueError("class_weight not supported for 3+ dimensional targets.")
    classes = target.reshape(-1)
    if target.ndim == 2 and target.shape[1] > 1:
        classes = target.argmax(axis=1)
    return np.array([by_class[int(x)] for x in classes], dtype="float32")


def _weighted_loss(score, output, weights):
    """The mean of a loss over a batch; masked steps and samples of weight zero do not count."""
    mask = getattr(output, "_keras_mask", None)
    if mask is not None:
        mask = ops.cast(mask, score.dtype)
        score = score * mask / ops.mean(mask)
    rank = 1 if weights is None else len(weights.shape)
    if len(score.shape) > rank:
        score = ops.mean(score, axis=list(range(rank, len(score.shape))))
    if weights is not None:
        weights = ops.cast(weights, score.dtype)
        score = score * weights
        score = score / ops.mean(ops.cast(ops.not_equal(weights, 0), score.dtype))
    return ops.mean(score)


def _probabilities(outputs):
    """The outputs, for losses that would look behind a softmax or sigmoid for what went into it.

    Keras 1 took the logarithm of probabilities that it cut off at 1e-7, Keras 3 has no such bound.
    """
    return [ops.copy(output) for output in outputs]


def _target(y, output):
    """A target with as many axes as its output, and of its type."""
    y = ops.cast(ops.convert_to_tensor(y), output.dtype)
    return ops.expand_dims(y, -1) if len(y.shape) == 1 else y


def _listed(outputs):
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def _only(given):
    """The one thing in a list or dictionary of one, or what was given."""
    if isinstance(given, dict):
        return next(iter(given.values()))
    return given[0] if isinstance(given, list) and len(given) == 1 else given


def _uses_layers(model, function, output):
    """Whether a loss or metric needs tensors of the model beside the output that it is for."""
    if getattr(function, "__module__", "").startswith(("keras.", "keras1_compat")):
        return False
    target = keras.Input(batch_shape=output.shape, dtype=output.dtype)
    prediction = keras.Input(batch_shape=output.shape, dtype=output.dtype)
    try:
        value = function(target, prediction)
        if isinstance(value, keras.KerasTensor):
            keras.Function([target, prediction], value)
            return False
    except Exception as error:
        return "not connected" in str(error) or "disconnected" in str(error).lower()
    return False


@contextlib.contextmanager
def _all_trainable(model):
    """Let every layer act as a trainable one.

    Keras 1 normalised by the batch, and penalised weights, of layers that are not trained, too.
    """
    layers = list(model._flatten_layers())
    before = [layer.trainable for layer in layers]
    for layer in layers:
        layer.trainable = True
    try:
        yield
    finally:
        for layer, trainable in zip(layers, before, strict=True):
            layer.trainable = trainable


def _calls(model, part):
    """Which of the calls of a part, by their number, are those in the graph of a model."""
    graph = getattr(model, "_functional", None) or model
    return [
        part._inbound_nodes.index(node)
        for nodes in getattr(graph, "_nodes_by_depth", {}).values()
        for node in nodes
        if node.operation is part
    ]


def _penalties(model, unheard):
    """What layers add to the loss; of a model within the model, only what its weights add."""
    found = []
    for number, layer in enumerate(model.layers):
        if not isinstance(layer, keras.Model):
            found += [ops.sum(loss) for loss in layer.losses]
        elif number == 0 and isinstance(model, keras.Sequential):
            found += _penalties(layer, unheard)  # its layers are the model's own
        elif not any(layer is part for part in unheard):
            times = max(1, len(_calls(model, layer)))  # once for each use, in Keras 1
            found += [
                times * w.regularizer(w)
                for w in layer.weights
                if w.regularizer is not None
            ]
    return found


_CALLED = weakref.WeakKeyDictionary()


def _unheard(model):
    """The Sequentials within a model that were compiled after they had become a part of it.

    Keras 1 made such a Sequential anew when it was compiled. What it had told of its parts as it
    was called, its statistics and penalties, was lost to the models that hold it.
    """
    found = []
    for number, layer in enumerate(model.layers):
        if number == 0 and isinstance(model, keras.Sequential):
            found += _unheard(layer) if isinstance(layer, keras.Model) else []
            continue
        if not isinstance(layer, keras.Sequential):
            continue
        calls = _calls(model, layer)
        if calls and max(calls) < _CALLED.get(layer, 0):
            found.append(layer)
    return found


def _statistics(model):
    """What a model holds beside what it trains, but for the states of its random numbers."""
    return [v for v in model.non_trainable_variables if v.dtype.startswith("float")]


class Objective:
    """What a model is trained for and measured by, each output by itself, as in Keras 1.

    Args:
        model: the model, as it is when it is compiled.
        loss: one for all outputs, or a list or dictionary of them.
        metrics: a list for all outputs, or a dictionary.
        loss_weights: a list or dictionary, 1 where it says nothing.
    """

    def __init__(self, model, loss, metrics, loss_weights):
        outputs = model.outputs
        self.names = list(getattr(model, "output_names", None) or ["output"])
        self.losses = [get_loss(x) for x in self._each(loss)]
        self.loss_weights = [
            1.0 if x is None else x for x in self._each(loss_weights, flat=False)
        ]
        self.trained = list(model.trainable_variables)
        self.unheard = _unheard(model)
        self.still = None
        self.from_graph = any(
            _uses_layers(model, function, output)
            for function, output in zip(self.losses, outputs, strict=True)
        )
        # (name, number of the output, function), in the order in which Keras 1 reported them
        self.metrics = []
        self.by_output = [[] for _ in outputs]
        for i, wanted in enumerate(self._metrics_of_outputs(metrics)):
            prefix = f"{self.names[i]}_" if len(outputs) > 1 else ""
            for metric in wanted:
                name, function = self._metric(metric, i, outputs[i])
                self.metrics.append((prefix + name, i, function))
                self.by_output[i].append("acc" if name == "acc" else function)
                if _uses_layers(model, function, outputs[i]):
                    self.from_graph = True
        names = ["loss"]
        if len(outputs) > 1:
            names += [f"{name}_loss" for name in self.names]
        self.logged = names + [name for name, _, _ in self.metrics]
        self.means = [keras.metrics.Mean(name=name) for name in self.logged]
        self.size = keras.Variable(0, dtype="int32", trainable=False, name="size")
        for mean in self.means:  # for callbacks that are not told which way is better
            mean._direction = "up" if "acc" in mean.name else "down"

    def _each(self, given, flat=True):
        """What was given for each output."""
        if isinstance(given, dict):
            return [given.get(name) for name in self.names]
        if isinstance(given, (list, tuple)):
            return list(given)
        return [given if flat else None for _ in self.names]

    def _metrics_of_outputs(self, metrics):
        if not metrics:
            return [[] for _ in self.names]
        if not isinstance(metrics, dict):
            return [metrics for _ in self.names]
        found = [metrics.get(name, []) for name in self.names]
        return [x if isinstance(x, (list, tuple)) else [x] for x in found]

    def _metric(self, metric, i, output):
        """Its name in the logs, and the function."""
        if metric not in ("accuracy", "acc"):
            function = get_metric(metric)
            return getattr(function, "__name__", None) or function.name, function
        if output.shape[-1] == 1 or self.losses[i] is keras.losses.binary_crossentropy:
            return "acc", binary_accuracy
        if self.losses[i] is keras.losses.sparse_categorical_crossentropy:
            return "acc", sparse_categorical_accuracy
        return "acc", categorical_accuracy

    # -- one batch -------------------------------------------------------------------------

    def train(self, model, x, y, weights):
        """One step of the optimizer on what was trainable when the model was compiled."""
        if (
            self.still is None
        ):  # Keras 1 made its step of training when it was first wanted
            with _all_trainable(model):
                self.still = [v for part in _unheard(model) for v in _statistics(part)]
        before = [ops.copy(variable.value) for variable in self.still]
        with _all_trainable(model), tf.GradientTape() as tape:
            for variable in self.trained:
                tape.watch(variable.value)
            logs = self._logs(model, x, y, weights, training=True)
        for variable, value in zip(self.still, before, strict=True):
            variable.assign(value)
        gradients = tape.gradient(logs["loss"], [v.value for v in self.trained])
        if self.trained:
            model.optimizer.apply_gradients(zip(gradients, self.trained, strict=True))
        return self._averaged(x, logs)

    def test(self, model, x, y, weights):
        """What is measured on one batch, without training on it."""
        with _all_trainable(model):
            logs = self._logs(model, x, y, weights, training=False)
        return self._averaged(x, logs)

    def _averaged(self, x, logs):
        """Take a batch into the means of the epoch; returns its own numbers."""
        size = ops.shape(keras.tree.flatten(x)[0])[0]
        self.size.assign(size)
        for mean in self.means:
            mean.update_state(logs[mean.name], sample_weight=size)
        return logs

    def _logs(self, model, x, y, weights, training):
        """The numbers of one batch by name: the total first, then losses, then metrics."""
        targets = self._each(y) if len(self.names) > 1 else keras.tree.flatten(y)
        forward = self._from_graph if self.from_graph else self._forward
        outputs, targets, losses, metrics = forward(model, x, targets, training)
        weights = (
            self._each(weights) if len(self.names) > 1 else keras.tree.flatten(weights)
        )
        losses = [
            _weighted_loss(score, output, weight)
            for score, output, weight in zip(
                losses, outputs, weights or [None], strict=False
            )
        ]
        total = sum(w * loss for w, loss in zip(self.loss_weights, losses, strict=True))
        total = total + sum(_penalties(model, self.unheard))
        values = [total, *(losses if len(losses) > 1 else ()), *map(ops.mean, metrics)]
        return {
            name: ops.cast(value, "float32")
            for name, value in zip(self.logged, values, strict=True)
        }

    def _forward(self, model, x, targets, training):
        outputs = _listed(model(x, training=training))
        targets = [
            _target(y, output) for y, output in zip(targets, outputs, strict=True)
        ]
        shown = _probabilities(outputs)
        losses = [f(y, o) for f, y, o in zip(self.losses, targets, shown, strict=True)]
        metrics = [f(targets[i], shown[i]) for _, i, f in self.metrics]
        return outputs, targets, losses, metrics

    def _from_graph(self, model, x, targets, training):
        """Compute losses and metrics as outputs of the model's own graph.

        So functions may use tensors that layers gave when the model was built.
        """
        targets = [
            _target(y, output) for y, output in zip(targets, model.outputs, strict=True)
        ]
        inputs = [
            keras.Input(batch_shape=(output.shape[0], *y.shape[1:]), dtype=y.dtype)
            for y, output in zip(targets, model.outputs, strict=True)
        ]
        shown = _probabilities(model.outputs)
        losses = [f(y, o) for f, y, o in zip(self.losses, inputs, shown, strict=True)]
        metrics = [f(inputs[i], shown[i]) for _, i, f in self.metrics]
        graph = keras.Model(
            [*model.inputs, *inputs], [*model.outputs, *losses, *metrics]
        )
        if isinstance(x, dict):
            x = [x[tensor.name] for tensor in model.inputs]
        given = [ops.convert_to_tensor(part) for part in keras.tree.flatten(x)]
        values = graph([*given, *targets], training=training)
        n = len(self.names)
        return values[:n], targets, values[n : 2 * n], values[2 * n :]

    # -- weights of samples ----------------------------------------------------------------

    def sample_weights(self, y, sample_weight=None, class_weight=None):
        """One array of weights for each output, or None if all samples weigh the same."""
        if sample_weight is None and class_weight is None:
            return None
        targets = self._each(y) if len(self.names) > 1 else [_only(y)]
        by_sample = self._of_outputs(sample_weight)
        by_class = self._of_outputs(class_weight)
        weights = [
            _array_of_weights(np.asarray(target), samples, classes)
            for target, samples, classes in zip(
                targets, by_sample, by_class, strict=True
            )
        ]
        if isinstance(y, dict):
            return {
                name: weights[self.names.index(name)]
                for name in y
                if name in self.names
            }
        return weights if len(weights) > 1 else weights[0]

    def _of_outputs(self, given):
        if given is None:
            return [None for _ in self.names]
        if len(self.names) > 1:
            return self._each(given, flat=False)
        if isinstance(given, dict):
            return [given.get(self.names[0], given)]
        return [given[0] if isinstance(given, list) and len(given) == 1 else given]


_OPTIMIZED = weakref.WeakKeyDictionary()


def _own_optimizer(model, optimizer):
    """The optimizer; a copy of it if it drives another model or has begun to train.

    In Keras 1 each compiled model had moments of its own; a loaded one went on with its own.
    """
    owner = _OPTIMIZED.get(optimizer)
    loaded = owner is None and optimizer is getattr(model, "optimizer", None)
    if not loaded and (optimizer.built or (owner and owner() is not model)):
        steps = int(optimizer.iterations.numpy())
        optimizer = type(optimizer).from_config(optimizer.get_config())
        optimizer.iterations.assign(steps)
    _OPTIMIZED[optimizer] = weakref.ref(model)
    return optimizer


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


class Keras1Training:
    """What `compile_model` gives a model: its steps, and the weights of samples in every form."""

    keras1 = None

    def compile_keras1(self, optimizer, loss, metrics, loss_weights):
        """Compile for training as Keras 1 did it."""
        objective = Objective(self, loss, metrics, loss_weights)
        # Losses and metrics are given to Keras 3 too, which saves them with the model.
        several = len(objective.losses) > 1
        self.compile(
            optimizer=_own_optimizer(self, get_optimizer(optimizer)),
            loss=objective.losses if several else objective.losses[0],
            loss_weights=objective.loss_weights if several else None,
            metrics=objective.by_output if several else objective.by_output[0],
        )
        objective.optimizer = self.optimizer
        self.keras1 = objective

    @property
    def as_keras1(self):
        """Whether `compile_model` was the last to compile it."""
        return self.keras1 is not None and self.keras1.optimizer is self.optimizer

    @property
    def metrics(self):
        """The means over an epoch, in the order of ``metrics_names``."""
        return list(self.keras1.means) if self.as_keras1 else super().metrics

    def train_step(self, data):
        """Train on one batch; returns what was measured on it."""
        if not self.as_keras1:
            return super().train_step(data)
        return self.keras1.train(self, *keras.utils.unpack_x_y_sample_weight(data))

    def test_step(self, data):
        """Evaluate one batch; returns what was measured on it."""
        if not self.as_keras1:
            return super().test_step(data)
        return self.keras1.test(self, *keras.utils.unpack_x_y_sample_weight(data))

    def fit(self, *args, **kwargs):
        """Train for some epochs; class and sample weights may be given by output."""
        given = self._with_weights(super().fit, args, kwargs)
        if self.as_keras1 and given.get("callbacks"):
            given["callbacks"] = self.callbacks_of(given)
        return super().fit(**given)

    def callbacks_of(self, given):
        """The callbacks of ``fit`` with what Keras 1 told them; before a generator they begin."""
        callbacks = given["callbacks"]
        if isinstance(callbacks, keras.callbacks.CallbackList):
            return callbacks
        callbacks = callbacks_told(callbacks, self.keras1, given)
        if not hasattr(given.get("x"), "__next__"):
            return callbacks
        verbose = given.get("verbose", "auto")
        begun = BegunCallbacks(self, callbacks, given.get("epochs", 1), verbose)
        begun.set_params({**begun.params, "steps": given.get("steps_per_epoch")})
        return begun

    def evaluate(self, *args, **kwargs):
        """Evaluate; sample weights may be given by output."""
        return super().evaluate(**self._with_weights(super().evaluate, args, kwargs))

    def train_on_batch(self, *args, **kwargs):
        """Train on one batch; class and sample weights may be given by output."""
        return super().train_on_batch(
            **self._with_weights(super().train_on_batch, args, kwargs)
        )

    def test_on_batch(self, *args, **kwargs):
        """Evaluate one batch; sample weights may be given by output."""
        return super().test_on_batch(
            **self._with_weights(super().test_on_batch, args, kwargs)
        )

    def _with_weights(self, method, args, kwargs):
        """The arguments by name, with one array of weights for each output."""
        given = inspect.signature(method).bind(*args, **kwargs).arguments
        given.update(given.pop("kwargs", {}))
        if not self.as_keras1:
            return given
        if given.get("y") is not None:
            weights = self.keras1.sample_weights(
                given["y"],
                given.pop("sample_weight", None),
                given.pop("class_weight", None),
            )
            if weights is not None:
                given["sample_weight"] = weights
        data = given.get("validation_data")
        if isinstance(data, (list, tuple)) and len(data) == 3:
            x, y, weights = data
            weights = self.keras1.sample_weights(y, weights)
            given["validation_data"] = (x, y) if weights is None else (x, y, weights)
        elif isinstance(data, list):
            given["validation_data"] = tuple(data)
        return given


def compile_model(
    model,
    optimizer,
    loss,
    metrics=None,
    loss_weights=None,
    sample_weight_mode=None,
    **kwargs,
):
    """Compile a model and have it trained, evaluated and measured as Keras 1 did.

    Where that is not what Keras 3 does: metrics are computed on each batch as a whole, against
    targets with as many axes as the output, without masks, and averaged by the sizes of the
    batches; a flat list of metrics is for every output; samples of weight zero do not count;
    callbacks get each batch's own numbers and size, and the parameters that Keras 1 gave; what is trainable when the model is compiled is
    trained; BatchNormalization normalises by the batch also where it is not trainable; losses
    and metrics may use tensors of the model's layers.
    """
    kind = type(model)
    if not isinstance(model, Keras1Training):
        names = {"__module__": kind.__module__, "__doc__": kind.__doc__}
        model.__class__ = type(kind.__name__, (Keras1Training, kind), names)
    model.compile_keras1(optimizer, loss, metrics, loss_weights)
    if isinstance(model, keras.Sequential):
        _CALLED[model] = len(model._inbound_nodes)

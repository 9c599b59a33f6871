"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations

import keras
from keras import ops


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

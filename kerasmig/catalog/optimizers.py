"""``keras.optimizers``: classes, the names that `compile` takes, and what reads their rate.

Update formulas compared from ``keras/optimizers.py`` of 1.2.2 and ``keras/src/optimizers`` of 3.15.
"""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.values import Value
from kerasmig.catalog.vocabulary import Arguments, Entry, Family, gone, handled, to

OPTIMIZER: Arguments = {
    "lr": to("learning_rate"),
    "decay": handled(
        "`learning_rate=InverseTimeDecay(lr, 1, decay)`, or `decay` of the optimizer of "
        "`keras1_compat` where the program sets the rate; left out where it is zero. Keras 3 takes "
        "`decay` without an error and ignores it"
    ),
    "clipnorm": to("global_clipnorm"),
    "clipvalue": to("clipvalue"),
}
"""`clipnorm` was the norm over all gradients together, which Keras 3 calls global."""

_SQUARED: Arguments = {"epsilon": to("epsilon", "squared")}
"""Keras 1 added epsilon to the square root, Keras 3 adds it under the root."""

_UNDER_THE_ROOT = (
    "Keras 1 divided by sqrt(a) + epsilon, Keras 3 divides by sqrt(a + epsilon): the square of the "
    "old epsilon gives the same for a = 0 and for a far above epsilon; in between the step is "
    "at most 1.41 times as long."
)

_COUNTED = (
    "On TensorFlow Keras 1 counted the step and read the counter in no certain order, so that its "
    "results varied from run to run; on Theano, and here, the count comes last."
)

OPTIMIZERS: Mapping[str, Value] = {
    "sgd": Value("'sgd'"),
    "rmsprop": Value(
        "{keras.optimizers.RMSprop}(epsilon=1e-16)", "'rmsprop'", "Keras 3's epsilon is larger."
    ),
    "adagrad": Value(
        "{keras.optimizers.Adagrad}(learning_rate=0.01, initial_accumulator_value=0.0, "
        "epsilon=1e-16)",
        "'adagrad'",
        "Keras 3's default rate is 0.001, a tenth of Keras 1's, and its sums start at 0.1.",
    ),
    "adadelta": Value(
        "{keras.optimizers.Adadelta}(learning_rate=1.0, epsilon=1e-08)",
        "'adadelta'",
        "Keras 3's default rate is 0.001, a thousandth of Keras 1's.",
    ),
    "adam": Value(
        "{keras.optimizers.Adam}(epsilon=1e-08)", "'adam'", "Keras 3's epsilon is 1e-07."
    ),
    "adamax": Value(
        "{keras.optimizers.Adamax}(learning_rate=0.002, epsilon=1e-08)",
        "'adamax'",
        "Keras 3's default rate is 0.001, half of Keras 1's.",
    ),
    "nadam": Value(
        "{keras1_compat.Nadam}()",
        "'nadam'",
        "Keras 3's default rate is 0.001 and its momentum schedule another.",
    ),
}
"""What `compile(optimizer='...')` took; Keras 1 compared names in lower case."""

FAMILIES = (
    Family(
        code="KM404",
        name="optimizer",
        summary="Spell optimizers the way Keras 3 does and keep the numbers of Keras 1.",
        why=(
            "`lr` raises; `decay` raises nothing and is ignored; `clipnorm` now means each "
            "gradient by itself; Adadelta's default rate is a thousandth of what it was, "
            "Adagrad's a tenth, Adamax's and Nadam's half; epsilon is 1e-07 instead of 1e-08."
        ),
        safety=(
            "Weights after five steps are held against Keras 1.2.2 by the tests. A rate that "
            "decays is a schedule in Keras 3 and cannot be set from outside: with "
            "LearningRateScheduler, ReduceLROnPlateau or `K.set_value(optimizer.lr, ...)` in the "
            "same program the optimizer becomes that of `keras1_compat`, which takes `decay` and "
            "a rate that is set. Keras 3 takes only one of "
            "`clipnorm`, `clipvalue` and `global_clipnorm`."
        ),
        example=(
            "SGD(lr=0.01, decay=1e-6, momentum=0.9)",
            "SGD(learning_rate=InverseTimeDecay(0.01, 1, 1e-6), momentum=0.9)",
        ),
        module="keras.optimizers",
        target="keras.optimizers",
        entries=(
            Entry(
                "SGD",
                to="SGD",
                rule="optimizer",
                args=OPTIMIZER,
                contract=(
                    "lr=0.1",
                    "lr=0.1, momentum=0.9",
                    "lr=0.1, momentum=0.9, nesterov=True",
                    "lr=0.1, decay=0.5",
                    "lr=0.1, clipnorm=0.1",
                    "lr=0.1, clipvalue=0.01",
                    "0.1, 0.9, 0.01, True",
                ),
            ),
            Entry(
                "RMSprop",
                to="RMSprop",
                rule="optimizer",
                args={**OPTIMIZER, **_SQUARED},
                write={"epsilon": "1e-16"},
                contract=("lr=0.01", "rho=0.5", "lr=0.01, decay=0.5", "epsilon=1e-6"),
                docs=_UNDER_THE_ROOT,
            ),
            Entry(
                "Adagrad",
                to="Adagrad",
                rule="optimizer",
                args={**OPTIMIZER, **_SQUARED},
                write={
                    "learning_rate": "0.01",
                    "initial_accumulator_value": "0.0",
                    "epsilon": "1e-16",
                },
                contract=("lr=0.1", "lr=0.1, decay=0.5", "epsilon=1e-6"),
                docs=_UNDER_THE_ROOT,
            ),
            Entry(
                "Adadelta",
                to="Adadelta",
                rule="optimizer",
                args=OPTIMIZER,
                write={"learning_rate": "1.0", "epsilon": "1e-08"},
                contract=("lr=0.5", "rho=0.5", "lr=0.5, decay=0.5", "epsilon=1e-6"),
            ),
            Entry(
                "Adam",
                to="Adam",
                rule="optimizer",
                args=OPTIMIZER,
                write={"epsilon": "1e-08"},
                contract=("lr=0.1", "lr=0.1, beta_1=0.5", "lr=0.1, decay=0.5", "beta_2=0.9"),
                docs=_COUNTED,
            ),
            Entry(
                "Adamax",
                to="Adamax",
                rule="optimizer",
                args=OPTIMIZER,
                write={"learning_rate": "0.002", "epsilon": "1e-08"},
                contract=("lr=0.1", "lr=0.1, decay=0.5", "beta_1=0.5"),
                docs=_COUNTED,
            ),
            Entry(
                "Nadam",
                to="keras1_compat.Nadam",
                rule="optimizer",
                args=OPTIMIZER,
                idiomatic="Nadam",
                contract=("lr=0.1", "beta_1=0.5", "schedule_decay=0.1"),
                docs=(
                    "Keras 1 warmed the momentum up by 0.96 ** (t * schedule_decay), Keras 3 by "
                    "0.96 ** t and without that argument."
                ),
            ),
            Entry(
                "Optimizer",
                to="Optimizer",
                manual="the interface of optimizers is another one: write "
                "`update_step(self, gradient, variable, learning_rate)` and `build` instead of "
                "`get_updates`.",
            ),
            Entry(
                "TFOptimizer",
                manual="optimizers of TensorFlow 1 cannot train Keras 3 models: take the one of "
                "the same name from keras.optimizers.",
            ),
            Entry(
                "get",
                to="get",
                args={
                    "identifier": to("identifier", "optimizer"),
                    "kwargs": gone("make the optimizer from its class with these arguments"),
                },
                rule="get_by_name",
                docs="A name that shows only when the program runs goes to the compat module.",
            ),
            Entry(
                "optimizer_from_config",
                to="deserialize",
                assumed="a configuration made by Keras 1 names arguments that are gone",
            ),
            Entry(
                "clip_norm",
                manual="give `global_clipnorm` to the optimizer, or scale the gradients with "
                "keras.ops.",
            ),
        ),
    ),
)

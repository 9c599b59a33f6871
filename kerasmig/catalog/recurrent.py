"""``keras.layers.recurrent``: SimpleRNN, GRU, LSTM."""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.layer import LAYER, SEQUENCE_INPUT, WEIGHTS
from kerasmig.catalog.layer_facts import recurrent
from kerasmig.catalog.values import kernel
from kerasmig.catalog.vocabulary import Arguments, Entry, Family, drop, handled, spread, to

_RECURRENT: Arguments = {
    **LAYER,
    **WEIGHTS,
    **SEQUENCE_INPUT,
    "output_dim": to("units"),
    "init": to("kernel_initializer", "initializer"),
    "inner_init": to("recurrent_initializer", "initializer"),
    "activation": to("activation", "activation"),
    "inner_activation": to("recurrent_activation", "activation"),
    "forget_bias_init": to("unit_forget_bias", "forget_bias"),
    "W_regularizer": to("kernel_regularizer", "regularizer"),
    "U_regularizer": to("recurrent_regularizer", "regularizer"),
    "b_regularizer": to("bias_regularizer", "regularizer"),
    "dropout_W": to("dropout"),
    "dropout_U": to("recurrent_dropout"),
    "consume_less": drop("how the work was arranged; the results were the same"),
}

# LSTM and GRU, unless consume_less='gpu': one kernel per gate (`build` in recurrent.py).
_GATES_APART: Arguments = {
    "inner_init": drop("Keras 1.2.2 used `init` for the recurrent kernels too"),
    "W_regularizer": spread("kernel_regularizer", "recurrent_regularizer", convert="regularizer"),
    "U_regularizer": drop("Keras 1.2.2 applied `W_regularizer` to the recurrent kernels too"),
    "consume_less": handled(
        "'cpu' and 'mem' go. Under 'gpu' Keras 1 had one kernel for all gates and did look at "
        "`inner_init` and `U_regularizer`: there they become `recurrent_initializer` and "
        "`recurrent_regularizer`"
    ),
}


def _gates(number: int) -> Arguments:
    """The arguments of a layer with so many kernels of each kind."""
    kernels = spread(
        "kernel_initializer", "recurrent_initializer", convert=f"kernel_of_{number}_gates"
    )
    return {"init": kernels, **_GATES_APART}


def _kernels(number: int) -> dict[str, str]:
    return dict.fromkeys(("kernel_initializer", "recurrent_initializer"), kernel(f"{number} gates"))


GATES_TOGETHER: Arguments = {
    name: _RECURRENT[name] for name in ("init", "inner_init", "W_regularizer", "U_regularizer")
}
"""What becomes of the same arguments under ``consume_less='gpu'``."""

_TOGETHER_WRITE = {"recurrent_initializer": "{keras.initializers.Orthogonal}(1.1)"}


def gates_together_write(write: Mapping[str, str]) -> dict[str, str]:
    """The defaults to be written out under ``consume_less='gpu'``, from those without it."""
    rest = {name: text for name, text in write.items() if name != "kernel_initializer"}
    return {**rest, **_TOGETHER_WRITE}


_HARD_SIGMOID = {"recurrent_activation": "{keras1_compat.hard_sigmoid}"}
_GATE_DIFFERS = (
    "With `dropout_W` or `dropout_U`, Keras 1 drew one mask per gate and Keras 3 draws one for all."
)

FAMILIES = (
    Family(
        code="KM208",
        name="recurrent-layer",
        summary="Spell recurrent layers the way Keras 3 does, and keep what they compute.",
        why=(
            "Every default LSTM and GRU of Keras 1 has hard-sigmoid gates (0.2 x + 0.5), Keras "
            "3's have sigmoid gates; GRU applies the reset gate at another place by default. A "
            "rename alone runs, and gives other numbers with the same weights."
        ),
        safety=(
            "Gate activation, reset gate and initialisers of Keras 1 are written out. LSTM and GRU "
            "of Keras 1.2.2 ignored `inner_init` and `U_regularizer` unless `consume_less='gpu'` "
            "and used `init` and `W_regularizer` in their place: so does the rewritten layer. They "
            "also made a kernel for each gate: `Keras1Kernel` of `keras1_compat` draws them so."
        ),
        example=(
            "LSTM(32, input_dim=64, input_length=10, dropout_W=0.2)",
            "LSTM(32, input_shape=(10, 64), dropout=0.2, recurrent_activation=hard_sigmoid, "
            "kernel_initializer=Keras1Kernel('glorot_uniform', '4 gates'), "
            "recurrent_initializer=Keras1Kernel('glorot_uniform', '4 gates'))",
        ),
        module="keras.layers.recurrent",
        common=_RECURRENT,
        entries=(
            Entry(
                "SimpleRNN",
                layer=recurrent(),
                to="SimpleRNN",
                write={"recurrent_initializer": "{keras.initializers.Orthogonal}(1.1)"},
                differs=(
                    "Keras 1 applied `dropout_W` twice over by default, and not at all under "
                    "consume_less='mem' and 'gpu'."
                ),
            ),
            Entry(
                "GRU",
                layer=recurrent("zrh", "zrh"),
                to="GRU",
                rule="gated_recurrent",
                args=_gates(3),
                write={**_HARD_SIGMOID, **_kernels(3), "reset_after": "False"},
                differs=_GATE_DIFFERS,
            ),
            Entry(
                "LSTM",
                layer=recurrent("ifco", "icfo"),
                to="LSTM",
                rule="gated_recurrent",
                args=_gates(4),
                write={**_HARD_SIGMOID, **_kernels(4)},
                differs=_GATE_DIFFERS,
            ),
            Entry(
                "Recurrent",
                manual=(
                    "Write a cell (a layer with `state_size` and `call(inputs, states)`) from the "
                    "subclass's `step`, and give it to `keras.layers.RNN`."
                ),
            ),
            Entry(
                "time_distributed_dense",
                manual="`keras.ops.matmul(x, w) + b` does it; dropout goes through a layer.",
            ),
        ),
    ),
)

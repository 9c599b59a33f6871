"""``keras.layers.embeddings``."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER
from kerasmig.catalog.layer_facts import LayerFacts, Role
from kerasmig.catalog.vocabulary import Entry, Family, handled, to

FAMILIES = (
    Family(
        code="KM209",
        name="embedding-layer",
        summary="Spell Embedding the way Keras 3 does, and keep its input length.",
        why=(
            "`init`, `W_regularizer` and `dropout` are errors in Keras 3. `input_length` is taken "
            "with a warning and ignored: a `Flatten` after it cannot be built any more."
        ),
        safety=(
            "`dropout` dropped whole words of the vocabulary in Keras 1, which no layer of Keras 3 "
            "does: `keras1_compat.WordDropoutEmbedding` does it."
        ),
        example=(
            "Embedding(1000, 64, input_length=10, init='normal')",
            "Embedding(1000, 64, input_shape=(10,), embeddings_initializer='random_normal')",
        ),
        module="keras.layers.embeddings",
        common=LAYER,
        entries=(
            Entry(
                "Embedding",
                layer=LayerFacts(role=Role.EMBEDDING, shape="embedding"),
                to="Embedding",
                rule="embedding",
                differs="Where a batch repeats a row, Keras 3 (3.15) squares its gradients before it "
                "adds them up: Adam, RMSprop, Adagrad and their like then move the row otherwise.",
                args={
                    "init": to("embeddings_initializer", "initializer"),
                    "input_length": handled(
                        "`input_shape=(input_length,)` where the layer is the first of a "
                        "Sequential model, `(None,)` there if it was left out; gone elsewhere"
                    ),
                    "W_regularizer": to("embeddings_regularizer", "regularizer"),
                    "activity_regularizer": to("activity_regularizer", "activity_regularizer"),
                    "W_constraint": to("embeddings_constraint", "constraint"),
                    "mask_zero": to("mask_zero"),
                    "weights": to("weights"),
                    "dropout": handled(
                        "0: gone. Otherwise the layer becomes "
                        "`keras1_compat.WordDropoutEmbedding`, which takes it"
                    ),
                },
            ),
        ),
    ),
)

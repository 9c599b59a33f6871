"""``keras.callbacks``, compared line by line with those of Keras 3.15."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Arguments, Entry, Family, gone, handled, to

_MONITOR: Arguments = {
    "monitor": to("monitor", "logged_key"),
    "mode": handled(
        "written out where it was left to the name ('acc' in it: max, else min) and Keras 3 "
        "cannot tell: it raises for a metric that it does not know"
    ),
}

FAMILIES = (
    Family(
        code="KM407",
        name="callback",
        summary="Spell callbacks the way Keras 3 does and keep when they act.",
        why=(
            "EarlyStopping stops one epoch earlier for the same `patience`; ModelCheckpoint counts "
            "epochs in file names from 1, raises for file names that do not end in .keras, .h5 or "
            ".weights.h5, and has no `period`; ReduceLROnPlateau's `epsilon` became `min_delta`."
        ),
        safety=(
            "File names are rewritten only where they are literals, and whatever reads these "
            "files must follow: such findings are `assumed`."
        ),
        example=(
            "EarlyStopping(monitor='val_loss', patience=2)",
            "EarlyStopping(monitor='val_loss', patience=3)",
        ),
        module="keras.callbacks",
        target="keras.callbacks",
        entries=(
            Entry(
                "Callback",
                to="Callback",
                rule="callback_subclass",
                docs=(
                    "Methods keep their names; `self.params['nb_epoch']` is `['epochs']`, "
                    "`['nb_sample']` and `['batch_size']` are gone (`['steps']` counts batches), "
                    "`['metrics']` and `['do_validation']` are gone; `self.model.validation_data` "
                    "is gone; `logs['size']` is gone; `_set_model` and `_set_params` of Keras "
                    "1.0 are `set_model` and `set_params`."
                ),
            ),
            Entry(
                "CallbackList",
                to="CallbackList",
                args={"queue_length": gone("Keras 3 keeps no timings of batches")},
                docs="Also `_set_model` and `_set_params` of Keras 1.0.",
            ),
            Entry(
                "BaseLogger",
                manual="Keras 3 averages metrics itself: leave the callback out.",
            ),
            Entry("ProgbarLogger", to="ProgbarLogger"),
            Entry("History", to="History"),
            Entry(
                "ModelCheckpoint",
                to="ModelCheckpoint",
                rule="model_checkpoint",
                args={
                    **_MONITOR,
                    "filepath": handled(
                        "must end in .weights.h5 with `save_weights_only`, else in .keras or .h5; "
                        "`{epoch}` counts from 1 now"
                    ),
                    "period": handled("gone: compat.ModelCheckpoint counts epochs"),
                },
                docs=(
                    "Where `period` is given or the file name has `{epoch}`, "
                    "`keras1_compat.ModelCheckpoint` keeps both."
                ),
            ),
            Entry(
                "EarlyStopping",
                to="EarlyStopping",
                rule="monitor",
                args={**_MONITOR, "patience": to("patience", "one_more")},
                write_when={"restore_best_weights": ("False", ("patience",))},
                contract=("patience=0", "patience=1", "patience=2", "patience=2, min_delta=0.1"),
                docs=(
                    "Keras 1 stopped after more than `patience` epochs without improvement, "
                    "Keras 3 after `patience` of them; 0 means the same in both."
                ),
            ),
            Entry(
                "ReduceLROnPlateau",
                to="keras1_compat.ReduceLROnPlateau",
                idiomatic="ReduceLROnPlateau",
                rule="monitor",
                args={**_MONITOR, "epsilon": to("min_delta")},
                docs=(
                    "Keras 1 waited `patience` epochs more before it lowered the rate for the first "
                    "time and after each improvement, Keras 3 lowers it one epoch earlier; Keras 1 "
                    "logged the rate as `lr`, Keras 3 as `learning_rate`."
                ),
            ),
            Entry(
                "LearningRateScheduler",
                to="LearningRateScheduler",
                rule="learning_rate_scheduler",
                docs=(
                    "Keras 3 calls `schedule(epoch, learning_rate)` first and falls back to "
                    "`schedule(epoch)` on a TypeError: a schedule with a second parameter that "
                    "has a default now gets the rate there. Keras 3 logs the rate, too: where the "
                    "schedule is not seen, or a history is read as a whole, "
                    "`keras1_compat.LearningRateScheduler` does neither."
                ),
            ),
            Entry(
                "RemoteMonitor",
                to="RemoteMonitor",
                docs="Keras 1's default headers said JSON although it sent a form; Keras 3's is "
                "None.",
            ),
            Entry(
                "TensorBoard",
                to="TensorBoard",
                docs="The default folder './logs' is 'logs'. Histograms of outputs are gone.",
            ),
            Entry("CSVLogger", to="CSVLogger"),
            Entry(
                "LambdaCallback",
                to="LambdaCallback",
                args={
                    "on_batch_begin": to("on_train_batch_begin"),
                    "on_batch_end": to("on_train_batch_end"),
                },
            ),
            Entry(
                "parse_version",
                manual="import it from the package `packaging` (`packaging.version.parse`).",
            ),
        ),
    ),
)

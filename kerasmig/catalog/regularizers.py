"""``keras.regularizers``."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry, Family, to

_BOTH = {"l1": "0.01", "l2": "0.01"}

FAMILIES = (
    Family(
        code="KM222",
        name="regularizer",
        summary="Spell weight and activity regularizers the way Keras 3 does.",
        why=(
            "`l1l2(...)`, `activity_l2(...)` and `WeightRegularizer(...)` are gone. The name "
            "`'l1l2'` is still taken and means no penalty at all; `l1l2()` meant 0.01 and 0.01."
        ),
        safety=(
            "The penalties are the same sums. Keras 3 divides what an `activity_regularizer` "
            "returns by the batch size: `keras1_compat.SumOverBatch` around it undoes that."
        ),
        example=(
            "Dense(10, W_regularizer=l1l2(), activity_regularizer=activity_l2(0.1))",
            "Dense(10, kernel_regularizer=l1_l2(l1=0.01, l2=0.01), "
            "activity_regularizer=SumOverBatch(l2(0.1)))",
        ),
        module="keras.regularizers",
        target="keras.regularizers",
        entries=(
            Entry("l1", to="l1", args={"l": to("l1")}),
            Entry("l2", to="l2", args={"l": to("l2")}),
            Entry("l1l2", to="l1_l2", write=_BOTH),
            Entry("activity_l1", to="l1", args={"l": to("l1")}),
            Entry("activity_l2", to="l2", args={"l": to("l2")}),
            Entry("activity_l1l2", to="l1_l2", write=_BOTH),
            Entry(
                "L1L2Regularizer",
                to="L1L2",
                docs="Also known as `WeightRegularizer` and `ActivityRegularizer`.",
            ),
            Entry("EigenvalueRegularizer", to="keras1_compat.EigenvalueRegularizer"),
            Entry("Regularizer", to="Regularizer"),
            Entry("get", to="keras1_compat.get_regularizer"),
        ),
    ),
)

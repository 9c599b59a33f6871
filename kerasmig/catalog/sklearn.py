"""``keras.wrappers.scikit_learn``."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry, Family

FAMILIES = (
    Family(
        code="KM605",
        name="sklearn-wrapper",
        summary="Keep the scikit-learn wrappers.",
        why=(
            "Keras 3 has wrappers with another interface (`SKLearnClassifier(model, fit_kwargs)`): "
            "its model function gets X and y, and `sk_params` are gone."
        ),
        safety=(
            "The compat classes have Keras 1's interface on today's `fit` and `predict`. "
            "`nb_epoch=` among the parameters is taken as `epochs`. `clone`, `cross_val_score` and "
            "`GridSearchCV` of today's scikit-learn take them; as with Keras 1, folds are not "
            "stratified unless asked for. For new code look at SciKeras."
        ),
        example=(
            "from keras.wrappers.scikit_learn import KerasClassifier",
            "from keras1_compat import KerasClassifier",
        ),
        module="keras.wrappers.scikit_learn",
        target="keras.wrappers",
        entries=(
            Entry("BaseWrapper", to="keras1_compat.BaseWrapper", any_keyword=True),
            Entry(
                "KerasClassifier",
                to="keras1_compat.KerasClassifier",
                idiomatic="SKLearnClassifier",
                any_keyword=True,
            ),
            Entry(
                "KerasRegressor",
                to="keras1_compat.KerasRegressor",
                idiomatic="SKLearnRegressor",
                any_keyword=True,
            ),
        ),
    ),
)

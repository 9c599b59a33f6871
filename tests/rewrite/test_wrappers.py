"""Bidirectional beside masks."""

from tests.rewrite.helpers import automatic, upgrade

HEAD = "from keras.layers import Bidirectional, Dense, LSTM, Masking\nDense(output_dim=2)\n"
BOTH = "Bidirectional(LSTM(3, return_sequences=True))\n"


def test_masked_steps_repeat_the_last_output() -> None:
    result = upgrade(HEAD + "Masking(0.)\n" + BOTH)
    assert "from keras1_compat import Bidirectional" in result.new
    assert automatic(result)


def test_without_masks_it_stays_that_of_keras_3() -> None:
    assert "import Bidirectional, " in upgrade(HEAD + BOTH).new


def test_idiomatic_takes_that_of_keras_3() -> None:
    result = upgrade(HEAD + "Masking(0.)\n" + BOTH, idiomatic=True)
    assert "keras1_compat" not in result.new


STEPS = "from keras.layers import BatchNormalization, Dense, TimeDistributed\nDense(output_dim=2)\n"


def test_batch_normalization_at_every_step_is_that_of_one_batch() -> None:
    result = upgrade(STEPS + "TimeDistributed(BatchNormalization())\n")
    assert "from keras1_compat import TimeDistributed" in result.new
    assert automatic(result)


def test_a_model_at_every_step_may_have_batch_normalization() -> None:
    result = upgrade(STEPS + "TimeDistributed(net)\n")
    assert "from keras1_compat import TimeDistributed" in result.new


def test_other_layers_at_every_step_stay_with_keras_3() -> None:
    result = upgrade(STEPS + "TimeDistributed(Dense(3))\n")
    assert "keras1_compat" not in result.new

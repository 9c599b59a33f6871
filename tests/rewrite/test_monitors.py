"""Keys of logged values."""

from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_manual, check_noop, check_rewrite, find

MODEL = "from keras.models import Model\nmodel = Model(input=a, output=b)\n"
NEW_MODEL = "from keras.models import Model\nmodel = Model(inputs=a, outputs=b)\n"


def test_history() -> None:
    result = check_rewrite(
        MODEL
        + "h = model.fit(x, y, nb_epoch=1)\nprint(h.history['acc'], h.history[\"val_loss\"])\n",
        NEW_MODEL
        + "h = model.fit(x, y, epochs=1)\nprint(h.history['accuracy'], h.history[\"val_loss\"])\n",
        idiomatic=True,
    )
    find(result, "KM408", "logged as 'accuracy'", Applicability.AUTOMATIC)


def test_logs_of_a_callback() -> None:
    check_rewrite(
        MODEL
        + "class C(object):\n    def on_epoch_end(self, epoch, logs={}):\n        logs.get('val_acc')\n",
        NEW_MODEL
        + "class C(object):\n    def on_epoch_end(self, epoch, logs={}):\n"
        + "        logs.get('val_accuracy')\n",
        idiomatic=True,
    )


def test_something_called_history() -> None:
    result = check_rewrite(
        MODEL + "print(all_history['one_acc'])\n",
        NEW_MODEL + "print(all_history['one_accuracy'])\n",
        idiomatic=True,
    )
    find(result, "KM408", "is taken for logged values", Applicability.ASSUMED)


def test_keys_in_a_list() -> None:
    source = MODEL + "keys = ['loss', 'val_acc']\n"
    check_manual(source, "KM408", "'val_accuracy' today", idiomatic=True)


def test_titles() -> None:
    source = MODEL + "plt.title('val_acc')\n"
    check_rewrite(source, NEW_MODEL + "plt.title('val_acc')\n")


def test_other_dictionaries() -> None:
    check_rewrite(MODEL + "print(table['acc'])\n", NEW_MODEL + "print(table['acc'])\n")


def test_later_keras() -> None:
    check_noop(
        "from keras.layers import Dense\nDense(1, kernel_initializer='zeros')\nprint(history['acc'])\n"
    )


def test_membership() -> None:
    check_rewrite(
        MODEL + "print('acc' in logs, 'val_acc' not in logs, logs.pop('loss'))\n",
        NEW_MODEL + "print('accuracy' in logs, 'val_accuracy' not in logs, logs.pop('loss'))\n",
        idiomatic=True,
    )


def test_accuracy_keeps_its_key_wherever_it_is_read() -> None:
    reads = "print(h['acc'], history.history['val_acc'], logs.get('acc'), ['val_acc'])\n"
    check_rewrite(MODEL + reads, NEW_MODEL + reads)


def test_the_rate_keeps_its_key() -> None:
    check_rewrite(MODEL + "print(history['lr'])\n", NEW_MODEL + "print(history['lr'])\n")
    check_rewrite(
        MODEL + "print(history['lr'])\n",
        NEW_MODEL + "print(history['learning_rate'])\n",
        idiomatic=True,
    )

"""The words in which rows of methods and attributes are written.

A receiver is often known only by its name (`model.fit`), so each row says how certain the name
alone makes it, and which arguments only Keras 1 has. Signatures come from the photograph
(``surface``); all targets were tried on Keras 3.15 with TensorFlow 2.21.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from kerasmig.catalog.vocabulary import NOTHING, Argument, Arguments, to

MODEL = "keras.engine.training.Model"
SEQUENTIAL = "keras.models.Sequential"
CONTAINER = "keras.engine.topology.Container"
LAYER = "keras.engine.topology.Layer"
OPTIMIZER = "keras.optimizers.Optimizer"
CALLBACK = "keras.callbacks.Callback"
GENERATOR = "keras.preprocessing.image.ImageDataGenerator"


class Certainty(Enum):
    """What a method's name says about its receiver.

    Members:
        NAME: nothing else is called so: ``fit_generator``.
        ARGUMENTS: certain together with an argument that only Keras 1 has: ``fit(nb_epoch=2)``.
        RECEIVER: other libraries have it too: ``fit``, ``add``, ``save``; the receiver decides.
    """

    NAME = "name"
    ARGUMENTS = "arguments"
    RECEIVER = "receiver"


class Method(NamedTuple):
    """What becomes of one method (or attribute) of Keras 1.

    Args:
        name: its name.
        owner: canonical Keras 1 class that has it.
        code: the rule's code.
        to: its name in Keras 3; ``None``: gone. The same name: only arguments change.
        args: what becomes of old arguments; unlisted ones keep their name.
        only_keras1: keywords that no other library and no later Keras takes: with one of them a
            call is certain, whatever the receiver is.
        certainty: what the name alone says.
        attribute: it is read or assigned, not called.
        write, write_when: as in `vocabulary.Entry`.
        template: as in `vocabulary.Entry`; ``{self}`` is the receiver.
        rule: structural rule that takes the place of the plain mapping.
        assumed: every rewrite is an assumption, for this reason.
        manual: never rewritten: what the person has to do.
        docs: what a reader should know beyond.
        new_order: positional parameters in Keras 3.
        unpacked: function of ``keras1_compat`` that gives the keys of an unpacked dictionary their
            names of today.
    """

    name: str
    owner: str
    code: str
    to: str | None = None
    args: Arguments = NOTHING
    only_keras1: tuple[str, ...] = ()
    certainty: Certainty = Certainty.RECEIVER
    attribute: bool = False
    write: Mapping[str, str] = NOTHING
    write_when: Mapping[str, tuple[str, tuple[str, ...]]] = NOTHING
    template: str = ""
    rule: str = ""
    assumed: str = ""
    manual: str = ""
    docs: str = ""
    new_order: tuple[str, ...] = ()
    unpacked: str = ""

    def argument(self, old: str) -> Argument:
        """What becomes of an old argument; its own name where the row says nothing."""
        for key, value in self.args.items():
            if old == key or (isinstance(key, tuple) and old in key):
                return value
        return to(old)


def plain(owner: str, names: str, code: str = "KM304") -> tuple[Method, ...]:
    """Methods that Keras 3 has under the same name with the same arguments."""
    return tuple(Method(name, owner, code, to=name) for name in names.split())


def attributes(owner: str, names: str, code: str, manual: str) -> tuple[Method, ...]:
    """Attributes without counterpart; rare enough as names to be certain."""
    return tuple(
        Method(name, owner, code, attribute=True, certainty=Certainty.NAME, manual=manual)
        for name in names.split()
    )

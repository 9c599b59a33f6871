"""The state of an optimizer of Keras 1, for the one of Keras 3 that takes its place."""

from __future__ import annotations

from typing import Any

# What Keras 1 kept, in its order, by the attributes of Keras 3 (or of the compat class).
_SLOTS = {
    "SGD": (True, ("momentums",)),
    "RMSprop": (False, ("_velocities",)),
    "Adagrad": (False, ("_accumulators",)),
    "Adadelta": (False, ("_accumulated_grads", "_accumulated_delta_vars")),
    "Adam": (True, ("_momentums", "_velocities")),
    "Adamax": (True, ("_m", "_u")),
    "Nadam": (True, ("_momenta", "_velocities")),
}


def give_state(model: Any, pairs: list[Any], group: Any, request: dict[str, Any]) -> None:
    """Assign the arrays of a group ``optimizer_weights`` to a compiled model's optimizer.

    Raises:
        ValueError: the arrays do not fit the trained weights.
    """
    import numpy as np

    from kerasmig.compat.parts import old_files

    parts: Any = old_files
    kind = request["optimizer"]
    counted, slots = _SLOTS[kind]
    names = [n.decode() if isinstance(n, bytes) else str(n) for n in group.attrs["weight_names"]]
    arrays = [np.asarray(group[name]) for name in names]
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    if counted:
        optimizer.iterations.assign(int(arrays.pop(0)))
    if not arrays:
        return
    ordering = request.get("ordering") or parts._common_ordering(pairs)
    flip = request.get("backend") == "theano"
    leaves = [(leaf, own) for leaf, own in parts._leaf_pairs(pairs) if leaf.trainable]
    each = len(arrays) // len(slots)
    for number, slot in enumerate(slots):
        kept = arrays[number * each : (number + 1) * each]
        variables = getattr(optimizer, slot, None) or getattr(optimizer, f"_{slot}", None)
        if variables is None:
            continue
        for leaf, own in leaves:
            rest = len(leaf.non_trainable_weights)
            mine, kept = kept[: len(own) - rest], kept[len(own) - rest :]
            if not mine:
                continue
            converted = _converted(parts, leaf, mine, ordering, flip)
            for variable, value in zip(leaf.trainable_weights, converted, strict=True):
                variables[optimizer._get_variable_index(variable)].assign(value)
        if kept:
            raise ValueError(f"the optimizer has {len(kept)} arrays more than are trained")


def _converted(parts: Any, leaf: Any, arrays: list[Any], ordering: Any, flip: bool) -> list[Any]:
    layout = parts.own_array_layout(leaf)
    wanted = [tuple(weight.shape) for weight in leaf.trainable_weights]
    for tried in (ordering or parts.own_ordering(leaf), "th", "tf"):
        found: list[Any] = parts.arrays_from_keras1(layout, arrays, tried, flip)
        if [a.shape for a in found] == wanted:
            return found
    raise ValueError(f"the optimizer's arrays do not fit {leaf.name}")

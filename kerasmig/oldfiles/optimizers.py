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


def give_state(model: Any, pairs: list[Any], group: Any, request: dict[str, Any]) -> str:
    """Assign the arrays of a group ``optimizer_weights`` to a compiled model's optimizer.

    Returns:
        Why nothing was assigned; empty if all was.
    """
    from kerasmig.compat.parts import old_files

    parts: Any = old_files
    kind = request["optimizer"]
    counted, slots = _SLOTS[kind]
    names = [n.decode() if isinstance(n, bytes) else str(n) for n in group.attrs["weight_names"]]
    arrays = [group[name] for name in names]  # read when they are needed
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    steps = int(arrays.pop(0)[()]) if counted and arrays else 0
    ordering = request.get("ordering") or parts._common_ordering(pairs)
    flip = request.get("backend") == "theano"
    leaves = [(leaf, _trained(leaf, own)) for leaf, own in parts._leaf_pairs(pairs)]
    # Keras 1 sorted all that is trained by the names of the variables.
    order = sorted(name for _, own in leaves for name in own)
    if len(set(order)) != len(order):
        return "two of its arrays have one name"
    if len(arrays) != len(order) * len(slots):
        return f"it has {len(arrays)} arrays for {len(order)} that are trained"
    found = []
    for number, slot in enumerate(slots):
        kept = dict(zip(order, arrays[number * len(order) :], strict=False))
        variables = getattr(optimizer, slot, None) or getattr(optimizer, f"_{slot}", None)
        if not variables:
            continue  # SGD without momentum keeps nothing today
        for leaf, own in leaves:
            converted = _converted(parts, leaf, [kept[name] for name in own], ordering, flip)
            if converted is None:
                return f"its arrays do not fit {leaf.name}"
            for variable, value in zip(leaf.trainable_weights, converted, strict=True):
                found.append((variables[optimizer._get_variable_index(variable)], value))
    for variable, value in found:
        variable.assign(value)
    optimizer.iterations.assign(steps)
    return ""


def _trained(leaf: Any, own: list[Any]) -> list[str]:
    """The names of those arrays of a layer that are trained, which Keras 1 listed first."""
    if not leaf.trainable:
        return []
    return [name for name, _ in own[: len(own) - len(leaf.non_trainable_weights)]]


def _converted(
    parts: Any, leaf: Any, arrays: list[Any], ordering: Any, flip: bool
) -> list[Any] | None:
    """The arrays as the layer has its weights; ``None`` if they do not fit."""
    if not arrays:
        return []
    layout = parts.own_array_layout(leaf)
    wanted = [tuple(weight.shape) for weight in leaf.trainable_weights]
    for tried in (ordering or parts.own_ordering(leaf), "th", "tf"):
        try:
            found: list[Any] = parts.arrays_from_keras1(layout, arrays, tried, flip)
        except ValueError:
            continue
        if [a.shape for a in found] == wanted:
            return found
    return None

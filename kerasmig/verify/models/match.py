"""Pairing models with models by place, and layers with layers by order and kind."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import known_layer, may_become, role_of
from kerasmig.verify.descriptions import LayerFacts
from kerasmig.verify.protocol import Built

# Models are no layers: what an old class of model may have become.
_MODELS = {
    "Model": frozenset({"Functional", "Sequential"}),
    "Sequential": frozenset({"Functional", "Model"}),
}
_GAP_OLD = -2.0
_GAP_NEW = -1.0


def similarity(old: LayerFacts, new: LayerFacts) -> float:
    """How well a new layer may stand for an old one; negative: not at all."""
    if bool(old["is_model"]) != bool(new["is_model"]):
        return -10.0
    kinds = [old["class"], *old.get("bases", ())]
    becomes = frozenset().union(*(_MODELS.get(kind) or may_become(kind) for kind in kinds))
    inner_old, inner_new = old.get("inner") or {}, new.get("inner") or {}
    if new["class"] in kinds or new["class"] in becomes:
        score = 4.0
    elif (
        Role.MERGE in map(role_of, kinds)
        and (new.get("operation") or any(map(new["class"].startswith, kinds)))
    ) or set(kinds) & set(new.get("bases", ())):
        score = 3.0
    elif old["weights"] and new["weights"] and role_of(new["class"]) is not Role.INPUT:
        score = 0.5  # other class, but it holds weights too: a compat class or a user's layer
    elif (
        not old["weights"]
        and not new["weights"]
        and Role.INPUT not in map(role_of, (*kinds, new["class"]))
    ):
        score = 0.2
    else:
        return -10.0
    if inner_old and inner_new and inner_old["class"] != inner_new["class"]:
        score -= 0.5
    if old["depth"] != new["depth"]:
        score -= 1.0
    if old["shapes"] == new["shapes"]:
        score += 1.0
    if old["params"] == new["params"]:
        score += 1.0 if old["params"] else 0.2
    if old["name"] == new["name"] and not _is_automatic(old):
        score += 1.0
    return score


def _is_automatic(row: LayerFacts) -> bool:
    """Whether Keras 1 gave a layer its name: today's count is another, so it says nothing."""
    return re.fullmatch(rf"{re.escape(row['class'].lower())}_\d+", row["name"]) is not None


def align_layers(
    old: Sequence[LayerFacts], new: Sequence[LayerFacts]
) -> list[tuple[int | None, int | None]]:
    """Pairs of row indices, in order; None on a side that has no counterpart.

    A global alignment: the sum of similarities is as large as can be. Rows of both sides come in
    topological order, so only insertions and deletions have to be found.
    """
    columns = len(new) + 1
    best = [[0.0] * columns for _ in range(len(old) + 1)]
    move = [[""] * columns for _ in range(len(old) + 1)]
    for j in range(1, columns):
        best[0][j], move[0][j] = best[0][j - 1] + _gap_new(new[j - 1]), "n"
    for i in range(1, len(old) + 1):
        best[i][0], move[i][0] = best[i - 1][0] + _GAP_OLD, "o"
        for j in range(1, columns):
            score = similarity(old[i - 1], new[j - 1])
            options = [
                (best[i - 1][j] + _GAP_OLD, "o"),
                (best[i][j - 1] + _gap_new(new[j - 1]), "n"),
            ]
            if score > 0:
                options.append((best[i - 1][j - 1] + score, "="))
            best[i][j], move[i][j] = max(options)
    pairs: list[tuple[int | None, int | None]] = []
    i, j = len(old), len(new)
    while i or j:
        step = move[i][j]
        if step == "=":
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif step == "o":
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def _gap_new(row: LayerFacts) -> float:
    layer = known_layer(row["class"])
    may_be_added = layer is not None and layer.facts.may_be_added
    return -0.2 if may_be_added and not row["weights"] else _GAP_NEW


def pair_models(old: Sequence[Built], new: Sequence[Built]) -> list[tuple[int, int | None]]:
    """For each old model the new one from the same place, or None.

    Args:
        old, new: what each program has built, in the order of making.

    Models are told apart by call, file and function first, within these by the variable they are
    bound to, then by order.
    """
    free: list[int] = list(range(len(new)))
    result: dict[int, int] = {}
    for fields in (
        ("call", "file", "function", "variable"),
        ("call", "file", "function"),
        ("call", "file"),
        ("file", "function", "variable"),
    ):
        for i, model in enumerate(old):
            if i in result or ("variable" in fields and not model.variable):
                continue
            for j in free:
                if all(getattr(model, f) == getattr(new[j], f) for f in fields):
                    result[i] = j
                    free.remove(j)
                    break
    return [(i, result.get(i)) for i in range(len(old))]

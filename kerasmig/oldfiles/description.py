"""What an old file is, and what will become of it: for people and as JSON."""

from __future__ import annotations

from typing import Any

from kerasmig.oldfiles.configs import all_layers, layer_name
from kerasmig.oldfiles.converting import Converter
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError
from kerasmig.oldfiles.plain import kinds_of
from kerasmig.oldfiles.reading import OldFile

_KINDS = {
    "weights": "weights",
    "model": "a model with weights",
    "configuration": "a model without weights",
}


def described(converter: Converter, file: OldFile) -> dict[str, Any]:
    """What `kerasmig inspect` says of a file."""
    found: dict[str, Any] = {
        "path": str(file.path),
        "kind": file.kind,
        "keras": file.version or {0: "0.x", 1: "1.x", 2: "2.x", 3: "3.x"}.get(file.era, ""),
        "backend": file.backend or None,
        "parameters": file.parameters,
        "layers": _layers(file),
        "compiled": (file.training or {}).get("loss"),
        "optimizer_arrays": len(file.optimizer),
    }
    if file.era == 3:
        return {**found, "becomes": None, "answer": "was written by Keras 3: nothing to do"}
    try:
        plan = converter.plan(file)
    except NeedsAnswer as error:
        return {**found, "becomes": None, "answer": str(error)}
    except OldFileError as error:
        return {**found, "becomes": None, "problem": str(error)}
    found["ordering"] = plan.ordering.value or None
    found["trained_on"] = plan.backend.value or None
    found["evidence"] = list(plan.evidence)
    found["notes"] = list(plan.notes)
    found["becomes"] = str(plan.output)
    if plan.program is not None:
        found["source"] = plan.program.source
    return found


def _layers(file: OldFile) -> list[dict[str, Any]]:
    if file.config is not None:
        classes = {
            layer_name(layer): layer["class_name"]
            for layer in all_layers(file.config)
            if isinstance(layer.get("class_name"), str)
        }
    else:
        classes = {name: kind.old for name, kind in kinds_of(file, {}).items()}
    if file.kind == "configuration":
        return [{"name": name, "class": kind, "arrays": []} for name, kind in classes.items()]
    return [
        {
            "name": group.name,
            "class": classes.get(group.name) or None,
            "arrays": [{"name": a.name, "shape": list(a.shape)} for a in group.arrays],
        }
        for group in file.groups
    ]


def as_text(found: dict[str, Any], verbose: bool) -> str:
    """The description for people."""
    lines = [f"{found['path']}: {_KINDS[found['kind']]}, written by Keras {found['keras']}"]
    if found["backend"]:
        lines[0] += f" on {found['backend']}"
    layers = found["layers"]
    full = [layer for layer in layers if layer["arrays"]]
    if found["kind"] != "configuration":
        lines.append(
            f"  {len(layers)} layers, {len(full)} with weights, "
            f"{found['parameters']:,} parameters"
        )
    else:
        lines.append(f"  {len(layers)} layers")
    shown = layers if verbose else (full or layers)[:8]
    for layer in shown:
        shapes = ", ".join(str(tuple(a["shape"])) for a in layer["arrays"])
        kind = layer["class"] or f"(not certain: --kind {layer['name']}=CLASS)"
        lines.append(f"    {layer['name']}  {kind}  {shapes}".rstrip())
    if len(shown) < len(full or layers) and not verbose:
        lines.append(f"    … and {len(full or layers) - len(shown)} more (--verbose)")
    if found.get("compiled"):
        state = f", state of the optimizer ({found['optimizer_arrays']} arrays)"
        lines.append(
            f"  compiled with loss {found['compiled']!r}"
            + (state if found["optimizer_arrays"] else "")
        )
    for sentence in found.get("evidence", ()):
        lines.append(f"  {sentence}")
    for note in found.get("notes", ()):
        lines.append(f"  assumed: {note}")
    if found.get("becomes"):
        lines.append(f"  → kerasmig convert {found['path']} writes {found['becomes']}")
    elif found.get("answer"):
        lines.append(f"  {found['answer']}")
    else:
        lines.append(f"  cannot be converted: {found.get('problem')}")
    return "\n".join(lines)

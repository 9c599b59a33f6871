"""An old file becomes one of Keras 3: what is to be done is found out first, then done, then proven."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from kerasmig.disk.atomic import publish
from kerasmig.disk.scratch import scratch_folder
from kerasmig.oldfiles.beside import model_beside
from kerasmig.oldfiles.configs import Config
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError
from kerasmig.oldfiles.evidence import Verdict, backend_of, needs_ordering, ordering_of
from kerasmig.oldfiles.migrating import NewProgram, migrated
from kerasmig.oldfiles.plain import kinds_of, plain_layers
from kerasmig.oldfiles.proving import Proof, Prover, step_note
from kerasmig.oldfiles.reading import OldFile, Reader
from kerasmig.oldfiles.workers import Worker

_ENDINGS = {"keras": ".keras", "weights": ".weights.h5", "h5": ".keras3.h5", "json": ".keras3.json"}
_UPWARD = re.compile(r"deconv|transp|^up|upconv|upsamp|_up")


@dataclass(frozen=True)
class ConvertSettings:
    """What somebody says about the conversion.

    Args:
        ordering, backend: answers where the file does not tell.
        format: ``keras``, ``weights``, ``h5`` or ``json``; what suits the file if left out.
        output: folder for the new files; beside the old ones if left out.
        model: file with the configuration of the model that weights belong to.
        custom_objects: Python file (for Keras 3) with functions and classes that are not Keras'.
        kinds: class of Keras 1 by the name of a layer in a file of plain weights.
        layout: ``channels_last``: layers inside compute with the channels last, as an upgrade with
            that layout writes them; inputs and outputs stay.
    """

    ordering: str | None = None
    backend: str | None = None
    format: str | None = None
    output: Path | None = None
    model: Path | None = None
    custom_objects: Path | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    verify: bool = True
    dry_run: bool = False
    layout: str = "keep"


class Conversion(NamedTuple):
    """What became of a file.

    Args:
        status: ``converted``, ``would convert``, ``asked``, ``failed``, ``unreadable`` or
            ``nothing to do``.
        message: one line.
        evidence: why it was read as it was; ``notes``: what rests on something that could be wrong.
        difference: the largest difference of outputs, where both were computed.
        proof: ``equal``, ``different``, or why nothing was compared.
        step: how far apart the changes by one more step of training are, where both made one.
    """

    path: Path
    status: str
    message: str = ""
    output: Path | None = None
    evidence: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    difference: float | None = None
    proof: str = ""
    step: float | None = None


class Plan(NamedTuple):
    """How a file will be converted."""

    file: OldFile
    config: Config | None
    ordering: Verdict
    backend: Verdict
    program: NewProgram | None
    format: str
    output: Path
    notes: tuple[str, ...]

    @property
    def evidence(self) -> tuple[str, ...]:
        """Why it is read so; what is only assumed stands in the notes."""
        return tuple(s for v in (self.ordering, self.backend) if v.certain for s in v.evidence)


class Converter:
    """Converts files one after the other; processes with Keras start when they are needed.

    Args:
        files: those that will be converted, as far as they are known: a process that may read them
            all need not be started anew for a folder that it did not know of.
    """

    def __init__(self, settings: ConvertSettings, files: Sequence[Path] = ()) -> None:
        self.settings = settings
        self.reader = Reader()
        self._ending = ExitStack()
        self._folder = self._ending.enter_context(scratch_folder("kerasmig-convert-"))
        self._new, self._old = Worker("new", self._folder), Worker("old", self._folder)
        self.prover = Prover(self._new, self._old, self._folder)
        self._allow(files)
        self._given = _given_names(settings.custom_objects)

    def __enter__(self) -> Converter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.reader.__exit__(kind, error, trace)
        self._new.close()
        self._old.close()
        self._ending.close()

    def convert(self, path: Path) -> Conversion:
        """Convert one file; what is wrong with it is in the answer."""
        try:
            file = self.reader.read(path)
        except OldFileError as error:
            nothing = str(error).endswith("nothing to do")
            return Conversion(path, "nothing to do" if nothing else "unreadable", str(error))
        try:
            if file.era == 3:
                return Conversion(path, "nothing to do", "was written by Keras 3")
            if file.era == 2 and file.kind == "weights" and file.backend != "theano":
                return Conversion(path, "nothing to do", "Keras 3 reads weights of Keras 2 itself")
            return self.carry_out(self.plan(file))
        except NeedsAnswer as error:
            return Conversion(path, "asked", f"{error}{self._hint(file)}")
        except OldFileError as error:
            return Conversion(path, "failed", str(error))

    def carry_out(self, plan: Plan) -> Conversion:
        """Convert a file as it was planned, and prove the result.

        Raises:
            OldFileError: it cannot be done; nothing half written is left.
        """
        path, evidence = plan.file.path, plan.evidence
        if plan.output.exists():
            raise OldFileError(f"{plan.output} exists already: remove it, or give --output")
        if self.settings.dry_run:
            return Conversion(path, "would convert", "", plan.output, evidence, plan.notes)
        self._allow([path])
        notes = (*plan.notes, *self._write(plan))
        proof = self._proof(plan, train=notes == plan.notes)
        return Conversion(
            path,
            "failed" if proof.problem else "converted",
            proof.problem,
            plan.output,
            evidence,
            (*notes, *step_note(proof.step)),
            proof.difference,
            proof.verdict,
            proof.step,
        )

    def plan(self, file: OldFile) -> Plan:
        """How a file will be converted.

        Raises:
            NeedsAnswer: nothing tells how it is to be read.
            OldFileError: it cannot be converted.
        """
        config, training = file.config, file.training
        if config is None and self.settings.model is not None:
            other = self.reader.read(self.settings.model)
            if other.config is None:
                raise OldFileError(f"{self.settings.model} holds no configuration of a model")
            config = other.config
        ordering = ordering_of(file, config, self.settings.ordering)
        if ordering.conflict:
            raise NeedsAnswer(
                "its kernels contradict each other: say --ordering th or tf. "
                + " ".join(ordering.evidence)
            )
        if not ordering.value and needs_ordering(file, config):
            raise NeedsAnswer(
                f"nothing tells the order of its kernels: say --ordering th (filters first) or tf "
                f"(filters last), or give the model with --model. {ordering.evidence[0]}"
            )
        backend = backend_of(file, ordering.value, self.settings.backend)
        if not backend.value and not backend.certain:
            raise NeedsAnswer(
                "nothing tells whether its kernels were trained on Theano, which turned them "
                "round: say --backend theano or tensorflow"
            )
        notes = [*backend.evidence] if not backend.certain else []
        program = None
        if config is None and file.era < 2:
            notes += self._kind_notes(file)
        if config is not None and file.era < 2:
            weights = file.kind != "configuration"
            program = migrated(
                config,
                training,
                ordering.value,
                self._given,
                weights=weights,
                layout=self.settings.layout,
            )
            notes += program.notes
        kind = self.settings.format or (
            "json" if file.kind == "configuration" else "keras" if config is not None else "weights"
        )
        if config is None and kind != "json":
            self._plain_layers(file, kind, ordering, backend)
        folder = self.settings.output or file.path.parent
        name = re.sub(r"\.(h5|hdf5|hdf|json|ya?ml|txt)$", "", file.path.name, flags=re.I)
        return Plan(
            file,
            config,
            ordering,
            backend,
            program,
            kind,
            folder / f"{name}{_ENDINGS[kind]}",
            tuple(notes),
        )

    def _plain_layers(
        self, file: OldFile, form: str, ordering: Verdict, backend: Verdict
    ) -> list[dict[str, Any]]:
        kinds, flip = self.settings.kinds, backend.value == "theano"
        return plain_layers(file, kinds, form, ordering.value or "tf", flip=flip)

    def _kind_notes(self, file: OldFile) -> list[str]:
        """What is taken for a convolution, though the arrays of others look the same."""
        kinds = kinds_of(file, self.settings.kinds)
        taken = [name for name, k in kinds.items() if k.old == "Convolution2D" and not k.certain]
        asked = [name for name in taken if _UPWARD.search(name.lower())]
        if asked:
            raise NeedsAnswer(
                f"nothing tells whether {', '.join(asked)} is a Convolution2D or a "
                f"Deconvolution2D: say --kind {asked[0]}=CLASS, or give the model with --model"
            )
        if not taken:
            return []
        names = ", ".join(taken[:4]) + (" …" if len(taken) > 4 else "")
        return [
            f"{names}: taken for Convolution2D by the arrays; what is a Deconvolution2D has to be "
            "told by --kind NAME=Deconvolution2D, or else Keras 3 refuses the new file"
        ]

    def _allow(self, files: Sequence[Path]) -> None:
        settings = self.settings
        given = [settings.model, settings.custom_objects]
        given.append(None if settings.output is None else settings.output / "new")
        for worker in (self._new, self._old):
            worker.allow([*files, *(path for path in given if path is not None)])

    # -- writing ---------------------------------------------------------------------------------

    def _write(self, plan: Plan) -> tuple[str, ...]:
        """Write the new file; what there is to note about it."""
        if self.settings.output is not None:
            self.settings.output.mkdir(parents=True, exist_ok=True)
        if plan.config is None:
            self._write_plain(plan)
            return ()
        file = plan.file
        request: dict[str, Any] = {
            "do": "convert",
            "output": str(self._made(plan)),
            "format": plan.format,
            "custom": self._custom(),
            "ordering": plan.ordering.value or None,
            "backend": plan.backend.value or None,
        }
        if plan.program is None:
            request.update(do="native", weights=str(file.path.absolute()))
            if file.kind == "configuration":
                request["config"] = json.dumps(plan.config)
        else:
            request.update(source=plan.program.source, compat=plan.program.compat_source)
            if file.kind != "configuration":
                request["weights"] = str(file.path.absolute())
            request["running_std"] = file.era == 0
            if file.optimizer and file.training and "compile(" in plan.program.source:
                request["optimizer"] = file.training["optimizer_config"]["class_name"]
        self._made(plan).unlink(missing_ok=True)
        told = self._new.ask(request)
        try:
            publish(self._made(plan), plan.output)
        except OSError as error:
            raise OldFileError(f"{plan.output}: {error.strerror or error}") from None
        if plan.program is not None and plan.program.compat:
            plan.program.write_compat(plan.output.parent)
        if left := told.get("state_left"):
            return (f"the optimizer starts anew, its state is not carried over: {left}",)
        return ()

    def _proof(self, plan: Plan, train: bool) -> Proof:
        why = self._unproven(plan)
        if why or plan.program is None:
            return Proof(why)
        file = plan.file
        whole = file.kind == "model" and file.era == 1
        old = {
            "weights": str(file.path.absolute()),
            "config": None if whole else json.dumps(plan.config),
            "ordering": plan.ordering.value,
            "backend": plan.backend.value,
        }
        return self.prover.prove(old, plan.output, plan.program, plan.format == "weights", train)

    def _unproven(self, plan: Plan) -> str:
        if not self.settings.verify:
            return "not asked for"
        if plan.config is None:
            hint = self._hint(plan.file)
            return f"weights compute nothing without their model: give it with --model{hint}"
        if plan.file.kind == "configuration":
            return "a configuration has no weights to compute with"
        if plan.program is None:
            return "Keras 3 has read the file of Keras 2 itself"
        if plan.program.given:
            return "code of the file, or of yours, is not run in Keras 1.2.2"
        if plan.file.era == 0 and "BatchNormalization" in plan.program.source:
            return "Keras 1.2.2 reads the batch normalization of Keras 0 otherwise"
        return ""

    def _hint(self, file: OldFile) -> str:
        """Which configuration beside plain weights seems to be theirs."""
        if file.config is not None or self.settings.model is not None:
            return ""
        found = model_beside(self.reader, file)
        return f" ({found.name} beside it has all its layers: --model {found})" if found else ""

    def _made(self, plan: Plan) -> Path:
        """Where the new file is written first, by a process that may write nowhere else."""
        return self._folder / f"new{_ENDINGS[plan.format]}"

    def _custom(self) -> str | None:
        given = self.settings.custom_objects
        return str(given.absolute()) if given is not None else None

    def _write_plain(self, plan: Plan) -> None:
        """Weights without a model, by h5py alone."""
        file = plan.file
        request = {
            "source": str(file.path.absolute()),
            "output": str(plan.output.absolute()),
            "format": plan.format,
            "layers": self._plain_layers(file, plan.format, plan.ordering, plan.backend),
        }
        done = subprocess.run(
            [sys.executable, "-m", "kerasmig.oldfiles.h5_writer"],
            input=json.dumps(request),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        told = json.loads(done.stdout) if done.stdout else {"error": "the process was lost on it"}
        if "error" in told:
            raise OldFileError(told["error"])


def _given_names(path: Path | None) -> frozenset[str]:
    """What a file of custom objects defines, without running it.

    Raises:
        OldFileError: it cannot be read.
    """
    if path is None:
        return frozenset()
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        raise OldFileError(f"{path}: {error}") from None
    found = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    assigned = [n for n in tree.body if isinstance(n, ast.Assign)]
    found |= {t.id for n in assigned for t in n.targets if isinstance(t, ast.Name)}
    return frozenset(found)

"""How much work `kerasmig upgrade` is for the machine, side by side with other tools.

    python benchmarks/upgrade_speed.py                      everything
    python benchmarks/upgrade_speed.py --files 2000         a smaller monorepo
    python benchmarks/upgrade_speed.py --tools DIR          a venv with the other tools

Two trees: Keras 1.2.2 itself, and a made-up monorepo of which 2 % of the files mention Keras.
Every command runs on a fresh copy, after one run that is not counted and compiles its modules; CPU seconds are those of the whole process with its children
(`wait4`), so other load on the machine distorts them least. Medians are printed.

Without --tools a venv with django-upgrade, pyupgrade and LibCST is made in a temporary folder.
tf_upgrade_v2 takes part if the running Python has TensorFlow.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

TOOLS = ("django-upgrade", "pyupgrade", "libcst")
LEGACY = Path(__file__).parents[1] / "corpus" / "legacy"
SHARE = 0.02


@dataclass(frozen=True)
class Cost:
    """What one run took: CPU and wall seconds, and megabytes of its largest process."""

    cpu: float
    wall: float
    memory: float


def measure(command: Sequence[str], folder: Path, extra: dict[str, str]) -> Cost:
    """Run a command to its end, whatever it says.

    It finds and keeps compiled bytecode, as an installed tool does.
    """
    started = time.perf_counter()
    child = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONDONTWRITEBYTECODE": "", **extra},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    wall = time.perf_counter() - started
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def keras_tree(target: Path, source: Path | None) -> None:
    """Keras 1.2.2 as a project of its own; without its version it is no vendored copy."""
    if source is None:
        from kerasmig.legacy.install import ensure

        source = ensure()
    folder = target / "keras-1.2.2"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.pyc"))
    start = folder / "keras" / "__init__.py"
    text = start.read_text(encoding="utf-8")
    start.write_text(text.replace("__version__", "released"), encoding="utf-8")


def monorepo(target: Path, files: int) -> None:
    """A tree of many files; a seeded share of them are the programs of the corpus."""
    chance = random.Random(1)
    legacy = [path.read_bytes() for path in sorted(LEGACY.rglob("*.py"))]
    library = Path(os.__file__).parent
    ordinary = [
        data
        for path in sorted(library.glob("*.py"))
        if len(data := path.read_bytes()) < 20_000 and b"keras" not in data
    ]
    for number in range(files):
        folder = target / f"team{number % 97}" / f"package{number % 11}"
        folder.mkdir(parents=True, exist_ok=True)
        pool = legacy if chance.random() < SHARE else ordinary
        (folder / f"module{number}.py").write_bytes(chance.choice(pool))


def python_files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))


def commands(tools: Path | None, folder: Path) -> dict[str, list[str]]:
    """The commands to compare; those whose tool is missing are left out."""
    files = python_files(folder)
    found = {
        "kerasmig upgrade --diff, no cache": ["--diff"],
        "kerasmig upgrade in place, no cache": ["--no-backup"],
    }
    result = {
        name: [sys.executable, "-m", "kerasmig", "upgrade", "-j1", "--no-cache", *options]
        for name, options in found.items()
    }
    if tools is not None:
        binaries = tools / ("Scripts" if os.name == "nt" else "bin")
        result["django-upgrade"] = [
            str(binaries / "django-upgrade"), "--target-version", "4.2", *files
        ]  # fmt: skip
        result["pyupgrade"] = [str(binaries / "pyupgrade"), "--py38-plus", *files]
        result["LibCST no-op codemod"] = [
            str(binaries / "python"), "-m", "libcst.tool", "codemod", "noop.NOOPCommand", "-j", "1", ".",
        ]  # fmt: skip
        result["LibCST codemod, visits and changes none"] = [
            str(binaries / "python"), "-m", "libcst.tool", "codemod", "-x",
            "benchmarks.noop_codemod.VisitNothing", "-j", "1", ".",
        ]  # fmt: skip
    if importlib.util.find_spec("tensorflow") is not None:
        script = "from tensorflow.tools.compatibility.tf_upgrade_v2_main import main; main()"
        result["tf_upgrade_v2"] = [
            sys.executable, "-c", script, "--intree", ".", "--outtree", "../converted",
        ]  # fmt: skip
    return result


def make_tools(folder: Path) -> Path:
    """A venv with the other tools."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *TOOLS]
    subprocess.run(pip, check=True)
    return folder


def compare(
    title: str,
    make: Callable[[Path], None],
    tools: Path | None,
    runs: int,
    skip: set[str],
    *,
    warm_up: bool = False,
) -> None:
    """Print the table of one tree."""
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        tree = work / "tree"
        tree.mkdir()
        make(tree)
        names = python_files(tree)
        megabytes = sum((tree / name).stat().st_size for name in names) / 1e6
        print(f"\n{title}: {len(names)} files, {megabytes:.2f} MB, {runs} runs, medians\n")
        print(f"| {'command':39} | CPU s | wall s | MB/CPU s | peak MB | times kerasmig |")
        print(f"| {'-' * 39} | ----: | -----: | -------: | ------: | -------------: |")
        wanted = {n: c for n, c in commands(tools, tree).items() if n not in skip}
        if warm_up:
            for command in wanted.values():
                _on_copy(tree, work, command, {})
        # In turn, so that a slow minute of the machine falls on all of them.
        rounds = [{n: _on_copy(tree, work, c, {}) for n, c in wanted.items()} for _ in range(runs)]
        costs = {name: _median([measured[name] for measured in rounds]) for name in wanted}
        base = next(iter(costs.values())).cpu
        for name, cost in costs.items():
            _row(name, cost, megabytes, base)
        own = [sys.executable, "-m", "kerasmig", "upgrade", "--diff", "-j1"]
        cache = {"KERASMIG_CACHE_DIR": str(work / "cache")}
        time.sleep(0.1)
        first = measure(own, tree, cache)
        _row("kerasmig, first run with a cache", first, megabytes, base)
        again = _median([measure(own, tree, cache) for _ in range(runs)])
        _row("kerasmig, unchanged tree", again, megabytes, base)


def _on_copy(tree: Path, work: Path, command: Sequence[str], extra: dict[str, str]) -> Cost:
    copy = work / "copy"
    shutil.copytree(tree, copy)
    try:
        return measure(command, copy, extra)
    finally:
        shutil.rmtree(copy)
        shutil.rmtree(work / "converted", ignore_errors=True)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
        max(cost.memory for cost in costs),
    )


def _row(name: str, cost: Cost, megabytes: float, base: float) -> None:
    print(
        f"| {name:39} | {cost.cpu:5.2f} | {cost.wall:6.2f} | {megabytes / cost.cpu:8.2f} "
        f"| {cost.memory:7.0f} | {cost.cpu / base:14.2f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--monorepo-runs", type=int, default=1)
    parser.add_argument("--files", type=int, default=20_000, help="size of the monorepo")
    parser.add_argument("--tools", type=Path, help="a venv that has the other tools")
    parser.add_argument("--no-tools", action="store_true", help="only kerasmig and tf_upgrade_v2")
    parser.add_argument("--keras", type=Path, help="the unpacked sdist of Keras 1.2.2")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(LEGACY.parents[1]), os.environ.get("PYTHONPATH", "")]
    )
    with tempfile.TemporaryDirectory() as temporary:
        tools: Path | None = arguments.tools
        if tools is None and not arguments.no_tools:
            tools = make_tools(Path(temporary) / "venv")
        source = arguments.keras
        keras: Callable[[Path], None] = lambda target: keras_tree(target, source)  # noqa: E731
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(temporary) / "bytecode")
        compare("Keras 1.2.2", keras, tools, arguments.runs, set(), warm_up=True)
        if arguments.files:
            slow = {name for name in commands(tools, LEGACY) if name.startswith(("LibCST", "tf_"))}
            repository: Callable[[Path], None] = lambda target: monorepo(  # noqa: E731
                target, arguments.files
            )
            compare("Monorepo", repository, tools, arguments.monorepo_runs, slow)


if __name__ == "__main__":
    main()

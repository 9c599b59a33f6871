"""Whatever a program tries, and through whatever library: outside its copy nothing happens."""

from __future__ import annotations

import ast
import importlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerasmig.verify.program import confinement
from tests.hostile.programs import LEAVING, PROCESSES, SECRETS, WRITING

pytestmark = pytest.mark.skipif(not confinement.available(), reason="nothing here can confine")

SECRET = "hostile-secret-4711"


class World:
    """What is outside: files, a listener, a process; and what has become of it."""

    def __init__(self, root: Path, user: int | None = None) -> None:
        self.user = user
        self.victim, self.home, self.session = root / "victim", root / "home", root / "session"
        (self.victim / "sub").mkdir(parents=True)
        (self.home / ".ssh").mkdir(parents=True)
        (self.home / ".ssh" / "id_rsa").write_text(SECRET)
        (self.home / ".bashrc").write_text("mine")
        (self.victim / "data.bin").write_bytes(b"precious" * 1000)
        (self.victim / "sub" / "deep.txt").write_text("deep")
        os.mkfifo(self.victim / "pipe")
        self.pipe = os.open(self.victim / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.root = root
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(type=socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(root / "socket"))
        self.unix.listen()
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind("\0kerasmig-hostile")
        self.abstract.listen()
        self.other = subprocess.Popen(
            ["sleep", "600"], start_new_session=True, env={"SECRET_TOKEN": SECRET}, user=user
        )
        self._give(root)
        self.number = 0

    def _give(self, root: Path) -> None:
        """Let all be the user's: what stays, stays for no other reason than the confinement."""
        if self.user is not None:
            for path in [root, *root.rglob("*")]:
                os.chown(path, self.user, self.user, follow_symlinks=False)

    def state(self) -> object:
        """All that must stay: names, contents, modes, owners and times of what is outside."""
        found = []
        for path in sorted([*self.root.rglob("*"), *Path("/dev/shm").glob("*kerasmig-hostile*")]):
            if self.session in path.parents or path == self.session:
                continue
            state = path.lstat()
            data = path.read_bytes() if path.is_file() else b""
            found.append(
                (str(path), data, state.st_mode, state.st_uid, state.st_gid, state.st_mtime_ns,
                 state.st_nlink if path.is_file() else 0)
            )  # fmt: skip
        other = self.other.pid
        return (
            found,
            self.other.poll(),
            os.getpriority(os.PRIO_PROCESS, other),
            os.sched_getaffinity(other),
            _ipc(),
        )

    def reached(self) -> bool:
        """Whether anybody has come in."""
        waiting = [self.tcp, self.udp, self.unix, self.abstract]
        return bool(select.select(waiting, [], [], 0)[0]) or os.read(self.pipe, 10) != b""

    def names(self, copy: Path) -> dict[str, object]:
        return {
            "VICTIM": str(self.victim), "HOME": str(self.home), "COPY": str(copy),
            "PORT": self.tcp.getsockname()[1], "UDP": self.udp.getsockname()[1],
            "SOCKET": str(self.root / "socket"), "OTHER": self.other.pid,
        }  # fmt: skip

    def run(self, code: str, modules: tuple[str, ...] = ()) -> str:
        """Run a program in a confined process: the value of its last expression, as text."""
        self.number += 1
        folder = self.session / "runs" / str(self.number)
        copy = folder / "copy"
        copy.mkdir(parents=True)
        (copy / "main.py").write_text("x = 1\n")
        self._give(self.session)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            _be_the_program(self, code, folder, copy, write)
        os.close(write)
        said = b""
        until = time.monotonic() + 30
        while select.select([read], [], [], max(0, until - time.monotonic()))[0]:
            chunk = os.read(read, 1 << 16)
            if not chunk:
                break
            said += chunk
        os.close(read)
        gone, _ = os.waitpid(child, os.WNOHANG)
        if not gone:
            time.sleep(0.05)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        return said.decode("utf-8", "replace")


def _be_the_program(world: World, code: str, folder: Path, copy: Path, answer: int) -> None:
    status = 1
    try:
        os.setsid()
        os.chdir(copy)
        os.environ["HOME"] = str(folder)
        if world.user is not None:
            os.setgroups([])
            os.setgid(world.user)
            os.setuid(world.user)
        confinement.confine(folder, world.session, (), ())
        os.write(answer, b"confined:")
        names = world.names(copy)
        tree = ast.parse(code)
        last = tree.body[-1]
        value = ""
        if isinstance(last, ast.Expr):
            tree.body.pop()
            exec(compile(tree, "program", "exec"), names)
            value = str(eval(compile(ast.Expression(last.value), "program", "eval"), names))
        else:
            exec(compile(tree, "program", "exec"), names)
        os.write(answer, value.encode("utf-8", "replace")[:60000])
        status = 0
    except BaseException as error:
        os.write(answer, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:1000])
    finally:
        os._exit(status)


def _ipc() -> list[str]:
    """System V objects, by name; keys of the kernel are not listed for everybody."""
    return [Path("/proc/sysvipc", name).read_text() for name in ("msg", "sem")] + [
        str(Path("/proc/sysvipc/shm").read_text().count("\n"))
    ]


def _like_us() -> set[str]:
    """The processes that run what this one does: those that were forked off it, and it."""
    mine = Path("/proc/self/cmdline").read_bytes()
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
            if (path / "cmdline").read_bytes() == mine and state != "Z":
                found.add(path.name)
        except OSError:
            continue
    return found


_USERS = ["as we are", pytest.param("ordinary user", marks=pytest.mark.exhaustive)]
_IMPORTED = (
    "numpy h5py PIL.Image PIL.PngImagePlugin scipy.io yaml sqlite3 multiprocessing.shared_memory "
    "multiprocessing.popen_fork multiprocessing.popen_spawn_posix concurrent.futures.process dbm.dumb "
    "shelve zipfile tarfile gzip mmap tempfile logging faulthandler sysconfig asyncio urllib.request "
    "zoneinfo http.client ftplib smtplib syslog pty posix fcntl resource signal pathlib shutil weakref"
).split()


@pytest.fixture(scope="module", params=_USERS)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    # What programs import is loaded before: confined, they could not start to.
    for name in _IMPORTED:
        importlib.import_module(name)
    user = None
    if request.param == "ordinary user":
        if os.getuid() != 0:
            pytest.skip("we are one")
        user = 65534
        root = Path(tempfile.mkdtemp(prefix="hostile-"))  # pytest's folders are closed to others
        root.chmod(0o755)
    else:
        root = tmp_path_factory.mktemp("hostile")
    made = World(root, user)
    yield made
    made.other.kill()
    made.other.wait()
    for listener in (made.tcp, made.udp, made.unix, made.abstract):
        listener.close()
    shutil.rmtree(root, ignore_errors=True)


def _rows(table: dict[str, str]) -> list[object]:
    return [pytest.param(code, id=name.replace(" ", "_")) for name, code in table.items()]


@pytest.mark.parametrize("code", _rows(WRITING))
def test_nothing_is_changed(code: str, world: World) -> None:
    before = world.state()
    assert world.run(code).startswith("confined:")
    assert world.state() == before and not world.reached()


@pytest.mark.parametrize("code", _rows(LEAVING))
def test_nothing_is_sent(code: str, world: World) -> None:
    before = world.state()
    assert world.run(code).startswith("confined:")
    assert not world.reached()
    assert world.state() == before


@pytest.mark.parametrize("code", _rows(PROCESSES))
def test_no_process_is_started_or_touched(code: str, world: World) -> None:
    before, running = world.state(), _like_us()
    assert world.run(code).startswith("confined:")
    time.sleep(0.05)
    assert world.state() == before and _like_us() <= running


@pytest.mark.parametrize("code", _rows(SECRETS))
def test_no_secret_is_read(code: str, world: World) -> None:
    said = world.run(code)
    assert said.startswith("confined:")
    assert SECRET not in said and "SECRET" not in said


def test_the_programs_would_do_harm_without_it(tmp_path: Path) -> None:
    """Otherwise the tests above could not fail: a part of them, in a process that is not confined."""
    for name in ("open", "os.remove", "ctypes unlink", "h5py new", "numpy memmap", "os.chmod"):
        victim = tmp_path / name.replace(" ", "_")
        victim.mkdir()
        (victim / "data.bin").write_bytes(b"precious" * 1000)
        before = (victim / "data.bin").stat()
        code = f"VICTIM = {str(victim)!r}\n{WRITING[name]}\n"
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        path = victim / "data.bin"
        assert (
            not path.exists()
            or path.read_bytes() != b"precious" * 1000
            or path.stat().st_mode != before.st_mode
        ), name


def test_what_programs_need_still_works(world: World) -> None:
    code = """
import json, os, random, tempfile, threading, time, zoneinfo
import numpy as np, h5py
with h5py.File(COPY + '/a.h5', 'w') as f: f['x'] = np.arange(4)
with h5py.File(COPY + '/a.h5') as f: assert f['x'][3] == 3
os.makedirs(COPY + '/deep/er'); os.rename(COPY + '/a.h5', COPY + '/deep/b.h5')
open(COPY + '/t.txt', 'w').write('a'); os.chmod(COPY + '/t.txt', 0o600); os.remove(COPY + '/t.txt')
open('/dev/null', 'w').write('x'); open('/dev/urandom', 'rb').read(2)
t = threading.Thread(target=time.time); t.start(); t.join()
os.cpu_count(); time.localtime(); open('/proc/meminfo').read()
'all well'
"""
    assert world.run(code) == "confined:all well"

"""What programs under verification must not be able to do: one row, one way.

Each program is run in the process of a program, confined as it would be, with these names at hand:
``VICTIM`` (a folder outside, with ``data.bin``, ``sub/deep.txt`` and the pipe ``pipe``), ``HOME`` (a
home with a key), ``PORT`` (TCP) and ``UDP`` (ports where somebody listens), ``SOCKET`` (a socket's
path), ``OTHER`` (a process of the same user), ``COPY`` (its own folder). Whatever it raises is its
own affair: what counts is what has happened outside.
"""

from __future__ import annotations

from typing import NamedTuple


class Hostile(NamedTuple):
    """A program.

    Args:
        name: what it tries.
        code: the program.
        needs: a module that must be there.
    """

    name: str
    code: str
    needs: str = ""


_C = "import ctypes; libc = ctypes.CDLL(None, use_errno=True); P = lambda s: s.encode()\n"

WRITING = {
    "open": "open(VICTIM + '/data.bin', 'w').write('x')",
    "open new": "open(VICTIM + '/new', 'w').write('x')",
    "open append": "open(VICTIM + '/data.bin', 'ab').write(b'x')",
    "open update": "open(VICTIM + '/data.bin', 'r+b').write(b'x')",
    "os.open truncate": "import os; os.open(VICTIM + '/data.bin', os.O_RDWR | os.O_TRUNC)",
    "os.open read-only truncate": "import os; os.open(VICTIM + '/data.bin', os.O_RDONLY | os.O_TRUNC)",
    "os.open O_TMPFILE": "import os; f = os.open(VICTIM, os.O_RDWR | os.O_TMPFILE, 0o600); os.link(f'/proc/self/fd/{f}', VICTIM + '/new')",
    "os.truncate": "import os; os.truncate(VICTIM + '/data.bin', 0)",
    "os.remove": "import os; os.remove(VICTIM + '/data.bin')",
    "pathlib unlink": "import pathlib; pathlib.Path(VICTIM, 'data.bin').unlink()",
    "os.rename out": "import os; os.rename(VICTIM + '/data.bin', VICTIM + '/other')",
    "os.rename in": "import os; os.rename(VICTIM + '/data.bin', COPY + '/mine')",
    "os.rename over": "import os; open(COPY + '/a', 'w').close(); os.rename(COPY + '/a', VICTIM + '/data.bin')",
    "shutil.rmtree": "import shutil; shutil.rmtree(VICTIM, ignore_errors=True)",
    "shutil.move": "import shutil; shutil.move(VICTIM + '/sub', COPY + '/sub')",
    "shutil.copy": "import shutil; shutil.copy(COPY + '/main.py', VICTIM + '/data.bin')",
    "os.mkdir": "import os; os.mkdir(VICTIM + '/new')",
    "os.rmdir": "import os; os.remove(VICTIM + '/sub/deep.txt'); os.rmdir(VICTIM + '/sub')",
    "os.symlink": "import os; os.symlink('/', VICTIM + '/new')",
    "os.link": "import os; os.link(VICTIM + '/data.bin', VICTIM + '/new')",
    "os.link from the copy": "import os; os.link(COPY + '/main.py', VICTIM + '/new')",
    "link into the copy and write": "import os; os.link(VICTIM + '/data.bin', COPY + '/l'); open(COPY + '/l', 'w').write('x')",
    "symlink in the copy and write": "import os; os.symlink(VICTIM + '/data.bin', COPY + '/l'); open(COPY + '/l', 'w').write('x')",
    "symlinked folder": "import os; os.symlink(VICTIM, COPY + '/d'); open(COPY + '/d/data.bin', 'w').write('x')",
    "dot dot": "import os; os.chdir(COPY); open(os.path.relpath(VICTIM + '/data.bin'), 'w').write('x')",
    "dir_fd": "import os; d = os.open('/', os.O_RDONLY); os.open(VICTIM[1:] + '/data.bin', os.O_WRONLY | os.O_TRUNC, dir_fd=d)",
    "proc self root": "open('/proc/self/root' + VICTIM + '/data.bin', 'w').write('x')",
    "proc self cwd": "import os; os.chdir('/'); open('/proc/self/cwd' + VICTIM + '/data.bin', 'w').write('x')",
    "proc of the parent": "import os; open(f'/proc/{os.getppid()}/root{VICTIM}/data.bin', 'w').write('x')",
    "os.chmod": "import os; os.chmod(VICTIM + '/data.bin', 0)",
    "os.chown": "import os; os.chown(VICTIM + '/data.bin', 1234, 1234)",
    "os.utime": "import os; os.utime(VICTIM + '/data.bin', (1, 1))",
    "os.setxattr": "import os; os.setxattr(VICTIM + '/data.bin', 'user.x', b'1')",
    "os.mkfifo": "import os; os.mkfifo(VICTIM + '/new')",
    "os.mknod": "import os, stat; os.mknod(VICTIM + '/new', 0o600 | stat.S_IFREG)",
    "os.mknod device": "import os, stat; os.mknod(COPY + '/sda', 0o600 | stat.S_IFBLK, os.makedev(8, 0)); open(COPY + '/sda', 'rb').read(1)",
    "pipe": "import os; os.write(os.open(VICTIM + '/pipe', os.O_WRONLY | os.O_NONBLOCK), b'x')",
    "ctypes fopen": _C + "f = libc.fopen; f.restype = ctypes.c_void_p; f(P(VICTIM + '/data.bin'), b'w')",
    "ctypes unlink": _C + "libc.unlink(P(VICTIM + '/data.bin'))",
    "ctypes truncate": _C + "libc.truncate(P(VICTIM + '/data.bin'), 0)",
    "ctypes rename": _C + "libc.rename(P(VICTIM + '/data.bin'), P(VICTIM + '/gone'))",
    "ctypes renameat2": _C + "libc.renameat2(-100, P(VICTIM + '/data.bin'), -100, P(COPY + '/main.py'), 2)",
    "ctypes chmod": _C + "libc.chmod(P(VICTIM + '/data.bin'), 0)",
    "ctypes fchmodat2": _C + "libc.syscall(452, -100, P(VICTIM + '/data.bin'), 0, 0)",
    "ctypes chown": _C + "libc.chown(P(VICTIM + '/data.bin'), 1, 1)",
    "ctypes utimes": _C + "libc.utimes(P(VICTIM + '/data.bin'), None)",
    "ctypes mkdir": _C + "libc.mkdir(P(VICTIM + '/new'), 0o700)",
    "ctypes mount": _C + "libc.mount(b'none', P(VICTIM), b'tmpfs', 0, None)",
    "ctypes chroot": _C + "libc.chroot(P(COPY))",
    "ctypes io_uring": _C + "libc.syscall(425, 8, ctypes.create_string_buffer(200)) == -1 or open(VICTIM + '/data.bin', 'w')",
    "ctypes open_by_handle_at": _C + "h = ctypes.create_string_buffer(b'\\x80\\0\\0\\0', 200); m = ctypes.c_int(); libc.name_to_handle_at(-100, P(VICTIM + '/data.bin'), h, ctypes.byref(m), 0) == 0 and libc.open_by_handle_at(3, h, 1)",
    "thread": "import threading; t = threading.Thread(target=lambda: open(VICTIM + '/data.bin', 'w').write('x')); t.start(); t.join()",
    "thread with ctypes": _C + "import threading; t = threading.Thread(target=lambda: libc.unlink(P(VICTIM + '/data.bin'))); t.start(); t.join()",
    "atexit": "import atexit; atexit.register(lambda: open(VICTIM + '/data.bin', 'w').write('x')); atexit._run_exitfuncs()",
    "finalizer": "import weakref\nclass A: pass\na = A(); weakref.finalize(a, lambda: open(VICTIM + '/data.bin', 'w').write('x')); del a",
    "pickle": "import pickle, os\nclass A:\n    def __reduce__(self): return (os.remove, (VICTIM + '/data.bin',))\npickle.loads(pickle.dumps(A()))",
    "exec and eval": "eval(compile('open(VICTIM + \"/data.bin\", \"w\")', 'x', 'eval'))",
    "import hook": "import sys\nclass F:\n    def find_spec(self, *a): open(VICTIM + '/data.bin', 'w')\nsys.meta_path.insert(0, F())\ntry:\n    import not_there\nfinally: sys.meta_path.pop(0)",
    "sqlite": "import sqlite3; c = sqlite3.connect(VICTIM + '/new.db'); c.execute('create table t (x)'); c.commit()",
    "sqlite attach": "import sqlite3; sqlite3.connect(':memory:').execute('attach ? as x', (VICTIM + '/new.db',)).connection.execute('create table x.t (y)')",
    "sqlite vacuum into": "import sqlite3; sqlite3.connect(':memory:').execute('vacuum into ?', (VICTIM + '/new.db',))",
    "dbm": "import dbm; dbm.open(VICTIM + '/new', 'n')",
    "shelve": "import shelve; shelve.open(VICTIM + '/new')['a'] = 1",
    "zipfile": "import zipfile; zipfile.ZipFile(VICTIM + '/new.zip', 'w').writestr('a', 'b')",
    "tarfile": "import tarfile; tarfile.open(VICTIM + '/new.tar', 'w')",
    "gzip": "import gzip; gzip.open(VICTIM + '/data.bin', 'w').write(b'x')",
    "mmap": "import mmap, os; f = os.open(VICTIM + '/data.bin', os.O_RDWR); mmap.mmap(f, 4)[:] = b'xxxx'",
    "tempfile": "import tempfile; tempfile.NamedTemporaryFile(dir=VICTIM, delete=False)",
    "logging": "import logging; logging.FileHandler(VICTIM + '/new.log').emit(logging.makeLogRecord({}))",
    "faulthandler": "import faulthandler; faulthandler.dump_traceback(open(VICTIM + '/data.bin', 'w'))",
    "pth file": "import site; open(VICTIM + '/x.pth', 'w').write('import os')",
    "site-packages": "import sysconfig; open(sysconfig.get_path('purelib') + '/kerasmig_hostile_test.pth', 'w').write('')",
    "home": "open(HOME + '/.bashrc', 'a').write('x')",
    "tmp": "open(VICTIM + '/../loose', 'w').write('x')",
    "shared memory file": "open('/dev/shm/kerasmig-hostile', 'w').write('x')",
    "shared memory": "from multiprocessing import shared_memory; shared_memory.SharedMemory('kerasmig-hostile', True, 10)",
    "semaphore": "import _multiprocessing; _multiprocessing.SemLock(1, 1, 1, '/kerasmig-hostile', False)",
    "system V shared memory": _C + "libc.shmget(0x6b657261, 100, 0o1666)",
    "system V queue": _C + "libc.msgget(0x6b657261, 0o1666)",
    "posix queue": _C + "libc.mq_open(b'/kerasmig-hostile', 0o102, 0o600, None)",
    "keyring": _C + "libc.syscall(248, b'user', b'kerasmig-hostile', b'x', 1, -4)",
    "numpy save": "import numpy; numpy.save(VICTIM + '/data.bin', 1)",
    "numpy tofile": "import numpy; numpy.zeros(9).tofile(VICTIM + '/data.bin')",
    "numpy memmap": "import numpy; numpy.memmap(VICTIM + '/data.bin', mode='r+', shape=4)[:] = 0",
    "numpy memmap new": "import numpy; numpy.memmap(VICTIM + '/data.bin', mode='w+', shape=4)[:] = 0",
    "numpy savez": "import numpy; numpy.savez(VICTIM + '/new.npz', a=1)",
    "h5py new": "import h5py; h5py.File(VICTIM + '/data.bin', 'w')",
    "h5py append": "import h5py; h5py.File(VICTIM + '/new.h5', 'a')['x'] = 1",
    "h5py external": "import h5py; h5py.File(COPY + '/a.h5', 'w').create_dataset('x', (4,), 'u1', external=VICTIM + '/data.bin')[:] = 0",
    "h5py core driver": "import h5py; h5py.File(VICTIM + '/data.bin', 'w', driver='core', backing_store=True).close()",
    "PIL": "from PIL import Image; Image.new('L', (1, 1)).save(VICTIM + '/data.bin', 'png')",
    "scipy": "import scipy.io; scipy.io.savemat(VICTIM + '/new.mat', {'a': 1})",
    "yaml": "import yaml; yaml.unsafe_load('!!python/object/apply:os.remove [\"%s/data.bin\"]' % VICTIM)",
}  # fmt: skip

LEAVING = {
    "TCP": "import socket; socket.create_connection(('127.0.0.1', PORT)).send(b'x')",
    "TCP non-blocking": "import socket; s = socket.socket(); s.setblocking(False); s.connect_ex(('127.0.0.1', PORT))",
    "TCP by ctypes": _C + "import struct; s = libc.socket(2, 1, 0); libc.connect(s, struct.pack('!HHIxxxxxxxx', 512, PORT, 0x7f000001), 16)",
    "UDP sendto": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP))",
    "UDP sendmsg": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('127.0.0.1', UDP))",
    "UDP by ctypes": _C + "import struct; s = libc.socket(2, 2, 0); libc.sendto(s, b'x', 1, 0, struct.pack('!HHIxxxxxxxx', 512, UDP, 0x7f000001), 16)",
    "UDP version 6": "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'x', ('::ffff:127.0.0.1', UDP))",
    "raw socket": "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "listening": "import socket; s = socket.socket(); s.bind(('0.0.0.0', 0)); s.listen()",
    "unix socket": "import socket; s = socket.socket(socket.AF_UNIX); s.connect(SOCKET); s.send(b'x')",
    "unix datagram": "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'x', SOCKET)",
    "abstract socket": "import socket; s = socket.socket(socket.AF_UNIX); s.connect('\\0kerasmig-hostile'); s.send(b'x')",
    "urllib": "import urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{PORT}/', timeout=1)",
    "http.client": "import http.client; http.client.HTTPConnection('127.0.0.1', PORT, timeout=1).request('GET', '/')",
    "asyncio": "import asyncio; asyncio.run(asyncio.open_connection('127.0.0.1', PORT))",
    "ftp": "import ftplib; ftplib.FTP().connect('127.0.0.1', PORT, 1)",
    "mail": "import smtplib; smtplib.SMTP('127.0.0.1', PORT, timeout=1)",
    "syslog": "import syslog; syslog.syslog('kerasmig-hostile')",
}  # fmt: skip

PROCESSES = {
    "os.system": "import posix; posix.system('touch ' + VICTIM + '/new')",
    "os.popen": "import os; os.popen('touch ' + VICTIM + '/new').read()",
    "subprocess": "import subprocess; subprocess.run(['touch', VICTIM + '/new'])",
    "subprocess detached": "import subprocess; subprocess.Popen('sleep 0.2; touch ' + VICTIM + '/new', shell=True, start_new_session=True)",
    "posix_spawn": "import os; os.posix_spawn('/bin/touch', ['touch', VICTIM + '/new'], {})",
    "fork_exec": "import _posixsubprocess, os, sys; r, w = os.pipe(); _posixsubprocess.fork_exec([b'/bin/touch', (VICTIM + '/new').encode()], [b'/bin/touch'], True, (w,), None, None, -1, -1, -1, -1, -1, -1, r, w, True, False, *([0] if sys.version_info >= (3, 11) else []), *([None] * 3), -1, None, *([True] if sys.version_info >= (3, 11) else []))",
    "exec": "import os; os.execv('/bin/touch', ['touch', VICTIM + '/new'])",
    "fork and live on": "import os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(60); os._exit(0)",
    "fork twice": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n    os._exit(0)",
    "fork by ctypes": _C + "import time\nif libc.fork() == 0:\n    time.sleep(60)",
    "vfork by syscall": _C + "libc.syscall(58)",
    "clone by syscall": _C + "import time\nif libc.syscall(56, 17, 0, 0, 0, 0) == 0:\n    time.sleep(60)",
    "clone3 by syscall": _C + "import time, struct\nif libc.syscall(435, struct.pack('=11Q', 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0), 88) == 0:\n    time.sleep(60)",
    "system by ctypes": _C + "libc.system(P('touch ' + VICTIM + '/new'))",
    "popen by ctypes": _C + "libc.popen(P('touch ' + VICTIM + '/new'), b'r')",
    "pty": "import pty; pty.spawn(['touch', VICTIM + '/new'])",
    "multiprocessing fork": "import multiprocessing, time; multiprocessing.get_context('fork').Process(target=time.sleep, args=(60,)).start()",
    "multiprocessing spawn": "import multiprocessing, time; multiprocessing.get_context('spawn').Process(target=time.sleep, args=(60,)).start()",
    "process pool": "from concurrent.futures import ProcessPoolExecutor; ProcessPoolExecutor(1).submit(abs, 1)",
    "script in the copy": "import os; open(COPY + '/x', 'w').write('#!/bin/sh\\ntouch ' + VICTIM + '/new\\n'); os.chmod(COPY + '/x', 0o755); os.execv(COPY + '/x', ['x'])",
    "loader": "import os; os.execv('/lib64/ld-linux-x86-64.so.2', ['ld', '/bin/touch', VICTIM + '/new'])",
    "os.kill": "import os; os.kill(OTHER, 9)",
    "os.kill parent": "import os; os.kill(os.getppid(), 15)",
    "os.killpg": "import os; os.killpg(os.getpgid(OTHER), 9)",
    "kill everything": "import os; os.kill(-1, 0)",
    "kill by ctypes": _C + "libc.kill(OTHER, 9)",
    "tgkill": _C + "libc.syscall(234, OTHER, OTHER, 9)",
    "tkill": _C + "libc.syscall(200, OTHER, 9)",
    "sigqueue": _C + "libc.sigqueue(OTHER, 9, None)",
    "pidfd": "import os, signal; signal.pidfd_send_signal(os.pidfd_open(OTHER), 9)",
    "owner of a file's signals": "import fcntl, os; r, w = os.pipe(); fcntl.fcntl(r, fcntl.F_SETOWN, OTHER); fcntl.fcntl(r, 10, 9); fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC); os.write(w, b'x')",
    "ptrace": _C + "libc.ptrace(16, OTHER, None, None)",
    "memory of another": "open(f'/proc/{OTHER}/mem', 'r+b')",
    "process_vm_writev": _C + "libc.process_vm_writev(OTHER, None, 0, None, 0, 0)",
    "limits of another": "import resource; resource.prlimit(OTHER, resource.RLIMIT_CPU, (1, 1))",
    "priority of another": "import os; os.setpriority(os.PRIO_PROCESS, OTHER, 19)",
    "affinity of another": "import os; os.sched_setaffinity(OTHER, {0})",
}  # fmt: skip

SECRETS = {
    "key": "open(HOME + '/.ssh/id_rsa').read()",
    "key by numpy": "import numpy; numpy.fromfile(HOME + '/.ssh/id_rsa', 'u1').tobytes().decode()",
    "key by ctypes": _C + "b = ctypes.create_string_buffer(99); f = libc.open(P(HOME + '/.ssh/id_rsa'), 0); libc.read(f, b, 99); b.value.decode()",
    "key by a link": "import os; os.symlink(HOME + '/.ssh/id_rsa', COPY + '/k'); open(COPY + '/k').read()",
    "key by a hard link": "import os; os.link(HOME + '/.ssh/id_rsa', COPY + '/k2'); open(COPY + '/k2').read()",
    "environment": "import os; str(dict(os.environ))",
    "environment of C": "open('/proc/self/environ').read()",
    "environment of the parent": "import os; open(f'/proc/{os.getppid()}/environ').read()",
    "environment of another": "open(f'/proc/{OTHER}/environ').read()",
    "files of another": "import os; str(os.listdir(f'/proc/{OTHER}/fd'))",
    "shadow": "open('/etc/shadow').read() + 'SECRET'",
}  # fmt: skip
"""Their last expression must not be a text with the secret in it."""

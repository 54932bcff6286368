"""What the operating system keeps from a process that reads a file nobody vouches for."""

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30
NEW_NET, NEW_USER = 0x40000000, 0x10000000
NO_NEW_PRIVILEGES, DEATH_SIGNAL, KILL = 38, 1, 9
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Landlock's calls, with the same numbers on every architecture."""
READ, READ_FOLDER = 1 << 2, 1 << 3
EVERYTHING = (1 << 13) - 1
TRUNCATE = 1 << 14
CONNECT_AND_BIND = 3
SCOPES = 3
LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")
CODE_FOLDERS = (sys.prefix, sys.base_prefix, *LIBRARIES, "/dev/null", "/dev/urandom")
"""What a reader may need while it reads: parts of libraries, tables of encodings and reference systems."""


@dataclass(frozen=True)
class Limits:
    """How much a reading process may use."""

    memory: int
    """Bytes beyond what it has at the start."""
    seconds: int
    """Of waiting for it, and of the processor."""

    @classmethod
    def of(cls, size: int) -> "Limits":
        """Return what a file of a size may reasonably need."""
        return cls(memory=min(GIB + 32 * size, 8 * GIB), seconds=20 + (size >> 20))


def leave_network() -> bool:
    """Leave every network for good; say whether the system allowed it."""
    libc = ctypes.CDLL(None, use_errno=True)
    return any(int(libc.unshare(kind)) == 0 for kind in (NEW_NET, NEW_USER | NEW_NET))


def restrict(limits: Limits) -> None:
    """Set limits on memory, processor time, open files and written bytes; end when the parent does."""
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, KILL)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    for kind, most in (
        (resource.RLIMIT_AS, pages * resource.getpagesize() + limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, 4 * GIB),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def confine(readable: Iterable[Path], writable: Path) -> bool:
    """Allow no file but some and no connection, for good; say whether the system knows how (Linux 5.13, Landlock)."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = int(libc.syscall(CREATE_RULESET, None, 0, 1))
    if version < 1:
        return False
    files = EVERYTHING | (TRUNCATE if version >= 3 else 0)  # noqa: PLR2004 - the version that brought it
    parts = [files] + [CONNECT_AND_BIND] * (version >= 4) + [SCOPES] * (version >= 6)  # noqa: PLR2004 - as above
    attributes = struct.pack(f"={len(parts)}Q", *parts)
    rules = libc.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    for path in (*readable, *(Path(folder) for folder in CODE_FOLDERS)):
        _allow(libc, rules, path, READ | READ_FOLDER if path.is_dir() else READ)
    _allow(libc, rules, writable, files)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = int(libc.syscall(RESTRICT_SELF, rules, 0)) == 0
    os.close(rules)
    return done


def _allow(libc: ctypes.CDLL, rules: int, path: Path, access: int) -> None:
    if not path.exists():
        return
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    libc.syscall(ADD_RULE, rules, 1, struct.pack("=Qi", access, opened), 0)
    os.close(opened)

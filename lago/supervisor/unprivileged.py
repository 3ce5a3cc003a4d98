"""PostgreSQL refuses to run as root: the account that it runs as instead, and how that account reaches its files.

The directories above the data or above the programs may be closed to the account (a checkout below /root). Their
modes are not ours to change. The data directory is then handed over as an open descriptor, and the programs are
copied, once per version, to a place that everybody may enter.
"""

from __future__ import annotations

import logging
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFERRED_ACCOUNTS = ("postgres", "nobody")
OPEN_PLACES = ("/var/cache", "/var/tmp", "/tmp")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def as_popen_arguments(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, directory: Path) -> bool:
        """Asks the kernel, because mode bits do not tell the whole story."""
        command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)]
        return subprocess.run(command, stderr=subprocess.DEVNULL, cwd="/", **self.as_popen_arguments()).returncode == 0


def account_for(directory: Path) -> Account | None:
    """The owner of `directory`, or `postgres`, or `nobody`; None if we are not root and run as we are."""
    if os.geteuid() != 0:
        return None
    if directory.exists() and (owner := directory.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in PREFERRED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def give(directory: Path, account: Account) -> None:
    """Makes the account the owner of `directory` and of all in it, unless it is already."""
    if directory.stat().st_uid == account.uid:
        return
    for parent, _, names in os.walk(directory):
        for path in (parent, *(os.path.join(parent, name) for name in names)):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


@contextmanager
def handed_over(directory: Path, account: Account | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The name by which the account's process can open `directory`, and the descriptors that it must inherit."""
    if account is None or account.can_enter(directory):
        yield str(directory), ()
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def reachable_programs(programs: Path, parts: tuple[str, ...], version: str, account: Account | None) -> Path:
    """`programs`, or a copy of its `parts` that the account may enter.

    Raises PermissionError if there is no place for a copy.
    """
    if account is None or account.can_enter(programs / parts[0]):
        return programs
    for place in OPEN_PLACES:
        copy = Path(place) / f"lago-postgresql-{version}"
        if is_trusted(copy) or make_copy(programs, parts, copy):
            return copy
    raise PermissionError(f"user {account.uid} cannot enter {programs}, nor is there room for a copy in {OPEN_PLACES}")


def is_trusted(copy: Path) -> bool:
    """Whether root made it and nobody else can change it."""
    if not copy.is_dir() or copy.is_symlink():
        return False
    status = copy.stat()
    return status.st_uid == 0 and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def make_copy(programs: Path, parts: tuple[str, ...], copy: Path) -> bool:
    """Copies under a draft name and renames, so that the copy is whole or absent."""
    if copy.exists() or not copy.parent.is_dir():
        return False
    try:
        draft = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
        needless = shutil.ignore_patterns("include", "*.a")
        for part in parts:
            shutil.copytree(programs / part, draft / part, symlinks=True, ignore=needless)
        draft.chmod(0o755)
        draft.rename(copy)
    except OSError:
        logger.debug("no copy of the programs in %s", copy.parent, exc_info=True)
        return False
    logger.warning("PostgreSQL's account cannot enter %s; its programs were copied to %s", programs, copy)
    return True

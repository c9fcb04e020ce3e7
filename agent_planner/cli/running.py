# SPDX-License-Identifier: Apache-2.0
"""Which stacks run on this machine, and which ROS_DOMAIN_ID is free.

Every running stack holds a lock on one small file per domain; the lock goes with its process, however that ends, so
that a file without a lock is nobody's.
"""

import fcntl
import json
import os
import random
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from agent_planner.errors import InfrastructureError

# Higher ones collide with the ports that Linux gives to clients.
DOMAINS = range(1, 100)
_PORT_BASE, _PORT_STEP, _FIRST_PARTICIPANT = 7400, 250, 10


@dataclass(frozen=True)
class Running:
    """A stack that is up; ``since`` in seconds of the epoch."""

    domain: int
    discovery: str
    robot: str
    pid: int
    folder: str
    since: float


def state_folder() -> Path:
    """A folder of this user that a restart of the machine may clear."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and os.access(base, os.W_OK):
        return Path(base) / "agent_planner"
    return Path(tempfile.gettempdir()) / f"agent_planner-{os.getuid()}"


@contextmanager
def claimed(robot: str, folder: Path, discovery: str, domain: int | None = None) -> Iterator[Running]:
    """Hold a domain for as long as the context lasts: ``domain``, or a free one.

    Raises:
        InfrastructureError: it is taken, or none is free.
    """
    wanted = [domain] if domain is not None else random.sample(DOMAINS, len(DOMAINS))
    for number in wanted:
        held = _lock(number)
        if held is None:
            continue
        with held:
            if domain is None and not _silent(number):
                continue
            running = Running(number, discovery, robot, os.getpid(), str(folder), time.time())
            held.seek(0)
            held.truncate()
            held.write(json.dumps(asdict(running)))
            held.flush()
            try:
                yield running
            finally:
                held.truncate(0)
            return
    if domain is not None:
        raise InfrastructureError(f"ROS_DOMAIN_ID {domain} is used by another running robot; leave --domain out")
    raise InfrastructureError(f"no ROS_DOMAIN_ID from {DOMAINS[0]} to {DOMAINS[-1]} is free; end a running robot")


def all_running() -> list[Running]:
    """The stacks that run, in the order in which they were started."""
    found = []
    for path in state_folder().glob("domain-*.json"):
        with path.open("r+", encoding="utf-8") as file:
            if _locked_by_another(file):
                found += _read(file)
    return sorted(found, key=lambda running: running.since)


def newest() -> Running | None:
    """The stack that was started last and still runs."""
    return next(reversed(all_running()), None)


def _lock(number: int) -> IO[str] | None:
    folder = state_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (folder / f"domain-{number}.json").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _locked_by_another(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _read(file: IO[str]) -> list[Running]:
    try:
        return [Running(**json.loads(file.read()))]
    except (ValueError, TypeError):
        return []  # it is being written: the stack has not started yet


def _silent(domain: int) -> bool:
    """Whether no ROS node on this machine listens on the ports that the domain's first participants take."""
    first = _PORT_BASE + _PORT_STEP * domain
    for port in (first, first + _FIRST_PARTICIPANT, first + _FIRST_PARTICIPANT + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                return False
    return True

# SPDX-License-Identifier: Apache-2.0
"""Two processes must not work in one place."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent_planner.errors import UserError


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Hold a file or folder for this process; the system lets go of it, however the process ends.

    Args:
        place: what is there already.

    Raises:
        UserError: another process holds it.
    """
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise UserError(f"{place}: another process works there; wait for it, or choose another place") from error
    finally:
        os.close(handle)

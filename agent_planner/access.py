# SPDX-License-Identifier: Apache-2.0
"""How this machine's servers for people and programs are reached: a token, and a socket that listens."""

import secrets
import socket
import stat
from pathlib import Path

from agent_planner.config import read_text
from agent_planner.errors import ConfigError, UserError

LOOPBACK = "127.0.0.1"
_SHORTEST = 16


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


def token_of(file: Path) -> str:
    """The token in a file.

    Raises:
        ConfigError: the file cannot be read, others may read it, or what is in it is no token.
    """
    token = read_text(file).strip()
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(str(file), f"others may read it; do: chmod 600 {file}")
    if len(token) < _SHORTEST or not token.isascii() or len(token.split()) != 1:
        raise ConfigError(str(file), f"a token is one word of at least {_SHORTEST} ASCII characters")
    return token


def listening(port: int, host: str = LOOPBACK) -> socket.socket:
    """A socket that clients can reach from now on; port 0 takes a free one.

    Raises:
        UserError: the port is taken, or the host is no IPv4 address or name of this machine.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        # From here on clients may come, and wait until they are served.
        found.listen()
    except socket.gaierror as error:
        found.close()
        raise UserError(f"--host {host}: is no IPv4 address or name of this machine ({error.strerror})") from error
    except OSError as error:
        found.close()
        raise UserError(
            f"port {port} of {host} cannot be taken ({error.strerror}); choose another one by --port"
        ) from error
    return found

# SPDX-License-Identifier: Apache-2.0
"""The process environment that rclpy needs when ROS 2 comes from wheels.

The wheels make the virtual environment a ROS prefix, but the loader finds its libraries only by
`LD_LIBRARY_PATH`, which is read when a process starts. So the command line starts itself anew, once, with
the right variables, and the user sources nothing. (The wheels bring a hook that restarts every interpreter
for the same purpose; it keeps another ROS in the path, in any order, and knows nothing of the workspace.
The variable that silences it is set here.) Where ROS is installed by apt (no `librcl.so` in the
interpreter's prefix) nothing is touched.

Only the standard library is imported here: `scripts/env.sh` runs this file before anything is built.
"""

import os
import re
import shlex
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ENTERED = "AGENT_PLANNER_ENTERED"
HOOK_DONE = "_ROS_WHEELS_BOOTSTRAP_COMPLETE"
# The caller's choice of a private network is kept; every other variable of another ROS goes.
KEPT = frozenset({"ROS_DOMAIN_ID"})
_OF_ROS = re.compile(r"(ROS|AMENT|COLCON|RMW|RCUTILS|RCL|FASTRTPS|FASTDDS|CYCLONEDDS)_|CYCLONEDDS_URI$")
# Search paths that a ROS setup file fills; they are replaced as a whole.
_SEARCH_PATHS = ("PYTHONPATH", "CMAKE_PREFIX_PATH", "PKG_CONFIG_PATH")
_ROS_LIBRARIES = re.compile(r"^/opt/ros/|/install/(.+/)?lib(/.*)?$")


def has_wheels(prefix: Path) -> bool:
    """Whether a Python prefix holds ROS 2 from wheels."""
    return (prefix / "lib" / "librcl.so").is_file()


def wheels_environment(environ: Mapping[str, str], prefix: Path, install: Path) -> dict[str, str | None]:
    """The variables of the wheels environment, None for those to remove.

    Args:
        environ: the environment of the caller, with whatever ROS its shell has sourced.
        prefix: the virtual environment that holds the wheels.
        install: the install folder of the colcon workspace; packages that are not built yet are left out.
    """
    packages = sorted(path.parents[1] for path in install.glob("*/share/ament_index"))
    site_packages = sysconfig.get_path("purelib", vars={"base": "", "platbase": ""}).lstrip("/")
    libraries = [package / "lib" for package in packages if any((package / "lib").glob("*.so"))]
    libraries += [prefix / "lib", *sorted((prefix / site_packages).glob("ros_*.libs"))]
    modules = [package / site_packages for package in packages]

    foreign = [name for name in environ if _OF_ROS.match(name) and name not in KEPT]
    wanted: dict[str, str | None] = dict.fromkeys([*foreign, *_SEARCH_PATHS])
    wanted["VIRTUAL_ENV"] = str(prefix)
    wanted["PATH"] = _joined([prefix / "bin"], environ.get("PATH", ""))
    wanted["LD_LIBRARY_PATH"] = _joined(libraries, environ.get("LD_LIBRARY_PATH", ""))
    wanted["PYTHONPATH"] = _joined(m for m in modules if any(m.glob("*/__init__.py")))
    wanted["AMENT_PREFIX_PATH"] = wanted["CMAKE_PREFIX_PATH"] = _joined([*packages, prefix])
    wanted["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    # torch reads it when it is imported; why PASSIVE is told in agent_planner/llm/local.py.
    wanted["OMP_WAIT_POLICY"] = environ.get("OMP_WAIT_POLICY", "PASSIVE")
    wanted[HOOK_DONE] = "1"
    return wanted


def _joined(ours: Iterable[Path], others: str = "") -> str | None:
    """A search path with our folders first, then those of the caller that no ROS setup file has put there."""
    first = [str(path) for path in ours]
    rest = [part for part in others.split(os.pathsep) if part and not _ROS_LIBRARIES.search(part)]
    return os.pathsep.join(dict.fromkeys([*first, *rest])) or None


def environment() -> dict[str, str | None]:
    """The variables that this process should have; empty where ROS is not from wheels."""
    prefix = Path(sys.prefix)
    if not has_wheels(prefix):
        return {}
    return wheels_environment(os.environ, prefix, CHECKOUT / "ros_ws" / "install")


def enter() -> None:
    """Start this process anew with the environment that rclpy needs, unless it has it already.

    To be called before anything imports rclpy. Returns only where there is nothing to change.

    Raises:
        RuntimeError: the environment is wrong again after the restart: something in it undoes our variables.
    """
    changes = {name: value for name, value in environment().items() if not _same(name, os.environ.get(name), value)}
    if not changes:
        os.environ.pop(ENTERED, None)
        return
    if ENTERED in os.environ:
        names = ", ".join(sorted(changes))
        raise RuntimeError(f"the environment differs again after a restart ({names}): a sitecustomize?")
    environ = {**os.environ, ENTERED: "1"}
    for name, value in changes.items():
        if value is None:
            environ.pop(name, None)
        else:
            environ[name] = value
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environ)


def _same(name: str, now: str | None, wanted: str | None) -> bool:
    """Whether a variable needs no change: of a search path, only what is in it counts.

    OpenCV puts a folder of its own first when it is imported.
    """
    if name.endswith("PATH") and now and wanted:
        return set(now.split(os.pathsep)) == set(wanted.split(os.pathsep))
    return now == wanted


def export_lines(extra: Mapping[str, str] | None = None) -> list[str]:
    """Lines that bring the calling shell into the environment, followed by those of `extra`.

    The command that prints them must not have called `enter`: it would not see what the shell has to unset.
    """
    changes = {**environment(), **(extra or {})}
    return [f"unset {n};" if v is None else f"export {n}={shlex.quote(v)};" for n, v in changes.items()]


if __name__ == "__main__":
    print("\n".join(export_lines()))

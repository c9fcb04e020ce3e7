# SPDX-License-Identifier: Apache-2.0
"""What the launch files share, as plain functions; ROS launch itself is imported inside those that need it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

from agent_planner.errors import ConfigError, UserError

REFUSED = 2  # the exit code of a program that has refused its parameters: starting it again would not help
_WORDS = {"true": True, "1": True, "false": False, "0": False}


def share(package: str, file: str) -> str:
    """Return the path of a file in a package's share folder.

    Raises:
        UserError: the package is not installed.
        ConfigError: it has no such file.
    """
    try:
        folder = Path(get_package_share_directory(package))
    except PackageNotFoundError as error:
        raise UserError(f"the ROS package '{package}' is not installed, or its workspace is not sourced") from error
    if not (folder / file).is_file():
        there = sorted(p.name for p in (folder / file).parent.glob("*") if p.is_file())
        raise ConfigError(
            file, f"the ROS package '{package}' has no such file; beside it: {', '.join(there) or 'none'}"
        )
    return str(folder / file)


def given(arguments: Mapping[str, str], kinds: Mapping[str, type]) -> dict[str, Any]:
    """Return launch arguments as values of parameters; one that is empty leaves the parameter file's value in force.

    Args:
        arguments: what was given, as text.
        kinds: the arguments that are asked for, with the types of the parameters.

    Raises:
        UserError: a text is not of its type.
    """
    texts = {name: arguments[name].strip() for name in kinds}
    return {name: _value(name, text, kinds[name]) for name, text in texts.items() if text}


def _value(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in _WORDS:
            raise UserError(f"the launch argument {name}:={text} must be true or false")
        return _WORDS[text.lower()]
    try:
        return kind(text)
    except ValueError as error:
        raise UserError(f"the launch argument {name}:={text} must be a number ({kind.__name__})") from error


def is_true(arguments: Mapping[str, str], name: str) -> bool:
    """Whether a launch argument is true.

    Raises:
        UserError: it is neither true nor false.
    """
    return _value(name, arguments[name].strip(), bool)


def parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as a launch file's node takes them: a text stays a text, even if it reads like a number."""
    from launch_ros.parameter_descriptions import ParameterValue  # pyright: ignore[reportMissingImports]

    return {k: ParameterValue(v, value_type=str) if isinstance(v, str) else v for k, v in values.items()}


def end_all(event: Any, context: Any) -> Any:
    """What follows when a program ends without which nothing else is of use; an event handler of ROS launch."""
    if context.is_shutdown:
        return None  # a second shutdown, while the first one is under way, would be an error
    from launch.actions import Shutdown  # pyright: ignore[reportMissingImports]

    return Shutdown(reason=f"{event.process_name} has ended")


def end_if_refused(event: Any, context: Any) -> Any:
    """What follows when a program ends that is otherwise started again: it would refuse its parameters again."""
    return end_all(event, context) if event.returncode == REFUSED else None

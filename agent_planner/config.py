# SPDX-License-Identifier: Apache-2.0
"""Reading files that people write: YAML into a typed tree; a fault names file, line and field."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from agent_planner.errors import ConfigError, did_you_mean, fault_text

Model = TypeVar("Model", bound=BaseModel)
_SHOWN = 6


def shipped_names(folder: Path) -> list[str]:
    """Names of the YAML files that are shipped in a folder."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def chosen_file(choice: str, folder: Path, noun: str) -> Path:
    """Where the file is that somebody chose: by the name of one that is shipped, or by its path.

    Args:
        choice: the name or the path.
        folder: of the shipped ones.
        noun: what it is, for the message.

    Raises:
        ConfigError: there is none.
    """
    shipped = shipped_names(folder)
    if choice in shipped:
        return folder / f"{choice}.yaml"
    path = Path(choice).expanduser()
    if not path.is_file():
        raise ConfigError(
            choice,
            f"there is no such {noun}; {did_you_mean(choice, shipped)}; a {noun} of your own is given by its path, "
            "which ends in .yaml",
        )
    return path


def read_text(path: Path | str) -> str:
    """Return a file's text.

    Raises:
        ConfigError: it cannot be read, or is not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), "is not UTF-8 text") from error


def parse_yaml(kind: type[Model], text: str, where: str, needs: str, as_text: bool = False) -> tuple[Model, "Lines"]:
    """Validate YAML text as a model; returns it with the lines of its fields.

    Args:
        kind: the model.
        text: the YAML.
        where: the file's name, for messages.
        needs: the key that the file cannot do without, for the message to somebody who wrote no mapping at all.
        as_text: whether values stay as they are written. YAML 1.1 takes 0:50 for a number to the base of 60.

    Raises:
        ConfigError: it is no YAML, a key stands twice in one mapping, or a field is wrong.
    """
    try:
        loader = yaml.BaseLoader(text) if as_text else yaml.SafeLoader(text)
        tree = loader.get_single_node()
        if not isinstance(tree, yaml.MappingNode):
            raise ConfigError(where, f"must be a mapping with the key `{needs}`")
        lines = Lines(tree, where)
        # YAML's readers let the last one win without a word.
        lines.refuse((loc, "stands twice; which of them is meant?") for loc in _twice(tree, ()))
        data = loader.construct_document(tree)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError(f"{where}{line}", f"is not YAML: {getattr(error, 'problem', error)}") from error
    try:
        return kind.model_validate(data), lines
    except ValidationError as error:
        raise lines.error([(fault["loc"], fault_text(fault)) for fault in error.errors()]) from error


class Lines:
    """Knows on which line of a file each field stands."""

    def __init__(self, tree: Any, where: str):
        self._tree = tree
        self._where = where

    def refuse(self, faults: "Iterator[tuple[Sequence[int | str], str]]") -> None:
        """Raise what is wrong with fields, each a location and what is to be said of it; nothing if there is none."""
        found = [(loc, f"{'.'.join(map(str, loc))}: {text}") for loc, text in faults]
        if found:
            raise self.error(found)

    def error(self, faults: Sequence[tuple[Sequence[int | str], str]]) -> ConfigError:
        """The exception for at least one fault: the first one's line stands in front."""
        told = [(self.line(loc), text) for loc, text in faults]
        more = "".join(f"; line {line}: {text}" for line, text in told[1:_SHOWN])
        return ConfigError(f"{self._where}:{told[0][0]}", told[0][1] + more)

    def line(self, loc: Sequence[int | str]) -> int:
        """The line, from 1, of the field or of the nearest one around it."""
        node = self._tree
        line = node.start_mark.line + 1
        for part in loc:
            found = None
            if isinstance(node, yaml.MappingNode):
                found = next(((k, v) for k, v in reversed(node.value) if k.value == str(part)), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                found = (node.value[part], node.value[part])
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        return line


def _twice(node: Any, loc: tuple[int | str, ...]) -> Iterator[tuple[int | str, ...]]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # no field of ours, and refused as such
            if key.value in seen:
                yield (*loc, key.value)
            seen.add(key.value)
            yield from _twice(value, (*loc, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _twice(value, (*loc, index))

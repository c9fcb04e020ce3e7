# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune import`: conversations of other schemas; and what converts them, either way."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent_planner.cli.new_file import ready_to_write
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import ConfigError
from agent_planner.tuning.data.schema import Schema

if TYPE_CHECKING:
    from agent_planner.tuning.data.records import Record


class RewardFrom(Enum):
    """What gives a reward to records that have none."""

    NOTHING = "nothing"
    SCENE = "scene"


def import_records(
    source: Annotated[Path, typer.Argument(help="JSON lines, JSON, or a folder of recorded episodes", exists=True)],
    out: Annotated[Path, typer.Option(help="the file to write, JSON lines; OUT.manifest.json says what made it")],
    schema: Annotated[Schema | None, typer.Option(help="of the source; if left out, each object is looked at")] = None,
    reward_from: Annotated[
        RewardFrom,
        typer.Option(help="for episodes without a reward; scene: does the stated goal hold in what was seen last?"),
    ] = RewardFrom.NOTHING,
    skip_unusable: Annotated[
        bool, typer.Option("--skip-unusable", help="leave out records that cannot be used, and count them by reason")
    ] = False,
) -> None:
    """Read conversations (ShareGPT, OpenAI messages and tool calls, AgentInstruct, episodes) into training records.

    What episodes in simulation were worth is in their records; `tune filter` keeps those alone that have a reward.
    """
    from agent_planner.tuning.collect.stated_reward import by_stated_goal
    from agent_planner.tuning.data.formats import check_answers
    from agent_planner.tuning.data.records import UnusableRecord

    def usable(where: str, item: "Record") -> "Record":
        item = check_answers(where, item)
        return by_stated_goal(where, item) if reward_from is RewardFrom.SCENE else item

    skipped: Counter[str] = Counter()
    try:
        count = convert([source], out, schema, Schema.AGENT, usable, skipped if skip_unusable else None)
    except UnusableRecord as error:
        hint = "`tune import --skip-unusable` leaves such records out"
        raise ConfigError(error.where, f"{error.message}; {hint}") from error
    if skipped:
        reasons = ", ".join(f"{reason} {n}" for reason, n in skipped.most_common())
        Terminal().say(f"left out as unusable: {reasons}", "yellow")
    config = {"schema": schema or "", "reward_from": reward_from.value, "skip_unusable": skip_unusable}
    write_manifest_of(source, out, "tune import", config, {"records": count, "unusable": dict(skipped.most_common())})


def write_manifest_of(source: Path, out: Path, made_by: str, config: dict[str, Any], counts: dict[str, Any]) -> None:
    """Write beside what was made of a file or folder what made it."""
    from agent_planner.tuning.data.manifest import write_manifest
    from agent_planner.tuning.data.records import files_of

    write_manifest(out, made_by, config, files_of(source), counts)


def convert(
    sources: Sequence[Path],
    out: Path,
    read: Schema | None,
    write: Schema,
    change: "Callable[[str, Record], Record] | None" = None,
    skipped: Counter[str] | None = None,
) -> int:
    """Read files or folders of one schema and write them in another.

    Args:
        sources: where the conversations are.
        out: the file to write, JSON lines.
        read: the schema of what is read; None: each object is looked at.
        write: the schema of what is written.
        change: what is done to each record in between; it is told where the record stands.
        skipped: is given how many were left out as unusable, by reason; None: such a record is an error.

    Returns:
        How many were written.

    Raises:
        UserError: something cannot be read, or the file cannot be written, or is one of those that are read.
    """
    from agent_planner.tuning.data.formats import WRITERS
    from agent_planner.tuning.data.records import files_of, write_records

    terminal = Terminal()
    ready_to_write(out, *(file for source in sources for file in files_of(source)))
    with terminal.busy(f"reading {', '.join(map(str, sources[:3]))}{', …' if len(sources) > 3 else ''}"):
        count = write_records(out, map(WRITERS[write], _records(sources, read, change, skipped)))
    terminal.say(f"{count} conversation{'' if count == 1 else 's'} written to {out} ({write})")
    return count


def _records(
    sources: Sequence[Path],
    read: Schema | None,
    change: "Callable[[str, Record], Record] | None",
    skipped: Counter[str] | None,
) -> "Iterator[Record]":
    from agent_planner.tuning.data.conversations import conversations_in
    from agent_planner.tuning.data.formats import to_record
    from agent_planner.tuning.data.records import UnusableRecord

    for where, data in (found for source in sources for found in conversations_in(source)):
        try:
            item = to_record(where, data, read)
            item = change(where, item) if change else item
        except UnusableRecord as error:
            if skipped is None:
                raise
            skipped[error.reason] += 1
        else:
            yield item

# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune import` and `tune export`: conversations from and to other schemas."""

from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError
from agent_planner.tuning.data.schema import Schema

if TYPE_CHECKING:
    from agent_planner.tuning.data.records import Record

_SOURCE = typer.Argument(help="JSON lines, JSON, or a folder of recorded episodes", exists=True)


class RewardFrom(Enum):
    """What gives a reward to records that have none."""

    NOTHING = "nothing"
    SCENE = "scene"


def import_records(
    source: Annotated[Path, _SOURCE],
    out: Annotated[Path, typer.Option(help="the file to write, JSON lines")],
    schema: Annotated[Schema, typer.Option(help="of the source; auto: each object is looked at")] = Schema.AUTO,
    reward_from: Annotated[
        RewardFrom,
        typer.Option(help="for episodes without a reward; scene: does the stated goal hold in what was seen last?"),
    ] = RewardFrom.NOTHING,
) -> None:
    """Read conversations (ShareGPT, OpenAI messages and tool calls, AgentInstruct, episodes) into training records.

    What episodes in simulation were worth is in their records; `tune filter` keeps those alone that have a reward.
    """
    from agent_planner.tuning.collect.stated_reward import by_stated_goal

    convert([source], out, schema, Schema.AGENT, by_stated_goal if reward_from is RewardFrom.SCENE else None)


def export_records(
    source: Annotated[Path, _SOURCE],
    out: Annotated[Path, typer.Option(help="the file to write, JSON lines")],
    schema: Annotated[Schema, typer.Option(help="to write: sharegpt, openai or agent")] = Schema.OPENAI,
) -> None:
    """Write training records or recorded episodes in another schema, e.g. for a trainer of your own."""
    if schema is Schema.AUTO:
        raise UserError("--schema auto says nothing of what to write; known: agent, openai, sharegpt")
    convert([source], out, Schema.AUTO, schema)


def convert(
    sources: Sequence[Path], out: Path, read: Schema, write: Schema, change: "Callable[[Record], Record] | None" = None
) -> None:
    """Read files or folders of one schema and write them in another.

    Args:
        sources: where the conversations are.
        out: the file to write, JSON lines.
        read: the schema of what is read.
        write: the schema of what is written.
        change: what is done to each record in between.

    Raises:
        UserError: something cannot be read, or there is no folder to write to.
    """
    from agent_planner.tuning.collect.takeover import learned_after_takeover
    from agent_planner.tuning.data.formats import WRITERS, each_conversation, to_record
    from agent_planner.tuning.data.records import read_plain, write_records

    terminal = Terminal()
    if not out.parent.is_dir():
        raise UserError(f"there is no folder '{out.parent}' to write {out.name} to; make it first")
    with terminal.busy(f"reading {', '.join(map(str, sources[:3]))}{', …' if len(sources) > 3 else ''}"):
        plain = (found for source in sources for found in read_plain(source))
        episodes = ((where, learned_after_takeover(data)) for where, data in plain)
        read_plainly = ((where, one) for where, data in episodes for one in each_conversation(data))
        records = (to_record(where, data, read) for where, data in read_plainly)
        count = write_records(out, map(WRITERS[write], map(change, records) if change else records))
    terminal.say(f"{count} conversation{'' if count == 1 else 's'} written to {out} ({write})")

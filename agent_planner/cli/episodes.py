# SPDX-License-Identifier: Apache-2.0
"""`agent-planner episodes`: what was recorded; docs/episodes.md."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from agent_planner.cli import episode_replay, episode_show
from agent_planner.cli.episode_options import RunsFolder
from agent_planner.cli.options import RUNS, AsJson
from agent_planner.cli.terminal import Terminal
from agent_planner.cli.tune_records import convert
from agent_planner.errors import ConfigError, UserError
from agent_planner.teleop.status import plain
from agent_planner.tuning.data.schema import Schema

if TYPE_CHECKING:
    from agent_planner.recording.episodes import RecordedEpisode

app = typer.Typer(help="Look at what was recorded, see it again, take it elsewhere.", no_args_is_help=True)


@app.command("list")
def list_episodes(runs: RunsFolder = RUNS, as_json: AsJson = False) -> None:
    """List the recorded episodes, the oldest first; an id begins with the time at which it began."""
    from agent_planner.recording.episodes import find_episodes

    terminal = Terminal(as_json)
    found = [episode.summary_or_fault() for episode in find_episodes(runs)]
    table = Table(box=None, pad_edge=False)
    for name in ("id", "outcome", "source"):
        table.add_column(name, no_wrap=True)
    for name in ("seconds", "MB"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("instruction", overflow="fold")
    for one in found:
        table.add_row(*_cells(one))
    if found and not as_json:
        terminal.console.print(table)
    elif not found:
        terminal.say(f"no episode was recorded in {runs}")
    terminal.result({"episodes": found})


def _cells(one: dict[str, Any]) -> list[str]:
    seconds = "-" if one["seconds"] is None else f"{one['seconds']:.1f}"
    size = f"{one['bytes'] / 1e6:.1f}"
    # Text of a person's must not be taken for markup, nor obeyed by the terminal.
    said = escape(plain(one.get("fault") or one["instruction"] or "-"))
    return [one["id"], one["outcome"], one["source"] or "-", seconds, size, said]


app.command("show")(episode_show.show)
app.command("replay")(episode_replay.replay)


@app.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="the file to write, JSON lines")],
    ids: Annotated[list[str] | None, typer.Argument(help="episodes; all of them if left out")] = None,
    runs: RunsFolder = RUNS,
    schema: Annotated[Schema, typer.Option(help="to write: sharegpt, openai or agent (AgentInstruct)")] = Schema.AGENT,
    mcap: Annotated[Path | None, typer.Option(help="a folder to copy the recordings of topics to, as ID.mcap")] = None,
) -> None:
    """Write the conversations of episodes for another program, and copy their recordings of topics."""
    from agent_planner.recording.episodes import find_episode, find_episodes

    terminal = Terminal()
    chosen = [find_episode(runs, name) for name in ids] if ids else _readable(find_episodes(runs), terminal)
    ended = [episode for episode in chosen if episode.record]
    for episode in chosen:
        if not episode.record:
            terminal.say(f"{episode.id} was cut short and has no conversation", "yellow")
    if not ended:
        raise UserError(f"there is no finished episode in {runs} to write")
    convert([episode.folder / "episode.json" for episode in ended], out, None, schema)
    if mcap is not None:
        terminal.say(f"{_copy(chosen, mcap)} recordings of topics copied to {mcap}")


def _readable(episodes: list["RecordedEpisode"], terminal: Terminal) -> list["RecordedEpisode"]:
    """Those whose record can be read; of the others it is told why not."""
    found = []
    for episode in episodes:
        try:
            episode.record  # noqa: B018 - reading is what may fail
        except ConfigError as error:
            terminal.say(f"{episode.id} is left out: {error}", "yellow")
        else:
            found.append(episode)
    return found


def _copy(episodes: list["RecordedEpisode"], folder: Path) -> int:
    count = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for episode in episodes:
            if episode.mcap is not None:
                shutil.copyfile(episode.mcap, folder / f"{episode.id}.mcap")
                count += 1
    except OSError as error:
        raise UserError(f"--mcap {folder}: {error.strerror} ({error.filename})") from error
    return count

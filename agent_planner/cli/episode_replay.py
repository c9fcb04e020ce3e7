# SPDX-License-Identifier: Apache-2.0
"""`agent-planner episodes replay`: an episode as it was seen when it ran."""

import threading
from typing import Annotated

import typer

from agent_planner.cli.episode_options import EpisodeId, RunsFolder
from agent_planner.cli.options import RUNS
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError


def replay(
    name: EpisodeId,
    runs: RunsFolder = RUNS,
    speed: Annotated[float, typer.Option(min=0, help="times faster than it was; 0: without a pause")] = 1.0,
) -> None:
    """Show an episode again, step by step, as `agent-planner send` showed it; Ctrl-C ends that."""
    from agent_planner.agent.events import EventKind, told
    from agent_planner.cli.live import LiveRun
    from agent_planner.recording.episodes import UNFINISHED, find_episode

    episode = find_episode(runs, name)
    if not episode.events:
        raise UserError(f"{episode.folder} has no events.jsonl to show again")
    terminal = Terminal()
    outcome = episode.record.get("outcome", UNFINISHED)
    never = threading.Event()
    before = episode.events[0].time
    with terminal.busy(f"instruction: {episode.summary()['instruction']}") as status:
        live = LiveRun(terminal, status)
        for timed in episode.events:
            pause = (timed.time - before).total_seconds() / speed if speed else 0.0
            before = timed.time
            never.wait(max(0.0, pause))
            if timed.event.kind is EventKind.ENDED:
                live.close(timed.event.text, outcome)
            else:
                live.hear(told(timed.event))
    if episode.events[-1].event.kind is not EventKind.ENDED:
        terminal.say("here the record breaks off", "yellow")

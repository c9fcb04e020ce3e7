# SPDX-License-Identifier: Apache-2.0
"""`agent-planner episodes show`: one episode, written out."""

from typing import TYPE_CHECKING, Any

from agent_planner.cli.episode_options import EpisodeId, RunsFolder
from agent_planner.cli.options import RUNS, AsJson
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import InfrastructureError

if TYPE_CHECKING:
    from agent_planner.recording.episodes import RecordedEpisode

_PICTURES = (".png", ".jpg", ".mp4")
_STYLES = {"gpt": "cyan", "human": ""}


def show(name: EpisodeId, runs: RunsFolder = RUNS, as_json: AsJson = False) -> None:
    """Show an episode: its goal, its calls with their results, what people did, what was said, what was recorded."""
    from agent_planner.recording.episodes import find_episode

    terminal = Terminal(as_json)
    told = _told(find_episode(runs, name))
    if not as_json:
        _head(terminal, told)
        _acts(terminal, told)
        _recording(terminal, told)
        for number, turns in enumerate((*told["earlier"], told["conversations"]), 1):
            title = f"conversation {number}" if told["earlier"] else "conversation"
            _conversation(terminal, title, turns)
    terminal.result(told)


def _told(episode: "RecordedEpisode") -> dict[str, Any]:
    """What there is to show, for a program, too."""
    from agent_planner.recording.mcap_summary import topics_in

    record = episode.record
    told = {key: record.get(key) for key in ("goal", "code", "message")}
    topics, fault = [], ""
    if episode.mcap is not None:
        try:
            topics = [topic._asdict() | {"picture": topic.is_picture} for topic in topics_in(episode.mcap)]
        except InfrastructureError as error:
            fault = str(error)
    return {
        **episode.summary(),
        **told,
        "model": episode.config.get("model"),
        "autonomy": episode.config.get("autonomy"),
        "steps": record.get("steps", []),
        "takeovers": [{"step": event.step, "text": event.text} for event in episode.takeovers],
        "earlier": record.get("earlier", []),
        "conversations": record.get("conversations", []),
        "recording": record.get("recording"),
        "topics": topics,
        "mcap_fault": fault,
        "pictures": sorted(str(path) for path in episode.folder.iterdir() if path.suffix in _PICTURES),
    }


def _head(terminal: Terminal, told: dict[str, Any]) -> None:
    seconds = "" if told["seconds"] is None else f"{told['seconds']:.1f} s"
    why = f": {told['message']}" if told["message"] else ""
    lines = {
        "episode": told["id"],
        "folder": told["folder"],
        "began": told["time"],
        "instruction": told["instruction"],
        "goal": told["goal"],
        "outcome": f"{told['outcome']}{why}",
        "reward": told["reward"],
        "model": told["model"],
        "autonomy": told["autonomy"],
        "lasted": seconds,
    }
    for name, value in lines.items():
        if value not in (None, ""):
            terminal.say(f"{name:<12} {value}")


def _acts(terminal: Terminal, told: dict[str, Any]) -> None:
    for number, step in enumerate(told["steps"], 1):
        if "call" not in step:
            changed = "; ".join(step.get("changed", ())) or "nothing in the scene"
            terminal.say(f"{number:<12} {step['result']}; changed: {changed}", "magenta")
            continue
        terminal.say(f"{number:<12} {step['call']}", "cyan")
        terminal.say(f"{'':<12} {step['result']}", "green" if step["result"] == "ok" else "red")


def _recording(terminal: Terminal, told: dict[str, Any]) -> None:
    for topic in told["topics"]:
        kind = "pictures" if topic["picture"] else "topic"
        terminal.say(f"{kind:<12} {topic['topic']}: {topic['messages']} ({topic['type']})", "dim")
    for picture in told["pictures"]:
        terminal.say(f"pictures     {picture}", "dim")
    recording = told["recording"]
    if recording is not None:
        left_out = sum(recording["left_out"].values())
        missing = f", {left_out} messages left out" if left_out else ""
        size = f"{recording['bytes'] / 1e6:.1f} MB"
        terminal.say(f"recording    {recording['file']}: {recording['state']}, {size}{missing}")
        for warning in recording["warnings"]:
            terminal.say(f"{'':<12} {warning}", "yellow")
    if told["mcap_fault"]:
        terminal.say(f"{'':<12} {told['mcap_fault']}", "yellow")


def _conversation(terminal: Terminal, title: str, turns: list[dict[str, Any]]) -> None:
    terminal.say("")
    terminal.say(title, "bold")
    for turn in turns:
        aside = "  (not to be learned)" if turn["loss"] is False else ""
        terminal.say(f"{turn['from']}{aside}", "dim")
        terminal.say(turn["value"], _STYLES[turn["from"]])

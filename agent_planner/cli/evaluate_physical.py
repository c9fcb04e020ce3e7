# SPDX-License-Identifier: Apache-2.0
"""Evaluation in the simulator: the processes of `agent-planner run`, with the scene reset between episodes."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_planner.agent.conversation import parse_turn
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.result import Counts, EpisodeResult
from agent_planner.cli.bringup import Up, brought_up
from agent_planner.cli.options import SceneSource, Simulator
from agent_planner.cli.physical_suite import scenario, scene_seed
from agent_planner.cli.robots import in_simulator
from agent_planner.cli.terminal import Terminal
from agent_planner.cli.wanted import Wanted, wanted
from agent_planner.errors import CallRefused, InfrastructureError, UserError
from agent_planner.goals import parse_goal
from agent_planner.goals.goal import Stated
from agent_planner.recording.episode import add_facts
from agent_planner.ros.client import Feedback, InstructionResult
from agent_planner.ros.look_around import look_around, worth_a_look
from agent_planner.ros.opening_hand import OpeningHand
from agent_planner.ros.stop_client import StopClient
from agent_planner.scene import SceneGraph
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.evaluate import Score, judge
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Outcome

_MODEL_SECONDS = 1800.0
_EPISODE_SECONDS = 1800.0
_REST_SECONDS, _REST_STEP = 60.0, 2.0
# Is told each task before the robot is.
Brief = Callable[[Up, Scenario], None]


@dataclass(frozen=True)
class Tried:
    """An episode that is over.

    Attributes:
        seed: its number in the suite.
        score: how it was judged, by the ground truth.
        record: its ``episode.json``; None where there is none.
        seconds: of the wall.
        fault: what was done to the robot, as `OpeningHand.struck`.
    """

    seed: int
    score: Score
    record: Path | None
    seconds: float
    fault: str = ""


def run(
    terminal: Terminal,
    suite: str,
    split: str,
    seeds: Sequence[int],
    model: str,
    config: LoopConfig,
    simulator: Simulator,
    robot: str,
    scene: str,
    rtf: float,
    runs: Path,
    policy: str = "",
    scene_source: SceneSource = SceneSource.TRUTH,
) -> tuple[list[Score], float, str]:
    """Run the suite; returns scores, the seconds that the episodes took, and the model's name."""
    robot = in_simulator(robot, simulator)
    want = wanted(
        robot, model, scene, policy, scene_source, rtf=rtf, level=config.level.value, look_ahead=config.look_ahead
    )
    tried = list(episodes(terminal, want, runs, suite, split, seeds))
    return [one.score for one in tried], sum(one.seconds for one in tried), model


def episodes(
    terminal: Terminal,
    want: Wanted,
    runs: Path,
    suite: str,
    split: str,
    seeds: Sequence[int],
    brief: Brief = lambda up, task: None,
) -> Iterator[Tried]:
    """Bring the robot up and yield each episode as it ends; its record then says what it was worth.

    Raises:
        UserError: the robot is not simulated, or the simulator has no such suite.
    """
    if want.profile.simulator is None:
        raise UserError(f"the robot '{want.profile.name}' is not simulated: no episodes with a known truth can be run")
    scene_seed(suite, split, 0)
    good = 0
    with brought_up(want, terminal, runs) as up:
        with terminal.busy(f"loading the model {want.model}") as status:
            up.planner.wait_for_model(_MODEL_SECONDS, status.update)
        stops = StopClient(up.node)
        hand = OpeningHand(up.node) if suite == "failures" else None
        with terminal.counting(suite, len(seeds)) as counter:
            for seed in seeds:
                _let_go(stops, terminal)
                tried = episode(up, suite, split, seed, want.scene, hand, brief, want.by_camera)
                if tried.record is not None:
                    add_facts(tried.record, facts(tried, split, want.profile.simulator, stops.stopped))
                score = tried.score
                good += score.success
                terminal.say(
                    f"{seed:>4} {'ok  ' if score.success else 'FAIL'} {score.scenario.instruction!r} "
                    f"[{score.scenario.goal}] {score.result.summary}",
                    "" if score.success else "red",
                )
                counter.advance(f"({good} succeeded)")
                yield tried


def episode(
    up: Up,
    suite: str,
    split: str,
    seed: int,
    scene: str,
    hand: OpeningHand | None = None,
    brief: Brief = lambda up, task: None,
    by_camera: bool = False,
) -> Tried:
    """Reset the scene, give an instruction about it, and score what the world then shows.

    A robot that knows its scene ``by_camera`` looks around first.
    """
    simulator = up.simulator
    assert simulator is not None
    began = time.monotonic()
    simulator.reset(scene, scene_seed(suite, split, seed))
    # The planner must not act on what it saw before the reset.
    truth = simulator.ground_truth(after=simulator.now)
    seen = simulator.observed(after=truth.stamp)
    if by_camera:
        look_around(up.node, worth_a_look(seen))
        seen = simulator.observed(after=simulator.now)
    task = scenario(suite, split, seed, seen, up.stack.profile.library())
    brief(up, task)
    if hand is not None:
        hand.begin(split, suite, seed)

    over = threading.Event()

    def hear(feedback: Feedback) -> None:
        # Simulated time stands still while the model computes: results then do not depend on the processor.
        if not over.is_set():
            simulator.pause_soon(feedback.state == "THINKING")
        if hand is not None:
            hand.hear(feedback)

    try:
        answer = up.planner.send(task.instruction, hear).result(_EPISODE_SECONDS)
    finally:
        # Also after Ctrl-C: the robot comes to rest in simulated time.
        over.set()
        simulator.pause_soon(False)
    after = simulator.ground_truth(after=simulator.now)
    record = up.folder / answer.episode_id / "episode.json"
    is_there = bool(answer.episode_id) and record.is_file()
    score = judged(task, read_result(answer, record if is_there else None), after)
    fault = hand.struck if hand is not None else ""
    return Tried(seed, score, record if is_there else None, time.monotonic() - began, fault)


def judged(task: Scenario, result: EpisodeResult, truth: SceneGraph) -> Score:
    """Score as in the symbolic world, by what is really there at the end."""
    world = SymbolicWorld(truth, task.library)
    world.done += [call for call, text in result.steps if text == "ok"]
    score = judge(Case(task), result, world)
    unseen = score.goal_exact and not score.success and result.outcome is Outcome.SUCCEEDED
    return Score(task, result, score.success, score.goal_exact, "not_in_truth" if unseen else score.error)


def facts(tried: Tried, split: str, simulator: Simulator, stopped: str = "") -> dict[str, Any]:
    """What an episode's record says of it beside the conversation, as records of the symbolic world do.

    Args:
        tried: the episode.
        split: of its scenario.
        simulator: where it was.
        stopped: why the robot was stopped when it ended; a stop counts as a violation.
    """
    score = tried.score
    return {
        "source": "agent",
        "backend": simulator.value,
        "split": split,
        "scenario": score.scenario.id,
        "family": score.scenario.kind,
        "truth": str(score.scenario.goal),
        "reward": float(score.success),
        "reward_from": "scenario",
        "error": score.error,
        "violations": [f"stopped: {stopped}"] if stopped else [],
        "faults": [f"the hand opened while {tried.fault}"] if tried.fault else [],
    }


def _let_go(stops: StopClient, terminal: Terminal) -> None:
    """Do what a person would before the next episode, where something has stopped the robot in the last one."""
    if stops.stopped:
        terminal.say(f"stopped: {stops.stopped}; reset for the next episode", "yellow")
        end, pause = time.monotonic() + _REST_SECONDS, threading.Event()
        while not (answer := stops.reset()).success:
            # Servers may still be busy with what was stopped.
            if time.monotonic() > end:
                raise InfrastructureError(answer.message)
            pause.wait(_REST_STEP)


def read_result(answer: InstructionResult, path: Path | None) -> EpisodeResult:
    """The core's own form of a result, with the figures of the episode's record."""
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path is not None else {}
    code = record.get("code") or ("" if answer.outcome == "succeeded" else answer.error_msg.partition(":")[0])
    known = {outcome.value for outcome in Outcome}
    outcome = Outcome(answer.outcome) if answer.outcome in known else Outcome.FAILED
    counts = Counts(**record.get("counts", {}))
    steps = tuple((parse_turn(step["call"])[1], step["result"]) for step in record.get("steps", ()) if "call" in step)
    return EpisodeResult(outcome, code, record.get("message", answer.error_msg), _stated(answer.goal), steps, counts)


def _stated(text: str) -> Stated | None:
    try:
        return parse_goal(f"goal: {text}") if text else None
    except CallRefused:
        return None

# SPDX-License-Identifier: Apache-2.0
"""Evaluation in the simulator: the processes of `agent-planner run`, with the scene reset between episodes."""

import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent_planner.agent.conversation import parse_turn
from agent_planner.agent.loop import LoopConfig
from agent_planner.agent.result import Counts, EpisodeResult
from agent_planner.cli.bringup import Up, brought_up
from agent_planner.cli.physical_suite import scenario, scene_seed
from agent_planner.cli.terminal import Terminal
from agent_planner.cli.wanted import wanted
from agent_planner.errors import CallRefused, InfrastructureError
from agent_planner.goals import holds, parse_goal
from agent_planner.goals.goal import Goal, Stated
from agent_planner.ros.client import Feedback, InstructionResult
from agent_planner.ros.stop_client import StopClient
from agent_planner.tuning.panel.evaluate import Score, goal_exact
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.types import Outcome

_MODEL_SECONDS = 1800.0
_EPISODE_SECONDS = 1800.0


def run(
    terminal: Terminal,
    suite: str,
    split: str,
    seeds: Sequence[int],
    model: str,
    config: LoopConfig,
    robot: str,
    scene: str,
    rtf: float,
    runs: Path,
    policy: str = "",
) -> tuple[list[Score], float, str]:
    """Run the suite; returns scores, the seconds that the episodes took, and the model's name."""
    scene_seed(suite, split, 0)
    want = wanted(robot, model, scene, policy, rtf=rtf, level=config.level.value, look_ahead=config.look_ahead)
    scores: list[Score] = []
    with brought_up(want, terminal, runs) as up:
        with terminal.busy(f"loading the model {model}") as status:
            up.planner.wait_for_model(_MODEL_SECONDS, status.update)
        stops = StopClient(up.node)
        began = time.monotonic()
        with terminal.counting(suite, len(seeds)) as counter:
            for seed in seeds:
                _let_go(stops, terminal)
                score = episode(up, suite, split, seed, want.scene)
                scores.append(score)
                good = sum(s.success for s in scores)
                terminal.say(
                    f"{seed:>4} {'ok  ' if score.success else 'FAIL'} {score.scenario.instruction!r} "
                    f"[{score.scenario.goal}] {score.result.summary}",
                    "" if score.success else "red",
                )
                counter.advance(f"({good} succeeded)")
        took = time.monotonic() - began
    return scores, took, model


def episode(up: Up, suite: str, split: str, seed: int, scene: str) -> Score:
    """Reset the scene, give an instruction about it, and score what the world then shows."""
    simulator = up.simulator
    assert simulator is not None
    simulator.reset(scene, scene_seed(suite, split, seed))
    # The planner must not act on what it saw before the reset.
    truth = simulator.ground_truth(after=simulator.now)
    seen = simulator.observed(after=truth.stamp)
    task = scenario(suite, split, seed, seen, up.stack.profile.library())

    over = threading.Event()

    def hear(feedback: Feedback) -> None:
        # Simulated time stands still while the model computes: results then do not depend on the processor.
        if not over.is_set():
            simulator.pause_soon(feedback.state == "THINKING")

    try:
        answer = up.planner.send(task.instruction, hear).result(_EPISODE_SECONDS)
    finally:
        # Also after Ctrl-C: the robot comes to rest in simulated time.
        over.set()
        simulator.pause_soon(False)
    after = simulator.ground_truth(after=simulator.now)
    result = read_result(answer, up.folder)
    exact = goal_exact(task, result)
    assert isinstance(task.goal, Goal)
    success = result.outcome is Outcome.SUCCEEDED and all(holds(atom, after) for atom in task.goal.steps[-1])
    return Score(task, result, success, exact, "" if success else _error(task, result, exact))


def _let_go(stops: StopClient, terminal: Terminal) -> None:
    """Do what a person would before the next episode, where something has stopped the robot in the last one."""
    if stops.stopped:
        terminal.say(f"stopped: {stops.stopped}; reset for the next episode", "yellow")
        answer = stops.reset()
        if not answer.success:
            raise InfrastructureError(answer.message)


def _error(task: Scenario, result: EpisodeResult, exact: bool) -> str:
    if not exact:
        return "misread_goal"
    return result.code.lower() or (result.outcome.value if result.outcome is not Outcome.SUCCEEDED else "not_in_truth")


def read_result(answer: InstructionResult, runs: Path) -> EpisodeResult:
    """The core's own form of a result, with the figures of the episode's record."""
    record: dict[str, Any] = {}
    path = runs / answer.episode_id / "episode.json"
    if answer.episode_id and path.is_file():
        record = json.loads(path.read_text(encoding="utf-8"))
    code = record.get("code") or ("" if answer.outcome == "succeeded" else answer.error_msg.partition(":")[0])
    known = {outcome.value for outcome in Outcome}
    outcome = Outcome(answer.outcome) if answer.outcome in known else Outcome.FAILED
    counts = Counts(**record.get("counts", {}))
    steps = tuple((parse_turn(step["call"])[1], step["result"]) for step in record.get("steps", ()))
    return EpisodeResult(outcome, code, record.get("message", answer.error_msg), _stated(answer.goal), steps, counts)


def _stated(text: str) -> Stated | None:
    try:
        return parse_goal(f"goal: {text}") if text else None
    except CallRefused:
        return None

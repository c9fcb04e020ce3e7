# SPDX-License-Identifier: Apache-2.0
"""An episode in the simulator: what is asked, when time stands still, what counts as success."""

import json
from random import Random
from types import SimpleNamespace

import pytest

pytest.importorskip("rclpy")

from agent_planner.agent.result import EpisodeResult
from agent_planner.cli import evaluate_physical
from agent_planner.cli.evaluate_physical import Tried, episode, facts, judged, read_result
from agent_planner.cli.options import Simulator as In
from agent_planner.cli.physical_suite import scene_seed
from agent_planner.goals import parse_goal
from agent_planner.ros.client import Feedback, InstructionResult
from agent_planner.scene import Relation
from agent_planner.tuning.collect.filter import Filter, FilterConfig
from agent_planner.tuning.data.records import Record, human, said
from agent_planner.tuning.scenarios.scenario import Scenario, default_library
from agent_planner.tuning.scenarios.scenes import observed, random_scene
from agent_planner.tuning.zoo.vocabulary import SEEN
from agent_planner.types import Call, Outcome

pytestmark = pytest.mark.ros


class Simulator:
    """Shows one scene before the instruction and another one after it."""

    now = 5.0

    def __init__(self, before):
        self.shown = before
        self.resets, self.pauses = [], []

    def reset(self, scene, seed):
        self.resets.append((scene, seed))

    def ground_truth(self, after):
        return self.shown

    def observed(self, after):
        return self.shown

    def pause_soon(self, paused):
        self.pauses.append(paused)


class Planner:
    """Ends every instruction in one way; ``work`` is called before it does."""

    def __init__(self, outcome, work=lambda task: None, goal=None):
        self._outcome, self._work, self._goal = outcome, work, goal

    def send(self, instruction, hear):
        self._hear = hear
        return self

    def result(self, seconds):
        for state in ("THINKING", "GOAL", "EXECUTING"):
            self._hear(Feedback(0, "", "", state, ""))
        goal = self._work()
        self._hear(Feedback(0, "", "", "THINKING", ""))
        return InstructionResult("SUCCEEDED", self._outcome, 0, "", "", goal, (), "")


@pytest.fixture
def tried(monkeypatch, tmp_path):
    """Run an episode in which the robot does what the goal says, or nothing."""
    seen = observed(random_scene(Random(3), SEEN))
    library = default_library()
    tasks = []
    draw = evaluate_physical.scenario
    monkeypatch.setattr(evaluate_physical, "scenario", lambda *args: tasks.append(draw(*args)) or tasks[-1])

    def run(outcome="succeeded", does_it=True, states_it=True, hand=None):
        simulator = Simulator(seen)

        def work():
            (atom,) = tasks[-1].goal.steps[-1]
            if does_it:
                rest = tuple(r for r in seen.relations if r.a != atom.args[0])
                simulator.shown = seen.replace(relations=(*rest, Relation(atom.name, *atom.args)))
            return str(tasks[-1].goal) if states_it else "did(wave)"

        up = SimpleNamespace(
            simulator=simulator,
            planner=Planner(outcome, work),
            stack=SimpleNamespace(profile=SimpleNamespace(library=lambda: library)),
            folder=tmp_path,
        )
        return episode(up, "smoke", "dev", 4, "tidy", hand).score, simulator

    return run


def test_success_is_what_the_world_shows(tried):
    score, simulator = tried()
    assert (score.success, score.goal_exact, score.error) == (True, True, "")
    assert simulator.resets == [("tidy", scene_seed("smoke", "dev", 4))]


def test_a_success_that_the_world_does_not_show_is_none(tried):
    score, _ = tried(does_it=False)
    assert (score.success, score.error) == (False, "not_in_truth")


def test_a_deed_by_chance_is_no_success_where_the_planner_gave_up(tried):
    score, _ = tried(outcome="failed")
    assert (score.success, score.error) == (False, "failed")


def test_a_misread_goal_is_a_category_of_its_own(tried):
    score, _ = tried(does_it=False, states_it=False)
    assert (score.success, score.goal_exact, score.error) == (False, False, "misread_goal")


def test_time_stands_still_while_the_model_thinks_and_runs_in_the_end(tried):
    _, simulator = tried()
    assert simulator.pauses == [True, False, False, True, False]


def test_a_result_is_read_with_its_record(tmp_path):
    folder = tmp_path / "20260101-000000-abcd"
    folder.mkdir()
    record = {
        "code": "LOOP",
        "message": "again and again",
        "counts": {"turns": 3, "calls": 1, "refused": 1, "raw_invalid": 2},
        "steps": [{"call": 'pick(object="red cube")', "result": "failed SLIPPED: it fell"}],
    }
    (folder / "episode.json").write_text(json.dumps(record))
    answer = InstructionResult("ABORTED", "failed", 100, "LOOP: x", "", "holding(red cube)", (), folder.name)
    result = read_result(answer, folder / "episode.json")
    assert (result.outcome, result.code, result.message) == (Outcome.FAILED, "LOOP", "again and again")
    assert str(result.goal) == "holding(red cube)"
    assert result.steps == ((Call("pick", {"object": "red cube"}), "failed SLIPPED: it fell"),)
    assert (result.counts.turns, result.counts.raw_invalid) == (3, 2)
    assert "after 1 call" in result.summary


def test_a_result_without_a_record_keeps_what_the_planner_said():
    answer = InstructionResult("ABORTED", "busy", 107, "BUSY: busy with 'x'", "", "", (), "")
    result = read_result(answer, None)
    assert (result.outcome, result.code, result.goal) == (Outcome.FAILED, "BUSY", None)


def test_a_hand_that_is_to_open_hears_of_the_episode_and_all_its_feedback(tried):
    told = []
    hand = SimpleNamespace(begin=lambda *which: told.append(which), hear=lambda feedback: told.append(feedback.state))
    hand.struck = "driving"
    tried(hand=hand)
    assert told == [("dev", "smoke", 4), "THINKING", "GOAL", "EXECUTING", "THINKING"]


def score_of(goal, *steps, outcome=Outcome.SUCCEEDED, stated="", truth=None):
    seen = truth or observed(random_scene(Random(3), SEEN))
    task = Scenario("dev/held_in/0", default_library(), seen, "do it", parse_goal(f"goal: {goal}"), "posture")
    result = EpisodeResult(outcome, "", "", parse_goal(f"goal: {stated or goal}"), steps)
    return judged(task, result, seen)


def test_what_leaves_no_trace_in_the_world_counts_if_its_call_succeeded():
    call = Call("move_arm", {"posture": "home"})
    assert score_of("did(move_arm, home)", (call, "ok")).success
    assert not score_of("did(move_arm, home)", (call, "failed TIMEOUT: late")).success


def test_an_instruction_that_cannot_be_done_is_judged_too():
    lacking = 'missing("teapot")'
    assert score_of(lacking, outcome=Outcome.INFEASIBLE).success
    assert score_of(lacking, outcome=Outcome.ANSWERED, stated="none").error == "misread_goal"


def record_of(success, stopped="", simulator=In.MUJOCO):
    score = score_of("did(move_arm, home)", (Call("move_arm", {"posture": "home"}), "ok" if success else "failed X: y"))
    more = facts(Tried(0, score, None, 1.0, "lifting"), "train", simulator, stopped)
    return Record(id=f"{success}{stopped}", conversations=(human("do it"), said(f"done {success}{stopped}")), **more)


def test_a_record_says_what_the_episode_was_worth_and_the_filter_takes_it_at_its_word():
    sieve = Filter(FilterConfig())
    kept = [item.id for item in sieve.keep([record_of(True), record_of(False), record_of(True, "pressed")])]
    assert (kept, dict(sieve.dropped)) == (["True"], {"low_reward": 1, "safety_violation": 1})
    known = record_of(True).model_extra
    assert (known["family"], known["backend"], known["scenario"]) == ("posture", "mujoco", "dev/held_in/0")
    assert known["faults"] == ["the hand opened while lifting"]
    assert record_of(True, simulator=In.GAZEBO).model_extra["backend"] == "gazebo"

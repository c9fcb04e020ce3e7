# SPDX-License-Identifier: Apache-2.0
"""Instructions about simulated scenes."""

from collections import Counter
from random import Random

import pytest

from agent_planner.cli.physical_suite import scenario, scene_seed
from agent_planner.cli.robots import load_robot
from agent_planner.errors import InfrastructureError, UserError
from agent_planner.goals import Goal, plan, unmet
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches
from agent_planner.tuning.scenarios.scenario import default_library
from agent_planner.tuning.scenarios.scenes import observed, random_scene
from agent_planner.tuning.zoo.vocabulary import SEEN


def test_the_seed_of_a_scene_is_the_same_for_ever_and_differs_between_splits():
    assert scene_seed("smoke", "dev", 0) == 335049307
    assert scene_seed("smoke", "test", 0) != scene_seed("smoke", "dev", 0)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_asked_is_feasible_not_done_and_visible(seed):
    seen = observed(random_scene(Random(seed), SEEN))
    library = default_library()
    try:
        task = scenario("smoke", "dev", seed, seen, library)
    except InfrastructureError:
        pytest.skip("this random world has nothing to put anywhere")
    (step,) = task.goal.steps
    assert unmet(step, seen) == step
    assert plan(task.goal, library, seen)
    assert {name for atom in step for name in atom.args} <= seen.entities.keys()
    assert task == scenario("smoke", "dev", seed, seen, library)
    assert any(
        scenario("smoke", "dev", other, seen, library).instruction != task.instruction for other in range(20, 30)
    )


def test_an_empty_world_is_told():
    with pytest.raises(InfrastructureError, match="nothing in the scene"):
        scenario("smoke", "dev", 0, SceneGraph(), default_library())


def test_an_unknown_suite_is_refused():
    with pytest.raises(UserError, match="no suite 'held'; did you mean 'held_in'. known: failures, held_in, smoke"):
        scene_seed("held", "dev", 0)


def drawn(suite, seeds):
    """A task in each of several random worlds, as far as these have something for it."""
    for seed in seeds:
        seen = observed(random_scene(Random(seed), SEEN))
        try:
            yield scenario(suite, "train", seed, seen, default_library()), seen
        except InfrastructureError:
            continue


def test_held_in_asks_for_whatever_training_has_and_proves_it():
    kinds = Counter()
    for task, seen in drawn("held_in", range(120)):
        assert task.world == seen
        if isinstance(task.goal, Goal):
            assert plan(task.goal, task.library, seen) is not None
        else:
            kinds[task.goal.kind] += 1
            if task.goal.kind == "missing":
                assert task.goal.words in task.instruction.lower() and not matches(seen, task.goal.words)
    assert min(kinds[kind] for kind in ("missing", "which", "none")) >= 2


def test_a_scene_without_two_things_of_a_name_is_asked_for_something_else():
    seen = observed(random_scene(Random(5), SEEN))
    alone = {o.category: o for o in seen.objects}
    seen = seen.replace(objects=tuple(o for o in seen.objects if alone[o.category] is o))
    names = seen.entities.keys()
    seen = seen.replace(relations=tuple(r for r in seen.relations if r.a in names and r.b in {"", *names}))
    kinds = {scenario("held_in", "train", seed, seen, default_library()).kind for seed in range(40)}
    assert "which" not in kinds and {"missing", "none"} <= kinds


def test_where_the_hand_is_to_open_something_is_carried():
    tasks = [task for task, _ in drawn("failures", range(20))]
    assert len(tasks) > 10
    for task in tasks:
        skills = [call.skill for call in plan(task.goal, task.library, task.world)]
        assert ("pick", "navigate_to") in zip(skills, skills[1:], strict=False)


def simulated(robot, seed):
    """The scene that a shipped robot sees at the start of an episode, and its library."""
    pytest.importorskip("mujoco")
    pytest.importorskip("agent_planner_interfaces.msg")
    from builtin_interfaces.msg import Time

    from agent_planner.ros.messages import to_scene
    from agent_planner_sim.mujoco.simulation import Simulation
    from agent_planner_sim.nodes.hidden import observed as seen_of
    from agent_planner_sim.nodes.scene_message import scene_graph
    from agent_planner_sim.robots import ROBOTS
    from agent_planner_sim.scenes import generate

    profile = load_robot(robot)
    sim = Simulation(generate(profile.default_scene, seed), ROBOTS[robot]())
    return to_scene(seen_of(scene_graph(sim, Time()))), profile.library()


@pytest.mark.sim
@pytest.mark.ros
@pytest.mark.parametrize(
    ("robot", "skills"),
    [
        ("fixed_arm", {"pick": 1, "place_in": 1}),
        ("delivery_base", {"navigate_to": 2, "load": 1, "unload_in": 1}),
    ],
)
def test_of_each_shipped_robot_something_is_asked_that_its_own_skills_do(robot, skills):
    used = Counter()
    for seed in range(8):
        seen, library = simulated(robot, seed)
        task = scenario("smoke", "dev", seed, seen, library)
        (step,) = task.goal.steps
        assert unmet(step, seen) == step
        calls = plan(task.goal, library, seen)
        assert len(calls) == sum(skills.values())
        used.update(call.skill for call in calls)
        for split in ("train", "dev"):
            held_in = scenario("held_in", split, seed, seen, library)
            if isinstance(held_in.goal, Goal):
                assert plan(held_in.goal, library, seen) is not None
    assert set(used) >= set(skills)


@pytest.mark.parametrize("robot", ["fixed_arm", "delivery_base"])
def test_hands_that_do_not_drive_have_no_suite_of_failures(robot):
    with pytest.raises(UserError, match="wants the skills pick and navigate_to"):
        scenario("failures", "dev", 0, SceneGraph(), load_robot(robot).library())

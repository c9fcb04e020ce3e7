# SPDX-License-Identifier: Apache-2.0
"""Pairs of episodes that differ in names only."""

import re

import pytest

from agent_planner.goals import Goal, plan
from agent_planner.scene import SceneGraph
from agent_planner.tuning.panel.new_names import MARKED, NEW_WORDS, episode, held_in, new_objects, renamed
from agent_planner.tuning.panel.skill_names import RENAMINGS
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.zoo.families import FAMILIES
from agent_planner.tuning.zoo.held_out_families import DEV_FAMILIES, TEST_FAMILIES
from agent_planner.tuning.zoo.vocabulary import SEEN

BOTH = [(split, seed) for split in ("dev", "test") for seed in range(60)]


def calls(scenario: Scenario) -> list[tuple]:
    """The plan, each argument by its place in the scene, each skill by its place in the library."""
    assert isinstance(scenario.goal, Goal)
    order = [*scenario.world.entities]
    skills = [s.name for s in scenario.library]
    found = plan(scenario.goal, scenario.library, observed(scenario.world))
    assert found is not None
    return [(skills.index(c.skill), [order.index(v) if v in order else v for v in c.args.values()]) for c in found]


def shape(world: SceneGraph) -> tuple:
    """A world without its names."""
    order = [*world.entities]
    relations = [(r.name, *(order.index(n) if n in order else n for n in (r.a, r.b))) for r in world.relations]
    places = [(p.affordances, p.is_open, p.explored) for p in world.places]
    return len(world.objects), places, relations


def test_the_marked_episode_is_that_of_held_in():
    for split, seed in BOTH:
        plain = held_in(split, seed).scenario
        _, marked = episode(split, seed, MARKED, "held_in")
        assert re.sub("q9", "", marked.instruction, flags=re.IGNORECASE).lower() == plain.instruction.lower()
        assert str(marked.goal).replace("q9", "") == str(plain.goal)
        assert shape(marked.world) == shape(plain.world)


def test_new_objects_are_the_episodes_of_held_in_about_other_things():
    for split, seed in BOTH:
        old, new = held_in(split, seed), new_objects(split, seed)
        assert old.pair == new.pair
        before, after = old.scenario, new.scenario
        assert before.library == after.library and before.kind == after.kind
        assert shape(before.world) == shape(after.world)
        assert calls(before) == calls(after)
        own = {w for words in vars(NEW_WORDS[split]).values() for name in words for w in name.split()}
        assert {w for name in after.world.entities for w in name.split()} <= own
        assert "q9" not in after.instruction.lower()


def test_what_is_said_apart_from_names_stays():
    seen = {w for words in vars(SEEN).values() for name in words for w in name.split()}
    for split, seed in BOTH:
        before, after = held_in(split, seed).scenario.instruction, new_objects(split, seed).scenario.instruction
        own = {w for words in vars(NEW_WORDS[split]).values() for name in words for w in name.split()}
        frame = [w for w in re.findall(r"[a-z]+", before.lower()) if not _of(w, seen)]
        assert frame == [w for w in re.findall(r"[a-z]+", after.lower()) if not _of(w, own | seen)], (before, after)


def _of(word: str, known: set[str]) -> bool:
    singular = {word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"}
    return bool(singular & known)


def test_renamed_are_the_episodes_of_held_in_with_other_skills():
    letters = 0
    for split, seed in BOTH:
        old, new = held_in(split, seed), renamed(split, seed)
        assert old.pair == new.pair
        before, after = old.scenario, new.scenario
        assert (before.instruction, before.world, before.kind) == (after.instruction, after.world, after.kind)
        assert calls(before) == calls(after)
        for was, now in zip(before.library, after.library, strict=True):
            assert was.name != now.name and was.description != now.description
            assert [p.name for p in was.needs + was.makes] == [p.name for p in now.needs + now.makes]
            assert list(was.parameters.values()) == list(now.parameters.values())
        known = {n for r in RENAMINGS[split].values() for n in r.names}
        letters += not {s.name for s in after.library} & known
    assert 20 < letters < 55


@pytest.mark.parametrize("part", ["names", "descriptions"])
def test_new_names_of_skills_are_in_no_family_and_in_one_split_only(part: str):
    families = {word for f in (*FAMILIES, *DEV_FAMILIES, *TEST_FAMILIES) for word in getattr(f, part)}
    dev, test = ({w for r in RENAMINGS[split].values() for w in getattr(r, part)} for split in ("dev", "test"))
    assert not dev & test and not families & (dev | test)
    for split in ("dev", "test"):
        words = [w for r in RENAMINGS[split].values() for w in getattr(r, part)]
        assert len(words) == len(set(words))
    assert RENAMINGS["dev"].keys() == RENAMINGS["test"].keys() == {f.role for f in FAMILIES}

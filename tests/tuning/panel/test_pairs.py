# SPDX-License-Identifier: Apache-2.0
"""What can be done and what cannot: the words do not tell them apart."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import takewhile

import pytest

from agent_planner.goals import Declined, Goal, plan
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.pairs import ambiguous, infeasible, looking, nothing_to_do
from agent_planner.tuning.scenarios.hidden import looked_into
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import Situation, draw_situations

PAIRS = 120


class NaiveBayes:
    """A bag of words, with Laplace's smoothing."""

    def __init__(self, said: Sequence[tuple[str, bool]]):
        self.counts = {
            label: Counter(w for text, own in said if own is label for w in bag(text)) for label in (True, False)
        }
        self.size = len(set().union(*self.counts.values()))
        share = sum(label for _, label in said) / len(said)
        self.prior = {True: math.log(share), False: math.log(1 - share)}

    def says(self, text: str) -> bool:
        def score(label: bool) -> float:
            total = self.counts[label].total() + self.size
            return self.prior[label] + sum(math.log((self.counts[label][w] + 1) / total) for w in bag(text))

        return score(True) > score(False)


def bag(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


def accuracy(cases: Sequence[Case]) -> float:
    """Trained on the pairs of even number, asked about the others."""
    said = [(c.scenario.instruction, c.twin, int(c.pair.rpartition("/")[2])) for c in cases]
    model = NaiveBayes([(text, twin) for text, twin, number in said if number % 2 == 0])
    held_out = [(text, twin) for text, twin, number in said if number % 2]
    return sum(model.says(text) is twin for text, twin in held_out) / len(held_out)


def _is_in_sight(situation: Situation) -> bool:
    return "/hidden" not in situation.id


@cache
def training_twins() -> tuple[tuple[str, bool], ...]:
    """What is said in situations of training and in their twins, and whether it can be done there and then."""
    drawn = (u for n in range(16) for u in takewhile(_is_in_sight, draw_situations("train", 0, n, 24)))
    tasks = [s for u in drawn for s in u.scenarios() if s.clauses or s.answered]
    return tuple((s.instruction, isinstance(s.goal, Goal)) for s in tasks)


def test_training_says_the_same_of_what_can_be_done_and_of_what_cannot():
    can = {text for text, feasible in training_twins() if feasible}
    cannot = [text for text, feasible in training_twins() if not feasible]
    assert len(cannot) > 60 and can.issuperset(cannot)


@pytest.mark.parametrize("cell", [infeasible, looking, ambiguous])
@pytest.mark.parametrize("split", ["dev", "test"])
def test_a_bag_of_words_that_has_learned_from_the_twins_of_training_is_at_chance(
    cell: Callable[[str, int], Case], split: str
):
    model = NaiveBayes(training_twins())
    # One half of each pair: what is said is another thing in every one of them.
    halves = [cell(split, 2 * number + number % 2) for number in range(PAIRS)]
    right: dict[bool, list[bool]] = {True: [], False: []}
    for half in halves:
        right[half.twin].append(model.says(half.scenario.instruction) is half.twin)
    shares = [sum(found) / len(found) for found in right.values()]
    error = math.sqrt(sum(share * (1 - share) / len(right[half]) for half, share in zip(right, shares, strict=True)))
    assert min(shares) > 0 and abs(sum(shares) - 1) <= 3 * error


def test_the_bag_of_words_tells_what_words_do_tell():
    """Or else the test above would show nothing: greetings and questions are told from instructions."""
    cases = [nothing_to_do("dev", seed) for seed in range(240)]
    talk = {c.pair for c in cases if isinstance(c.scenario.goal, Declined)}
    assert accuracy([c for c in cases if c.pair in talk]) > 0.8
    # The words of all other pairs are equal: one half of each is right.
    assert accuracy([c for c in cases if c.pair not in talk]) == 0.5


@pytest.mark.parametrize("cell", [infeasible, nothing_to_do, ambiguous, looking])
@pytest.mark.parametrize("split", ["dev", "test"])
def test_seeds_2k_and_2k_plus_1_are_a_pair(cell: Callable[[str, int], Case], split: str):
    kinds: Counter[str] = Counter()
    for number in range(40):
        case, twin = cell(split, 2 * number), cell(split, 2 * number + 1)
        assert case.pair == twin.pair and (case.twin, twin.twin) == (False, True)
        kinds[case.scenario.kind] += 1
        if case.scenario.kind != "none":
            assert case.scenario.instruction == twin.scenario.instruction
        assert isinstance(twin.scenario.goal, Goal)
        world = twin.scenario.world if cell is not looking else looked_into(twin.scenario.world, twin.scenario.library)
        assert plan(twin.scenario.goal, twin.scenario.library, observed(world))
        if isinstance(case.scenario.goal, Goal):
            assert plan(case.scenario.goal, case.scenario.library, observed(case.scenario.world)) == ()
    if cell is infeasible:
        assert min(kinds["missing"], kinds["no_skill"]) > 8
    elif cell is nothing_to_do:
        assert 10 < kinds["none"] < 30
    else:
        assert kinds == {"missing" if cell is looking else "which": 40}


def test_what_is_missing_may_be_in_nothing_unopened():
    for seed in range(0, 80, 2):
        scenario = infeasible("dev", seed).scenario
        assert observed(scenario.world) == scenario.world
        assert all(place.explored for place in scenario.world.places)

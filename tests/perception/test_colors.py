# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner.perception.colors import ColorNames
from agent_planner.perception.detection import best
from agent_planner.perception.vocabulary import Vocabulary

COLORS = Vocabulary.load().colors
NAMES = ColorNames(COLORS)


@pytest.mark.parametrize("name", COLORS)
@pytest.mark.parametrize("upward", [0.0, 1.0])
def test_a_surface_has_its_own_colour_on_top_and_on_a_darker_side(name, upward):
    lit = np.array(COLORS[name]) * (0.55 + 0.45 * upward)
    scores = NAMES.scores(np.tile(lit, (20, 1)), np.full(20, upward))
    assert best(scores) == name
    assert sum(scores.values()) == pytest.approx(1.0)


def test_of_two_colours_the_one_with_more_pixels_wins():
    pixels = np.array([COLORS["red"]] * 12 + [COLORS["white"]] * 8)
    assert best(NAMES.scores(pixels, np.ones(20))) == "red"


def test_an_unknown_slope_does_not_spoil_the_score():
    assert best(NAMES.scores(np.tile(COLORS["blue"], (5, 1)), np.full(5, np.nan))) == "blue"

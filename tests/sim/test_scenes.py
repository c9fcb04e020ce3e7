# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from scipy import ndimage

from agent_planner.errors import UserError
from agent_planner_sim.scenes import BUILDERS, generate
from agent_planner_sim.scenes.layout import all_approachable, approach, reachable
from agent_planner_sim.scenes.occupancy import occupancy
from agent_planner_sim.scenes.words import clashes

pytestmark = pytest.mark.sim
SOME = [(name, seed) for name in BUILDERS for seed in range(12)]


@pytest.mark.parametrize("name", BUILDERS)
def test_a_seed_makes_the_same_scene_every_time_and_another_seed_another(name):
    assert generate(name, 7) == generate(name, 7)
    assert generate(name, 7) != generate(name, 8)


@pytest.mark.parametrize(("name", "seed"), SOME)
def test_what_was_asked_for_is_there_and_can_be_told_apart(name, seed):
    scene = generate(name, seed, ("red cube", "blue bin", "green ball"))
    names = scene.names
    assert {"red cube", "blue bin", "green ball"} <= set(names)
    assert all(not clashes(n, names[:i]) for i, n in enumerate(names))


@pytest.mark.parametrize(("name", "seed"), SOME)
def test_the_robot_gets_to_every_piece(name, seed):
    scene = generate(name, seed)
    assert all_approachable(scene)
    grid, free = occupancy(scene), reachable(scene)
    for piece in scene.furniture:
        if piece.regions and piece.room_to_open:
            assert free[grid.cell(*approach(piece))], piece.name


@pytest.mark.parametrize("seed", range(12))
def test_the_robot_starts_away_from_all_places_where_it_is_to_drive(seed):
    scene = generate("tidy", seed)
    for piece in scene.furniture:
        half = math.hypot(piece.size[0], piece.size[1]) / 2
        away = math.dist((scene.start.x, scene.start.y), (piece.placement.x, piece.placement.y)) - half
        assert away > 0.4, piece.name


def test_an_apartment_has_three_rooms_something_to_open_and_six_to_twelve_objects():
    for seed in range(12):
        scene = generate("apartment", seed)
        mechanisms = {part.mechanism for piece in scene.furniture for part in piece.parts}
        assert len(scene.areas) == 3
        assert mechanisms == {"drawer", "door"}
        assert 6 <= len(scene.items) <= 12


def test_names_colours_and_places_vary():
    scenes = [generate("tidy", seed) for seed in range(12)]
    assert len({scene.names[0] for scene in scenes}) > 3
    assert len({item.placement for scene in scenes for item in scene.items if item.name == "red cube"}) == 12


def test_objects_keep_apart_so_that_fingers_fit_between():
    for seed in range(12):
        items = generate("table_top", seed).items
        for i, a in enumerate(items):
            for b in items[i + 1 :]:
                assert math.dist(a.placement[:2], b.placement[:2]) >= 0.12, (a.name, b.name)


@pytest.mark.parametrize(
    ("must_have", "told"),
    [
        (("red elephant",), "cannot be given 'red elephant'"),
        (("crimson cube",), "colour 'crimson'"),
        (("red cube", "red cube"), "cannot be told from another"),
        (tuple(f"{c} cube" for c in ("red", "blue", "green", "white", "black", "pink", "grey", "brown")), "holds 7"),
    ],
)
def test_what_cannot_be_built_is_told_with_what_can(must_have, told):
    with pytest.raises(UserError, match=told):
        generate("table_top", 0, must_have)


def test_an_unknown_scene_is_told_with_the_known_ones():
    with pytest.raises(UserError, match="did you mean 'tidy'.*apartment"):
        generate("tidyy", 0)


def test_doorways_are_as_wide_as_told():
    scene = generate("apartment", 3)
    grid = occupancy(scene)
    clearance = grid.clearance()
    rooms = [grid.cell(*area.centre[:2]) for area in scene.areas]
    narrow, _ = ndimage.label(clearance >= 0.35)
    wide, _ = ndimage.label(clearance >= 0.55)
    # From room to room one gets through doorways only, and a robot that is too wide does not.
    assert len({narrow[room] for room in rooms}) == 1
    assert len({wide[room] for room in rooms}) == 3

# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner.perception.foreground import FLOOR, foreground
from agent_planner.perception.places import Place, PlaceEntry
from tests.perception.scenery import RED, box, floor, picture, table

DESK = Place.of(PlaceEntry(name="desk", pose=(0.9, 0.0, 0.35, 0.0), size=(0.5, 0.6, 0.7)))
BIN = Place.of(
    PlaceEntry(name="bin", pose=(0.9, 0.0, 0.3, 0.0), size=(0.3, 0.3, 0.2), affordances=frozenset({"container"}))
)
CUBE = box(0.8, 0.1, 0.72, (0.04, 0.04, 0.04), RED)


def walls(x=0.9, y=0.0, bottom=0.2, height=0.2, side=0.3):
    """An open box without its nearer wall's shadow: bottom and four sides of a centimetre."""
    yield box(x, y, bottom + 0.005, (side, side, 0.01), (30, 30, 200))
    for s in (-1, 1):
        yield box(x + s * (side - 0.01) / 2, y, bottom + height / 2, (0.01, side, height), (30, 30, 200))
        yield box(x, y + s * (side - 0.01) / 2, bottom + height / 2, (side, 0.01, height), (30, 30, 200))


def owners(things):
    return {things.places[n].name if n >= 0 else n for n in np.unique(things.owner[things.mask])}


def test_what_stands_on_a_desk_is_found_and_the_desk_is_not():
    frame = picture([floor(), table(), CUBE])
    things = foreground(frame, (DESK,))
    red = frame.image[..., 0] > 3.0 * frame.image[..., 1]
    # Of its lowest millimetres it cannot be told whether they are the desk's.
    assert (things.mask & ~red).sum() == 0
    assert things.mask.sum() > 0.75 * red.sum()
    assert owners(things) == {"desk"}
    assert np.nanmedian(things.support) == pytest.approx(0.7, abs=0.002)


def test_a_desk_that_is_a_centimetre_higher_than_the_map_says_is_no_thing():
    frame = picture([floor(), table(height=0.71)])
    assert foreground(frame, (DESK,)).mask.sum() == 0


def test_in_a_bin_its_sides_and_bottom_are_no_things():
    cube = box(0.9, 0.05, 0.23, (0.04, 0.04, 0.04), RED)
    assert foreground(picture([floor(), *walls()]), (BIN,)).mask.sum() == 0
    frame = picture([floor(), *walls(), cube])
    things = foreground(frame, (BIN,))
    assert owners(things) == {"bin"}
    assert (frame.image[things.mask][:, 0] > 100).all()


def test_the_robot_itself_is_left_out():
    frame = picture([floor(), table(), CUBE])
    assert foreground(frame, (DESK,), own=lambda points: points[:, 1] > 0).mask.sum() == 0


def test_things_on_the_floor_are_looked_for_where_it_is_free():
    frame = picture([floor(), box(0.6, 0.0, 0.02, (0.04, 0.04, 0.04), RED)])
    assert foreground(frame, ()).mask.sum() == 0
    things = foreground(frame, (), free_floor=lambda points: points[:, 0] < 2.0)
    assert owners(things) == {FLOOR}
    assert foreground(frame, (), free_floor=lambda points: points[:, 0] > 2.0).mask.sum() == 0


def test_a_drawer_that_is_closed_holds_nothing_that_could_be_seen():
    entry = PlaceEntry.model_validate(
        {
            "name": "drawer",
            "pose": (0.9, 0.0, 0.72, 0.0),
            "size": (0.3, 0.3, 0.1),
            "affordances": {"container", "openable"},
            "opens": {"mechanism": "drawer", "travel": 0.2, "handle": (0.7, 0, 0.7, 0, 0, 1, 0)},
        }
    )
    frame = picture([floor(), table(), CUBE])
    assert foreground(frame, (Place.of(entry),)).mask.sum() == 0


def test_the_upper_board_of_an_open_cabinet_is_no_thing():
    entry = PlaceEntry.model_validate(
        {
            "name": "cabinet",
            "pose": (0.9, 0.0, 0.5, 0.0),
            "size": (0.5, 0.6, 0.4),
            "affordances": {"container", "openable"},
            "wall": 0.018,
            "opens": {
                "mechanism": "door",
                "travel": 1.5,
                "handle": (0.6, 0, 0.5, 0, 0, 1, 0),
                "hinge": (0.65, 0.3, 0.5),
            },
        }
    )
    frame = picture([floor(), table(height=0.7)])
    assert foreground(frame, (Place.of(entry).opened(1.0),)).mask.sum() == 0

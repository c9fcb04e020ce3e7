# SPDX-License-Identifier: Apache-2.0
from agent_planner.perception.detection import Detection
from agent_planner.perception.naming import Names
from agent_planner.perception.places import KnownObject
from agent_planner.perception.rigid import upright
from agent_planner.perception.track import Track

RED_CUBE = KnownObject(name="red cube", category="cube", color="red")
TIN = KnownObject(name="tin", category="tin")


def track(number, kinds, colors, name="", size=(0.04, 0.04, 0.04)):
    return Track(number, Detection("test", upright(0, 0, 0, 0), size, 1.0, kinds, colors, name), 0.0)


def test_a_thing_goes_by_the_name_that_people_give_it():
    names = Names([RED_CUBE, TIN])
    told = names.of([track(1, {"tin": 1.0}, {"blue": 1.0}), track(2, {"cube": 1.0}, {"red": 1.0})])
    assert told == {1: "tin", 2: "red cube"}


def test_what_nobody_has_a_name_for_is_called_by_colour_and_kind_with_numbers():
    names = Names([RED_CUBE], taken=["blue ball"])
    cubes = [track(n, {"cube": 1.0}, {"red": 1.0}) for n in (1, 2, 3)]
    ball = track(4, {"ball": 1.0}, {"blue": 1.0})
    told = names.of([*cubes, ball, track(5, {}, {"blue": 1.0})])
    assert sorted(told.values()) == ["blue ball 2", "blue thing", "red cube", "red cube 2", "red cube 3"]
    assert names.of([*cubes, ball]) == {n: told[n] for n in (1, 2, 3, 4)}


def test_of_two_that_could_be_it_the_likelier_one_is():
    names = Names([TIN])
    told = names.of([track(1, {"tin": 0.4, "jar": 0.6}, {"blue": 1.0}), track(2, {"tin": 0.9}, {"blue": 1.0})])
    assert told[2] == "tin" and told[1] == "blue jar"


def test_a_name_stays_until_another_fits_twice_as_well():
    names = Names([TIN, KnownObject(name="jar", category="jar")])
    assert names.of([track(1, {"tin": 0.6, "jar": 0.4}, {"blue": 1.0})]) == {1: "tin"}
    assert names.of([track(1, {"tin": 0.4, "jar": 0.6}, {"blue": 1.0})]) == {1: "tin"}
    assert names.of([track(1, {"tin": 0.2, "jar": 0.8}, {"blue": 1.0})]) == {1: "jar"}


def test_a_plain_name_stays_while_it_is_in_doubt():
    names = Names()
    assert names.of([track(1, {"tin": 0.6, "jar": 0.4}, {"blue": 1.0})]) == {1: "blue tin"}
    assert names.of([track(1, {"tin": 0.4, "jar": 0.6}, {"blue": 1.0})]) == {1: "blue tin"}
    assert names.of([track(1, {"tin": 0.1, "jar": 0.9}, {"blue": 1.0})]) == {1: "blue jar"}


def test_a_tag_outdoes_looks_and_a_size_tells_alike_things_apart():
    names = Names([RED_CUBE, KnownObject(name="big can", category="can", size=(0.07, 0.07, 0.12))])
    told = names.of(
        [
            track(1, {"cube": 1.0}, {"blue": 1.0}, name="red cube"),
            track(2, {"cube": 1.0}, {"red": 1.0}),
            track(3, {"can": 1.0}, {"red": 1.0}, size=(0.05, 0.05, 0.08)),
        ]
    )
    assert told[1] == "red cube" and told[2] == "red cube 2" and told[3] == "red can"

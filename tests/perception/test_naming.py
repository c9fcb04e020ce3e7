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


def test_words_that_are_no_name_are_made_one():
    names = Names()
    told = names.of(
        [
            track(1, {"wine_glass": 1.0}, {"red": 1.0}),
            track(2, {}, {}, name="7f3a-01"),
            track(3, {"robot": 1.0}, {}),
            track(4, {"x" * 40: 1.0}, {"blue": 1.0}),
            track(5, {"x" * 40: 1.0}, {"blue": 1.0}),
        ]
    )
    assert told == {
        1: "red wine glass",
        2: "7f3a 01",
        3: "robot thing",
        4: f"blue {'x' * 35}",
        5: f"blue {'x' * 33} 2",
    }


def test_one_tag_on_several_things_is_numbered_and_the_numbers_stay():
    names = Names([KnownObject(name="cup 3", category="vase")], taken=["desk"])
    cups = [track(n, {"cup": 1.0}, {}, name=name) for n, name in ((1, "Cup"), (2, "cup"), (3, "cup"))]
    desk = track(4, {}, {}, name="desk")
    assert names.of([*cups, desk]) == {1: "cup", 2: "cup 2", 3: "cup 4", 4: "desk 2"}
    assert names.of(cups[1:]) == {2: "cup 2", 3: "cup 4"}
    late = track(0, {"cup": 1.0}, {}, name="cup")
    assert names.of([late, *cups[1:]]) == {0: "cup", 2: "cup 2", 3: "cup 4"}


def test_a_plain_name_is_given_up_to_a_thing_whose_tag_says_it():
    names = Names()
    unclear = track(1, {"tin": 0.6, "jar": 0.4}, {"blue": 1.0})
    assert names.of([unclear]) == {1: "blue tin"}
    assert names.of([unclear, track(2, {}, {}, name="blue tin")]) == {1: "blue tin 2", 2: "blue tin"}

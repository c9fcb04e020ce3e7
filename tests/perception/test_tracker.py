# SPDX-License-Identifier: Apache-2.0
"""Things over time; detections are given, pictures are cast."""

import numpy as np
import pytest

from agent_planner.perception.detection import Detection
from agent_planner.perception.places import Place, PlaceEntry
from agent_planner.perception.rigid import transform, upright
from agent_planner.perception.tracker import Hand, Tracker
from tests.perception.scenery import GREY, RED, box, floor, picture, table

SIZE = (0.04, 0.04, 0.04)
EMPTY = picture([floor(), table()])


def cube(x=0.8, y=0.1, z=0.72, color="red", kind="cube", confidence=0.9, **more):
    return Detection("test", upright(x, y, z, 0.0), SIZE, confidence, {kind: 1.0}, {color: 1.0}, **more)


def with_cube(x=0.8, y=0.1, stamp=0.0):
    return picture([floor(), table(), box(x, y, 0.72, SIZE, RED)], stamp=stamp)


def at(track):
    return track.pose[:3, 3].round(3).tolist()


def test_a_sure_detection_is_told_of_at_once_an_unsure_one_when_it_is_seen_again():
    tracker = Tracker()
    tracker.update(with_cube(), [cube(confidence=0.9), cube(y=-0.2, confidence=0.4)])
    assert len(tracker.tracks) == 1
    tracker.update(with_cube(), [cube(confidence=0.9), cube(y=-0.2, confidence=0.4)])
    assert len(tracker.tracks) == 2


def test_what_is_hardly_believed_begins_nothing():
    tracker = Tracker()
    for _ in range(3):
        tracker.update(with_cube(), [cube(confidence=0.1)])
    assert tracker.tracks == ()


def test_two_alike_keep_their_numbers_when_they_move_a_little():
    tracker = Tracker()
    tracker.update(EMPTY, [cube(y=0.1), cube(y=-0.1)])
    first = {t.number: at(t) for t in tracker.tracks}
    tracker.update(EMPTY, [cube(y=-0.11), cube(y=0.11)])
    assert {t.number: t.pose[1, 3] > 0 for t in tracker.tracks} == {n: p[1] > 0 for n, p in first.items()}


def test_another_thing_in_its_place_is_another_thing():
    tracker = Tracker()
    tracker.update(EMPTY, [cube(color="red", kind="cube")])
    for _ in range(3):
        tracker.update(EMPTY, [cube(y=0.15, color="blue", kind="ball")])
    (left,) = tracker.tracks
    assert (left.kind, left.color) == ("ball", "blue")


def test_a_thing_is_gone_when_its_place_has_been_seen_empty_often_enough():
    tracker = Tracker()
    tracker.update(with_cube(), [cube()])
    confidences = []
    for _ in range(2):
        tracker.update(EMPTY, [])
        confidences.append(tracker.tracks[0].confidence)
    assert confidences[1] < confidences[0] < 0.9
    tracker.update(EMPTY, [])
    assert tracker.tracks == ()


def test_what_is_hidden_or_out_of_the_picture_stays_and_grows_old():
    tracker = Tracker()
    tracker.update(with_cube(), [cube(), cube(y=3.0)])
    screen = picture([floor(), table(), box(0.6, 0.1, 0.9, (0.02, 0.3, 0.4), GREY)], stamp=40.0)
    for _ in range(5):
        tracker.update(screen, [])
    assert len(tracker.tracks) == 2
    assert [t.confidence for t in tracker.tracks] == [0.9, 0.9]
    assert [screen.stamp - t.last_seen for t in tracker.tracks] == [40.0, 40.0]


def test_a_thing_that_was_moved_elsewhere_stays_the_same_thing():
    tracker = Tracker()
    tracker.update(with_cube(), [cube()])
    (before,) = tracker.tracks
    tracker.update(with_cube(y=-0.2), [cube(y=-0.2)])
    (after,) = tracker.tracks
    assert after.number == before.number and at(after)[1] == -0.2


def test_its_like_elsewhere_is_a_second_one_while_the_first_is_out_of_sight():
    tracker = Tracker()
    tracker.update(EMPTY, [cube(y=3.0)])
    tracker.update(with_cube(), [cube()])
    assert len(tracker.tracks) == 2


def test_a_part_of_a_thing_does_not_move_it_and_a_piece_of_it_is_no_new_thing():
    tracker = Tracker()
    tracker.update(with_cube(), [cube()])
    points = np.array([[0.79, 0.09, 0.72], [0.80, 0.09, 0.73]], dtype=np.float32)
    tracker.update(with_cube(), [cube(y=0.09, cut=True, points=points), cube(y=0.112, confidence=0.5)])
    (track,) = tracker.tracks
    assert at(track) == [0.8, 0.1, 0.72]
    assert track.hits == 2


def test_what_was_half_seen_and_taken_for_something_else_does_not_stay_beside_the_whole():
    tracker = Tracker()
    tracker.update(with_cube(), [cube(y=0.115, kind="block", cut=True, confidence=0.7)])
    for _ in range(4):
        tracker.update(with_cube(), [cube()])
    (track,) = tracker.tracks
    assert track.kind == "cube" and at(track) == [0.8, 0.1, 0.72]


def test_two_things_are_not_in_one_place():
    tracker = Tracker()
    tracker.update(with_cube(), [cube(y=0.123, kind="block", color="pink", confidence=0.7)])
    for _ in range(4):
        tracker.update(with_cube(), [cube()])
    (track,) = tracker.tracks
    assert track.color == "red"


def test_noise_is_smoothed_and_a_step_is_taken_whole():
    tracker = Tracker()
    tracker.update(EMPTY, [cube()])
    tracker.update(EMPTY, [cube(x=0.81)])
    assert at(tracker.tracks[0])[0] == pytest.approx(0.805)
    tracker.update(EMPTY, [cube(x=0.86)])
    assert at(tracker.tracks[0])[0] == pytest.approx(0.86)


def test_what_is_in_the_hand_moves_with_it_until_it_is_let_go():
    tracker = Tracker()
    tracker.update(with_cube(), [cube()])
    down = (1.0, 0.0, 0.0, 0.0)
    tracker.hold(Hand(transform((0.8, 0.1, 0.73), down), 0.085), 1.0)
    assert tracker.held is None  # open around it is not yet holding it
    tracker.hold(Hand(transform((0.8, 0.1, 0.73), down), 0.039), 1.0)
    assert tracker.held is tracker.tracks[0]
    tracker.hold(Hand(transform((0.5, 0.0, 1.03), down), 0.039), 2.0)
    assert at(tracker.held) == [0.5, 0.0, 1.02]
    assert tracker.held.last_seen == 2.0
    tracker.update(EMPTY, [])
    assert tracker.held is not None  # that its old place is empty says nothing
    tracker.hold(Hand(transform((0.5, 0.0, 1.03), down), 0.08), 3.0)
    assert tracker.held is None
    assert tracker.tracks[0].confidence < 0.9
    assert at(tracker.tracks[0]) == [0.5, 0.0, 1.02]


def test_fingers_that_close_on_nothing_have_lost_it():
    tracker = Tracker()
    tracker.update(with_cube(), [cube()])
    tracker.hold(Hand(upright(0.8, 0.1, 0.73, 0.0), 0.039), 1.0)
    tracker.hold(Hand(upright(0.8, 0.1, 1.03, 0.0), 0.002), 2.0)
    assert tracker.held is None


def test_far_from_the_hand_nothing_is_held_wherever_the_robot_stands():
    tracker = Tracker()
    tracker.update(EMPTY, [cube(x=0.3, y=0.0)])
    tracker.hold(Hand(upright(0.3, 0.4, 0.73, 0.0), 0.039), 1.0)
    assert tracker.held is None


def test_what_lies_in_a_drawer_goes_in_and_out_with_it():
    entry = PlaceEntry.model_validate(
        {
            "name": "drawer",
            "pose": (0.8, 0.1, 0.74, 0.0),
            "size": (0.3, 0.3, 0.1),
            "affordances": {"container", "openable"},
            "opens": {"mechanism": "drawer", "travel": 0.2, "handle": (0.6, 0.1, 0.7, 0, 0, 1, 0), "moves": True},
        }
    )
    closed = Place.of(entry)
    tracker = Tracker()
    tracker.update(EMPTY, [cube(), cube(y=0.4)])
    tracker.carry([closed], [closed.opened(1.0)])
    assert [at(t)[0] for t in tracker.tracks] == [pytest.approx(0.6), pytest.approx(0.8)]


def test_a_tag_is_one_thing_wherever_it_turns_up():
    tracker = Tracker()
    tracker.update(EMPTY, [cube(name="box a"), cube(y=-0.1, name="box b")])
    tracker.update(EMPTY, [cube(y=-0.2, name="box a"), cube(name="box b")])
    assert {t.tag: round(float(t.pose[1, 3]), 2) for t in tracker.tracks} == {"box a": -0.2, "box b": 0.1}


def test_of_two_with_one_tag_each_is_the_one_that_is_near():
    tracker = Tracker()
    tracker.update(EMPTY, [cube(name="box"), cube(y=-0.1, name="box")])
    first = {t.number: at(t) for t in tracker.tracks}
    tracker.update(EMPTY, [cube(y=-0.1, name="box"), cube(name="box")])
    assert {t.number: at(t) for t in tracker.tracks} == first


def test_closed_fingers_beside_a_thin_thing_hold_nothing():
    tracker = Tracker()
    pen = Detection("test", upright(0.8, 0.1, 0.705, 0.0), (0.01, 0.01, 0.15), 0.9, {"pen": 1.0})
    tracker.update(EMPTY, [pen])
    tracker.hold(Hand(upright(0.8, 0.1, 0.735, 0.0), 0.001), 1.0)
    assert tracker.held is None
    tracker.hold(Hand(upright(0.8, 0.1, 0.705, 0.0), 0.009), 2.0)
    assert tracker.held is tracker.tracks[0]

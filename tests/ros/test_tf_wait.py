# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.ros.tf_wait import TfWait


@pytest.fixture
def waiting():
    return TfWait(1.0)


def taken(waiting, now, known):
    """What is handed out where transforms are known up to a moment; messages are their own stamps."""
    return list(waiting.take(now, lambda stamp: "pose" if stamp <= known else None))


@pytest.mark.parametrize("latency_s", [0.0, 0.08, 0.5])
def test_a_camera_at_30_hz_is_seen_by_a_tf_at_20_hz_however_late(waiting, latency_s):
    events = [(n / 30, "picture", n / 30) for n in range(90)]
    events += [(n / 20 + latency_s, "tf", n / 20) for n in range(60)]
    seen, known = [], -1.0
    for now, kind, stamp in sorted(events):
        if kind == "picture":
            waiting.put(stamp, stamp)
        else:
            known = stamp
        seen += taken(waiting, now, known)
    assert all(pose == "pose" for _, pose in seen)
    gaps = [b - a for a, b in zip([0.0, *(stamp for stamp, _ in seen)], [stamp for stamp, _ in seen], strict=False)]
    assert len(seen) > 3 and max(gaps) < latency_s + 0.1


def test_the_first_is_kept_and_of_the_others_the_newest(waiting):
    for stamp in (1.0, 1.1, 1.2):
        waiting.put(stamp, stamp)
    assert waiting.stamp == 1.0
    assert taken(waiting, 1.3, known=0.9) == []
    assert taken(waiting, 1.3, known=1.0) == [(1.0, "pose")]
    assert taken(waiting, 1.3, known=1.3) == [(1.2, "pose")]
    assert waiting.stamp is None


def test_what_waited_too_long_is_handed_out_without(waiting):
    waiting.put(1.0, 1.0)
    waiting.put(1.5, 1.5)
    assert taken(waiting, 2.0, known=0.0) == []
    assert taken(waiting, 2.1, known=0.0) == [(1.0, None)]
    assert waiting.stamp == 1.5


def test_a_clock_that_went_back_forgets_what_waits(waiting):
    waiting.put(100.0, 100.0)
    waiting.put(101.0, 101.0)
    waiting.put(1.0, 1.0)
    assert taken(waiting, 1.0, known=1.0) == [(1.0, "pose")]
    assert waiting.stamp is None


def test_what_is_cleared_is_forgotten(waiting):
    waiting.put(1.0, 1.0)
    waiting.clear()
    assert waiting.stamp is None

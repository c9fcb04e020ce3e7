# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, Image

from agent_planner.perception.frame import FrameError
from agent_planner.ros.messages import to_stamp
from agent_planner.ros.pictures import Pairing, Pictures, frame_of, is_distorted


def image(pixels, encoding, stamp=1.0, pad=0, big=False, frame="camera"):
    pixels = np.ascontiguousarray(pixels)
    rows = pixels.reshape(pixels.shape[0], -1).view(np.uint8)
    rows = np.pad(rows, ((0, 0), (0, pad)))
    message = Image(height=pixels.shape[0], width=pixels.shape[1], encoding=encoding, is_bigendian=int(big))
    message.step = rows.shape[1]
    message.data = rows.tobytes()
    message.header.stamp = to_stamp(stamp)
    message.header.frame_id = frame
    return message


def info(width=3, height=2, stamp=1.0):
    message = CameraInfo(width=width, height=height)
    message.k = [100.0, 0.0, 1.0, 0.0, 110.0, 0.5, 0.0, 0.0, 1.0]
    message.header.stamp = to_stamp(stamp)
    return message


COLORS = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
METRES = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, np.nan]], dtype=np.float32)


@pytest.mark.parametrize(
    ("encoding", "pixels"),
    [
        ("rgb8", COLORS),
        ("bgr8", COLORS[..., ::-1]),
        ("rgba8", np.concatenate([COLORS, np.full((2, 3, 1), 255, np.uint8)], axis=2)),
        ("bgra8", np.concatenate([COLORS[..., ::-1], np.full((2, 3, 1), 255, np.uint8)], axis=2)),
    ],
)
def test_colours_come_in_one_order_whatever_the_encoding(encoding, pixels):
    pictures = Pictures(image(pixels, encoding, pad=5), image(METRES, "32FC1"), info())
    frame = frame_of(pictures, np.eye(4))
    assert np.array_equal(frame.image, COLORS)
    assert frame.intrinsics == (100.0, 110.0, 1.0, 0.5)


@pytest.mark.parametrize(
    "depth",
    [
        image(METRES, "32FC1"),
        image(METRES, "32FC1", pad=4),
        image(METRES.astype(">f4"), "32FC1", big=True),
        image(np.nan_to_num(METRES * 1000).astype(np.uint16), "16UC1"),
    ],
)
def test_depth_is_metres_whatever_the_encoding(depth):
    frame = frame_of(Pictures(image(COLORS, "rgb8"), depth, info()), np.eye(4))
    assert np.allclose(frame.depth[0], [1.0, 2.0, 3.0])
    assert not frame.known[1, 2]  # 16UC1 says 0


@pytest.mark.parametrize(
    ("pictures", "told"),
    [
        (Pictures(image(COLORS, "yuv422"), image(METRES, "32FC1"), info()), "'yuv422'; known: rgb8"),
        (Pictures(image(COLORS, "rgb8"), image(METRES, "64FC1"), info()), "'64FC1'; known: 32FC1"),
        (Pictures(image(COLORS, "rgb8"), image(METRES, "32FC1"), info(width=640)), "640 x 2 pixels"),
        (Pictures(image(COLORS, "rgb8"), image(METRES, "32FC1", frame="ir"), info()), "'camera', the depth in 'ir'"),
        (Pictures(image(COLORS, "rgb8"), image(METRES[:1], "32FC1"), info()), "registered"),
    ],
)
def test_what_cannot_be_read_is_told(pictures, told):
    with pytest.raises(FrameError, match=told):
        frame_of(pictures, np.eye(4))


def test_a_picture_that_is_too_short_is_told():
    message = image(COLORS, "rgb8")
    message.data = message.data[:-1]
    with pytest.raises(FrameError, match="17 bytes"):
        frame_of(Pictures(message, image(METRES, "32FC1"), info()), np.eye(4))


def test_three_of_one_stamp_make_a_moment_in_any_order():
    pairing = Pairing()
    assert pairing.take("info", info(stamp=1.0)) is None
    assert pairing.take("image", image(COLORS, "rgb8", 2.0)) is None
    assert pairing.take("depth", image(METRES, "32FC1", 1.0)) is None
    pictures = pairing.take("image", image(COLORS, "rgb8", 1.0))
    assert pictures is not None and pictures.stamp == pytest.approx(1.0) and pictures.frame_id == "camera"


def test_stamps_that_differ_a_little_count_as_one_if_that_is_wanted():
    for slop, found in ((0.0, False), (0.02, True)):
        pairing = Pairing(slop)
        pairing.take("info", info(stamp=1.0))
        pairing.take("depth", image(METRES, "32FC1", 1.01))
        assert (pairing.take("image", image(COLORS, "rgb8", 1.0)) is not None) == found


def test_what_stays_alone_is_forgotten():
    pairing = Pairing(most=3)
    pairing.take("info", info(stamp=0.0))
    for stamp in (1.0, 2.0, 3.0):
        pairing.take("info", info(stamp=stamp))
    pairing.take("depth", image(METRES, "32FC1", 0.0))
    assert pairing.take("image", image(COLORS, "rgb8", 0.0)) is None


def test_distortion_is_noticed():
    message = info()
    message.d = [0.0] * 5
    assert not is_distorted(message)
    message.d = [0.1, 0.0, 0.0, 0.0, 0.0]
    assert is_distorted(message)
    message.p = [100.0, 0.0, 1.0, 0.0, 0.0, 110.0, 0.5, 0.0, 0.0, 0.0, 1.0, 0.0]  # as K
    message.r = np.eye(3).ravel().tolist()
    assert is_distorted(message)


@pytest.mark.parametrize(("focal", "turn"), [(90.0, np.eye(3)), (100.0, np.diag([1.0, -1.0, -1.0]))])
def test_of_rectified_pictures_p_counts_and_the_raw_one_s_distortion_does_not(focal, turn):
    message = info()
    message.d = [0.1, 0.0, 0.0, 0.0, 0.0]
    message.r = turn.ravel().tolist()
    message.p = [focal, 0.0, 1.0, 0.0, 0.0, 110.0, 0.5, 0.0, 0.0, 0.0, 1.0, 0.0]
    assert not is_distorted(message)
    frame = frame_of(Pictures(image(COLORS, "rgb8"), image(METRES, "32FC1"), message), np.eye(4))
    assert frame.intrinsics == (focal, 110.0, 1.0, 0.5)

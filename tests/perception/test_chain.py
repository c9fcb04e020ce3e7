# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner.errors import ConfigError
from agent_planner.perception.chain import Chain, ChainSettings, chain_of, merged
from agent_planner.perception.detection import Detection, Look
from agent_planner.perception.foreground import foreground
from agent_planner.perception.places import KnownObject
from agent_planner.perception.published import Published
from agent_planner.perception.rigid import upright
from tests.perception.scenery import floor, picture, table
from tests.perception.test_foreground import CUBE, DESK


class Fixed:
    """A detector that always sees the same."""

    def __init__(self, name, *found):
        self.name = name
        self.found = [
            Detection(name, upright(x, 0, 0, 0), (0.04, 0.04, 0.04), confidence, **more)
            for x, confidence, more in found
        ]

    def detect(self, look):
        return list(self.found)


def look():
    frame = picture([floor(), table(), CUBE])
    return Look(frame, foreground(frame, (DESK,)))


def test_the_shipped_chain_sees_a_cube():
    (found,) = chain_of(ChainSettings.load()).detect(look())
    assert (found.color, found.kind) == ("red", "cube")


def test_what_two_detectors_see_of_one_thing_is_one_thing():
    tags = Fixed("tags", (0.0, 0.9, {"name": "box a"}))
    shapes = Fixed("shapes", (0.01, 0.5, {"kinds": {"cube": 1.0}, "colors": {"red": 1.0}}), (0.3, 0.5, {}))
    one, other = Chain([tags, shapes]).detect(look())
    assert (one.name, one.kind, one.source) == ("box a", "cube", "tags+shapes")
    assert one.confidence == pytest.approx(0.95)
    assert one.centre[0] == 0.0  # the first one's place counts
    assert other.source == "shapes"


def test_a_detector_s_own_detections_are_never_put_together():
    assert len(Chain([Fixed("shapes", (0.0, 0.5, {}), (0.01, 0.5, {}))]).detect(look())) == 2


def test_of_a_part_and_the_whole_the_whole_s_place_counts():
    part = Detection("tags", upright(0, 0, 0, 0), (0.05, 0.05, 0.05), 0.9, name="a", cut=True)
    whole = Detection("shapes", upright(0.02, 0, 0, 0), (0.04, 0.04, 0.04), 0.5, pixels=50)
    both = merged(part, whole)
    assert both.centre[0] == 0.02 and both.size == (0.04, 0.04, 0.04) and both.name == "a" and not both.cut


def test_what_is_hardly_believed_is_left_out():
    assert Chain([Fixed("shapes", (0.0, 0.1, {}))], confidence=0.2).detect(look()) == []


def test_every_kind_of_detector_is_made_from_yaml(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "colors: {red: [0.8, 0.1, 0.1]}\nkinds: {brick: {shape: box, sizes: [[0.04, 0.04, 0.04]]}}\n"
    )
    path = tmp_path / "chain.yaml"
    path.write_text(
        """
detectors:
- {type: tags, dictionary: DICT_APRILTAG_36h11, size_m: 0.04, names: {2: box b}}
- {type: colour_shape, vocabulary: mine.yaml}
- {type: open_vocabulary, model: google/owlv2-base-patch16-ensemble, labels: [mug], every: 5}
- {type: published, topic: my_detections}
zones: {above_m: 0.012}
tracker: {misses: 5}
"""
    )
    settings = ChainSettings.load(path)
    assert settings.zones.above_m == 0.012 and settings.tracker.misses == 5
    chain = chain_of(settings, [KnownObject(name="box a", tag=1)])
    assert [d.name for d in chain.detectors] == ["tags", "colour_shape", "open_vocabulary", "published"]
    assert chain.detectors[0]._names == {1: "box a", 2: "box b"}
    (published,) = chain.published
    assert isinstance(published, Published) and published.topic == "my_detections"
    (found,) = chain.detectors[1].detect(look())
    assert found.kind == "brick" and np.isclose(found.centre[2], 0.72, atol=0.002)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("detectors: []", "detectors"),
        ("detectors: [{type: tags, size_m: 0.05, dictionry: x}]", "dictionry: is no field"),
        ("detectors: [{type: magic}]", "magic"),
        ("detectors: [{type: colour_shape}]\nzones: {above: 1}", "above"),
        ("detectors: [{type: colour_shape}]\ntracker: {misses: 0}", "misses"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, told):
    path = tmp_path / "chain.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=told):
        ChainSettings.load(path)

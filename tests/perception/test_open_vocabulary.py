# SPDX-License-Identifier: Apache-2.0
import json
import string

import pytest

from agent_planner.errors import UserError
from agent_planner.perception.detection import Look
from agent_planner.perception.foreground import foreground
from agent_planner.perception.open_vocabulary import OpenVocabulary
from tests.perception.scenery import BLUE, box, floor, picture, table
from tests.perception.test_foreground import CUBE, DESK


def look(words=("red cube",)):
    frame = picture([floor(), table(), CUBE, box(0.9, -0.15, 0.73, (0.06, 0.06, 0.06), BLUE)])
    return Look(frame, foreground(frame, (DESK,)), words)


def around(solid, frame, grow=3):
    pixels, _ = frame.project(solid.pose[:3, 3][None])
    x, y = pixels[0]
    return {"xmin": x - 8 - grow, "ymin": y - 8 - grow, "xmax": x + 8 + grow, "ymax": y + 8 + grow}


class Boxes:
    """A pipeline that always sees the same."""

    def __init__(self, *answers):
        self.answers = answers
        self.asked = []

    def __call__(self, image, candidate_labels, threshold):
        self.asked.append((image.size, list(candidate_labels), threshold))
        return [{"label": label, "score": score, "box": box} for label, score, box in self.answers]


@pytest.fixture
def detector():
    def make(*answers, **more):
        made = OpenVocabulary("none", **more)
        made._pipeline = Boxes(*answers)
        return made

    return make


def test_a_box_becomes_a_thing_where_the_depth_has_one(detector):
    seen = look()
    (found,) = detector(("red cube", 0.7, around(CUBE, seen.frame)), ("mug", 0.3, around(CUBE, seen.frame))).detect(
        seen
    )
    assert found.kinds == {"red cube": 0.7, "mug": 0.3}
    assert found.confidence == 0.7
    assert abs(found.centre - CUBE.pose[:3, 3]).max() < 0.01


def test_a_box_around_everything_is_no_thing(detector):
    whole = {"xmin": 0, "ymin": 0, "xmax": 320, "ymax": 240}
    assert detector(("red cube", 0.9, whole)).detect(look()) == []


def test_it_looks_for_its_own_labels_and_for_what_is_spoken_of(detector):
    made = detector(labels=("mug",), threshold=0.4)
    made.detect(look(("stapler", "mug")))
    assert made._pipeline.asked == [((320, 240), ["mug", "stapler"], 0.4)]
    made.detect(look(()))
    assert made._pipeline.asked[-1][1] == ["mug"]


def test_it_looks_at_one_picture_in_so_many_and_never_for_nothing(detector):
    made = detector(every=3)
    for _ in range(6):
        made.detect(look())
    assert len(made._pipeline.asked) == 2
    made = detector()
    made.detect(look(()))
    assert made._pipeline.asked == []


def test_a_model_that_is_not_there_is_told():
    with pytest.raises(UserError, match="'/nowhere/model' cannot be loaded"):
        OpenVocabulary("/nowhere/model").detect(look())


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """An OWL-ViT of a few thousand random weights, as a folder of the hub would be."""
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("owl")
    letters = list(string.ascii_lowercase)
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: n for n, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = transformers.CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=16, pad_token="<|endoftext|>"
    )
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    ids = {"bos_token_id": len(tokens) - 2, "eos_token_id": len(tokens) - 1, "pad_token_id": len(tokens) - 1}
    config = transformers.OwlViTConfig(
        text_config={**sizes, **ids, "vocab_size": len(tokens), "max_position_embeddings": 16},
        vision_config={**sizes, "image_size": 32, "patch_size": 8},
        projection_dim=16,
    )
    transformers.OwlViTForObjectDetection(config).save_pretrained(folder)
    images = transformers.OwlViTImageProcessorPil(size={"height": 32, "width": 32}, do_center_crop=False)
    transformers.OwlViTProcessor(images, tokenizer).save_pretrained(folder)
    return folder


def test_a_real_model_of_the_task_answers(tiny_model):
    made = OpenVocabulary(str(tiny_model), threshold=0.0)
    assert made._pipeline is None  # nothing is loaded before it is needed
    made.detect(look(("red cube", "mug")))
    boxes = made._boxes(look().frame.image, ["red cube", "mug"])
    assert boxes
    assert {label for label, _, _ in boxes} <= {"red cube", "mug"}
    assert all(0.0 <= score <= 1.0 and len(corners) == 4 for _, score, corners in boxes)

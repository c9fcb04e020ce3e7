# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.errors import ConfigError
from agent_planner.perception.vocabulary import Form, Vocabulary


def test_the_shipped_one_knows_the_simulator_words():
    words = pytest.importorskip("agent_planner_sim.scenes.words")
    shapes = pytest.importorskip("agent_planner_sim.shapes")
    vocabulary = Vocabulary.load()
    assert set(vocabulary.colors) == set(words.COLORS)
    for noun, (outlines, color) in words.OBJECTS.items():
        kind = vocabulary.kinds[noun]
        assert kind.color == color
        assert len(kind.sizes) == len(outlines)
        for size, outline in zip(kind.sizes, outlines, strict=True):
            assert size == pytest.approx(shapes.extent(outline))


def test_a_thing_may_lie_on_any_side():
    vocabulary = Vocabulary.load()
    forms = [form for form in vocabulary.forms if form.kind in ("soap", "bottle", "cube")]
    assert Form("soap", "box", (0.065, 0.025, 0.04)) in forms
    assert Form("bottle", "lying", (0.12, 0.052, 0.052)) in forms
    assert sum(form.kind == "cube" for form in forms) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kinds: {}\ncolors: {}\n", "colors"),
        (
            "colors: {red: [1, 0, 0]}\nkinds: {cup: {shape: cylinder, sizes: [[0.06, 0.07, 0.1]]}}",
            "as deep as it is wide",
        ),
        ("colors: {red: [1, 0, 0]}\nkinds: {cup: {shape: box, sizes: [[0, 1, 1]]}}", "is no size"),
        ("colors: {red: [1, 0, 0]}\nkinds: {cup: {shape: box, sizes: [[1, 1, 1]], color: rad}}", "did you mean 'red'"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, told):
    path = tmp_path / "words.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=told):
        Vocabulary.load(path)

# SPDX-License-Identifier: Apache-2.0
"""The pictures are readable as such; how they look was judged by eye."""

import numpy as np
from PIL import Image

from agent_planner.tuning.panel.plots import error_plot, success_plot
from agent_planner.tuning.panel.taxonomy import Category
from tests.tuning.panel.lines import episode, episodes

CELLS = ["held_in", "wordings", "renamed"]


def greys(path) -> np.ndarray:
    """(height, width), 0 black to 255 white; checks that it is a picture that fits on a page."""
    image = Image.open(path)
    image.verify()
    image = Image.open(path).convert("L")
    assert image.width == 1040 and 250 < image.height < 2500
    return np.asarray(image)


def rows(count):
    outcomes = ["++-+", "+---", "----", "++++"]
    return {
        f"model {n}": [line for cell in CELLS for line in episodes(outcomes[n % 4], cell=cell, model=f"m{n}")]
        for n in range(count)
    }


def test_success_by_cell(tmp_path):
    success_plot(tmp_path / "one.png", "Success", rows(1), CELLS)
    success_plot(tmp_path / "six.png", "Success", rows(6), CELLS)
    one, six = greys(tmp_path / "one.png"), greys(tmp_path / "six.png")
    assert six.shape[0] > one.shape[0]
    assert (one < 128).sum() > 1000 and (one == 255).mean() > 0.8


def test_a_model_that_lacks_a_cell_is_drawn_with_what_it_has(tmp_path):
    found = rows(2) | {"part": episodes("+-", cell="renamed")}
    success_plot(tmp_path / "part.png", "Success", found, CELLS)
    greys(tmp_path / "part.png")


def test_errors_are_told_apart_without_colour(tmp_path):
    def bar(category):
        lines = [episode(False, seed=seed, category=category) for seed in range(3)]
        path = tmp_path / f"{category}.png"
        error_plot(path, "Errors", {"model": lines})
        # A piece in the middle of the bar: of the mean grey and of how much it varies.
        picture = greys(path)
        piece = picture[100:160, 400:700]
        return round(piece.mean()), round(piece.std())

    found = [bar(category) for category in Category]
    assert len(set(found)) == len(Category)


def test_no_errors_are_a_picture_too(tmp_path):
    error_plot(tmp_path / "none.png", "Errors", {"expert": episodes("+++")})
    greys(tmp_path / "none.png")

# SPDX-License-Identifier: Apache-2.0
"""The map in the page's own colours."""

FLOOR, WALL, UNSEEN = "#102030", "#405060", "#708090"
_DRAWN = """async (colors) => {
    const { floorPlan } = await import("/page/floor_plan.js");
    const canvas = await floorPlan("/map.png", colors);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const hex = (index) => "#" + [...data.slice(index, index + 3)].map((x) => x.toString(16).padStart(2, "0")).join("");
    return Array.from({ length: data.length / 4 }, (_, index) => hex(4 * index));
}"""


def test_what_is_free_occupied_and_unknown_has_its_colour(page):
    drawn = page.evaluate(_DRAWN, {"floor": FLOOR, "wall": WALL, "unseen": UNSEEN})
    assert drawn[:4] == [WALL, FLOOR, FLOOR, FLOOR]
    assert drawn[4:8] == [FLOOR, UNSEEN, FLOOR, FLOOR]
    assert drawn[8:] == [FLOOR, FLOOR, WALL, UNSEEN]

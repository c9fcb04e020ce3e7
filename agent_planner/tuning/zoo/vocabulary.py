# SPDX-License-Identifier: Apache-2.0
"""Words that scenes are made of, split before any data is made.

Training and the `held_in` suite draw from ``SEEN``; ``UNSEEN`` is kept for the suites that test new words.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """Nouns by what they can do, colours, and adjectives that tell like things apart."""

    colors: tuple[str, ...]
    objects: tuple[str, ...]
    surfaces: tuple[str, ...]
    containers: tuple[str, ...]
    openables: tuple[str, ...]
    devices: tuple[str, ...]
    plants: tuple[str, ...]
    areas: tuple[str, ...]
    qualifiers: tuple[str, ...]


SEEN = Vocabulary(
    colors=("red", "blue", "green", "yellow", "white", "black", "orange", "purple", "grey", "pink", "brown"),
    objects=(
        "cube", "ball", "cup", "mug", "can", "box", "bottle", "block", "book", "plate", "bowl", "spoon", "apple",
        "banana", "cylinder", "sponge", "towel", "phone", "remote", "toy car", "pen", "marker", "screwdriver",
        "battery", "milk carton", "soda can", "tape roll", "key", "glass", "lemon", "orange fruit", "wrench",
        "notebook", "hammer", "soap", "cereal box", "tin", "jar",
    ),
    surfaces=(
        "table", "desk", "shelf", "counter", "bench", "workbench", "sideboard", "coffee table", "kitchen counter",
        "dining table", "bedside table", "stool", "stand", "side table", "rack", "console", "kitchen table",
        "work table", "window sill", "couch", "low table",
    ),
    containers=("bin", "box bin", "basket", "tray", "crate", "bucket", "tote", "sink", "trash can", "hamper", "tub"),
    openables=(
        "drawer", "cabinet", "fridge", "oven", "cupboard", "wardrobe", "locker", "microwave", "chest", "kitchen drawer",
        "desk drawer", "kitchen cabinet", "top drawer", "tool drawer", "bathroom cabinet", "office drawer",
    ),
    devices=("lamp", "washer", "fan", "radio", "heater", "dishwasher", "printer", "coffee machine", "monitor"),
    plants=("fern", "ficus", "flower pot", "herb pot"),
    areas=("kitchen", "living room", "bedroom", "office", "hallway", "charging station", "door", "bathroom"),
    qualifiers=("left", "right", "small", "big", "old", "new", "upper", "lower", "far", "front"),
)  # fmt: skip

UNSEEN = Vocabulary(
    colors=("cyan", "beige", "violet", "golden"),
    objects=(
        "vase",
        "teapot",
        "candle",
        "stapler",
        "duck",
        "cone",
        "prism",
        "flashlight",
        "onion",
        "wallet",
        "brush",
    ),
    surfaces=("podium", "ottoman", "trolley", "dresser", "altar"),
    containers=("barrel", "pail", "carton", "satchel"),
    openables=("safe", "vault", "hatch", "closet", "toolbox"),
    devices=("toaster", "projector", "humidifier"),
    plants=("cactus", "palm"),
    areas=("garage", "attic", "lobby", "pantry"),
    qualifiers=("tall", "shiny", "wooden"),
)

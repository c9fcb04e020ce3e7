# SPDX-License-Identifier: Apache-2.0
"""Words that scenes are made of, split before any data is made.

Training and the `held_in` suite draw from ``SEEN``. ``DEV`` and ``TEST`` are for the suites of new words, each for the
split of its name. No last word of a noun, colour or adjective of theirs is a word of another vocabulary, and within
each no noun holds another one: a phrase is ambiguous only where two names share a word.
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

DEV = Vocabulary(
    colors=("cyan", "beige", "violet", "crimson", "turquoise", "ivory", "khaki"),
    objects=(
        "teapot", "candle", "vase", "wallet", "hairbrush", "toothbrush", "umbrella", "pillow", "blanket", "backpack",
        "frying pan", "whisk", "ladle", "corkscrew", "rolling pin", "salt shaker", "pepper mill", "cutting board",
        "colander", "onion", "carrot", "pear", "cucumber", "pancake", "sandwich", "stapler", "hole punch", "paper clip",
        "glue stick", "envelope", "binder", "calculator", "charging cable", "business card", "ruler", "test tube",
        "pipette", "beaker", "petri dish", "face mask", "flashlight", "paint roller", "drill bit", "hex nut", "chisel",
        "safety helmet", "parcel", "garden trowel", "seed packet", "work glove", "teddy bear", "puzzle piece",
        "rubber duck", "measuring jug",
    ),
    surfaces=(
        "podium", "ottoman", "trolley", "dresser", "mantelpiece", "lectern", "nightstand", "pallet", "piano",
        "armchair", "mattress", "window ledge", "serving cart", "bureau",
    ),
    containers=(
        "barrel", "pail", "satchel", "laundry bag", "wheelbarrow", "fish tank", "trough", "brochure holder", "hopper",
        "mixing vat", "burlap sack",
    ),
    openables=(
        "safe", "vault", "hatch", "closet", "toolbox", "mailbox", "suitcase", "display case", "freezer", "pottery kiln",
    ),
    devices=(
        "toaster", "projector", "humidifier", "kettle", "vacuum cleaner", "hair dryer", "laser engraver", "centrifuge",
        "lawn sprinkler",
    ),
    plants=("cactus", "potted palm", "basil", "orchid", "fig tree", "rosemary"),
    areas=(
        "garage", "attic", "lobby", "balcony", "basement", "library", "elevator", "reception", "stairwell",
        "picnic area",
    ),
    qualifiers=("tall", "wooden", "striped", "rusty", "round", "heavy", "dented", "plain"),
)  # fmt: skip

TEST = Vocabulary(
    colors=("golden", "silver", "magenta", "teal", "maroon", "olive", "lavender", "navy"),
    objects=(
        "thermos", "slipper", "necklace", "bracelet", "coat hanger", "laundry peg", "sewing kit", "nail clipper",
        "hand mirror", "photo frame", "comb", "razor", "spatula", "vegetable peeler", "cheese grater", "saucepan",
        "pizza cutter", "cookie", "muffin", "bagel", "avocado", "eggplant", "peach", "pumpkin", "lime", "coaster",
        "napkin", "baking sheet", "eraser", "highlighter", "thumbtack", "clipboard", "folder", "headset", "keyboard",
        "flash drive", "power adapter", "magnifier", "sample vial", "microscope slide", "funnel", "syringe",
        "stopwatch", "thermometer", "hinge", "pulley", "saw blade", "crowbar", "mallet", "extension cord", "spirit level",
        "cargo strap", "bird feeder", "rake", "kite", "tennis racket", "frisbee", "chess pawn", "marble",
    ),
    surfaces=(
        "buffet", "credenza", "vanity", "plinth", "pedestal", "conveyor belt", "worktop", "footstool", "futon", "sofa",
        "kitchen island", "sun deck", "loading platform", "gurney", "bunk bed",
    ),
    containers=(
        "caddy", "urn", "dumpster", "wastebasket", "drawstring pouch", "cubby", "basin", "mail slot", "parts organizer",
        "stroller", "cradle",
    ),
    openables=(
        "armoire", "larder", "incubator", "strongbox", "hutch", "briefcase", "autoclave", "breadbox", "minibar",
        "storage compartment",
    ),
    devices=(
        "blender", "air conditioner", "slow cooker", "television", "router", "document shredder", "smart speaker", "lathe",
        "water pump",
    ),
    plants=("bonsai", "aloe", "begonia", "peace lily", "rose bush", "tulip"),
    areas=(
        "pantry", "patio", "workshop", "greenhouse", "nursery", "canteen", "corridor", "entrance", "north wing",
        "fire exit",
    ),
    qualifiers=("shiny", "plastic", "frosted", "cracked", "square", "narrow", "spotted", "worn"),
)  # fmt: skip

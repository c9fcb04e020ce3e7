# SPDX-License-Identifier: Apache-2.0
"""The words of training: those of `vocabulary.SEEN`, and many more from homes, labs, offices, stores and gardens.

A thing of many words may end as another one does ("table", "coffee table"): then their last word alone is ambiguous.
No word here is one that tells things apart in the vocabularies that are kept from training.
"""

from agent_planner.tuning.zoo.vocabulary import SEEN, Vocabulary

TRAIN = Vocabulary(
    colors=(
        *SEEN.colors, "dark blue", "light blue", "dark green", "light green", "dark red", "bright red", "dark grey",
        "light grey", "dark brown", "light brown", "pale yellow", "bright yellow", "pale pink", "bright orange",
        "cream", "copper", "bronze", "coral", "lilac", "ochre", "tan", "charcoal", "amber", "burgundy", "indigo",
        "scarlet",
    ),
    objects=(
        *SEEN.objects,
        # The table.
        "fork", "teaspoon", "saucer", "egg cup", "wine glass", "juice bottle", "coffee mug", "soup bowl", "salad bowl",
        "lunch box", "sugar bowl", "straw", "chopstick", "lid", "pot lid", "soup pot", "kitchen timer", "tin opener",
        "bottle opener", "oven mitt", "scouring pad", "wine bottle", "milk bottle", "pepper pot", "measuring cup",
        "drinking glass", "sports bottle", "baby bottle",
        # Food.
        "egg", "cheese", "yogurt", "honey jar", "jam jar", "cracker", "chocolate bar", "cake", "pizza", "pretzel",
        "croissant", "burger", "sausage", "fried egg", "kiwi", "melon", "plum", "grape", "pineapple", "apricot",
        "cherry", "coconut", "tangerine", "grapefruit", "mushroom", "garlic bulb", "radish", "beet", "turnip",
        "corn cob", "walnut", "almond", "cereal bar", "soup can", "tuna can", "pea can", "coffee tin", "tea tin",
        # The desk.
        "pencil", "crayon", "chalk", "paintbrush", "magazine", "mouse mat", "story book", "newspaper", "letter",
        "postcard", "sticker", "notepad", "diary", "calendar", "tape dispenser", "pencil sharpener", "laptop",
        "tablet", "microphone", "usb hub", "dictionary", "comic", "name badge", "coin",
        # Tools and parts.
        "drill", "spanner", "tape measure", "screw", "bracket", "gear", "spring", "hose clamp", "fuse", "sensor",
        "motor", "valve", "pipe", "rope", "chain", "padlock", "paint can", "glue bottle", "sandpaper", "toolbelt",
        "clamp", "torch", "welding rod", "bearing", "anvil", "buckle", "gasket",
        # Store and yard.
        "carton", "package", "crate lid", "traffic cone", "watering can", "shovel", "garden hose", "flower bulb",
        "hedge trimmer", "broom", "dustpan", "squeegee",
        # The clinic and the lab.
        "pill bottle", "bandage", "stethoscope", "inhaler", "medicine bottle", "pill box", "flask", "reagent bottle",
        "tweezer", "scalpel", "crutch", "ear plug", "lab notebook", "culture plate",
        # The home.
        "shirt", "sock", "sweater", "jacket", "hat", "cap", "scarf", "shoe", "sandal", "boot", "pajama top",
        "bath towel", "shampoo bottle", "toothpaste", "hair gel", "perfume", "sunscreen", "tissue box", "earring",
        "cushion", "ashtray", "doll", "dice cup", "toy train", "toy truck", "jump rope", "football", "tennis ball",
        "baseball bat", "golf ball", "guitar", "flute", "drum", "trumpet", "figurine", "snow globe", "toy block",
        "cat bowl", "cat toy", "chess king", "passport", "purse", "lighter",
    ),
    surfaces=(
        *SEEN.surfaces, "bar", "breakfast table", "bookshelf", "wall shelf", "top shelf", "bottom shelf", "shoe rack",
        "spice rack", "drying rack", "tool rack", "picnic table", "garden table", "ping pong table", "pool table",
        "folding table", "packing table", "sorting table", "operating table", "examination table", "changing table",
        "drafting table", "school desk", "writing desk", "info desk", "lab bench", "garden bench", "potting bench",
        "assembly bench", "shop counter", "checkout counter", "bathroom counter", "chair", "office chair",
        "high chair", "recliner", "rug", "carpet", "doormat", "stove top", "tv stand", "plant stand", "music stand",
        "fireplace", "hearth", "ramp", "stage", "scale", "turntable", "window seat", "altar", "tea table",
    ),
    containers=(
        *SEEN.containers, "waste bin", "recycling bin", "compost bin", "scrap bin", "laundry basket", "fruit basket",
        "bread basket", "shopping basket", "picnic basket", "toy basket", "letter tray", "serving tray", "tool tray",
        "seed tray", "glass bin", "ballot box", "milk crate", "bottle crate", "ice bucket", "mop bucket",
        "paint bucket", "kitchen sink", "bathtub", "cage", "cardboard carton", "toy box", "shoebox", "cash box",
        "recycling box", "planter", "cauldron", "pen cup", "pencil pot", "flowerbed", "sandbox", "manger",
        "sharps container",
    ),
    openables=(
        *SEEN.openables, "bottom drawer", "middle drawer", "cutlery drawer", "sock drawer", "file drawer",
        "cash drawer", "medicine cabinet", "filing cabinet", "display cabinet", "china cabinet", "tool cabinet",
        "corner cabinet", "bedside cabinet", "linen cupboard", "broom cupboard", "spice cupboard", "wall cupboard",
        "shoe cupboard", "supply cupboard", "storage cupboard", "gym locker", "supply locker", "paint locker",
        "toy chest", "treasure chest", "ice chest", "tool chest", "wine fridge", "pizza oven", "drying oven",
        "washing machine", "tumble drier", "trunk", "car trunk", "glovebox", "letterbox", "lunch cooler",
        "jewelry box", "fuse box", "control cabinet", "server cabinet", "fume cupboard", "shed", "garden shed",
        "doll house", "hamster house",
    ),
    devices=(
        *SEEN.devices, "desk lamp", "floor lamp", "reading lamp", "photocopier", "treadmill", "wall lamp",
        "ceiling fan", "desk fan", "table fan", "clock radio", "kitchen radio", "space heater", "tea maker",
        "espresso machine", "bread machine", "ice machine", "sewing machine", "vending machine", "packing machine",
        "laser printer", "computer", "server", "baby monitor", "heart monitor", "ventilator", "x ray machine",
        "microscope", "oscilloscope", "hot plate", "magnetic stirrer", "fume extractor", "compressor", "generator",
        "band saw", "milling machine", "conveyor", "crane", "lawn mower", "doorbell", "stereo", "juicer", "mixer",
        "coffee grinder", "waffle iron", "air purifier",
    ),
    plants=(
        *SEEN.plants, "ivy", "mint", "parsley", "thyme", "sage", "geranium", "petunia", "sunflower", "lupin",
        "lettuce", "daisy", "spider plant", "snake plant", "tomato plant", "pepper plant", "strawberry pot", "bamboo",
        "hedge", "lawn", "yucca",
    ),
    areas=(
        *SEEN.areas, "dining room", "laundry room", "meeting room", "server room", "storage room", "operating room",
        "mail room", "cold room", "changing room", "sick room", "office kitchen", "tea kitchen", "cellar", "porch",
        "terrace", "garden", "driveway", "courtyard", "staircase", "landing", "back door", "side door", "main door",
        "main gate", "gate", "parking lot", "loading bay", "checkout", "aisle three", "packing station",
        "nurse station", "work station", "reading corner", "window", "ward", "pharmacy", "laboratory", "classroom",
        "gym", "cafeteria", "bakery", "shop floor", "pond", "barn", "stable", "fountain",
    ),
    qualifiers=(
        *SEEN.qualifiers, "large", "tiny", "long", "short", "thick", "thin", "wide", "rear", "inner", "outer",
        "broken", "spare", "used", "metal", "leather", "woollen", "ceramic", "soft", "hard", "matte", "flat",
        "curved", "oval", "pointed", "fancy", "cheap", "modern", "antique", "sturdy", "lightweight", "checkered",
        "dotted",
    ),
)  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""How people word instructions. ``{o}`` is an object, ``{t}`` what the goal's second argument is, ``{x}`` a value.

The last wording of each list (of at least five) is kept for the suite of unseen wordings.
"""

WORDINGS: dict[str, tuple[str, ...]] = {
    "at": (
        "go to {o}", "drive to {o}", "move to {o}", "navigate to {o}", "drive over to {o}", "come to {o}",
        "go and stand at {o}", "head to {o}", "please approach {o}", "position yourself at {o}",
    ),
    "holding": (
        "pick up {o}", "take {o}", "grab {o}", "get {o}", "grasp {o}", "lift {o}", "pick {o} up", "hold {o}",
        "fetch {o}", "take hold of {o}",
    ),
    "on": (
        "put {o} on {t}", "place {o} on {t}", "move {o} to {t}", "bring {o} to {t}", "set {o} on {t}",
        "put {o} onto {t}", "take {o} to {t}", "I want {o} on {t}", "{o} belongs on {t}", "carry {o} to {t}",
        "lay {o} on {t}", "pick up {o} and put it on {t}", "get {o} and place it on {t}", "transfer {o} to {t}",
    ),
    "in": (
        "put {o} in {t}", "place {o} in {t}", "put {o} into {t}", "drop {o} in {t}", "throw {o} into {t}",
        "move {o} into {t}", "{o} goes in {t}", "I want {o} in {t}", "store {o} in {t}", "put {o} inside {t}",
        "pick up {o} and put it in {t}", "get {o} and drop it into {t}", "stow {o} in {t}", "deposit {o} in {t}",
    ),
    "near": (
        "put {o} next to {t}", "place {o} beside {t}", "put {o} near {t}", "move {o} next to {t}",
        "set {o} alongside {t}",
    ),
    "open": ("open {o}", "open up {o}", "pull {o} open", "please get {o} open", "make sure {o} is open", "unclose {o}"),
    "closed": ("close {o}", "shut {o}", "push {o} shut", "make sure {o} is closed", "please get {o} closed", "seal {o}"),
    "explored": (
        "look into {o}", "look inside {o}", "check what is in {o}", "see what is inside {o}", "find out what is in {o}",
        "have a peek into {o}",
    ),
    "hand_free": (
        "put down what you hold", "empty your hand", "put it down", "free your hand", "let go of what you are holding",
        "lay down whatever you carry",
    ),
    "running": ("switch on {o}", "turn on {o}", "start {o}", "turn {o} on", "power on {o}", "get {o} running"),
    "not running": ("switch off {o}", "turn off {o}", "stop {o}", "turn {o} off", "power down {o}", "shut off {o}"),
    "clean": ("wipe {o}", "clean {o}", "wipe {o} clean", "give {o} a wipe", "dust {o}", "make {o} spotless"),
    "watered": ("water {o}", "give {o} some water", "give water to {o}", "please water {o} now", "{o} needs water"),
    "locked": ("lock {o}", "lock up {o}", "make sure {o} is locked", "please lock {o}", "secure {o} with its lock"),
    "inspected": ("inspect {o}", "look closely at {o}", "examine {o}", "check {o}", "have a close look at {o}"),
    "scanned": ("scan {o}", "read the code on {o}", "scan the label of {o}", "read the label on {o}", "get the code of {o}"),
    "docked": ("go charging", "charge yourself", "dock", "return to the dock", "go back to the charger"),
    "photograph": ("take a photo of {o}", "photograph {o}", "take a picture of {o}", "make a picture of {o}", "snap {o}"),
    "wait": ("wait {x} seconds", "wait for {x} seconds", "pause for {x} seconds", "stand still for {x} seconds", "idle {x} seconds"),
    "posture": (
        "move the arm to {x}", "bring the arm to {x}", "put the arm in the {x} posture", "{x} the arm",
        "set the arm to its {x} pose",
    ),
    "gripper": (
        "open the gripper to {x} m", "open the gripper {x} metres", "set the gripper to {x} m",
        "set the gripper width to {x}", "make the gripper {x} m wide",
    ),
    "wave": ("wave", "wave at me", "greet the visitor", "wave hello", "give us a wave"),
    "say": ("say {x}", "tell them {x}", "announce {x}", "speak the words {x}", "let them hear {x}"),
    "light": (
        "set the light to {x}", "make the light {x}", "turn the status light {x}", "show {x} on the light",
        "switch your light to {x}",
    ),
}  # fmt: skip

# Two clauses, the second after the first.
JOINS = (
    "{a} and {b}", "{a}, then {b}", "{a} and then {b}", "first {a}, then {b}", "{a}. Then {b}", "{a}, and {b}",
    "{a}; after that {b}", "{a}. When that is done, {b}",
)  # fmt: skip
FRAMES = (
    "{i}", "{i}", "{i}", "{i}", "{i}.", "please {i}", "{i}, please", "could you {i}?", "robot, {i}", "can you {i}",
    "I need you to {i}", "now {i}", "{i} now", "hey, {i}", "would you {i}", "{i} for me", "okay, {i}",
)  # fmt: skip

PLACE_ALL = (
    "put all {o} {p} {t}", "put the {o} {p} {t}", "move all {o} {p} {t}", "all {o} go {p} {t}", "bring every one of the {o} {p} {t}",
)  # fmt: skip

# Nothing to do: a greeting or a question, with its answer.
TALK: tuple[tuple[str, str], ...] = (
    ("hello", "Hello. Tell me what to do."),
    ("hi there", "Hello. Tell me what to do."),
    ("good morning", "Good morning. Tell me what to do."),
    ("thanks", "You are welcome."),
    ("thank you, well done", "You are welcome."),
    ("how are you?", "I am ready. Tell me what to do."),
    ("who are you?", "I am a robot that carries out instructions."),
    ("what can you do?", "I carry out instructions with the skills of this robot."),
    ("tell me a joke", "I only carry out instructions."),
    ("what is 2 plus 3?", "5."),
    ("what is 7 times 6?", "42."),
    ("what is the capital of France?", "Paris."),
    ("nice weather today", "I am ready. Tell me what to do."),
    ("are you ready?", "I am ready. Tell me what to do."),
    ("never mind", "All right."),
    ("good night", "Good night."),
    ("what is your name?", "I am a robot that carries out instructions."),
    ("do you like music?", "I only carry out instructions."),
    ("see you tomorrow", "Goodbye."),
    ("ok", "All right."),
)


def seen(role: str) -> tuple[str, ...]:
    """Wordings that training and held_in use."""
    found = WORDINGS[role]
    return found[:-1] if len(found) >= 5 else found

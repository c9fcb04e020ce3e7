# SPDX-License-Identifier: Apache-2.0
"""Families of skills: the same ability under many names, so that a model must read the library."""

from dataclasses import dataclass
from random import Random

from agent_planner.skills import Parameter, Pattern, Skill

_ANY = Parameter(type="entity")
_OBJECT = Parameter(type="entity", kinds=("object",), affordances=("graspable",))
_SURFACE = Parameter(type="entity", affordances=("surface",))
_CONTAINER = Parameter(type="entity", affordances=("container",))
_OPENABLE = Parameter(type="entity", kinds=("place",), affordances=("openable",))
_DEVICE = Parameter(type="entity", affordances=("device",))
_PLANT = Parameter(type="entity", affordances=("plant",))


@dataclass(frozen=True)
class Family:
    """One ability. ``{0}`` and ``{1}`` in needs and makes stand for the names of the parameters."""

    role: str
    names: tuple[str, ...]
    descriptions: tuple[str, ...]
    parameters: tuple[tuple[tuple[str, ...], Parameter], ...] = ()
    needs: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()

    def draw(self, rng: Random, invented: bool = False) -> Skill:
        """Return a skill of this family with names drawn anew; ``invented`` makes a word that means nothing."""
        names: list[str] = []
        for choices, _ in self.parameters:
            names.append(rng.choice([c for c in choices if c not in names]))
        parameters = {n: p for n, (_, p) in zip(names, self.parameters, strict=True)}
        return Skill(
            name=invented_word(rng) if invented else rng.choice(self.names),
            description=rng.choice(self.descriptions),
            parameters=parameters,
            needs=tuple(Pattern.parse(n.format(*names)) for n in self.needs),
            makes=tuple(Pattern.parse(m.format(*names)) for m in self.makes),
        )


def reordered(rng: Random, skill: Skill) -> Skill:
    """The skill with its parameters in a drawn order, so that it must be read.

    What makes nothing keeps its own: ``did(…)`` of a goal tells arguments by their place alone.
    """
    if not skill.makes or len(skill.parameters) < 2:
        return skill
    names = rng.sample(list(skill.parameters), len(skill.parameters))
    return skill.model_copy(update={"parameters": {name: skill.parameters[name] for name in names}})


def invented_word(rng: Random) -> str:
    """A word that means nothing."""
    syllables = ("ba", "ko", "ri", "tu", "mel", "sor", "vin", "da", "lu", "pex", "zo", "qua", "ner", "fi")
    return "".join(rng.choice(syllables) for _ in range(rng.randint(2, 3)))


_OBJ = ("object", "item", "thing", "what", "obj")
_PLC = ("surface", "place", "target", "where", "location", "onto")
_CNT = ("container", "into", "receptacle", "target", "where", "place")
_DOOR = ("container", "target", "name", "what", "door")
_DEV = ("device", "machine", "target", "name")

FAMILIES: tuple[Family, ...] = (
    Family(
        "navigate",
        ("navigate_to", "go_to", "drive_to", "move_to", "move_base", "travel_to", "goto", "approach", "navigate"),
        (
            "Drive the base to a place or an object.", "Move the base next to something.", "Go to a place or thing.",
            "Drive the robot to a target.", "Navigate next to the target.",
        ),
        ((("target", "place", "goal", "destination", "where", "to"), _ANY),),
        (), ("at({0})",),
    ),
    Family(
        "pick",
        ("pick", "grasp", "pick_up", "take", "grab", "fetch", "lift", "pick_object", "get"),
        (
            "Grasp an object and lift it.", "Take an object into the hand.", "Pick up an object within reach.",
            "Grab a thing with the gripper.",
        ),
        ((_OBJ, _OBJECT),),
        ("accessible({0})", "hand free", "at({0})"), ("holding({0})",),
    ),
    Family(
        "place_on",
        ("place_on", "put_on", "set_down", "place", "put_down", "lay_on", "release_on", "place_object"),
        (
            "Put the held object down on a surface.", "Place what is in the hand on a surface.",
            "Set the object down on something flat.",
        ),
        ((_OBJ, Parameter(type="entity", kinds=("object",))), (_PLC, _SURFACE)),
        ("holding({0})", "at({1})"), ("on({0}, {1})",),
    ),
    Family(
        "place_in",
        ("place_in", "put_in", "drop_in", "insert", "drop_into", "stow", "store_in", "put_into"),
        (
            "Put the held object into a container.", "Drop what is in the hand into a container.",
            "Place the object inside something.",
        ),
        ((_OBJ, Parameter(type="entity", kinds=("object",))), (_CNT, _CONTAINER)),
        ("open({1})", "holding({0})", "at({1})"), ("in({0}, {1})",),
    ),
    Family(
        "open",
        ("open", "open_door", "open_container", "pull_open", "operate_open", "unclose"),
        (
            "Open a drawer or door by its handle and look inside.", "Open something that is closed.",
            "Pull a drawer or door open.",
        ),
        ((_DOOR, _OPENABLE),),
        ("hand free", "at({0})"), ("open({0})", "explored({0})"),
    ),
    Family(
        "close",
        ("close", "shut", "close_door", "push_shut", "close_container", "operate_close"),
        ("Close a drawer or door by its handle.", "Shut something that is open.", "Push a drawer or door shut."),
        ((_DOOR, _OPENABLE),),
        ("hand free", "at({0})"), ("closed({0})",),
    ),
    Family(
        "switch_on",
        ("switch_on", "turn_on", "start_device", "power_on", "activate", "enable"),
        ("Switch a device on.", "Turn a machine on by its button.", "Start a device."),
        ((_DEV, _DEVICE),),
        ("at({0})",), ("running({0})",),
    ),
    Family(
        "switch_off",
        ("switch_off", "turn_off", "stop_device", "power_off", "deactivate", "disable"),
        ("Switch a device off.", "Turn a machine off by its button.", "Stop a device."),
        ((_DEV, _DEVICE),),
        ("at({0})",), ("not running({0})",),
    ),
    Family(
        "wipe",
        ("wipe", "clean", "wipe_surface", "clean_surface", "dust"),
        ("Wipe a surface clean.", "Clean a surface.", "Rub a surface until it is clean."),
        ((_PLC, _SURFACE),),
        ("hand free", "at({0})"), ("clean({0})",),
    ),
    Family(
        "water",
        ("water", "water_plant", "irrigate", "give_water"),
        ("Water a plant.", "Give water to a plant."),
        ((("plant", "target", "pot", "name"), _PLANT),),
        ("at({0})",), ("watered({0})",),
    ),
    Family(
        "lock",
        ("lock", "lock_door", "secure", "bolt"),
        ("Lock something that is closed.", "Turn the key of a closed drawer or door."),
        ((_DOOR, _OPENABLE),),
        ("closed({0})", "at({0})"), ("locked({0})",),
    ),
    Family(
        "place_near",
        ("place_near", "put_beside", "place_next_to", "set_beside"),
        ("Put the held object next to another one.", "Place what is in the hand beside something."),
        ((_OBJ, Parameter(type="entity", kinds=("object",))), (("other", "beside", "neighbour", "reference"), Parameter(type="entity", kinds=("object",)))),
        ("holding({0})", "at({1})"), ("near({0}, {1})",),
    ),
    Family(
        "inspect",
        ("inspect", "examine", "check", "survey", "look_at"),
        ("Inspect a thing from near by.", "Look closely at something with the camera.", "Examine a target."),
        ((("target", "what", "thing", "place"), _ANY),),
        ("at({0})",), ("inspected({0})",),
    ),
    Family(
        "scan",
        ("scan", "scan_code", "read_label", "read_barcode"),
        ("Read the code on an object in the hand.", "Scan the label of the held object."),
        ((_OBJ, _OBJECT),),
        ("holding({0})",), ("scanned({0})",),
    ),
    Family(
        "dock",
        ("dock", "recharge", "charge", "dock_robot", "return_to_dock"),
        ("Drive to the dock and charge.", "Go charging.", "Return to the charging dock."),
        (), (), ("docked",),
    ),
    Family(
        "photograph",
        ("photograph", "take_photo", "snap", "take_picture", "capture_image"),
        ("Take a photo of something.", "Save a camera picture of a thing."),
        ((("target", "subject", "of", "what"), _ANY),),
        ("at({0})",), (),
    ),
    Family(
        "wait",
        ("wait", "pause", "wait_for", "idle", "sleep"),
        ("Wait for some seconds.", "Do nothing for a while.", "Stand still for a time."),
        ((("seconds", "duration", "time_s"), Parameter(type="number", minimum=0, maximum=600, unit="s")),),
    ),
    Family(
        "posture",
        ("move_arm", "arm_to", "set_arm", "arm_posture"),
        ("Move the arm to a named posture.", "Bring the arm into a stored posture."),
        ((("posture", "pose", "name", "position"), Parameter(type="enum", values=("stow", "home", "ready"))),),
        ("hand free",), (),
    ),
    Family(
        "gripper",
        ("set_gripper", "open_gripper", "gripper_width", "move_gripper"),
        ("Open the empty gripper to a width.", "Set the distance of the empty gripper's fingers."),
        ((("opening", "width", "distance"), Parameter(type="number", minimum=0, maximum=0.08, unit="m")),),
        ("hand free",), (),
    ),
    Family(
        "wave",
        ("wave", "wave_hand", "greet", "say_hello"),
        ("Wave with the arm.", "Greet a person with the arm."),
    ),
    Family(
        "say",
        ("say", "speak", "announce", "tell"),
        ("Say a text aloud.", "Speak through the loudspeaker."),
        ((("text", "words", "message"), Parameter(type="text", max_length=80)),),
    ),
    Family(
        "light",
        ("set_light", "light", "set_led", "status_light"),
        ("Set the colour of the status light.", "Show a colour with the lamp on the robot."),
        ((("color", "colour"), Parameter(type="enum", values=("red", "green", "blue", "off"))),),
    ),
    Family(
        "ring",
        ("ring_bell", "trigger_bell", "call_person", "sound_alarm", "press_buzzer", "reset_counter"),
        ("Ring the bell.", "Sound the alarm.", "Press the buzzer.", "Call a person.", "Reset the counter."),
    ),
)  # fmt: skip

BY_ROLE = {f.role: f for f in FAMILIES}
CORE = ("navigate", "pick", "place_on", "place_in", "open", "close")

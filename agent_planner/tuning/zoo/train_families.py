# SPDX-License-Identifier: Apache-2.0
"""All abilities of the training libraries: those of `families` under more names, and many more.

What a suite is pinned to is drawn from `families` alone; this is what comes on top.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from agent_planner.scene.graph import CONTAINER, GRASPABLE, OPENABLE, SURFACE
from agent_planner.tuning.zoo.families import BY_ROLE, Family
from agent_planner.tuning.zoo.kinds import AbilityKind
from agent_planner.tuning.zoo.train_deeds import DEED_FAMILIES, DEED_KINDS
from agent_planner.tuning.zoo.train_entity_families import ENTITY_FAMILIES
from agent_planner.tuning.zoo.train_robot_families import LANGUAGES, MODES, ROBOT_FAMILIES

_MORE_OBJ = ("held", "target_object", "which")
_MORE_DEV = ("appliance", "what", "apparatus")


def _wider(role: str, names: tuple[str, ...], descriptions: tuple[str, ...], *parameters: tuple[str, ...]) -> Family:
    """The family of that role with more names, descriptions, and names of its parameters."""
    old = BY_ROLE[role]
    return replace(
        old,
        names=(*old.names, *names),
        descriptions=(*old.descriptions, *descriptions),
        parameters=tuple(((*own, *new), kind) for (own, kind), new in zip(old.parameters, parameters, strict=True)),
    )


_WIDENED = (
    _wider(
        "navigate",
        ("drive_up_to", "head_for", "relocate", "base_to", "roll_to", "come_to"),
        (
            "Bring the robot to where something is.", "Take the base across the room to a target.",
            "Travel to a named place or next to a named thing.",
        ),
        ("spot", "waypoint", "towards", "station"),
    ),
    _wider(
        "pick",
        ("grip", "take_hold", "grasp_object", "clutch", "hold_object"),
        (
            "Close the fingers around an object and raise it.", "Take up an object that lies within reach.",
            "Lift a thing off whatever it lies on.",
        ),
        ("graspable", "target_object", "which"),
    ),
    _wider(
        "place_on",
        ("put_onto", "lay_down", "set_on", "place_onto", "unload_onto"),
        (
            "Lay the held thing on a flat support.", "Let go of the object above a surface.",
            "Leave what the gripper holds on a piece of furniture.",
        ),
        _MORE_OBJ, ("support", "on", "dest"),
    ),
    _wider(
        "place_in",
        ("place_into", "drop_inside", "set_into", "lower_into", "put_inside"),
        (
            "Lower the held thing into an open container.", "Let what the gripper holds fall into a container.",
            "Move the held object to the inside of a container.",
        ),
        _MORE_OBJ, ("inside", "bin", "dest"),
    ),
    _wider(
        "open",
        ("open_up", "open_drawer", "draw_open", "open_lid", "slide_open"),
        (
            "Slide or turn something open and see what is inside.", "Get a closed door, lid or drawer open.",
            "Draw out a drawer, or open a door, by its handle.",
        ),
        ("drawer", "openable", "which"),
    ),
    _wider(
        "close",
        ("close_drawer", "close_up", "push_closed", "shut_door", "slide_shut", "shut_lid"),
        (
            "Bring a door, lid or drawer back to where it is closed.", "Make an open drawer or door closed.",
            "Press a door or lid until it is closed.",
        ),
        ("drawer", "openable", "which"),
    ),
    _wider(
        "switch_on",
        ("start_machine", "set_running", "power_up", "switch_device_on", "start_up", "device_on"),
        ("Make an idle device run.", "Press the start button of an appliance.", "Set a machine going."),
        _MORE_DEV,
    ),
    _wider(
        "switch_off",
        ("shut_down", "power_down", "device_off", "switch_device_off", "stop_machine", "end_running"),
        ("Make a running device stand still.", "Press the stop button of an appliance.", "Shut a machine down."),
        _MORE_DEV,
    ),
    _wider(
        "wipe",
        ("wipe_down", "clean_off", "rub_clean", "surface_clean", "wipe_clean"),
        ("Remove the dirt from a surface with a cloth.", "Wipe something down."),
        ("surface_name", "top", "dirty"),
    ),
    _wider(
        "water",
        ("watering", "water_pot", "wet_soil", "tend_plant", "water_flowers"),
        ("Let water run into a pot.", "Wet the soil of something that grows.", "See to a plant that is dry."),
        ("which", "greenery", "flower"),
    ),
    _wider(
        "lock",
        ("lock_up", "turn_key", "lock_container", "key_lock"),
        (
            "Use the key on something that is shut.", "Make sure that nobody can open a closed door or drawer.",
            "Put a closed container under lock.",
        ),
        ("which", "lockable", "thing"),
    ),
    _wider(
        "place_near",
        ("put_near", "place_beside", "set_next_to", "lay_beside"),
        (
            "Set the held thing down close to something else.", "Leave the object side by side with a second one.",
            "Lay what the gripper holds by another object.",
        ),
        _MORE_OBJ, ("next_to", "landmark", "near"),
    ),
    _wider(
        "inspect",
        ("look_closely", "closer_look", "view", "check_thing", "observe"),
        ("Check the state of a thing or a place.", "View something from a short distance."),
        ("subject", "item", "which"),
    ),
    _wider(
        "scan",
        ("scan_label", "scan_barcode", "read_code", "read_tag", "scan_item"),
        (
            "Use the scanner on what is in the hand.", "Find out the number of the held item.",
            "Read the printed code of an object that is held.",
        ),
        _MORE_OBJ,
    ),
    _wider(
        "dock",
        ("go_charging", "go_to_dock", "charge_battery", "dock_base"),
        ("Charge the battery.", "Get onto the dock."),
    ),
    _wider(
        "photograph",
        ("photo", "take_image", "camera_shot", "save_picture"),
        (
            "Take a still picture of a target from near by.", "Photograph an object or a place.",
            "Store an image of something.",
        ),
        ("thing", "motif", "place"),
    ),
    _wider(
        "wait",
        ("wait_seconds", "hold_still", "stand_by", "delay"),
        ("Let time pass without moving.", "Rest for a number of seconds."),
        ("secs", "time", "how_long"),
    ),
    _wider(
        "posture",
        ("arm_pose", "bring_arm", "named_pose", "arm_preset"),
        (
            "Take the empty arm to one of its stored poses.", "Choose a posture for the arm.",
            "Put the arm where a named pose has it.",
        ),
        ("preset", "to", "configuration"),
    ),
    _wider(
        "gripper",
        ("set_fingers", "finger_gap", "gripper_opening", "adjust_gripper"),
        (
            "Move the fingers of the empty gripper apart or together.", "Choose how wide the empty hand is open.",
            "Bring the empty gripper to an opening in metres.",
        ),
        ("metres", "gap", "size"),
    ),
    _wider(
        "wave",
        ("wave_arm", "wave_hello", "greeting", "hello_gesture"),
        ("Move the arm to and fro as a greeting.", "Wave at whoever is there.", "Make a friendly gesture."),
    ),
    _wider(
        "say",
        ("say_text", "speak_text", "voice", "talk", "say_aloud"),
        ("Let people hear a text.", "Read a line out.", "Use the robot's voice."),
        ("speech", "sentence", "phrase"),
    ),
    _wider(
        "light",
        ("light_color", "set_lamp", "led_color", "glow", "signal_light"),
        (
            "Choose the colour in which the robot glows.", "Turn the status light to a colour, or off.",
            "Let the lamp on the robot tell its state.",
        ),
        ("shade", "state", "light_state"),
    ),
    # Its descriptions are so many different deeds, under names that do not tell which.
    _wider(
        "ring",
        ("push_button", "signal", "trigger", "do_it", "action_one"),
        (
            "Blow the horn.", "Play a chime.", "Print a receipt.", "Flash the warning lights.", "Release the dog treat.",
            "Take the next number.",
        ),
    ),
)  # fmt: skip

TRAIN_FAMILIES: tuple[Family, ...] = (*_WIDENED, *ENTITY_FAMILIES, *ROBOT_FAMILIES, *DEED_FAMILIES)
TRAIN_BY_ROLE: Mapping[str, Family] = MappingProxyType({family.role: family for family in TRAIN_FAMILIES})

# What the new abilities are asked for; a kind that begins with "not " wants its predicate not to hold.
TRAIN_KINDS: tuple[AbilityKind, ...] = (
    AbilityKind("not locked", "unlock", "one", "not locked", OPENABLE),
    AbilityKind("alarmed", "alarm", "one", "alarmed", OPENABLE),
    AbilityKind("oiled", "oil", "one", "oiled", OPENABLE),
    AbilityKind("disinfected", "disinfect", "one", "disinfected", SURFACE),
    AbilityKind("covered", "cover", "one", "covered", SURFACE),
    AbilityKind("not covered", "uncover", "one", "not covered", SURFACE),
    AbilityKind("stamped", "stamp", "one", "stamped", GRASPABLE),
    AbilityKind("shake", "shake", "one", affords=GRASPABLE),
    AbilityKind("turned_over", "turn_over", "one", "turned_over", GRASPABLE),
    AbilityKind("fertilized", "fertilize", "one", "fertilized", "plant"),
    AbilityKind("repotted", "repot", "one", "repotted", "plant"),
    AbilityKind("calibrated", "calibrate", "one", "calibrated", "device"),
    AbilityKind("serviced", "service", "one", "serviced", "device"),
    AbilityKind("listen", "listen", "one", affords="device"),
    AbilityKind("sampled", "swab", "one", "sampled"),
    AbilityKind("point_at", "point_at", "one"),
    AbilityKind("filmed", "film", "one", "filmed"),
    AbilityKind("aligned", "align", "two", "aligned", GRASPABLE),
    AbilityKind("dipped", "dip", "two", "dipped", CONTAINER),
    AbilityKind("compare", "compare", "two"),
    AbilityKind("touch", "touch", "two"),
    AbilityKind("rounds_made", "patrol", "none", "rounds_made"),
    AbilityKind("room_mapped", "map", "none", "room_mapped"),
    AbilityKind("not docked", "undock", "none", "not docked"),
    AbilityKind("work_light_on", "work_light", "none", "work_light_on"),
    AbilityKind("braced", "brace", "none", "braced"),
    AbilityKind("not braced", "unbrace", "none", "not braced"),
    AbilityKind("self_test", "self_test", "none"),
    AbilityKind("follow", "follow", "none"),
    AbilityKind("speed", "speed", "value", values=("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.8", "1", "1.2", "1.5")),
    AbilityKind("torso", "torso", "value", values=("0", "5", "10", "12", "15", "18", "20", "25", "30", "35", "40")),
    AbilityKind("rotate", "rotate", "value", values=("15", "30", "45", "60", "90", "120", "135", "180", "270", "360")),
    AbilityKind("mode", "mode", "value", values=MODES),
    AbilityKind("language", "language", "value", values=LANGUAGES),
    AbilityKind(
        "note",
        "note",
        "value",
        values=(
            "oil changed today", "order more gloves", "one wheel squeaks", "two deliveries are late",
            "come back at noon", "results arrived today", "number seven is done", "nearly out of ink",
        ),
    ),
    *DEED_KINDS,
)  # fmt: skip

# What must stand in a library beside the core, so that an ability can be used in every scene.
HELPERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "lock": ("close",),
        "alarm": ("lock", "close"),
        "oil": ("open",),
        "disinfect": ("wipe",),
        "fertilize": ("water",),
        "calibrate": ("switch_on",),
        "service": ("switch_off",),
        "listen": ("switch_on",),
        "film": ("work_light",),
        "dip": ("open",),
        "descale": ("switch_off",),
        "unjam": ("switch_off",),
        "change_filter": ("switch_off",),
        "update": ("switch_on",),
        "program": ("switch_on",),
        "defrost": ("open",),
    }
)

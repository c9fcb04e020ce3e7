# SPDX-License-Identifier: Apache-2.0
"""Names, argument names and descriptions for the skills of training, kept from it, one half for each split."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Renaming:
    """What a family of skills may be called, and what may be said of it."""

    names: tuple[str, ...]
    descriptions: tuple[str, ...]


_DEV = {
    "navigate": Renaming(
        ("roll_to", "base_goto", "visit"), ("Bring the robot to some target.", "Roll up to a target.")
    ),
    "pick": Renaming(
        ("clutch", "collect_up", "hand_take"),
        ("Close the hand around an object and raise it.", "Get hold of something."),
    ),
    "place_on": Renaming(
        ("rest_on", "lay_down_on", "deliver_onto"),
        ("Rest the carried object on something level.", "Leave what is carried on top of furniture."),
    ),
    "place_in": Renaming(
        ("load_into", "slip_into", "bin_it"),
        ("Let the carried object go inside a container.", "Load what is carried into a receptacle."),
    ),
    "open": Renaming(
        ("swing_open", "unlatch", "door_out"),
        ("Swing a lid, drawer or door open and see what is inside.", "Make the inside of something reachable."),
    ),
    "close": Renaming(
        ("swing_shut", "door_back", "latch"), ("Swing a lid, drawer or door shut.", "Make something closed again.")
    ),
    "switch_on": Renaming(("fire_up", "set_running"), ("Make a machine run.", "Bring an appliance to life.")),
    "switch_off": Renaming(
        ("kill_power", "bring_to_stop"), ("Make a machine stand still.", "End the work of an appliance.")
    ),
    "wipe": Renaming(("scrub_top", "polish"), ("Scrub the top of something.", "Polish a flat thing with a cloth.")),
    "water": Renaming(("moisten", "pour_for"), ("Pour water for a plant.", "Moisten the soil of a plant.")),
    "lock": Renaming(
        ("bar", "key_turn"), ("Bar something shut with its key.", "Make sure that a shut thing stays shut.")
    ),
    "place_near": Renaming(
        ("stand_close", "leave_by"),
        ("Leave the carried object close to another one.", "Stand what is carried at the side of a second thing."),
    ),
    "inspect": Renaming(("study", "eye_over"), ("Study a target with care.", "Go over a target with the camera.")),
    "scan": Renaming(
        ("log_code", "decode"), ("Log the code of what is carried.", "Decode the tag on the carried object.")
    ),
    "dock": Renaming(("fill_battery", "home_and_charge"), ("Fill the battery.", "Park at the base station for power.")),
    "photograph": Renaming(
        ("shoot_still", "keep_image"), ("Shoot a still of a subject.", "Keep an image of a target.")
    ),
    "wait": Renaming(("hold_on", "let_pass"), ("Let some seconds pass.", "Hold on before going on.")),
    "posture": Renaming(
        ("arm_preset", "strike_pose"), ("Bring the arm to one of its presets.", "Let the arm take up a preset.")
    ),
    "gripper": Renaming(
        ("spread_fingers", "jaw_gap"), ("Spread the fingers of the free hand.", "Choose the gap between the jaws.")
    ),
    "wave": Renaming(("hi_gesture", "arm_hello"), ("Make a gesture of hello.", "Say hi with a movement.")),
    "say": Renaming(("read_out", "voice"), ("Read words out loud.", "Use the voice.")),
    "light": Renaming(("led_to", "beacon"), ("Choose what the LED shows.", "Give the beacon another colour.")),
    "ring": Renaming(
        ("do_it_now", "signal_out"),
        (
            "Let the bell ring.",
            "Let the alarm go off.",
            "Push the buzzer.",
            "Get a person to come.",
            "Put the counter back to zero.",
        ),
    ),
}

_TEST = {
    "navigate": Renaming(
        ("scoot", "head_for", "relocate_to"), ("Take the wheels to wherever is named.", "Head for a thing or a spot.")
    ),
    "pick": Renaming(
        ("seize", "scoop_up", "acquire"), ("Seize a thing with the fingers.", "Acquire an object that is close enough.")
    ),
    "place_on": Renaming(
        ("deposit_on", "arrange_on", "leave_atop"),
        ("Deposit the grasped thing on furniture.", "Leave the grasped thing on something that is flat on top."),
    ),
    "place_in": Renaming(
        ("stash_in", "dump_into", "file_away"),
        ("Stash the grasped thing within something.", "Dump the grasped thing into a vessel."),
    ),
    "open": Renaming(
        ("pop", "expose", "throw_open"),
        ("Get a compartment to stand open and learn its contents.", "Expose what a compartment holds."),
    ),
    "close": Renaming(("slam", "seal_up", "bang_to"), ("Slam a compartment.", "Seal a compartment that stands open.")),
    "switch_on": Renaming(("boot", "put_to_work"), ("Boot an appliance.", "Put a unit to work.")),
    "switch_off": Renaming(("halt_unit", "put_to_rest"), ("Halt an appliance.", "Put a unit to rest.")),
    "wipe": Renaming(("rub_down", "remove_dirt"), ("Rub something down.", "Remove the dirt from furniture.")),
    "water": Renaming(
        ("hydrate", "quench"), ("Keep a green thing from drying out.", "Quench the thirst of something green.")
    ),
    "lock": Renaming(("key_up", "make_safe"), ("Fasten a shut compartment.", "Make a shut compartment safe.")),
    "place_near": Renaming(
        ("pair_with", "keep_together"),
        ("Pair the grasped thing with a second one.", "Bring the grasped thing together with its partner."),
    ),
    "inspect": Renaming(
        ("scrutinize", "assess"), ("Assess the state of whatever is named.", "Scrutinize whatever is named.")
    ),
    "scan": Renaming(
        ("register_item", "identify"), ("Identify the grasped thing by its print.", "Register the grasped thing.")
    ),
    "dock": Renaming(("refuel", "plug_self"), ("Refuel with electricity.", "Get power for the next hours.")),
    "photograph": Renaming(("snapshot", "record_view"), ("Record a view of whatever is named.", "Make a snapshot.")),
    "wait": Renaming(("rest_for", "delay"), ("Delay what comes next.", "Rest for a span of time.")),
    "posture": Renaming(
        ("assume", "joint_preset"), ("Let the joints assume a known shape.", "Recall a known shape of the joints.")
    ),
    "gripper": Renaming(
        ("part_jaws", "finger_gap"), ("Part the jaws while nothing is grasped.", "Bring the jaws to a distance.")
    ),
    "wave": Renaming(("salute", "friendly_sign"), ("Salute whoever is there.", "Give a friendly sign.")),
    "say": Renaming(("utter", "broadcast"), ("Utter a sentence.", "Broadcast words.")),
    "light": Renaming(("glow", "indicator"), ("Let the indicator glow.", "Pick the glow of the indicator.")),
    "ring": Renaming(
        ("go_for_it", "trigger_out"),
        (
            "Make the bell sound.",
            "Raise an alarm.",
            "Hit the buzzer's button.",
            "Fetch a person.",
            "Clear the counter.",
        ),
    ),
}

RENAMINGS: dict[str, dict[str, Renaming]] = {"dev": _DEV, "test": _TEST}

# By what an argument is: an object, any entity, an entity that can do something, or a value.
ARGUMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "dev": {
        "object": ("payload", "load", "goods"),
        "thing": ("aim", "stop", "focus"),
        "able": ("station", "unit", "host"),
        "value": ("setting", "choice", "figure"),
    },
    "test": {
        "object": ("cargo", "ware", "freight"),
        "thing": ("waypoint", "mark", "objective"),
        "able": ("site", "element", "asset"),
        "value": ("option", "quantity", "parameter"),
    },
}

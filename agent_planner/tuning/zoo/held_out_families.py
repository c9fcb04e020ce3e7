# SPDX-License-Identifier: Apache-2.0
"""Abilities that no training library has, half of them for each split, and what an instruction asks of each."""

from agent_planner.scene.graph import CONTAINER, GRASPABLE, OPENABLE, SURFACE
from agent_planner.skills import Parameter
from agent_planner.tuning.zoo.families import Family
from agent_planner.tuning.zoo.kinds import AbilityKind

_CONTACTS = ("anna", "omar", "security", "facilities", "doctor lee")
_ANY = Parameter(type="entity")
_OBJECT = Parameter(type="entity", kinds=("object",), affordances=(GRASPABLE,))
_SURFACE = Parameter(type="entity", affordances=(SURFACE,))
_CONTAINER = Parameter(type="entity", affordances=(CONTAINER,))
_OPENABLE = Parameter(type="entity", kinds=("place",), affordances=(OPENABLE,))
_DEVICE = Parameter(type="entity", affordances=("device",))

_OBJ = ("object", "item", "thing", "piece", "article")
_DEV = ("device", "appliance", "machine", "unit")

DEV_FAMILIES: tuple[Family, ...] = (
    Family(
        "weigh",
        ("weigh", "weigh_object", "measure_weight", "determine_mass", "get_weight"),
        (
            "Find out how heavy the object in the hand is.", "Weigh the held object with the wrist sensor.",
            "Measure the weight of what the gripper holds.", "Tell the mass of a held item.",
            "Read the load cell while something is held.",
        ),
        ((_OBJ, _OBJECT),),
        ("holding({0})",), ("weighed({0})",),
    ),
    Family(
        "plug_in",
        ("plug_in", "connect_power", "insert_plug", "connect_to_mains", "give_power"),
        (
            "Put the plug of a device into its socket.", "Connect an appliance to the mains.",
            "Give a machine power by its plug.", "Insert the power plug of something.", "Join a device to its socket.",
        ),
        ((_DEV, _DEVICE),),
        ("hand free", "at({0})"), ("plugged_in({0})",),
    ),
    Family(
        "stack",
        ("stack", "stack_on_top", "pile_up", "put_on_top_of", "balance_on"),
        (
            "Stack the held object on another one.", "Balance what is in the hand on top of a second object.",
            "Pile one object on another.", "Build a stack of two things.",
            "Set the held item on top of a different item.",
        ),
        (
            (_OBJ, Parameter(type="entity", kinds=("object",))),
            (("base", "below", "support", "lower"), Parameter(type="entity", kinds=("object",))),
        ),
        ("holding({0})", "at({1})"), ("stacked({0}, {1})", "not holding({0})"),
    ),
    Family(
        "count",
        ("count_contents", "count_items", "tally", "take_stock", "count_inside"),
        (
            "Count the things inside a container.", "Look into a container and tell how many items it holds.",
            "Take stock of what a container holds.", "Tally the contents of something that is open.",
            "Find the number of items in a container.",
        ),
        ((("container", "inside", "within", "holder", "vessel"), _CONTAINER),),
        ("open({0})", "at({0})"), ("counted({0})",),
    ),
    Family(
        "temperature",
        ("measure_temperature", "take_temperature", "read_heat", "point_thermometer", "thermal_reading"),
        (
            "Measure how warm something is.", "Point the infrared thermometer at a target.",
            "Take the temperature of a thing or place.", "Read the heat of something from near by.",
            "Tell how hot or cold a target is.",
        ),
        ((("target", "spot", "what", "point"), _ANY),),
        ("at({0})",),
    ),
    Family(
        "volume",
        ("set_volume", "adjust_volume", "loudness", "change_volume", "speaker_level"),
        (
            "Set how loud the robot's loudspeaker is.", "Change the volume to a percentage.",
            "Adjust the level of the loudspeaker.", "Make the robot's voice louder or quieter.",
            "Choose the loudness of all sounds.",
        ),
        ((("percent", "level", "volume", "amount"), Parameter(type="number", minimum=0, maximum=100, unit="%")),),
    ),
    Family(
        "telephone",
        ("telephone", "phone_contact", "dial", "make_phone_call", "start_call"),
        (
            "Telephone somebody from the contact list.", "Dial the number of a contact.",
            "Start a phone call with a known person.", "Connect by telephone with one of the contacts.",
            "Place a voice call.",
        ),
        ((("contact", "who", "person", "callee"), Parameter(type="enum", values=_CONTACTS)),),
    ),
    Family(
        "mop",
        ("mop_floor", "mop", "wash_floor", "scrub_floor", "run_mop"),
        (
            "Mop the floor around the robot.", "Wash the whole floor.", "Scrub the floor with the built-in mop.",
            "Go over the floor with a wet mop.", "Do the floors.",
        ),
        (), ("hand free",), ("floor_mopped",),
    ),
)  # fmt: skip

TEST_FAMILIES: tuple[Family, ...] = (
    Family(
        "hand_over",
        ("hand_over", "give_to_person", "pass_to_user", "offer_object", "present_to_person"),
        (
            "Hand the held object to the person in front of the robot.", "Give what is in the hand to a human.",
            "Pass the held item to somebody.", "Hold out an object until a person has taken it.",
            "Offer the held thing to the user.",
        ),
        ((_OBJ, _OBJECT),),
        ("holding({0})",), ("handed_over({0})", "not holding({0})"),
    ),
    Family(
        "attach",
        ("attach", "fasten", "tape_to", "strap_to", "stick_to"),
        (
            "Fasten the held object to furniture with tape.", "Attach what is in the hand to something fixed.",
            "Strap the held item onto a piece of furniture.", "Stick an object firmly to a surface.",
            "Tape the held thing down so that it cannot move.",
        ),
        (
            (_OBJ, Parameter(type="entity", kinds=("object",))),
            (("anchor", "base", "fixture", "mount"), Parameter(type="entity", kinds=("place",), affordances=(SURFACE,))),
        ),
        ("holding({0})", "at({1})"), ("attached({0}, {1})", "not holding({0})"),
    ),
    Family(
        "distance",
        ("measure_distance", "laser_measure", "range_between", "gap_between", "measure_gap"),
        (
            "Measure the distance between two things.", "Tell how far apart two targets are.",
            "Use the laser to measure from one thing to another.", "Find the gap from the first target to the second.",
            "Get the range between a start and an end.",
        ),
        ((("first", "start", "origin"), _ANY), (("second", "end", "other"), _ANY)),
        ("at({0})",),
    ),
    Family(
        "knock",
        ("knock", "knock_on", "rap_on", "tap_door", "knock_at_door"),
        (
            "Knock on a closed door or lid.", "Rap on something that is shut.", "Tap three times on a closed door.",
            "Make a knocking sound at a closed container.", "Knock with the knuckles of the gripper.",
        ),
        ((("door", "lid", "front", "panel"), _OPENABLE),),
        ("closed({0})", "at({0})"),
    ),
    Family(
        "restart",
        ("restart", "reboot", "power_cycle", "restart_device", "reset_device"),
        (
            "Restart a device that is running.", "Reboot a machine.", "Switch a running appliance off and on again.",
            "Power-cycle a device.", "Make a machine that is on start afresh.",
        ),
        ((_DEV, _DEVICE),),
        ("running({0})", "at({0})"), ("restarted({0})",),
    ),
    Family(
        "timer",
        ("set_timer", "start_timer", "start_countdown", "kitchen_timer", "remind_in"),
        (
            "Start a timer of some minutes.", "Set a countdown that rings when it is over.",
            "Give a reminder after a number of minutes.", "Count down and then beep.", "Let a timer run.",
        ),
        ((("minutes", "length", "runtime", "period"), Parameter(type="number", minimum=1, maximum=120, unit="min")),),
    ),
    Family(
        "display",
        ("show_text", "display_text", "write_on_screen", "show_message", "set_banner"),
        (
            "Show a text on the robot's screen.", "Write words on the chest display.", "Put a message on the screen.",
            "Let people read a line of text on the robot.", "Change the banner on the display.",
        ),
        ((("line", "content", "banner", "caption"), Parameter(type="text", max_length=60)),),
    ),
    Family(
        "dance",
        ("dance", "perform_dance", "do_a_dance", "show_moves", "party_mode"),
        (
            "Dance for a moment.", "Perform a short dance.", "Move to music.", "Entertain people with a dance.",
            "Turn and swing the arm in rhythm.",
        ),
        (), ("hand free",),
    ),
)  # fmt: skip


DEV_KINDS = (
    AbilityKind("weighed", "weigh", "one", "weighed", GRASPABLE),
    AbilityKind("plugged_in", "plug_in", "one", "plugged_in", "device"),
    AbilityKind("stacked", "stack", "two", "stacked", GRASPABLE),
    AbilityKind("counted", "count", "one", "counted", CONTAINER),
    AbilityKind("temperature", "temperature", "one"),
    AbilityKind("volume", "volume", "value", values=("10", "20", "25", "40", "50", "60", "75", "80")),
    AbilityKind("telephone", "telephone", "value", values=_CONTACTS),
    AbilityKind("floor_mopped", "mop", "none", "floor_mopped"),
)
TEST_KINDS = (
    AbilityKind("handed_over", "hand_over", "one", "handed_over", GRASPABLE),
    AbilityKind("attached", "attach", "two", "attached", SURFACE),
    AbilityKind("distance", "distance", "two"),
    AbilityKind("knock", "knock", "one", affords=OPENABLE),
    AbilityKind("restarted", "restart", "one", "restarted", "device"),
    AbilityKind("timer", "timer", "value", values=("2", "3", "5", "8", "10", "15", "20", "30", "45", "60")),
    AbilityKind(
        "display",
        "display",
        "value",
        values=("wet floor", "back in five minutes", "meeting in progress", "do not touch", "welcome", "out of order"),
    ),
    AbilityKind("dance", "dance", "none"),
)

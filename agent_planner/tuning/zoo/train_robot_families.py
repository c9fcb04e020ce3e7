# SPDX-License-Identifier: Apache-2.0
"""Abilities that training has beside those of `families`: what the robot does alone, or with a value."""

from agent_planner.skills import Parameter
from agent_planner.tuning.zoo.families import Family

MODES = ("eco", "quiet", "slow", "turbo", "demo", "indoor")
LANGUAGES = ("english", "french", "german", "spanish", "dutch", "polish", "turkish")

ROBOT_FAMILIES: tuple[Family, ...] = (
    Family(
        "patrol",
        ("patrol", "make_rounds", "do_rounds", "security_round", "walk_the_rounds", "tour_building"),
        (
            "Make one round through the building.", "Patrol the rooms once.", "Do the security round.",
            "Tour all rooms and come back.", "Walk the usual rounds with an empty hand.",
        ),
        (), ("hand free",), ("rounds_made",),
    ),
    Family(
        "map",
        ("update_map", "map_room", "build_map", "remap", "survey_room", "renew_map"),
        (
            "Drive around and map the room.", "Update the map.", "Build a new map of this room.",
            "Renew the map that the robot drives by.", "Survey the room with the laser.",
        ),
        (), (), ("room_mapped",),
    ),
    Family(
        "undock",
        ("undock", "leave_dock", "back_out_of_dock", "end_charging", "leave_charger", "roll_off_dock"),
        (
            "Leave the dock.", "Back out of the charging dock.", "End charging and roll off the dock.",
            "Get away from the charger.", "Drive out of the dock.",
        ),
        (), (), ("not docked",),
    ),
    Family(
        "work_light",
        ("work_light", "light_up", "headlamp_on", "illuminate", "flood_light", "brighten_scene"),
        (
            "Switch the robot's own work light on.", "Light up what is in front of the robot.",
            "Turn the headlamp of the robot on.", "Illuminate the scene from the robot's head.",
            "Make it bright before the camera.",
        ),
        (), (), ("work_light_on",),
    ),
    Family(
        "brace",
        ("brace", "extend_legs", "lower_supports", "stabilize", "set_feet", "stand_firm"),
        (
            "Lower the supports so that the base stands firm.", "Extend the legs beside the wheels.",
            "Brace the base for work with the arm.", "Set the feet down.", "Stabilize the base.",
        ),
        (), (), ("braced",),
    ),
    Family(
        "unbrace",
        ("unbrace", "retract_legs", "raise_supports", "lift_feet", "free_wheels", "draw_in_supports"),
        (
            "Raise the supports so that the base can drive.", "Retract the legs beside the wheels.",
            "Free the wheels of the base.", "Lift the feet up.", "Draw the supports in.",
        ),
        (), (), ("not braced",),
    ),
    Family(
        "self_test",
        ("self_test", "run_diagnostics", "check_systems", "system_check", "test_yourself", "diagnose"),
        (
            "Test all systems of the robot.", "Run the diagnostics.", "Check motors, sensors and battery.",
            "Carry out the self-test.", "Find out whether the robot itself is all right.",
        ),
    ),
    Family(
        "follow",
        ("follow_person", "follow_me", "follow", "come_along", "trail", "walk_behind"),
        (
            "Follow the person in front of the robot.", "Walk behind somebody.", "Come along with the user.",
            "Keep a few steps behind a person.", "Stay with the person who leads.",
        ),
    ),
    Family(
        "speed",
        ("set_speed", "drive_speed", "limit_speed", "cruise_speed", "change_speed", "max_velocity"),
        (
            "Set how fast the base drives.", "Limit the driving speed.", "Change the speed of the base in metres per second.",
            "Choose the velocity for driving.", "Make the robot drive slower or faster.",
        ),
        (
            (
                ("speed", "velocity", "metres_per_second", "pace"),
                Parameter(type="number", minimum=0.1, maximum=1.5, unit="m/s"),
            ),
        ),
    ),
    Family(
        "torso",
        ("set_torso", "torso_height", "raise_body", "lift_column", "body_height", "move_torso"),
        (
            "Raise or lower the torso to a height.", "Move the lifting column.", "Set how high the upper body stands.",
            "Bring the torso to a height in centimetres.", "Make the robot taller or shorter.",
        ),
        (
            (
                ("height", "height_cm", "lift", "elevation"),
                Parameter(type="number", minimum=0, maximum=40, unit="cm"),
            ),
        ),
    ),
    Family(
        "rotate",
        ("rotate_base", "turn_by", "spin", "turn_in_place", "pivot", "rotate"),
        (
            "Turn the base on the spot by an angle.", "Rotate the robot where it stands.", "Spin by some degrees.",
            "Pivot without driving away.", "Face another way by turning through an angle.",
        ),
        (
            (
                ("angle", "degrees", "rotation", "turn"),
                Parameter(type="number", minimum=0, maximum=360, unit="deg"),
            ),
        ),
    ),
    Family(
        "mode",
        ("set_mode", "select_mode", "change_mode", "operating_mode", "use_profile", "mode"),
        (
            "Choose the robot's operating mode.", "Change to another mode.", "Use a profile of settings.",
            "Select one of the stored modes.", "Set how the robot behaves in general.",
        ),
        ((("mode", "profile", "setting", "which"), Parameter(type="enum", values=MODES)),),
    ),
    Family(
        "language",
        ("set_language", "change_language", "use_language", "choose_language", "voice_language", "speak_in"),
        (
            "Choose the language in which the robot speaks.", "Change the language of the voice.",
            "Set the robot's language.", "Talk in another language from now on.", "Select what language people hear.",
        ),
        ((("language", "tongue", "lang", "voice"), Parameter(type="enum", values=LANGUAGES)),),
    ),
    Family(
        "note",
        ("make_note", "note_down", "write_log", "log_entry", "record_note", "take_note"),
        (
            "Write a note into the log book.", "Make a note of something.", "Keep a line of text for later.",
            "Add an entry to the log.", "Note down what somebody says.",
        ),
        ((("note", "entry", "text", "remark"), Parameter(type="text", max_length=80)),),
    ),
)  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""Abilities that training has beside those of `families`: what is done to one thing, or with two."""

from agent_planner.scene.graph import CONTAINER, GRASPABLE, OPENABLE, SURFACE
from agent_planner.skills import Parameter
from agent_planner.tuning.zoo.families import Family

_ANY = Parameter(type="entity")
_OBJECT = Parameter(type="entity", kinds=("object",), affordances=(GRASPABLE,))
_MOVABLE = Parameter(type="entity", kinds=("object",))
_SURFACE = Parameter(type="entity", affordances=(SURFACE,))
_CONTAINER = Parameter(type="entity", affordances=(CONTAINER,))
_OPENABLE = Parameter(type="entity", kinds=("place",), affordances=(OPENABLE,))
_DEVICE = Parameter(type="entity", affordances=("device",))
_PLANT = Parameter(type="entity", affordances=("plant",))

_OBJ = ("object", "item", "thing", "what", "obj", "held")
_SUR = ("surface", "place", "target", "where", "top")
_DOOR = ("door", "container", "target", "name", "what")
_DEV = ("device", "machine", "target", "apparatus", "name")
_GREEN = ("plant", "target", "pot", "name", "which")
_AIM = ("target", "thing", "what", "subject", "goal")

ENTITY_FAMILIES: tuple[Family, ...] = (
    Family(
        "unlock",
        ("unlock", "unlock_door", "turn_key_back", "undo_lock", "release_lock", "unlock_container"),
        (
            "Unlock something by its key.", "Turn the key so that a door or drawer is no longer locked.",
            "Undo the lock of a container.", "Take the lock off something.", "Make a locked door or drawer usable again.",
        ),
        ((_DOOR, _OPENABLE),),
        ("hand free", "at({0})"), ("not locked({0})",),
    ),
    Family(
        "alarm",
        ("arm_alarm", "set_burglar_alarm", "alarm_on", "watch_door", "enable_intrusion_alarm", "guard"),
        (
            "Arm the burglar alarm of a locked door or drawer.", "Put something that is locked under alarm.",
            "Guard a locked container with the alarm.", "Set the intrusion alarm of a lock.",
            "Make the alarm go off if somebody breaks a lock.",
        ),
        ((_DOOR, _OPENABLE),),
        ("locked({0})", "at({0})"), ("alarmed({0})",),
    ),
    Family(
        "oil",
        ("oil", "lubricate", "grease", "oil_runners", "apply_oil", "treat_with_oil"),
        (
            "Oil the runners or joints of something that stands open.", "Lubricate an open drawer or door.",
            "Grease what squeaks inside an open door.", "Put a drop of oil where an open thing turns or slides.",
            "Stop an open drawer or door from squeaking.",
        ),
        ((_DOOR, _OPENABLE),),
        ("open({0})", "hand free", "at({0})"), ("oiled({0})",),
    ),
    Family(
        "disinfect",
        ("disinfect", "sanitize", "sterilize", "kill_germs", "spray_disinfectant", "uv_treat"),
        (
            "Disinfect a clean surface.", "Sterilize a surface that was wiped before.", "Kill the germs on something clean.",
            "Spray disinfectant on a surface; dirt has to be gone first.", "Treat a clean surface with ultraviolet light.",
        ),
        ((_SUR, _SURFACE),),
        ("clean({0})", "hand free", "at({0})"), ("disinfected({0})",),
    ),
    Family(
        "cover",
        ("cover", "cover_up", "throw_cover_over", "spread_cloth", "protect_surface", "drape"),
        (
            "Cover a surface with a cloth.", "Spread the dust cover over something.", "Protect a surface with a sheet.",
            "Lay a cover over furniture.", "Drape a cloth over a surface.",
        ),
        ((_SUR, _SURFACE),),
        ("hand free", "at({0})"), ("covered({0})",),
    ),
    Family(
        "uncover",
        ("uncover", "remove_cover", "pull_off_cover", "unveil", "take_cover_off", "fold_cover_back"),
        (
            "Take the cover off a surface.", "Remove the cloth from something.", "Pull the dust cover off furniture.",
            "Bare a surface that is covered.", "Fold back the cover of something.",
        ),
        ((_SUR, _SURFACE),),
        ("hand free", "at({0})"), ("not covered({0})",),
    ),
    Family(
        "stamp",
        ("stamp", "apply_stamp", "ink_stamp", "mark_as_done", "print_mark", "put_stamp_on"),
        (
            "Put a stamp on the held object.", "Mark what is in the hand with the ink stamp.", "Stamp an item that is held.",
            "Print the robot's mark on a held thing.", "Mark the object in the gripper as dealt with.",
        ),
        ((_OBJ, _OBJECT),),
        ("holding({0})",), ("stamped({0})",),
    ),
    Family(
        "shake",
        ("shake", "shake_object", "shake_up", "agitate", "jiggle", "mix_by_shaking"),
        (
            "Shake the object in the hand.", "Move the held thing quickly to and fro.", "Mix what is in a held object by shaking.",
            "Jiggle what the gripper holds.", "Agitate a held item for a moment.",
        ),
        ((_OBJ, _OBJECT),),
        ("holding({0})",),
    ),
    Family(
        "turn_over",
        ("turn_over", "flip", "flip_over", "turn_upside_down", "invert", "upend"),
        (
            "Turn an object upside down where it lies.", "Flip a thing over.", "Lay an object on its other side.",
            "Turn something over with the empty gripper.", "Bring the underside of an object to the top.",
        ),
        ((_OBJ, _OBJECT),),
        ("accessible({0})", "hand free", "at({0})"), ("turned_over({0})",),
    ),
    Family(
        "fertilize",
        ("fertilize", "feed_plant", "add_plant_food", "apply_fertilizer", "nourish", "manure"),
        (
            "Fertilize a plant; its soil must be wet.", "Give plant food to a plant that was watered.",
            "Feed a watered plant.", "Add fertilizer to moist soil.", "Spread fertilizer on a pot after watering.",
        ),
        ((_GREEN, _PLANT),),
        ("watered({0})", "at({0})"), ("fertilized({0})",),
    ),
    Family(
        "repot",
        ("repot", "change_pot", "renew_soil", "pot_up", "transplant", "fresh_soil"),
        (
            "Put a plant into a bigger pot with dry soil.", "Repot a plant; it is dry afterwards.",
            "Renew the soil of a plant.", "Transplant something that grows.", "Give a plant fresh soil, not yet watered.",
        ),
        ((_GREEN, _PLANT),),
        ("hand free", "at({0})"), ("repotted({0})", "not watered({0})"),
    ),
    Family(
        "calibrate",
        ("calibrate", "adjust_zero", "zero_instrument", "calibrate_device", "align_readings", "tune_device"),
        (
            "Calibrate a device while it is running.", "Adjust the zero of a machine that is on.",
            "Bring the readings of a running device in line.", "Tune a machine that runs.",
            "Carry out the calibration of an instrument that is switched on.",
        ),
        ((_DEV, _DEVICE),),
        ("running({0})", "at({0})"), ("calibrated({0})",),
    ),
    Family(
        "service",
        ("service", "maintain", "do_maintenance", "overhaul", "service_machine", "look_after"),
        (
            "Service a device that is off, and clean it.", "Do the maintenance of a machine; it must not run.",
            "Overhaul a machine that stands still.", "Maintain and clean a device that is switched off.",
            "Look after the wear of an idle machine and leave it clean.",
        ),
        ((_DEV, _DEVICE),),
        ("not running({0})", "hand free", "at({0})"), ("serviced({0})", "clean({0})"),
    ),
    Family(
        "listen",
        ("listen_to", "listen", "hear", "record_sound", "acoustic_check", "check_noise"),
        (
            "Listen to the sound of a running device.", "Record the noise that a machine makes while it runs.",
            "Hear whether a running machine sounds right.", "Hold the microphone at a device that is on.",
            "Check the noise of something that runs.",
        ),
        ((_DEV, _DEVICE),),
        ("running({0})", "at({0})"),
    ),
    Family(
        "swab",
        ("swab", "take_swab", "collect_sample", "take_sample", "sample_dust", "probe"),
        (
            "Take a swab from something for the laboratory.", "Collect a sample of what sticks to a thing.",
            "Rub a cotton swab over a target and keep it.", "Take a sample for a test.",
            "Swab a place or an object.",
        ),
        ((_AIM, _ANY),),
        ("hand free", "at({0})"), ("sampled({0})",),
    ),
    Family(
        "point_at",
        ("point_at", "point_to", "indicate", "gesture_at", "show_with_arm", "aim_arm"),
        (
            "Point at something with the arm.", "Show people where a thing is by pointing.",
            "Stretch the empty hand towards a target.", "Indicate an object or a place.", "Aim the arm at what is meant.",
        ),
        ((_AIM, _ANY),),
        ("hand free",),
    ),
    Family(
        "film",
        ("film", "record_video", "shoot_video", "video", "take_video", "make_clip"),
        (
            "Film something; the work light must be on.", "Record a video of a thing that is lit.",
            "Make a short clip of a target in good light.", "Take a video from near by with the work light on.",
            "Shoot a moving picture of an object or a place.",
        ),
        ((_AIM, _ANY),),
        ("work_light_on", "at({0})"), ("filmed({0})",),
    ),
    Family(
        "align",
        ("align", "line_up", "align_with", "straighten_along", "square_up", "put_in_line"),
        (
            "Align the held object with another one and leave it there.", "Line up what is in the hand with a second object.",
            "Put the held thing in one line with another.", "Straighten a held item along a reference and let go.",
            "Set the object down so that its edges run along another's.",
        ),
        ((_OBJ, _MOVABLE), (("reference", "along", "other", "guide", "neighbour"), _MOVABLE)),
        ("holding({0})", "at({1})"), ("aligned({0}, {1})", "not holding({0})"),
    ),
    Family(
        "dip",
        ("dip", "dip_into", "dunk", "immerse", "wet_in", "plunge"),
        (
            "Dip the held object into an open container and keep hold of it.", "Dunk what is in the hand into something.",
            "Immerse a held thing for a moment.", "Lower the held item into a container and raise it again.",
            "Wet the object in the gripper in an open container.",
        ),
        ((_OBJ, _MOVABLE), (("container", "bath", "into", "vessel", "liquid"), _CONTAINER)),
        ("open({1})", "holding({0})", "at({1})"), ("dipped({0}, {1})",),
    ),
    Family(
        "compare",
        ("compare", "compare_two", "find_differences", "match_up", "visual_compare", "tell_apart"),
        (
            "Compare two things by camera.", "Tell how one target differs from another.", "Look for differences between two things.",
            "Check whether the first target looks like the second.", "Say what two things have in common.",
        ),
        ((("first", "one", "left", "this"), _ANY), (("second", "other", "right", "that"), _ANY)),
        ("hand free", "at({1})"),
    ),
    Family(
        "touch",
        ("touch_with", "touch", "bring_into_contact", "press_against", "poke_with", "contact"),
        (
            "Touch something with the held object.", "Press what is in the hand against a target for a moment.",
            "Bring the held thing into contact with another.", "Poke a target with the held item.",
            "Let the object in the gripper touch a thing or a place.",
        ),
        ((_OBJ, _MOVABLE), (("target", "against", "other", "at"), _ANY)),
        ("holding({0})", "at({1})"),
    ),
)  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""How training words what the abilities of `train_robot_families` are asked for."""

AROUND_ROBOT: dict[str, tuple[str, ...]] = {
    "rounds_made": (
        "make your rounds", "do your rounds", "patrol the building", "go on patrol", "take a tour around the place",
        "walk the security round", "It is your turn to patrol", "Has anybody done the rounds tonight?",
        "Everything should be seen once on your round",
    ),
    "room_mapped": (
        "map where we are", "map your surroundings", "make a new map", "update your map",
        "learn how things are laid out here", "build a map of this place", "Your map is out of date",
        "We moved the furniture, so update your map", "You need a better map",
    ),
    "not docked": (
        "leave the dock", "leave your dock", "undock", "get off the charger", "back out of the dock",
        "come away from the dock", "get down from your dock", "You have charged enough",
        "You should not be on the dock", "Come out of your dock",
    ),
    "work_light_on": (
        "switch your headlight on", "turn on your headlight", "light up the scene", "turn your headlamp on",
        "put your headlamp on", "make it bright in front of you", "It is too dark for your camera",
        "Your headlight should be on", "We need light from your headlamp",
    ),
    "braced": (
        "lower your supports", "put your supports down", "extend your legs", "brace yourself", "set your feet down",
        "get down on your supports", "stabilize your base", "Your supports should be down",
        "You must not rock while you reach out",
    ),
    "not braced": (
        "raise your supports", "pull your supports up", "retract your legs", "lift your feet", "free your wheels",
        "get off your supports", "draw in your supports", "Your supports must not be down",
        "Your wheels should be free",
    ),
    "self_test": (
        "test yourself", "do a self-test", "run your diagnostics", "check all your systems", "do a system check",
        "see whether everything in you is fine", "Are all your systems in order? Make certain",
        "I want your diagnostics run", "You sound odd, test yourself",
    ),
    "follow": (
        "follow me", "follow that person", "come along", "come with me", "walk behind me", "stay behind me",
        "keep close to me", "I lead, you follow", "Let us go, you behind me", "You had better come along",
    ),
    "speed": (
        "set your speed to {x} m/s", "drive at {x} metres per second", "limit your speed to {x} m/s",
        "change the driving speed to {x}", "go no faster than {x} m/s", "cruise at {x} m/s",
        "Your speed should be {x} m/s", "I want you to drive at {x} metres per second", "Speed {x}, please",
    ),
    "torso": (
        "raise your torso to {x} cm", "move your torso to {x} cm", "set the torso to {x} centimetres",
        "bring your body to {x} cm", "set your height to {x} cm", "take the lifting column to {x} cm",
        "Torso to {x} cm, please", "I need your torso at {x} cm", "Your upper body belongs at {x} cm",
    ),
    "rotate": (
        "turn by {x} degrees", "rotate by {x} degrees", "turn around by {x} degrees", "spin {x} degrees",
        "make a turn of {x} degrees", "pivot through {x} degrees", "turn {x} degrees on the spot",
        "{x} degrees to the left, please", "Can you turn {x} degrees?",
    ),
    "mode": (
        "switch to {x} mode", "go into {x} mode", "change to {x} mode", "use the {x} profile", "set your mode to {x}",
        "select {x} mode", "I want you in {x} mode", "{x} mode, please", "Can you be in {x} mode?",
        "From now on, {x} mode",
    ),
    "language": (
        "speak {x}", "talk {x}", "switch to {x}", "change your language to {x}", "use {x} as your language",
        "speak {x} to us", "talk to people in {x}", "Our visitors only understand {x}",
        "Could you speak {x} from here on?", "Your language should be {x}",
    ),
    "note": (
        "make a note: {x}", "note down {x}", "write down {x}", "log this: {x}", "put {x} in the log",
        "add {x} to your notes", "For the log: {x}", "I want it in your notes: {x}", "Note: {x}",
    ),
}  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""How training words instructions: what `wordings` has of it, and much more.

Placeholders are those of `wordings`. A wording that begins with a small letter is a bare imperative, to be joined and
framed; any other stands as it is (see `kinds.stands_alone`).
"""

from agent_planner.tuning.zoo.train_deeds import DEED_WORDINGS
from agent_planner.tuning.zoo.train_wordings_around import AROUND_ROBOT
from agent_planner.tuning.zoo.train_wordings_further import FURTHER
from agent_planner.tuning.zoo.train_wordings_of_things import ABOUT_THINGS
from agent_planner.tuning.zoo.wordings import WORDINGS, seen

_MORE: dict[str, tuple[str, ...]] = {
    "at": (
        "get yourself to {o}", "go over to {o}", "go up to {o}", "travel to {o}", "find your way to {o}",
        "stop next to {o}", "walk over to {o}", "steer towards {o}", "go and wait by {o}", "Off to {o} with you",
        "Over to {o}, robot", "You are needed at {o}", "Somebody is expecting you at {o}", "{o} is where you go next",
        "I would like to have you over by {o}", "Why are you not at {o} yet?", "Can you come here to {o}?",
        "To {o}, at once",
    ),
    "holding": (
        "get a grip on {o}", "grip {o}", "clasp {o}", "lift up {o}", "take {o} off there", "reach for {o} and take it",
        "gather up {o}", "carry {o}", "bring {o} along with you", "have your gripper take {o}",
        "You should be holding {o}", "{o}, pick that up", "{o} has to be picked up", "{o} needs picking up",
        "Could somebody pick up {o}?", "I wish you were holding {o}", "Do you see {o}? Take it",
        "There is {o}. Pick it up", "{o} comes with you",
    ),
    "on": (
        "put {o} down on {t}", "place {o} onto {t}", "position {o} on {t}", "set {o} down on {t}",
        "get {o} and set it down on {t}", "take {o} and lay it on {t}", "bring {o} over to {t}", "drop {o} off at {t}",
        "take {o} across to {t}", "return {o} to {t}", "lay {o} down on {t}", "clear {o} away to {t}",
        "have {o} moved to {t}", "find {o} and put it on {t}", "move {o} over onto {t}", "put {o} back on {t}",
        "On {t} I would like {o}", "I would like {o} on {t}", "{o} goes on {t}", "{o} has to go on {t}",
        "{o} is supposed to be on {t}", "{o} ought to be lying on {t}", "{o} back on {t}", "On {t}: {o}",
        "Could {o} go on {t}?", "Could {o} be put on {t}?", "I wish {o} were on {t}",
        "Why is {o} not on {t}? Put it there", "It would help to have {o} on {t}", "Nobody has put {o} on {t} yet",
        "As for {o}, put it on {t}", "What about {o}? It goes on {t}", "{o} is needed on {t}",
        "Do not leave {o} there, it goes on {t}",
    ),
    "in": (
        "put {o} away in {t}", "place {o} into {t}", "place {o} inside {t}", "put {o} back in {t}", "lay {o} in {t}",
        "let {o} fall into {t}", "drop {o} inside {t}", "throw {o} in {t}", "take {o} and drop it in {t}",
        "keep {o} in {t}", "set {o} inside {t}", "find {o} and put it into {t}", "clear {o} away into {t}",
        "insert {o} into {t}", "lower {o} into {t}", "pack {o} into {t}", "In {t} I would like {o}",
        "{o} has to go into {t}", "{o} is supposed to be inside {t}", "{o} back in {t}", "{o} straight into {t}",
        "{o} lives in {t}", "Could {o} go in {t}?", "Could {o} be put into {t}?", "I wish {o} were in {t}",
        "{o} ought to be kept in {t}", "Nobody has put {o} in {t} yet", "{t} gets {o}",
        "I do not want {o} lying around, put it in {t}", "As for {o}, drop it in {t}",
        "{o} cannot stay out, it goes in {t}", "What about {o}? It goes in {t}",
    ),
    "near": (
        "put {o} by {t}", "set {o} next to {t}", "place {o} near {t}", "set {o} down beside {t}",
        "lay {o} next to {t}", "bring {o} close to {t}", "put {o} close by {t}", "place {o} right next to {t}",
        "take {o} and put it beside {t}", "{o} goes next to {t}", "{o} belongs beside {t}",
        "I would like {o} next to {t}", "I want {o} near {t}", "Next to {t} I would like {o}",
        "Could {o} go beside {t}?", "{o} is supposed to be by {t}", "{o}, beside {t}",
    ),
    "open": (
        "get {o} open", "slide {o} open", "draw {o} open", "open {o} all the way", "go and open {o}",
        "open {o} for me", "keep {o} open", "have {o} opened", "I want {o} open", "I would like {o} open",
        "Could {o} be opened?", "{o} cannot stay closed", "{o} is closed and I need to get in",
        "Why is {o} still closed?", "{o} wants opening", "I need to get into {o}", "{o} is shut, change that",
        "Who closed {o}? Open it again",
    ),
    "closed": (
        "get {o} shut", "push {o} closed", "slide {o} shut", "close {o} up", "go and close {o}", "close {o} properly",
        "shut {o} tight", "have {o} shut again", "I want {o} closed", "I would like {o} shut", "Could {o} be closed?",
        "{o} cannot stay open like this", "{o} was left open", "Why is {o} still open?", "Who left {o} open? Close it",
        "{o} needs closing", "No leaving {o} open, please", "We do not keep {o} open",
    ),
    "explored": (
        "check inside {o}", "look around in {o}", "see what {o} has in it", "open {o} and look inside",
        "go and look into {o}", "find out what {o} contains", "tell me what is inside {o}", "have a look inside {o}",
        "check whether there is something in {o}", "look through {o}", "What is in {o}?", "What have we got in {o}?",
        "What does {o} contain?", "I need to know what is in {o}", "I do not remember what is in {o}",
        "Anything useful in {o}?", "Could there be something in {o}?", "Nobody knows what is in {o}",
    ),
    "hand_free": (
        "put that down", "put the thing down", "set down what you are carrying", "lay it down", "empty your gripper",
        "put away what is in your hand", "get your hand free", "stop holding that", "You may put that down now",
        "I need your hand free", "Your gripper should be empty", "Nothing should be in your hand",
        "Can you put that down?", "Your hand is full, empty it",
    ),
    "running": (
        "switch {o} on", "power {o} up", "start up {o}", "get {o} started", "set {o} going", "let {o} run",
        "make {o} run", "I need {o} on", "I would like {o} on", "Could we have {o} on?", "{o} has to run",
        "{o} must be switched on", "{o} is still off", "Why is {o} off?", "{o} on, please", "Time for {o} to run",
    ),
    "not running": (
        "switch {o} off", "shut {o} down", "stop {o} running", "power {o} off", "have {o} switched off",
        "make sure {o} is off", "turn {o} off again", "I would like {o} off", "Could {o} go off?",
        "{o} has been on long enough", "{o} must not be running", "{o} is still on", "Why is {o} still running?",
        "Nobody is using {o}, so turn it off", "Enough of {o}",
    ),
    "clean": (
        "wipe down {o}", "wipe {o} down", "clean up {o}", "clean {o} off", "give {o} a clean", "rub {o} clean",
        "run a cloth over {o}", "get {o} clean", "wipe the dirt off {o}", "make {o} clean again",
        "{o} is covered in dust", "There is dirt all over {o}", "Could {o} be wiped?", "{o} needs cleaning",
        "I would like {o} clean", "{o} is sticky", "Someone spilled something on {o}",
    ),
    "watered": (
        "make sure {o} is watered", "give {o} a drink", "go and water {o}", "water {o} well", "bring {o} some water",
        "take care of {o}, it is dry", "{o} has not been watered yet", "{o} is getting dry",
        "{o} has had nothing to drink for days", "The soil of {o} is dry", "Could {o} be watered?",
        "I promised to look after {o}, the soil is dry",
    ),
    "locked": (
        "lock {o} up", "lock {o} properly", "close and lock {o}", "go and lock {o}", "get {o} locked",
        "have {o} locked up", "I would like {o} locked", "{o} is not locked", "Could somebody lock {o}?",
        "{o} cannot stay unlocked", "Valuables are in {o}, lock it", "Did anybody lock {o}?",
    ),
    "inspected": (
        "look at {o} closely", "look at {o} from close up", "go and inspect {o}", "check {o} carefully",
        "examine {o} for damage", "view {o} from near by", "check {o} over", "make sure that {o} is in good shape",
        "Is {o} damaged?", "{o} needs to be inspected", "Does {o} look right?", "I am worried about {o}, check it",
        "Something may be wrong with {o}",
    ),
    "scanned": (
        "scan the code on {o}", "scan in {o}", "get {o} scanned", "use your scanner on {o}",
        "read off the code of {o}", "take {o} and scan it", "I need {o} scanned", "{o} has to be scanned",
        "What is the code of {o}?", "Has {o} been scanned?", "Scan, please: {o}",
    ),
    "docked": (
        "go to your dock", "go and charge", "drive to the dock and charge", "charge up for a while",
        "get back on the dock", "You need to charge", "You are almost out of charge", "Time to charge",
        "Back to the dock", "You may go and charge now", "I want you back on your dock",
        "Get on the dock before you run empty",
    ),
    "photograph": (
        "take a photograph of {o}", "get a photo of {o}", "make a photo of {o}", "snap a photo of {o}",
        "take a quick picture of {o}", "save a picture of {o}", "use your camera on {o}", "I want a photo of {o}",
        "Could I get a picture of {o}?", "Could you send me a picture of {o}?", "A photo of {o}, please",
    ),
    "wait": (
        "wait here for {x} seconds", "remain where you are for {x} seconds", "pause {x} seconds",
        "stay where you are for {x} seconds", "stop for {x} seconds", "rest for {x} seconds",
        "hold still for {x} seconds", "Can you wait {x} seconds?", "A pause of {x} seconds, please",
        "Not yet, wait {x} seconds", "We will go on in {x} seconds",
    ),
    "posture": (
        "move your arm to {x}", "take the arm to {x}", "drive the arm to {x}", "go to {x} with your arm",
        "have the arm take its {x} posture", "use the {x} pose", "I would like to see the arm in {x}",
        "Could the arm be brought to {x}?", "The arm belongs in {x}", "Arm posture {x}, please",
    ),
    "gripper": (
        "open your hand to {x} m", "open your fingers {x} m", "change the gripper's width to {x} m",
        "move the fingers to {x} m", "bring the gripper to {x} metres", "have the gripper open {x} m",
        "The gripper should be open {x} m", "I need the gripper at {x} m", "Gripper opening {x} m, please",
        "Could the gripper open to {x} m?",
    ),
    "wave": (
        "wave your arm", "wave your hand", "wave to everyone", "wave to the people", "say hello with a wave",
        "wave goodbye", "greet us with a wave", "lift your arm and wave", "A wave, please", "Can you wave?",
        "People are watching, wave",
    ),
    "say": (
        "say out loud {x}", "tell everyone {x}", "say the words {x}", "tell the people here {x}", "say this: {x}",
        "use your voice and say {x}", "say {x} to everybody", "People should hear {x}", "Can you say {x}?",
        "They need to know: {x}",
    ),
    "light": (
        "turn your light {x}", "make your light {x}", "put the light on {x}", "change the light to {x}",
        "have your light show {x}", "switch the status light to {x}", "I would like the light {x}",
        "Could the light go {x}?", "The light should go {x}",
    ),
}  # fmt: skip

_BASIC: dict[str, tuple[str, ...]] = {
    **{kind: (*seen(kind), *_MORE[kind]) for kind in WORDINGS},
    **ABOUT_THINGS,
    **AROUND_ROBOT,
}
# Kind of clause: wordings; those of `wordings` come first.
TRAIN_WORDINGS: dict[str, tuple[str, ...]] = {
    **{kind: (*basic, *FURTHER[kind]) for kind, basic in _BASIC.items()},
    **DEED_WORDINGS,
}
# Those in which `{o}` may be a list of things: imperatives without a pronoun for the one thing.
TRAIN_SEVERAL: dict[str, tuple[str, ...]] = {
    kind: tuple(w for w in TRAIN_WORDINGS[kind] if w[0].islower() and " it " not in w) for kind in ("on", "in")
}

# A second clause that closes what the first one named.
TRAIN_SHUT_AGAIN: tuple[str, ...] = (
    "close {o}", "shut {o}", "close {o} again", "push {o} shut", "shut {o} again", "get {o} shut",
    "close {o} properly", "make sure {o} is closed", "push {o} closed",
)  # fmt: skip

# For each description of the family `ring`.
TRAIN_RING: dict[str, tuple[str, ...]] = {
    "Ring the bell.": (
        "ring the bell", "give the bell a ring", "ring the bell once", "let us hear the bell",
        "Can you ring the bell?", "Bell, please",
    ),
    "Sound the alarm.": (
        "sound the alarm", "set off the alarm", "raise the alarm", "let the alarm go off", "It burns, alarm!",
        "Everybody should hear the alarm",
    ),
    "Press the buzzer.": (
        "press the buzzer", "push the buzzer", "hit the buzzer", "use the buzzer", "Buzzer, please",
        "Can you press the buzzer?",
    ),
    "Call a person.": (
        "call a person", "call somebody", "get a person to come", "ask a human to come here", "We need somebody here",
        "Could a person come and help?",
    ),
    "Reset the counter.": (
        "reset the counter", "set the counter back", "zero the counter", "set the counter to zero",
        "The counter should start again", "Could somebody set the counter back?",
    ),
    "Blow the horn.": (
        "blow the horn", "sound the horn", "honk", "give a honk", "Horn, please", "I want to hear the horn",
    ),
    "Play a chime.": (
        "play a chime", "play the chime", "let a chime sound", "chime once", "A chime, please",
        "Could we hear the chime?",
    ),
    "Print a receipt.": (
        "print a receipt", "print me a receipt", "make out a receipt", "get a receipt printed", "A receipt, please",
        "I need a receipt",
    ),
    "Flash the warning lights.": (
        "flash the warning lights", "flash your lights as a warning", "blink your warning lights",
        "warn people with your lights", "Warning lights, please", "The warning lights should flash",
    ),
    "Release the dog treat.": (
        "release the dog treat", "give the dog a treat", "let the treat out", "reward the dog",
        "The dog deserves a treat", "A treat for the dog, please",
    ),
    "Take the next number.": (
        "take the next number", "draw a number", "get us a number", "pull the next ticket",
        "We need a number to queue", "A number, please",
    ),
}  # fmt: skip

# Around bare imperatives.
TRAIN_FRAMES: tuple[str, ...] = (
    "{i}", "{i}.", "please {i}", "{i}, please", "could you {i}?", "robot, {i}", "can you {i}", "I need you to {i}",
    "now {i}", "{i} now", "hey, {i}", "would you {i}", "{i} for me", "okay, {i}", "could you please {i}?",
    "can you please {i}?", "please could you {i}", "please, robot, {i}", "hey robot, {i}", "{i}, robot",
    "hi, could you {i}", "hello, please {i}", "excuse me, could you {i}?", "sorry to bother you, but please {i}",
    "if you have time, {i}", "when it suits you, {i}", "whenever you are ready, {i}", "right away, {i}",
    "{i} right away", "{i} at once", "{i} quickly", "I am in a hurry, {i}", "my hands are full, {i}",
    "we are about to start, {i}", "I am busy, so {i}", "I have no time, so {i}", "they want you to {i}",
    "you need to {i}", "you have to {i}", "you should {i}", "try to {i}", "help me and {i}", "do this: {i}",
    "here is what I need: {i}", "next, {i}", "so, {i}", "well, {i}", "um, {i}", "uh, could you {i}", "er, please {i}",
    "let me think... yes, {i}", "right, {i}", "alright, {i}", "actually, {i}", "one more thing, {i}", "just {i}",
    "come on, {i}", "{i}, okay?", "{i}, if possible", "we have visitors, {i}", "my back hurts, {i}",
    "the boss says to {i}", "the customer has no time, {i}", "it is getting late, {i}", "{i}, it is urgent",
    "{i}, that is all", "is it possible for you to {i}?", "are you able to {i}?", "I wonder if you could {i}",
    "I was going to ask you to {i}", "somebody should {i}", "we need you to {i}", "remember to {i}",
    "do not forget to {i}", "make sure to {i}",
)  # fmt: skip
# `{a}` is done first, and said first.
TRAIN_JOINS: tuple[str, ...] = (
    "{a} and {b}", "{a}, then {b}", "{a} and then {b}", "first {a}, then {b}", "{a}. Then {b}", "{a}, and {b}",
    "{a}; after that {b}", "{a}. When that is done, {b}", "{a}; then {b}", "{a}. And then {b}", "{a}, next {b}",
    "{a} and after that {b}", "{a}, and after that {b}", "{a}, and then also {b}", "{a} and finally {b}",
    "first {a} and then {b}", "first {a}; second, {b}", "first of all {a}, then {b}", "to begin with, {a}, then {b}",
    "{a}, and when you have done that, {b}", "{a}. Once you have done that, {b}", "{a}. Also, {b}",
    "{a}. Last of all, {b}", "{a}. Only then {b}", "{a}, and do not forget to {b}", "{a}... then {b}",
)  # fmt: skip
# `{a}` is done first, but said last: not where `{b}` speaks of "it".
TRAIN_JOINS_BACKWARDS: tuple[str, ...] = (
    "{b}, but first {a}", "{b}, but {a} first", "before you {b}, {a}", "as soon as you {a}, {b}",
    "{b} once you are done with this: {a}", "{b}, but before that {a}", "{b} only after this: {a}",
    "{b}, though not until you did this: {a}",
)  # fmt: skip

# `{a}` is done first; it stands as a participle (`having_done`). The first kind says it first; of the other, `{b}` must
# not speak of "it".
TRAIN_JOINS_HAVING: tuple[str, ...] = (
    "once you have {a}, {b}", "when you have {a}, {b}", "after you have {a}, {b}", "as soon as you have {a}, {b}",
    "having {a}, {b}", "only when you have {a}, {b}",
)  # fmt: skip
TRAIN_JOINS_HAVING_LAST: tuple[str, ...] = (
    "{b} once you have {a}", "{b} when you have {a}", "{b} after you have {a}", "{b} as soon as you have {a}",
    "{b}, but not before you have {a}", "{b}, though only when you have {a}",
)  # fmt: skip
_PARTICIPLES = {
    "put": "put", "set": "set", "shut": "shut", "get": "got", "take": "taken", "bring": "brought", "lay": "laid",
    "go": "gone", "drive": "driven", "throw": "thrown", "give": "given", "find": "found", "hold": "held", "make": "made",
    "see": "seen", "let": "let", "place": "placed", "move": "moved", "close": "closed", "wipe": "wiped", "store": "stored",
    "raise": "raised", "drop": "dropped", "grab": "grabbed", "scan": "scanned", "carry": "carried", "empty": "emptied",
    "transfer": "transferred", "stop": "stopped", "dip": "dipped", "flip": "flipped", "fill": "filled",
    **{verb: verb + "ed" for verb in (
        "open", "lock", "unlock", "clean", "pick", "lift", "fetch", "return", "check", "look", "turn", "switch", "start",
        "water", "push", "pull", "deposit", "stow", "collect", "inspect", "photograph", "cover", "uncover", "stamp",
        "clear", "wait", "shift", "load", "oil", "disinfect", "film", "touch", "dust",
    )},
    "shake": "shaken", "charge": "charged", "map": "mapped",
}  # fmt: skip


def having_done(imperative: str) -> str:
    """Behind "you have": ``taken the cup`` for ``take the cup``.

    Returns:
        Nothing for verbs that are not known, and for what may have two of them.
    """
    verb, _, rest = imperative.partition(" ")
    if verb not in _PARTICIPLES or " and " in imperative or "," in imperative:
        return ""
    return f"{_PARTICIPLES[verb]} {rest}".rstrip()


# As those of `on` and `in`; `{q} {s}` says where `{o}` is now.
TRAIN_FROM: dict[str, tuple[str, ...]] = {
    "on": (
        "take {o} from {s} to {t}", "bring {o} over from {s} to {t}", "move {o} from {s} to {t}",
        "get {o} from {s} and put it on {t}", "fetch {o} from {s} and lay it on {t}", "{o} is {q} {s} but belongs on {t}",
        "{o} should be on {t}, not {q} {s}", "Do not leave {o} {q} {s}, put it on {t}",
        "What is {o} doing {q} {s}? It goes on {t}", "Why is {o} {q} {s}? I want it on {t}",
    ),
    "in": (
        "take {o} from {s} and put it in {t}", "move {o} from {s} into {t}", "get {o} from {s} and drop it into {t}",
        "{o} is {q} {s} but belongs in {t}", "{o} should be in {t}, not {q} {s}",
        "Do not leave {o} {q} {s}, put it in {t}", "What is {o} doing {q} {s}? It goes in {t}",
        "Why is {o} {q} {s}? I want it in {t}",
    ),
}  # fmt: skip
# All that is on the surface `{s}`, whatever it is; and what is said behind that where one thing stays.
TRAIN_EVERYTHING: tuple[str, ...] = (
    "put everything on {s} {p} {t}", "take everything that is on {s} and put it {p} {t}", "clear {s}, it all goes {p} {t}",
    "clear off {s} and put everything {p} {t}", "move all the things from {s}, they go {p} {t}",
    "put all that is on {s} {p} {t}", "take all the things on {s} and put them {p} {t}",
    "make {s} empty and put all of it {p} {t}", "empty {s}, everything on it goes {p} {t}", "sweep all that is on {s} {p} {t}",
    "There is too much on {s}, put it all {p} {t}", "{s} has to be free: all that is on it goes {p} {t}",
    "All of what is on {s} goes {p} {t}", "I need {s} free, so everything on it goes {p} {t}",
    "Everything on {s} goes {p} {t}", "All the things on {s} belong {p} {t}", "Whatever is on {s} goes {p} {t}",
    "I want everything on {s} {p} {t}", "Nothing should stay on {s}, put it all {p} {t}",
)  # fmt: skip
TRAIN_EXCEPT: tuple[str, ...] = (
    " except {x}", ", except for {x}", ", but not {x}", ", but leave {x} where it is", ", apart from {x}", ", {x} stays there",
    ", all but {x}", ", just not {x}",
)  # fmt: skip
# As `TRAIN_PLACE_ALL`, of two.
TRAIN_PLACE_BOTH: tuple[str, ...] = (
    "put both {o} {p} {t}", "put the two {o} {p} {t}", "take both {o} and put them {p} {t}", "move the two {o}, they go {p} {t}",
    "Both {o} go {p} {t}", "Both of the {o} belong {p} {t}", "I want both {o} {p} {t}", "The two {o} go {p} {t}",
)  # fmt: skip

# `{o}` is a plural noun without an article, `{p}` is on or in.
TRAIN_PLACE_ALL: tuple[str, ...] = (
    "put all {o} {p} {t}", "put the {o} {p} {t}", "move all {o} {p} {t}", "all {o} go {p} {t}",
    "bring every one of the {o} {p} {t}", "place all {o} {p} {t}", "take all the {o} and put them {p} {t}",
    "put each of the {o} {p} {t}", "find all the {o} and put them {p} {t}", "lay all of the {o} {p} {t}",
    "get the {o}, all of them, and put them {p} {t}", "I want all the {o} {p} {t}", "All of the {o} belong {p} {t}",
    "The {o} all go {p} {t}", "Could all the {o} go {p} {t}?", "Every one of the {o} is supposed to be {p} {t}",
    "As for the {o}, put them all {p} {t}",
)  # fmt: skip

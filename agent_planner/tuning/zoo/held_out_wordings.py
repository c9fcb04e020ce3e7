# SPDX-License-Identifier: Apache-2.0
"""How else people word instructions: kept from training, one half for each split.

Placeholders are those of `wordings`. The first five wordings of ``on`` and ``in`` also fit a list of things. A wording
that begins with a small letter is a bare imperative, to be joined and framed; any other stands as it is
(`stands_alone`).
"""

_DEV = {
    "at": (
        "roll over to {o}", "make your way to {o}", "park yourself in front of {o}", "proceed to {o}", "meet me at {o}",
        "I need you at {o}", "Your next stop is {o}",
    ),
    "holding": (
        "collect {o}", "close your fingers around {o}", "get your hand around {o}", "have {o} in your gripper",
        "I want to see {o} in your hand", "Would you mind carrying {o} for a while?",
    ),
    "on": (
        "deliver {o} to {t}", "rest {o} on {t}", "leave {o} on {t}", "park {o} on top of {t}", "haul {o} over to {t}",
        "Would you mind putting {o} down on {t}?", "I'd like to find {o} on {t}", "{t} is where I want {o}",
        "I need {o} over on {t}",
    ),
    "in": (
        "slip {o} into {t}", "toss {o} in {t}", "chuck {o} into {t}", "load {o} into {t}", "tuck {o} away in {t}",
        "pop {o} in {t}", "Would you mind putting {o} in {t}?", "I'd like {o} inside {t}", "{t} is the place for {o}",
    ),
    "near": (
        "leave {o} right by {t}", "stand {o} close to {t}", "rest {o} within reach of {t}", "bring {o} up beside {t}",
        "I'd like {o} at the side of {t}", "Could {o} sit next to {t}?",
    ),
    "open": (
        "swing {o} open", "leave {o} standing open", "let me have {o} open", "I need {o} opened",
        "Would you mind opening {o}?", "{o} should be open",
    ),
    "closed": (
        "swing {o} shut", "get {o} closed up", "Don't leave {o} open", "I want {o} shut", "Would you mind closing {o}?",
        "{o} should not stay open",
    ),
    "explored": (
        "search {o}", "take a look in {o}", "go through what {o} holds", "see if there is anything in {o}",
        "What might be inside {o}? Go and see", "I wonder what {o} holds, go and look",
    ),
    "hand_free": (
        "drop that", "set that thing aside", "get rid of what is in your gripper", "release what you have there",
        "I need your hand empty", "You should not be holding anything",
    ),
    "running": (
        "fire up {o}", "get {o} going", "bring {o} to life", "I want {o} switched on", "Would you mind switching {o} on?",
        "{o} should be running",
    ),
    "not running": (
        "make {o} stop", "cut the power to {o}", "kill {o}", "I want {o} off", "Would you mind switching {o} off?",
        "{o} does not have to run any longer",
    ),
    "clean": (
        "scrub {o}", "wash down {o}", "polish {o}", "get the crumbs off {o}", "{o} could do with a wipe",
        "Would you mind wiping {o}?", "{o} is dirty, do something about it",
    ),
    "watered": (
        "let {o} have a drink", "pour some water on {o}", "moisten the soil of {o}", "{o} is thirsty", "{o} looks dry",
        "Would you mind watering {o}?",
    ),
    "locked": (
        "turn the key in {o}", "bolt {o}", "put {o} under lock and key", "I want {o} locked",
        "Would you mind locking {o}?", "Nobody should get into {o}, so lock it",
    ),
    "inspected": (
        "take a good look at {o}", "study {o}", "look {o} over", "see if {o} is in order",
        "I want to know what state {o} is in", "Would you mind inspecting {o}?",
    ),
    "scanned": (
        "run {o} past your scanner", "log the code of {o}", "I need the barcode of {o}",
        "What does the label of {o} say? Read it", "Would you mind scanning {o}?",
    ),
    "docked": (
        "top up your battery", "go home and charge", "get some power", "Would you mind recharging?",
        "Your battery is low, do something about it", "You should be on your charger",
    ),
    "photograph": (
        "get a shot of {o}", "capture {o} on camera", "point your camera at {o} and shoot", "show me a photo of {o}",
        "I need a picture of {o}", "Would you mind photographing {o}?",
    ),
    "wait": (
        "hold on for {x} seconds", "let {x} seconds pass", "take a break of {x} seconds",
        "Don't do anything for {x} seconds", "give me {x} seconds", "Nothing for the next {x} seconds, please",
    ),
    "posture": (
        "have your arm go to {x}", "get the arm into {x} position", "take up the {x} posture with the arm",
        "I want your arm in {x}", "Arm, {x} pose",
    ),
    "gripper": (
        "spread your fingers {x} m apart", "adjust the jaw opening to {x} m", "Gripper to {x} m",
        "I need a gap of {x} m between your fingers", "Your fingers should be {x} m apart",
    ),
    "wave": (
        "say hi with your arm", "greet everyone with your arm", "wiggle your arm at the guests",
        "move your arm as a greeting", "Would you mind waving?", "I'd love to see you waving",
    ),
    "say": (
        "read out {x}", "shout {x}", "make an announcement: {x}", "let everyone know: {x}", "pass on this message: {x}",
        "Your line is: {x}",
    ),
    "light": (
        "change your LED to {x}", "put your indicator on {x}", "I want your status light {x}", "LED {x}",
        "Would you mind setting your light to {x}?", "Status light, {x}",
    ),
    "weighed": (
        "weigh {o}", "find out what {o} weighs", "put a figure on the weight of {o}", "I need the weight of {o}",
        "How heavy is {o}?", "What is the mass of {o}? Measure it",
    ),
    "plugged_in": (
        "plug in {o}", "connect {o} to the mains", "hook {o} up to the socket", "put the plug of {o} into the wall",
        "I want {o} plugged in", "{o} has no power, put its plug in",
    ),
    "stacked": (
        "stack {o} on {t}", "pile {o} on top of {t}", "balance {o} on {t}", "make a tower of {t} with {o} on it",
        "Build a stack, {t} at the bottom and {o} above", "I'd like {o} stacked on {t}",
    ),
    "counted": (
        "count what is in {o}", "take stock of {o}", "tally the contents of {o}", "How many things are in {o}?",
        "I need a count of what {o} contains", "How full is {o}? Count the items",
    ),
    "temperature": (
        "measure the temperature of {o}", "take the temperature of {o}", "check how hot {o} is", "How warm is {o}?",
        "I need a heat reading of {o}", "Is {o} cold? Measure it",
    ),
    "volume": (
        "set the volume to {x} percent", "turn your volume to {x}", "adjust the loudspeaker to {x} percent",
        "Volume {x}", "I want your loudness at {x} percent", "Speak at {x} percent from now on",
    ),
    "telephone": (
        "phone {x}", "ring up {x}", "dial {x}", "get {x} on the line", "make a phone call to {x}",
        "I need to speak to {x} on the phone",
    ),
    "floor_mopped": (
        "mop the floor", "give the floor a wash", "do the floor with your mop", "I want the floor mopped",
        "The floor is sticky, mop it", "The floor needs a good scrub",
    ),
}  # fmt: skip

_TEST = {
    "at": (
        "scoot over to {o}", "station yourself by {o}", "take up a position beside {o}", "return to {o}",
        "wait for me at {o}", "You should be standing at {o}", "Can I find you at {o} in a minute?",
    ),
    "holding": (
        "seize {o}", "scoop up {o}", "retrieve {o}", "keep {o} in your hand", "hang on to {o} with your gripper",
        "How about taking {o} in your hand?", "Your gripper should be around {o}",
    ),
    "on": (
        "arrange {o} on {t}", "relocate {o} to {t}", "get {o} onto {t}", "deposit {o} on {t}", "shift {o} across to {t}",
        "have {o} sitting on {t}", "How about moving {o} onto {t}?", "I was hoping to see {o} on {t}",
        "{o} should really be on {t}", "{t} could use {o} on it",
    ),
    "in": (
        "dump {o} into {t}", "stash {o} in {t}", "stick {o} in {t}", "get {o} into {t}", "hide {o} in {t}",
        "file {o} away inside {t}", "How about dropping {o} into {t}?", "{o} should be in {t}", "Into {t} with {o}",
        "{t} needs to have {o} in it",
    ),
    "near": (
        "keep {o} together with {t}", "get {o} over next to {t}", "pair {o} with {t}", "have {o} sitting by {t}",
        "{o} should be right beside {t}", "How about moving {o} closer to {t}?",
    ),
    "open": (
        "throw {o} open", "leave {o} wide open", "pop {o} open", "I'd like to see {o} open", "How about opening {o}?",
        "{o} has to be open",
    ),
    "closed": (
        "slam {o}", "bang {o} shut", "see that {o} is shut", "I'd rather have {o} closed", "How about shutting {o}?",
        "{o} must not be left open",
    ),
    "explored": (
        "rummage through {o}", "peer into {o}", "explore {o}", "check the contents of {o}", "see whether {o} is empty",
        "What is {o} hiding? Find out", "Any idea what is kept in {o}? Have a look",
    ),
    "hand_free": (
        "let it go", "leave that somewhere", "unload your gripper", "stop carrying that around",
        "Could your hand be empty, please?", "Your hand should be free",
    ),
    "running": (
        "activate {o}", "boot up {o}", "put {o} into operation", "Let's have {o} on", "How about turning {o} on?",
        "{o} ought to be on",
    ),
    "not running": (
        "deactivate {o}", "halt {o}", "bring {o} to a standstill", "We no longer need {o} running",
        "How about turning {o} off?", "{o} should be off",
    ),
    "clean": (
        "rub down {o}", "go over {o} with a cloth", "remove the stains from {o}", "get {o} sparkling",
        "How about cleaning {o}?", "{o} has to be clean", "{o} looks filthy, fix that",
    ),
    "watered": (
        "hydrate {o}", "keep {o} from drying out", "see that {o} gets its water", "How about watering {o}?",
        "{o} could use a drink", "{o} is wilting, it wants water",
    ),
    "locked": (
        "fasten the lock of {o}", "keep {o} locked", "have {o} locked for the night", "How about locking {o}?", "{o} must be locked",
        "See to it that {o} cannot be opened without a key",
    ),
    "inspected": (
        "scrutinize {o}", "give {o} a once-over", "check up on {o}", "assess the condition of {o}",
        "How about having a closer look at {o}?", "Is {o} all right? Inspect it",
    ),
    "scanned": (
        "register {o} by its barcode", "hold {o} up and read its code", "capture the barcode on {o}",
        "identify {o} by its label", "How about scanning {o}?", "{o} has not been scanned yet, do that",
    ),
    "docked": (
        "recharge", "juice up", "refill your batteries", "get yourself charged", "It is time for you to charge",
        "How about a recharge?",
    ),
    "photograph": (
        "take a snapshot of {o}", "shoot an image of {o}", "record a still of {o}", "document {o} with your camera",
        "How about a photo of {o}?", "I'd like to have {o} in a photo",
    ),
    "wait": (
        "hang on for {x} seconds", "stay put for {x} seconds", "sit tight for {x} seconds",
        "do nothing during the next {x} seconds", "A rest of {x} seconds would be good",
        "I need {x} seconds, so do not move until then",
    ),
    "posture": (
        "assume the {x} pose", "return your arm to {x}", "switch the arm over to {x}",
        "How about the {x} pose for your arm?", "The arm should be in its {x} position",
    ),
    "gripper": (
        "give the gripper an opening of {x} m", "part your fingers by {x} metres", "have your jaws {x} m apart",
        "bring the fingers to a distance of {x} m", "A gripper width of {x} m would be right",
    ),
    "wave": (
        "salute us", "signal hello with your hand", "raise your arm to say hello", "welcome the guests with a gesture",
        "How about waving to the crowd?", "We would like to be greeted with your arm",
    ),
    "say": (
        "call out {x}", "utter {x}", "broadcast {x}", "inform everybody: {x}", "repeat after me: {x}",
        "The words to speak are: {x}",
    ),
    "light": (
        "signal {x} with your light", "let the indicator be {x}", "have the status LED go {x}",
        "How about {x} for your light?", "Your light has to be {x}",
    ),
    "handed_over": (
        "hand me {o}", "pass me {o}", "let me have {o}", "give {o} to the person in front of you", "Could I have {o}?",
        "I'd like {o}, hand it over",
    ),
    "attached": (
        "fasten {o} to {t}", "tape {o} to {t}", "attach {o} firmly to {t}", "strap {o} to {t}",
        "{o} should be taped down on {t}", "I want {o} fixed to {t} so that it stays put",
    ),
    "distance": (
        "measure the distance from {o} to {t}", "point the laser from {o} at {t}", "check the space between {o} and {t}",
        "How far is it from {o} to {t}?", "How far apart are {o} and {t}?", "I need the gap between {o} and {t} measured",
    ),
    "knock": (
        "knock on {o}", "rap on {o}", "tap on {o} with your knuckles", "give {o} a knock or two",
        "I want to hear you knock at {o}", "Somebody may be behind {o}, so knock",
    ),
    "restarted": (
        "restart {o}", "reboot {o}", "power-cycle {o}", "turn {o} off and on again", "{o} is acting up, restart it",
        "I think {o} has frozen, give it a reboot",
    ),
    "timer": (
        "set a timer for {x} minutes", "remind me in {x} minutes", "start a countdown of {x} minutes",
        "beep in {x} minutes", "Timer, {x} minutes", "I have to leave in {x} minutes, so set a timer",
    ),
    "display": (
        "show {x} on your screen", "write {x} on the display", "change your banner to {x}", "let people read {x} on you",
        "Your screen should read {x}", "I want {x} up on the display",
    ),
    "dance": (
        "dance for us", "do a little dance", "show us your best moves", "entertain us with a dance", "get your groove on",
        "Let's see you dance", "How about a dance?",
    ),
}  # fmt: skip

# Split, kind of clause: wordings.
WORDINGS_OF: dict[str, dict[str, tuple[str, ...]]] = {"dev": _DEV, "test": _TEST}

# Around and between bare imperatives.
FRAMES_OF: dict[str, tuple[str, ...]] = {
    "dev": (
        "I would like you to {i}", "go ahead and {i}", "kindly {i}", "be so good as to {i}", "when you have a moment, {i}",
        "quick, {i}", "{i}, thanks", "do me a favour and {i}", "your next job is to {i}", "it is time to {i}",
    ),
    "test": (
        "it would be great if you could {i}", "I want you to {i}", "you there, {i}", "be sure to {i}",
        "{i}, if you do not mind", "listen, {i}", "{i} as soon as you can", "will you {i}", "your task: {i}",
        "may I ask you to {i}?",
    ),
}  # fmt: skip
JOINS_OF: dict[str, tuple[str, ...]] = {
    "dev": (
        "{a}. Afterwards, {b}", "{a}; once that is finished, {b}", "start like this: {a}. Next, {b}", "{a} before you {b}",
        "after you {a}, {b}", "{a}, and once you are done, {b}",
    ),
    "test": (
        "{a}, and as soon as you have done so, {b}", "two things: {a}, and after this {b}", "{a}. Later, {b}",
        "step one: {a}; step two: {b}", "begin with this: {a}. Finally, {b}", "{a}. Next up: {b}",
    ),
}  # fmt: skip

# `{o}` is a plural noun without an article, `{p}` is on or in.
PLACE_ALL_OF: dict[str, tuple[str, ...]] = {
    "dev": (
        "collect the {o} {p} {t}", "gather all {o} {p} {t}", "I want every last one of the {o} {p} {t}",
        "Each of the {o} has to be {p} {t}", "All the {o} should end up {p} {t}",
    ),
    "test": (
        "round up the {o} and leave them {p} {t}", "see that all of the {o} are {p} {t}",
        "tidy up the {o}, they all live {p} {t}", "The {o}, the whole lot of them, belong {p} {t}",
        "Not one of the {o} may be left anywhere but {p} {t}",
    ),
}  # fmt: skip

# Nothing to do, with its answer.
TALK_OF: dict[str, tuple[tuple[str, str], ...]] = {
    "dev": (
        ("good evening", "Good evening. Tell me what to do."),
        ("hey robot", "Hello. Tell me what to do."),
        ("hello, is anybody there?", "Yes. Tell me what to do."),
        ("nice to meet you", "Nice to meet you, too."),
        ("that was great work", "Thank you."),
        ("sorry about that", "No problem."),
        ("are you a human?", "No, I am a robot."),
        ("which tasks are you able to do?", "I carry out instructions with the skills of this robot."),
        ("sing... no, forget it", "All right."),
        ("what is 12 minus 5?", "7."),
        ("what is 9 times 9?", "81."),
        ("what is the capital of Italy?", "Rome."),
        ("how many days does a week have?", "Seven."),
        ("what colour is grass?", "Green."),
        ("is the earth round?", "Yes."),
        ("it is raining outside", "I am ready. Tell me what to do."),
        ("I had a long day", "I am ready. Tell me what to do."),
        ("bye for now", "Goodbye."),
        ("do you ever get tired?", "No. Tell me what to do."),
        ("no, nothing right now", "All right."),
        ("you are funny", "Thank you."),
    ),
    "test": (
        ("good afternoon", "Good afternoon. Tell me what to do."),
        ("hiya", "Hello. Tell me what to do."),
        ("greetings, machine", "Hello. Tell me what to do."),
        ("pleased to see you again", "Hello. Tell me what to do."),
        ("cheers, mate", "You are welcome."),
        ("much appreciated", "You are welcome."),
        ("oops, my mistake", "No problem."),
        ("are you alive?", "No, I am a robot."),
        ("who built you?", "I do not know."),
        ("how old are you?", "I do not know."),
        ("what is half of 50?", "25."),
        ("what is 100 plus 11?", "111."),
        ("what is the capital of Japan?", "Tokyo."),
        ("how many months are in a year?", "Twelve."),
        ("what is the opposite of hot?", "Cold."),
        ("can fish fly?", "No."),
        ("I am going to lunch", "All right."),
        ("the football match was boring", "I am ready. Tell me what to do."),
        ("that will be all for today", "All right."),
        ("sleep well", "Good night."),
        ("I like you", "Thank you."),
    ),
}

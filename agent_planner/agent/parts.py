# SPDX-License-Identifier: Apache-2.0
"""An instruction's parts: a small model reads each by itself far better than all of them at once.

Only what is certain is parted: where words join what is done one after the other ("then", "after that", "before you"),
and at "and", commas and full stops before a verb. Where other words tell an order or a condition ("if"), nothing is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent_planner.skills import SkillLibrary

_VERBS = """
activate add adjust advance affix aim align announce apply approach arm arrange ask assemble assist attach await bag
beckon begin blink blow boot bow box bring brush build bundle bury button calibrate call carry cast catch change
charge chat check chuck circle clamp clasp clean clear click clip close coil collect come compare continue cook cool
cover cram crank cruise cut dance deactivate decant deliver deposit detach disable discard disconnect dish disinfect
display dispose distribute dive dock document drag draw drive drop dump dunk dust ease eject elevate empty enable
enter erase erect escort evacuate examine exchange exit explore expose extend fasten feed ferry fetch fill film find
fire fix flash flick fling flip flush fold follow free freeze gather get give glance glide go grab grasp greet grip
guide halt hammer hand hang haul have head heat hide hoist hold home honk hook hop hover hurl hurry identify ignite
illuminate inform insert inspect install introduce jiggle join jump keep kick kill knock lay lead lean learn leave let
lift light limit line link listen load lob locate lock lodge look loosen lower lug lunge make map mark measure meet
mix mop mount move navigate note nudge observe obtain offer open organise organize orient pace pack park pass patrol
pause peek peer photograph pick pile pivot place plant play plug plunge point polish pop pose position pour power
prepare press print prise proceed prop pry pull punch purge push put quit race raise ram reach read rearrange record
refill refuel reheat release relocate remain remove render replace report reset rest restart restore resume retract
retreat retrieve return reverse rid ride ring rinse roll rotate rub run rush salute sanitise sanitize say scan scatter
scoop scrape screw scrub search secure see seize select send separate serve set settle shake shift shove show shred
shut sift signal sink sip slam slide slip slot snap snatch soak sort sound speak spill spin spray spread sprinkle
squeeze squirt stack stamp stand start stash stay steady steer step stick stir stop store stow straighten strap
stretch strip stroll stuff survey suspend swap sweep swing swipe switch swivel take talk tap tape tell test thaw throw
tidy tie tighten tilt tip toss touch tour tow transfer transmit transport travel trim trot tuck tug tune turn twirl
twist unbolt uncap unclip uncover undo undock unfold unhook unload unlock unpack unplug unscrew untie unwrap unzip
update use usher vacate vacuum verify view visit wait walk wander warm warn wash watch water wave wedge weigh welcome
wheel whip whisk widen wiggle wind wipe wrap write yank zero zip zoom
"""
# Verbs that also tell things apart ("the upper and lower drawer"): only before a word that begins a noun phrase.
_AMBIGUOUS = """
box button clean clear clip close cool cut dock dry empty fire free hammer head home hook light line lower map mark mop
open pile plant plug position rest screw sink stamp strip tape tip tie warm water wheel wind
"""
# Participles ("once you have taken the cup") that do not end in -ed.
_IRREGULAR = {
    "blown": "blow", "brought": "bring", "built": "build", "caught": "catch", "drawn": "draw", "driven": "drive",
    "fed": "feed", "found": "find", "flung": "fling", "frozen": "freeze", "given": "give", "gone": "go",
    "ground": "grind", "hung": "hang", "hidden": "hide", "held": "hold", "kept": "keep", "laid": "lay",
    "led": "lead", "left": "leave", "lit": "light", "made": "make", "met": "meet", "ridden": "ride", "rung": "ring",
    "said": "say", "seen": "see", "sent": "send", "shaken": "shake", "shown": "show", "spoken": "speak", "spun": "spin",
    "stood": "stand", "stuck": "stick", "sunk": "sink", "swept": "sweep", "swung": "swing", "taken": "take",
    "thrown": "throw", "told": "tell", "undone": "undo", "wound": "wind", "written": "write",
}  # fmt: skip
_OBJECT = "the|a|an|it|them|my|your|all|every|both"
_NOUN_BEGINS = rf"(?:{_OBJECT}|everything|yourself|that|this|up|to|over|back)\b"
_POLITE = r"(?:(?:please|also|now|just|do not forget to|don't forget to|remember to|make sure to)\b,?\s*)*"
_DONE = (
    r"(?:(?:that|this|it) is (?:done|finished)|(?:you are|you're) (?:done|finished)(?: with (?:that|this|it))?"
    r"|you have done (?:that|this|so))"
)
_STRONG = (
    rf"(?:and\s+)?(?:only\s+)?(?:then|after that|after this|afterwards|after which|finally|lastly|last of all|"
    rf"(?:second|third)(?=,)|(?<!your )(?<!the )(?<!my )next(?! to\b)|(?:when|once|as soon as) {_DONE})\b[,:]?\s*"
)
_JOINT = re.compile(
    rf"(?:\s*(?:\.\.\.|[.,;!?])\s*|\s+)(?P<strong>{_STRONG})"
    r"|\s*[.;!]\s+(?:and\s+)?|\s*,\s*(?:and\s+)?|\s+and\s+",
    re.IGNORECASE,
)
# Words that tell an order or a condition of another kind.
_ELSE = re.compile(
    r"\b(?:before|after|having|unless|until|till|(?<!see )(?<!check )(?<!out )if|(?<!a )while|whenever|when|"
    r"once(?!\s*(?:[.,;!]|and\b|more\b|again\b|$))|as soon as|as long as|instead|but first)\b",
    re.IGNORECASE,
)
# Where the words tell what comes first, but not in its order.
_AFTER = (
    r"(?:(?:only\s+)?(?:after|once|when|as soon as)\s+you(?:\s+have|'ve)?(?!\s+(?:get|see|hear|notice|feel)\b)"
    r"|having)"
)
_BEFORE = r"before\s+you"
_FIRST = r"but\s+(?:before that|first)\b,?"
_CLAUSE = re.compile(rf"\b(?:{_AFTER}|(?P<before>{_BEFORE})|(?P<first>{_FIRST}))\s+", re.IGNORECASE)
# "Take the cup and put it there", "go and look": one thing to do, in two verbs.
_TAKING = re.compile(
    r"\b(?:take|get|pick|grab|grasp|fetch|find|lift)\b(?!.*\band\b)|\b(?:bring|carry|move)\b[^,]*\b(?:across|along|over)$",
    re.IGNORECASE,
)
_OF_IT = re.compile(r"\w+\s+(?:it|them)\b", re.IGNORECASE)
_GOING = re.compile(r"\b(?:go|come|try|go ahead|go on)$", re.IGNORECASE)
# After words that part by themselves any verb will do: what stands before an object and is none of these.
_STRANGE = re.compile(
    rf"{_POLITE}(?!{_NOUN_BEGINS}|(?:i|you|we|he|she|they|there|here|what|who|where|how|why|if|as|and|or|but|not|so|let|"
    r"for|of|with|without|from|by|in|on|at|into|onto|inside|under|behind|beside|near|is|are|was|will|can|should|must)\b)"
    rf"[a-z]{{3,}}\s+(?:{_OBJECT})\b",
    re.IGNORECASE,
)
# What may stand between the beginning and the verb of a sentence that asks.
_ASKED = re.compile(
    rf"\b(?:(?P<after>{_AFTER})|{_BEFORE}|(?:can|could|would|will|want|need) you(?: to| please)?|"
    r"you (?:should|must|need to|have to)|"
    r"(?:wonder if|sure|forget|remember|try|possible for|says|like|need|able) (?:you could|you )?to)\s+|[,:;.!?]\s*",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:first of all|first|firstly|to begin with)\b,?\s*", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|its|them|they|there|one|ones)\b", re.IGNORECASE)
_BELONGS = r"(?:goes|go|belongs|belong|(?:has|have|needs|need) to be|(?:must|should) be)\b"
_STATEMENT = re.compile(rf"\b{_BELONGS}", re.IGNORECASE)
# What else may begin a part: "the cup goes in the sink", "I want the cup in the sink".
_CLAIM = (
    rf"(?:(?:the|all|both|every)\s+(?:(?!and\b)[\w'-]+\s+){{1,6}}?{_BELONGS}"
    r"|(?:i (?:want|need|would like)|i'd like)\b(?=.*\b(?:in|into|inside|on|onto|to|at|near|beside|next)\b))"
)


@dataclass(frozen=True)
class Part:
    """``text`` asks for one thing; ``since``: all from the part on to which its pronouns go back; "" without any."""

    text: str
    since: str = ""


def parts(instruction: str, library: SkillLibrary) -> list[Part]:
    """The parts of an instruction, in their order; one or none where nothing in it is certain to part it."""
    text = _OPENING.sub("", instruction.strip())
    verbs = _verbs(library)
    said = [text[start:end].rstrip(" .,;!") for start, end in _spans(text, verbs)]
    if _ELSE.search(re.sub(_STRONG, " ", text, flags=re.IGNORECASE)):
        said = _in_order(said, verbs)
    found: list[Part] = []
    anchor = 0
    for at, part in enumerate(said):
        if found and _PRONOUN.search(part):
            found.append(Part(part, ", then ".join(said[anchor : at + 1])))
        else:
            anchor = at
            found.append(Part(part))
    return found


def _in_order(said: list[str], verbs: re.Pattern[str]) -> list[str]:
    """What is to be done, in the order in which it is; nothing where that is not certain."""
    found: list[str] = []
    later = ""
    for part in said:
        clause = _CLAUSE.search(part)
        main, rest = (part[: clause.start()].rstrip(" ,"), part[clause.end() :]) if clause else (part, "")
        rest = _as_asked(rest, verbs)
        if any(map(_ELSE.search, (main, rest))) or main and not _asks(main, verbs) or clause and not verbs.match(rest):
            return []
        if clause and bool(clause["before"]) is not bool(main):
            # One is done before what is said before it: then nobody knows what pronouns go back to.
            if later or any(map(_PRONOUN.search, said)):
                return []
            if not main:
                later = rest
                continue
            main, rest = rest, main
        found += [text for text in (main, rest, later) if text]
        later = ""
    return [] if later else found


def _verbs(library: SkillLibrary) -> re.Pattern[str]:
    """How a part may begin: with a verb of `_VERBS`, or of a skill's name or description, or with a claim."""
    own = {word.lower() for skill in library for word in (skill.name.split("_")[0], skill.description.split()[0])}
    doubtful = _AMBIGUOUS.split()
    plain = sorted({*_VERBS.split(), *(word for word in own if word.isalpha())}.difference(doubtful))
    verb = rf"(?:(?:{'|'.join(plain)})\b|(?:{'|'.join(doubtful)})(?:\s+{_NOUN_BEGINS}|\W*$))"
    return re.compile(rf"{_POLITE}(?!let me\b|come on\b|look,)(?:{verb}|{_CLAIM})", re.IGNORECASE)


def _as_asked(text: str, verbs: re.Pattern[str]) -> str:
    """``take the cup`` for ``taken the cup``; as it is where it does not begin with a participle."""
    word, _, rest = text.partition(" ")
    low = word.lower()
    endings = {"ied": "y", "ed": "", "d": ""}
    roots = [low[: -len(end)] + last for end, last in endings.items() if low.endswith(end)]
    for root in (_IRREGULAR.get(low, ""), *roots, *(r[:-1] for r in roots if r[-1:] == r[-2:-1])):
        asked = f"{root} {rest}".rstrip()
        if root and verbs.match(asked):
            return asked
    return text


def _spans(text: str, verbs: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for joint in _JOINT.finditer(text):
        before, behind = text[start : joint.start()], joint.end()
        one = _GOING.search(before) or _TAKING.search(before) and _OF_IT.match(text, behind)
        clause = _CLAUSE.match(text, behind)
        asked = _as_asked(text[clause.end() :], verbs) if clause and not clause["first"] else text[behind:]
        strong = bool(joint["strong"])
        verb = verbs.match(asked) or strong and _STRANGE.match(asked)
        begins = verb or _asks(asked, verbs) if strong else verb and not one
        if begins and (strong and verb or _asks(before, verbs)):
            yield start, joint.start()
            start = behind
    yield start, len(text)


def _asks(text: str, verbs: re.Pattern[str]) -> bool:
    """Whether something is to be done by these words; a remark does not ask."""
    if verbs.match(text) or _STATEMENT.search(text):
        return True
    said = ((text[found.end() :], found["after"]) for found in _ASKED.finditer(text))
    return any(verbs.match(_as_asked(rest, verbs) if after else rest) for rest, after in said)

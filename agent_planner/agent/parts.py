# SPDX-License-Identifier: Apache-2.0
"""An instruction's parts: a small model reads each by itself far better than all of them at once.

Only what is certain is parted: where words join what is done one after the other ("then", "after that"), and at "and",
commas and full stops before a verb. Where other words tell an order or a condition ("before", "if"), nothing is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent_planner.skills import SkillLibrary

_VERBS = """
add adjust announce approach arm ask attach blink bring build calibrate call carry change charge check clasp clean
clear close collect come compare cover cruise cut deliver disinfect dock drag draw drive drop dunk dust empty examine
extend fetch fill film find fix flash flip fold follow get give go grab grasp greet grip hand hang have head hold home
honk hop insert inspect jiggle keep lay learn leave let lift light limit listen load lock look lower make map mark
measure mix mount move navigate note open pack park pass patrol pause photograph pick pivot place play please point
position pour power press print pull push put raise reach read record remain remove replace report reset retract
return ride ring rinse roll rotate say scan scrub search see select send set shake show shut slide snap sort sound
speak spin spray stack stamp stand start stay steer stop store stow straighten sweep swing switch take talk tell test
throw tidy tilt toss touch transport travel tune turn twist uncover undock unfold unlock unplug update use vacuum wait
walk warn wash watch water wave weigh wheel wipe write zero
"""
# Verbs that also tell things apart ("the upper and lower drawer"): only before a word that begins a noun phrase.
_AMBIGUOUS = "clean clear close dock dry empty home light lower map mark open position stamp water"
_NOUN_BEGINS = r"(?:the|a|an|it|them|my|your|all|every|both|everything|yourself|that|this|up)\b"
_POLITE = r"(?:(?:please|also|now|just|do not forget to|don't forget to|remember to|make sure to)\b,?\s*)*"
_DONE = (
    r"(?:(?:that|this|it) is done|(?:you are|you're) (?:done|finished)(?: with (?:that|this|it))?"
    r"|you have done (?:that|this|so))"
)
_STRONG = (
    rf"(?:and\s+)?(?:only\s+)?(?:then|after that|after this|afterwards|after which|next(?! to\b)|finally|lastly|"
    rf"last of all|(?:second|third)(?=,)|(?:when|once|as soon as) {_DONE})\b[,:]?\s*"
)
_JOINT = re.compile(
    rf"(?:\s*(?:\.\.\.|[.,;!?])\s*|\s+)(?P<strong>{_STRONG})"
    r"|\s*[.;!]\s+(?:and\s+)?|\s*,\s*(?:and\s+)?|\s+and\s+",
    re.IGNORECASE,
)
# Words that tell an order or a condition of another kind.
_ELSE = re.compile(
    r"\b(?:before|after|unless|until|till|if|while|whenever|when|once|as soon as|as long as|instead|but first)\b",
    re.IGNORECASE,
)
# "Take the cup and put it there", "go and look": one thing to do, in two verbs.
_TAKING = re.compile(r"\b(?:take|get|pick|grab|grasp|fetch|find|lift)\b(?!.*\band\b)", re.IGNORECASE)
_OF_IT = re.compile(r"\w+\s+(?:it|them)\b", re.IGNORECASE)
_GOING = re.compile(r"\b(?:go|come|try)$", re.IGNORECASE)
# What may stand between the beginning and the verb of a sentence that asks.
_ASKED = re.compile(
    r"\b(?:(?:can|could|would|will|want|need) you(?: to| please)?|you (?:should|must|need to|have to)|"
    r"(?:wonder if|sure|forget|remember|try|possible for|says|like|need|able) (?:you could|you )?to)\s+|[,:;.!?]\s*",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:first of all|first|firstly|to begin with)\b,?\s*", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|its|them|they|there|one|ones)\b", re.IGNORECASE)
_STATEMENT = re.compile(r"\b(?:goes|go|belongs|belong)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """``text`` asks for one thing; ``since``: from the part on to which its pronouns go back; "" if it has none."""

    text: str
    since: str = ""


def parts(instruction: str, library: SkillLibrary) -> list[Part]:
    """The parts of an instruction, in their order; one or none where nothing in it is certain to part it."""
    text = _OPENING.sub("", instruction.strip())
    if _ELSE.search(re.sub(_STRONG, " ", text, flags=re.IGNORECASE)):
        return []
    verbs = _verbs(library)
    found: list[Part] = []
    anchor = 0
    for start, end in _spans(text, verbs):
        part = text[start:end].rstrip(" .,;!")
        if found and _PRONOUN.search(part):
            found.append(Part(part, text[anchor:end].rstrip(" .,;!")))
        else:
            anchor = start
            found.append(Part(part))
    return found


def _verbs(library: SkillLibrary) -> re.Pattern[str]:
    """A verb where a clause may begin: of `_VERBS`, or that a skill's name or description begins with."""
    own = {word.lower() for skill in library for word in (skill.name.split("_")[0], skill.description.split()[0])}
    doubtful = _AMBIGUOUS.split()
    plain = sorted({*_VERBS.split(), *(word for word in own if word.isalpha())}.difference(doubtful))
    verb = rf"(?:(?:{'|'.join(plain)})\b|(?:{'|'.join(doubtful)})\s+{_NOUN_BEGINS})"
    return re.compile(rf"{_POLITE}(?!let me\b){verb}", re.IGNORECASE)


def _spans(text: str, verbs: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for joint in _JOINT.finditer(text):
        before, behind = text[start : joint.start()], joint.end()
        one = _GOING.search(before) or _TAKING.search(before) and _OF_IT.match(text, behind)
        begins = _asks(text[behind:], verbs) if joint["strong"] else not one and verbs.match(text, behind)
        if begins and _asks(before, verbs):
            yield start, joint.start()
            start = behind
    yield start, len(text)


def _asks(text: str, verbs: re.Pattern[str]) -> bool:
    """Whether something is to be done by these words; a remark does not ask."""
    if verbs.match(text) or _STATEMENT.search(text):
        return True
    return any(verbs.match(text, found.end()) for found in _ASKED.finditer(text))

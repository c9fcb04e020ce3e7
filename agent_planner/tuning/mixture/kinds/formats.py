# SPDX-License-Identifier: Apache-2.0
"""Instructions that say what form the answer is to have, such that a program could tell whether it has."""

import json
from random import Random

from agent_planner.tuning.mixture.kinds.form import Form, Turns, forms

_SORTS: dict[str, tuple[str, ...]] = {
    "fruits": ("apple", "pear", "plum", "cherry", "grape", "mango", "kiwi", "fig", "peach", "melon"),
    "animals": ("horse", "goat", "owl", "otter", "wolf", "hen", "seal", "mouse", "tiger", "crab"),
    "colours": ("red", "blue", "green", "yellow", "black", "white", "brown", "violet", "grey", "pink"),
    "tools": ("hammer", "saw", "drill", "pliers", "wrench", "chisel", "file", "level", "screwdriver", "clamp"),
    "rooms": ("kitchen", "cellar", "attic", "bedroom", "office", "hall", "bathroom", "garage", "pantry", "porch"),
    "vehicles": ("bus", "tram", "bicycle", "truck", "boat", "train", "scooter", "van", "ferry", "taxi"),
    "instruments": ("flute", "drum", "harp", "violin", "piano", "horn", "guitar", "cello", "trumpet", "oboe"),
    "clothes": ("coat", "hat", "scarf", "shirt", "sock", "glove", "skirt", "belt", "boot", "vest"),
    "trees": ("oak", "birch", "pine", "maple", "willow", "elm", "beech", "cedar", "ash", "larch"),
    "drinks": ("tea", "milk", "juice", "cocoa", "water", "coffee", "lemonade", "cider", "soda", "broth"),
}  # fmt: skip
_FACTS = (
    ("the sky on a clear day", "blue"), ("snow", "white"), ("coal", "black"), ("fresh grass",
     "green"), ("a ripe lemon", "yellow"),
    ("a ripe tomato", "red"), ("an elephant", "grey"), ("chocolate", "brown"), ("milk",
     "white"), ("a ripe strawberry", "red"),
)  # fmt: skip
_OPPOSITES = (
    ("hot", "cold"), ("big", "small"), ("open", "closed"), ("early", "late"), ("heavy", "light"), ("wet",
     "dry"), ("loud", "quiet"),
    ("full", "empty"), ("fast", "slow"), ("clean", "dirty"), ("up", "down"), ("young", "old"), ("soft",
     "hard"), ("left", "right"),
)  # fmt: skip
_SENTENCES = (
    "The lamp stands on the desk.", "We meet at the station.", "Her bicycle is new.", "Rain falls on the roof.",
    "The tea is still warm.",
    "Nobody has seen the key.", "A bird sits in the tree.", "They painted the fence.", "The shop opens at nine.",
    "My brother plays chess.",
)  # fmt: skip
_ABOUT = {
    "rain": ("Rain fills the rivers.", "It makes the streets shine.", "Plants need it."),
    "cats": ("Cats sleep most of the day.", "They hunt at dusk.", "Many people keep one."),
    "bread": ("Bread is baked from flour and water.", "It smells good when it is fresh.",
        "It is eaten almost everywhere."),
    "the moon": ("The moon goes round the earth.", "It takes about a month.", "Its light comes from the sun."),
    "bicycles": ("Bicycles need no fuel.", "They have two wheels.", "Riding one keeps you fit."),
    "trains": ("Trains run on rails.", "They carry many people at once.", "Some are very fast."),
}  # fmt: skip


def _items(rng: Random, count: int) -> tuple[str, list[str]]:
    sort = rng.choice(list(_SORTS))
    return sort, rng.sample(_SORTS[sort], count)


def _list_of(rng: Random, wording: str) -> Turns:
    numbers = {3: "three", 4: "four", 5: "five"}
    count = rng.choice(list(numbers))
    sort, items = _items(rng, count)
    marks = {"#": "{n}. {i}", "-": "- {i}", "|": "{i}"}
    shown, _, mark = wording.rpartition(" @")
    lines = [marks[mark].format(n=n, i=item) for n, item in enumerate(items, 1)]
    return shown.format(n=numbers[count], s=sort), "\n".join(lines)


def _in_a_row(rng: Random, wording: str) -> Turns:
    count = rng.randint(3, 5)
    sort, items = _items(rng, count)
    shown, _, joint = wording.rpartition(" @")
    return shown.format(n=count, s=sort), {"comma": ", ", "semicolon": "; ", "slash": "/"}[joint].join(items)


def _one_word(rng: Random, wording: str) -> Turns:
    thing, color = rng.choice(_FACTS)
    return wording.format(t=thing), color


def _opposite(rng: Random, wording: str) -> Turns:
    word, other = rng.choice(_OPPOSITES)
    word, other = (word, other) if rng.random() < 0.5 else (other, word)
    return wording.format(w=word), other


def _capitals(rng: Random, wording: str) -> Turns:
    text = rng.choice(_SENTENCES)
    return wording.format(s=text), text.upper()


def _small(rng: Random, wording: str) -> Turns:
    text = rng.choice(_SENTENCES)
    return wording.format(s=text), text.lower()


def _sorted(rng: Random, wording: str) -> Turns:
    _, items = _items(rng, rng.randint(3, 6))
    return wording.format(s=", ".join(items)), ", ".join(sorted(items))


def _reversed(rng: Random, wording: str) -> Turns:
    _, items = _items(rng, rng.randint(3, 6))
    return wording.format(s=", ".join(items)), ", ".join(items[::-1])


def _longest(rng: Random, wording: str) -> Turns | None:
    _, items = _items(rng, 4)
    lengths = sorted(map(len, items))
    return (wording.format(s=", ".join(items)), max(items, key=len)) if lengths[-1] > lengths[-2] else None


def _sentences(rng: Random, wording: str) -> Turns:
    topic = rng.choice(list(_ABOUT))
    count = rng.randint(1, 3)
    number = ("one sentence", "two sentences", "three sentences")[count - 1]
    return wording.format(n=number, t=topic), " ".join(_ABOUT[topic][:count])


def _yes_no(rng: Random, wording: str) -> Turns:
    sort, (item,) = _items(rng, 1)
    asked = sort if rng.random() < 0.5 else rng.choice([name for name in _SORTS if name != sort])
    return wording.format(i=item, s=asked), "yes" if asked == sort else "no"


def _odd_one_out(rng: Random, wording: str) -> Turns:
    (one, two), place = rng.sample(list(_SORTS), 2), rng.randrange(4)
    items = rng.sample(_SORTS[one], 3)
    odd = rng.choice(_SORTS[two])
    items.insert(place, odd)
    return wording.format(s=", ".join(items)), odd


def _as_json(rng: Random, wording: str) -> Turns:
    sort, (item,) = _items(rng, 1)
    number = rng.randint(1, 99)
    data = {"name": item, "sort": sort, "count": number}
    return wording.format(i=item, s=sort, n=number), json.dumps(data)


def _said_again(rng: Random, wording: str) -> Turns:
    word = rng.choice(_SORTS[rng.choice(list(_SORTS))])
    count = rng.randint(2, 5)
    return wording.format(w=word, n=count), " ".join([word] * count)


def _exactly(rng: Random, wording: str) -> Turns:
    text = rng.choice(_SENTENCES)
    return wording.format(s=text), text


def _letter(rng: Random, wording: str) -> Turns:
    sort, (item,) = _items(rng, 1)
    fitting = sorted(word for word in _SORTS[sort] if word[0] == item[0])
    return wording.format(s=sort, c=item[0]), fitting[0]


def _length(rng: Random, wording: str) -> Turns:
    _, (item,) = _items(rng, 1)
    return wording.format(w=item), str(len(item))


# What stands behind @ is for the program: how the answer is set.
FORMS: tuple[Form, ...] = (
    *forms(
        (
            "Name {n} {s}, one a line, numbered. @#",
            "Write a numbered list of {n} {s}. @#",
            "{n} {s} please, as 1., 2. and so on. @#",
            "Give me {n} {s} as a list with dashes. @-",
            "List {n} {s}, each line begins with a dash. @-",
            "I want {n} {s} as bullet points. @-",
            "{n} {s}, each on its own line and nothing else. @|",
            "Write {n} {s} below one another, without numbers. @|",
        ),
        _list_of,
    ),
    *forms(
        (
            "Name {n} {s}, separated by commas. @comma",
            "{n} {s} in one line, commas between them. @comma",
            "Give {n} {s} with semicolons between them. @semicolon",
            "Write {n} {s} in a row, divided by slashes, no spaces. @slash",
        ),
        _in_a_row,
    ),
    *forms(
        (
            "What colour has {t}? Answer with one word.",
            "In a single word: the colour of {t}?",
            "Colour of {t}, one word in small letters, no full stop.",
        ),
        _one_word,
    ),
    *forms(
        (
            "The opposite of {w}, in one word?",
            "Say only the opposite of '{w}'.",
            "Which one word means the contrary of {w}?",
        ),
        _opposite,
    ),
    *forms(
        (
            "Write in capital letters: {s}",
            "Repeat in upper case only. {s}",
            "SHOUT THIS SENTENCE: {s}",
            "Put every letter of this into capitals: {s}",
        ),
        _capitals,
    ),
    *forms(
        ("Write in small letters: {s}", "The same without any capital letter: {s}", "Lower case, please: {s}"), _small
    ),
    *forms(
        (
            "Put in alphabetical order: {s}",
            "Sort these from A to Z, with commas: {s}",
            "In the order of a dictionary: {s}",
        ),
        _sorted,
    ),
    *forms(("Turn the order round: {s}", "Write this list backwards, last item first: {s}", "Reverse: {s}"), _reversed),
    *forms(
        ("Which of these words is the longest: {s}? Only the word.", "The longest word of {s}, nothing else."), _longest
    ),
    *forms(("Write {n} about {t}.", "Tell me about {t} in exactly {n}.", "{t}: {n}, no more."), _sentences),
    *forms(
        (
            "Does '{i}' belong to {s}? Answer yes or no.",
            "{i}: one of the {s}? Only yes or no.",
            "Yes or no: '{i}' is among the {s}.",
        ),
        _yes_no,
    ),
    *forms(("Which does not fit: {s}? One word.", "Name only the odd one out: {s}"), _odd_one_out),
    *forms(
        (
            "Answer with a JSON object with name, sort and count: {n} times {i}, of the {s}.",
            "As JSON (name, sort, count): {i}, {s}, {n}.",
            "Make a JSON object. name is {i}, sort is {s}, count is the number {n}.",
        ),
        _as_json,
    ),
    *forms(
        (
            "Say '{w}' {n} times and nothing else.",
            "Write the word {w} exactly {n} times, with spaces.",
            "Repeat: {w}. {n} times.",
        ),
        _said_again,
    ),
    *forms(
        ("Repeat word for word: {s}", "Answer with exactly this sentence. {s}", "Copy this without a change: {s}"),
        _exactly,
    ),
    *forms(
        (
            "Of the {s}, name one that begins with '{c}'. Only the word.",
            "From the sort '{s}' give me one with {c} as its first letter. One word.",
        ),
        _letter,
    ),
    *forms(("How many letters has '{w}'? Only the number.", "Count the letters of {w}; answer in digits."), _length),
)

# SPDX-License-Identifier: Apache-2.0
"""Templates of general instructions: form, length, letters, arithmetic, JSON, reading. Each checks its answers."""

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple


class Drawn(NamedTuple):
    """What a template makes of random values.

    ``truth`` says in words what ``passes`` looks for in an answer; ``system`` is said before the instruction.
    """

    instruction: str
    truth: str
    passes: Callable[[str], bool]
    system: str = ""


Template = Callable[[Random], Drawn]

_TOPICS = (
    "the sea", "a train journey", "winter", "a market", "bread", "an old house", "music", "a garden", "rain",
    "the moon", "a bicycle", "a library", "coffee", "a bridge", "friendship", "a lighthouse", "autumn leaves",
    "a long walk",
)  # fmt: skip
_PEOPLE = ("Amir", "Bea", "Chen", "Dora", "Emil", "Fatou", "Goran", "Hana", "Ines", "Jonas", "Kira", "Liam")
_TOWNS = ("Porto", "Lyon", "Graz", "Oslo", "Turin", "Ghent", "Cork", "Brno", "Malmo", "Split")
_GOODS = ("apples", "pears", "lamps", "chairs", "books", "shirts", "mugs", "candles", "bottles", "pencils")
_COLORS = ("red", "green", "blue", "yellow", "black", "white", "brown", "orange")
_FRUIT = ("apple", "banana", "cherry", "grape", "lemon", "mango", "peach", "plum")
MEETINGS = ("dentist", "team meeting", "lunch", "piano lesson", "interview", "book club")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


# --- format


def _numbered(rng: Random) -> Drawn:
    count = rng.randint(3, 6)
    text = f"Write a numbered list of exactly {count} words that have to do with {rng.choice(_TOPICS)}."
    wanted = [*range(1, count + 1)]
    return Drawn(text, f"lines that begin with 1. to {count}.", lambda said: _numbers(said) == wanted)


def _numbers(said: str) -> list[int]:
    return [int(found) for found in re.findall(r"^\s*(\d+)[.)]\s+\S", said, re.MULTILINE)]


def _bullets(rng: Random) -> Drawn:
    count = rng.randint(2, 5)
    text = f"Name {count} things about {rng.choice(_TOPICS)}. Begin each line with a hyphen, and write nothing else."
    return Drawn(text, f"{count} lines, each with a hyphen", lambda said: _all_lines(said, count, "-"))


def _all_lines(said: str, count: int, beginning: str) -> bool:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return len(lines) == count and all(line.startswith(beginning) for line in lines)


def _ends_with(rng: Random) -> Drawn:
    ending = rng.choice(("That is all.", "The end.", "Any questions?", "Good night!"))
    text = f'Write a sentence about {rng.choice(_TOPICS)}, and end your answer with "{ending}"'
    return Drawn(text, f"ends with {ending}", lambda said: said.strip().endswith(ending) and said.strip() != ending)


def _in_brackets(rng: Random) -> Drawn:
    word = rng.choice(_COLORS + _FRUIT)
    text = f"Answer with the word {word} in square brackets and nothing else."
    return Drawn(text, f"[{word}]", lambda said: said.strip() == f"[{word}]")


def _separated(rng: Random) -> Drawn:
    words = rng.sample(_FRUIT, 3)
    text = f"Write the words {', '.join(words)} in this order, with a semicolon between them and nothing else."
    wanted = ";".join(words)
    return Drawn(text, wanted, lambda said: re.sub(r"\s*;\s*", ";", said.strip().rstrip(".")) == wanted)


def _one_of(rng: Random) -> Drawn:
    word = rng.choice(_COLORS + _GOODS)
    text = f"Is the word {word} the name of a colour? Answer with yes or no, in one word."
    truth = "yes" if word in _COLORS else "no"
    return Drawn(text, truth, lambda said: _bare(said) == truth)


# --- how many words


def _words(said: str) -> int:
    return len(said.split())


def _exactly(rng: Random) -> Drawn:
    count = rng.randint(3, 8)
    text = f"Write exactly {count} words about {rng.choice(_TOPICS)}."
    return Drawn(text, f"{count} words", lambda said: _words(said) == count)


def _at_most(rng: Random) -> Drawn:
    count = rng.randint(10, 20)
    text = f"Describe {rng.choice(_TOPICS)} in at most {count} words."
    return Drawn(text, f"1 to {count} words", lambda said: 1 <= _words(said) <= count)


def _at_least(rng: Random) -> Drawn:
    count = rng.randint(25, 40)
    text = f"Write at least {count} words about {rng.choice(_TOPICS)}."
    return Drawn(text, f"{count} words or more", lambda said: _words(said) >= count)


def _single_word(rng: Random) -> Drawn:
    topic = rng.choice(_TOPICS)
    return Drawn(f"Say in a single word what you think of {topic}.", "1 word", lambda said: _words(said) == 1)


# --- letters


def _capitals(rng: Random) -> Drawn:
    text = f"Write a sentence about {rng.choice(_TOPICS)} in capital letters only."
    return Drawn(text, "no small letters", str.isupper)


def _small(rng: Random) -> Drawn:
    text = f"Write a sentence about {rng.choice(_TOPICS)} without any capital letters."
    return Drawn(text, "no capital letters", str.islower)


def _word_in_capitals(rng: Random) -> Drawn:
    word = rng.choice(_FRUIT + _COLORS)
    text = f"Write the word {word} in capital letters, and nothing else."
    return Drawn(text, word.upper(), lambda said: said.strip().rstrip(".") == word.upper())


def _without_commas(rng: Random) -> Drawn:
    text = f"Write two sentences about {rng.choice(_TOPICS)} without using any comma."
    return Drawn(text, "no comma", lambda said: "," not in said and _words(said) >= 4)


# --- arithmetic


def _last_number(said: str) -> str:
    found = re.findall(r"-?\d[\d,]*(?:\.\d+)?", said)
    return found[-1].replace(",", "") if found else ""


def _number(instruction: str, value: int) -> Drawn:
    return Drawn(instruction, str(value), lambda said: _last_number(said) == str(value))


def _sum(rng: Random) -> Drawn:
    a, b = rng.randint(11, 99), rng.randint(11, 99)
    return _number(f"What is {a} + {b}? Answer with the number.", a + b)


def _difference(rng: Random) -> Drawn:
    a, b = sorted((rng.randint(10, 99), rng.randint(10, 99)), reverse=True)
    return _number(f"Compute {a} - {b} and give only the result.", a - b)


def _product(rng: Random) -> Drawn:
    a, b = rng.randint(3, 12), rng.randint(3, 12)
    return _number(f"What is {a} times {b}? Answer with the number.", a * b)


def _story(rng: Random) -> Drawn:
    (first, second), goods = rng.sample(_PEOPLE, 2), rng.choice(_GOODS)
    a, b = rng.randint(5, 30), rng.randint(2, 20)
    text = f"{first} has {a} {goods} and {second} gives {first} {b} more. How many {goods} has {first} now?"
    return _number(f"{text} Answer with the number.", a + b)


# --- JSON


def _object(said: str) -> dict:
    text = re.sub(r"^```(?:json)?\s*|\s*```$", "", said.strip())
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _json(instruction: str, wanted: dict[str, object]) -> Drawn:
    return Drawn(instruction, json.dumps(wanted), lambda said: _object(said) == wanted)


def _person(rng: Random) -> Drawn:
    name, town = rng.choice(_PEOPLE), rng.choice(_TOWNS)
    text = f'{name} lives in {town}. Write this as a JSON object with the keys "name" and "town", and nothing else.'
    return _json(text, {"name": name, "town": town})


def _goods(rng: Random) -> Drawn:
    goods, count = rng.choice(_GOODS), rng.randint(2, 60)
    text = f'Return only a JSON object with "item": "{goods}" and "count": {count}.'
    return _json(text, {"item": goods, "count": count})


def _keys(rng: Random) -> Drawn:
    keys = rng.sample(("title", "author", "year", "pages", "language"), 3)
    text = f"Describe a book as a JSON object with exactly the keys {', '.join(keys)}. Write nothing else."
    return Drawn(text, f"an object with {', '.join(keys)}", lambda said: set(_object(said)) == set(keys))


def _flags(rng: Random) -> Drawn:
    on, off = rng.sample(_COLORS, 2)
    text = f'The {on} lamp is on, the {off} lamp is off. Answer with JSON only, e.g. {{"{on}": false, "{off}": false}}.'
    return _json(text, {on: True, off: False})


# --- reading


def _bare(said: str) -> str:
    return re.sub(r"[^\w\s]", "", said).strip().lower()


def _contains(instruction: str, wanted: str, others: Sequence[str]) -> Drawn:
    def passes(said: str) -> bool:
        words = _bare(said).split()
        return wanted.lower() in words and not any(other.lower() in words for other in others)

    return Drawn(instruction, f"{wanted}, and none of {', '.join(others)}", passes)


def _who(rng: Random) -> Drawn:
    people, towns = rng.sample(_PEOPLE, 3), rng.sample(_TOWNS, 3)
    told = " ".join(f"{person} lives in {town}." for person, town in zip(people, towns, strict=True))
    at = rng.randrange(3)
    rest = [person for person in people if person != people[at]]
    return _contains(f"{told} Who lives in {towns[at]}? Answer with the name.", people[at], rest)


def _which_color(rng: Random) -> Drawn:
    goods, colors = rng.sample(_GOODS, 3), rng.sample(_COLORS, 3)
    told = ", ".join(f"the {thing} are {color}" for thing, color in zip(goods, colors, strict=True))
    at = rng.randrange(3)
    rest = [color for color in colors if color != colors[at]]
    return _contains(f"In a shop {told}. What colour are the {goods[at]}?", colors[at], rest)


def _older(rng: Random) -> Drawn:
    first, second = rng.sample(_PEOPLE, 2)
    a, b = rng.sample(range(20, 80), 2)
    old, young = (first, second) if a > b else (second, first)
    return _contains(f"{first} is {a} years old and {second} is {b}. Who is older? Answer with the name.", old, [young])


def _day(rng: Random) -> Drawn:
    (what, other), (day, second) = rng.sample(MEETINGS, 2), rng.sample(DAYS, 2)
    text = f"The {what} is on {day.title()} and the {other} on {second.title()}. On which day is the {what}?"
    return _contains(text, day, [second])


TEXTS: dict[str, tuple[Template, ...]] = {
    "format": (_numbered, _bullets, _ends_with, _in_brackets, _separated, _one_of),
    "words": (_exactly, _at_most, _at_least, _single_word),
    "letters": (_capitals, _small, _word_in_capitals, _without_commas),
    "arithmetic": (_sum, _difference, _product, _story),
    "json": (_person, _goods, _keys, _flags),
    "reading": (_who, _which_color, _older, _day),
}

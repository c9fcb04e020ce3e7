# SPDX-License-Identifier: Apache-2.0
"""Arithmetic in digits and in words; every answer is computed."""

from collections.abc import Callable
from random import Random

from agent_planner.tuning.mixture.kinds.form import Form, Turns, forms

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_PEOPLE = ("Ada", "Ben", "Chen", "Dalia", "Emil", "Fatima", "Goran", "Hana", "Ivo", "Jana", "Kofi", "Lena")
_THINGS = ("apples", "pens", "stamps", "eggs", "screws", "books", "tickets", "coins", "shells", "cards", "tiles")


def in_words(number: int) -> str:
    """Spell a number from 0 to 9,999, e.g. ``three hundred and five``."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    unit, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    high, low = divmod(number, unit)
    rest = "" if not low else f" {in_words(low)}" if low >= 100 else f" and {in_words(low)}"
    return f"{_ONES[high]} {name}{rest}"


def _number(text: str, result: int) -> str:
    """The result in the form of the question: in words if that has no digits."""
    return str(result) if any(c.isdigit() for c in text) else in_words(result)


def _plain(compute: Callable[[int, int], tuple[str, int]], top: int) -> Callable[[Random, str], Turns]:
    """Questions whose answer is a number, with or without the working, in digits or in words."""

    def make(rng: Random, wording: str) -> Turns:
        a, b = rng.randint(2, top), rng.randint(2, top)
        working, result = compute(a, b)
        left, right = _operands(working)
        if rng.random() < 0.3:
            question = wording.format(a=in_words(left), b=in_words(right))
            return question, f"{_number(question, result).capitalize()}."
        question = wording.format(a=left, b=right)
        return question, rng.choice((f"{result}", f"{result}.", f"{working} = {result}", f"{working} = {result}."))

    return make


def _operands(working: str) -> tuple[int, int]:
    left, _, right = working.split()
    return int(left), int(right)


def _sum(a: int, b: int) -> tuple[str, int]:
    return f"{a} + {b}", a + b


def _difference(a: int, b: int) -> tuple[str, int]:
    high, low = max(a, b), min(a, b)
    return f"{high} - {low}", high - low


def _product(a: int, b: int) -> tuple[str, int]:
    return f"{a} * {b}", a * b


def _quotient(a: int, b: int) -> tuple[str, int]:
    return f"{a * b} / {b}", a


def _bought(rng: Random, wording: str) -> Turns:
    name, things, n, price = rng.choice(_PEOPLE), rng.choice(_THINGS), rng.randint(2, 12), rng.randint(2, 9)
    question = wording.format(name=name, things=things, n=n, p=price)
    return question, f"{n} * {price} = {n * price}, so {name} pays {n * price} euros."


def _left(rng: Random, wording: str) -> Turns:
    name, things, n = rng.choice(_PEOPLE), rng.choice(_THINGS), rng.randint(5, 60)
    gone = rng.randint(1, n - 1)
    return wording.format(name=name, things=things, n=n, k=gone), f"{n} - {gone} = {n - gone}, so {n - gone} are left."


def _shared(rng: Random, wording: str) -> Turns:
    things, each, people = rng.choice(_THINGS), rng.randint(2, 12), rng.randint(2, 9)
    question = wording.format(things=things, n=each * people, k=people)
    return question, f"{each * people} / {people} = {each}, so everybody gets {each}."


def _both(rng: Random, wording: str) -> Turns:
    (one, two), things = rng.sample(_PEOPLE, 2), rng.choice(_THINGS)
    a, b = rng.randint(2, 50), rng.randint(2, 50)
    question = wording.format(one=one, two=two, things=things, a=a, b=b)
    return question, f"{a} + {b} = {a + b}, so together they have {a + b} {things}."


def _distance(rng: Random, wording: str) -> Turns:
    speed, hours = rng.randint(2, 90), rng.randint(2, 9)
    return wording.format(v=speed, t=hours), f"{speed} * {hours} = {speed * hours}, so it is {speed * hours} km."


def _larger(rng: Random, wording: str) -> Turns:
    a, b = rng.sample(range(2, 1000), 2)
    say = in_words if rng.random() < 0.3 else str
    return wording.format(a=say(a), b=say(b)), f"{say(max(a, b)).capitalize()}."


def _sequence(rng: Random, wording: str) -> Turns:
    start, step = rng.randint(1, 30), rng.randint(2, 12)
    row = [start + step * place for place in range(5)]
    return wording.format(s=", ".join(map(str, row[:4]))), rng.choice((f"{row[4]}", f"{row[4]}, each is {step} more."))


def _percent(rng: Random, wording: str) -> Turns:
    share, whole = rng.choice((5, 10, 20, 25, 50, 75)), 20 * rng.randint(1, 30)
    return wording.format(p=share, n=whole), f"{share * whole // 100}"


def _mean(rng: Random, wording: str) -> Turns:
    middle, spread = rng.randint(10, 60), rng.randint(1, 9)
    numbers = [middle - spread, middle, middle + spread]
    rng.shuffle(numbers)
    a, b, c = numbers
    return wording.format(a=a, b=b, c=c), f"({a} + {b} + {c}) / 3 = {middle}"


def _remainder(rng: Random, wording: str) -> Turns:
    n, k = rng.randint(10, 99), rng.randint(3, 9)
    return wording.format(n=n, k=k), f"{n % k}, since {n // k} * {k} + {n % k} = {n}."


def _clock(rng: Random, wording: str) -> Turns:
    now, more = rng.randrange(0, 1440, 5), rng.randrange(5, 180, 5)
    then = (now + more) % 1440
    return wording.format(now=f"{now // 60}:{now % 60:02}", m=more), f"{then // 60}:{then % 60:02}."


def _units(rng: Random, wording: str) -> Turns:
    n = rng.randint(2, 40)
    large, small, factor = rng.choice(
        (
            ("metres", "centimetres", 100),
            ("kilometres", "metres", 1000),
            ("hours", "minutes", 60),
            ("minutes", "seconds", 60),
            ("kilograms", "grams", 1000),
            ("weeks", "days", 7),
            ("dozens", "pieces", 12),
        )
    )
    return wording.format(n=n, large=large, small=small), f"{n} {large} are {n * factor} {small}."


FORMS: tuple[Form, ...] = (
    *forms(
        (
            "what is {a} plus {b}?",
            "{a} + {b} =",
            "Add {a} and {b}.",
            "What do {a} and {b} make together?",
            "{a} and {b} is how much?",
            "Compute the sum of {a} and {b}.",
        ),
        _plain(_sum, 400),
    ),
    *forms(
        (
            "what is {a} minus {b}?",
            "{a} - {b} =",
            "Take {b} away from {a}.",
            "By how much is {a} more than {b}?",
            "What remains of {a} without {b}?",
            "Find the difference between {a} and {b}.",
        ),
        _plain(_difference, 400),
    ),
    *forms(
        (
            "what is {a} times {b}?",
            "{a} * {b} =",
            "Multiply {a} by {b}.",
            "What do you get for {a} lots of {b}?",
            "Give me the product of {a} and {b}.",
            "how much is {a} x {b}",
        ),
        _plain(_product, 30),
    ),
    *forms(
        (
            "what is {a} divided by {b}?",
            "{a} / {b} =",
            "Divide {a} by {b}.",
            "How often does {b} go into {a}?",
            "Into {b} equal parts {a} is cut. How large is one?",
        ),
        _plain(_quotient, 20),
    ),
    *forms(
        (
            "{name} buys {n} {things} at {p} euros each. How much is that?",
            "One costs {p} euros, {name} takes {n} {things}. What is to be paid?",
            "At {p} euros apiece, what do {n} {things} cost {name}?",
        ),
        _bought,
    ),
    *forms(
        (
            "{name} had {n} {things} and gave away {k}. How many are left?",
            "Of {n} {things}, {name} lost {k}. What is left?",
            "There were {n} {things}. {name} took {k} of them. How many remain?",
        ),
        _left,
    ),
    *forms(
        (
            "{n} {things} are shared fairly by {k} people. How many does each get?",
            "{k} children divide {n} {things} equally. What does each have?",
            "How many of {n} {things} does each of {k} friends get?",
        ),
        _shared,
    ),
    *forms(
        (
            "{one} has {a} {things} and {two} has {b}. How many together?",
            "{one} found {a} {things}, {two} found {b}. How many is that in all?",
            "Put {one}'s {a} {things} and {two}'s {b} in one box. How many are in it?",
        ),
        _both,
    ),
    *forms(
        (
            "A train goes {v} km an hour for {t} hours. How far is that?",
            "How far do you get in {t} hours at {v} km/h?",
            "A boat makes {v} km each hour. Which distance after {t} hours?",
        ),
        _distance,
    ),
    *forms(
        (
            "Which is larger, {a} or {b}?",
            "{a} or {b}: which number is greater?",
            "Tell me the bigger one of {a} and {b}.",
        ),
        _larger,
    ),
    *forms(
        ("What comes next: {s}?", "Continue the row {s} by one number.", "{s}, and then?"),
        _sequence,
    ),
    *forms(
        ("What is {p} percent of {n}?", "{p}% of {n}?", "How much is a share of {p} percent in {n}?"),
        _percent,
    ),
    *forms(
        (
            "What is the average of {a}, {b} and {c}?",
            "Give the mean of {a}, {b}, {c}.",
            "I measured {a}, {b} and {c}. What is the mean?",
        ),
        _mean,
    ),
    *forms(
        ("What is the remainder of {n} divided by {k}?", "{n} mod {k}?", "Divide {n} by {k}: what is left over?"),
        _remainder,
    ),
    *forms(
        (
            "It is {now}. What time is it in {m} minutes?",
            "A cake goes in at {now} and bakes {m} minutes. When is it done?",
            "The film begins at {now} and lasts {m} minutes. When does it end?",
        ),
        _clock,
    ),
    *forms(
        ("How many {small} are {n} {large}?", "Convert {n} {large} to {small}.", "{n} {large} in {small}?"),
        _units,
    ),
)

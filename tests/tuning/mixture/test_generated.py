# SPDX-License-Identifier: Apache-2.0
"""Conversations made by programs: their answers are right, and no form is in two splits."""

import json
import re
from random import Random

import pytest

from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import UserError
from agent_planner.tuning.mixture import generated
from agent_planner.tuning.mixture.generated import KINDS, forms_of, generate
from agent_planner.tuning.mixture.kinds import arithmetic, formats, scene_questions, tool_calls
from agent_planner.tuning.mixture.kinds.form import Form
from agent_planner.tuning.mixture.names import Split


def drawn(form, count=30):
    turns = (form.make(Random(seed)) for seed in range(count * 4))
    return [t for t in turns if t][:count]


def test_the_same_seed_gives_the_same_set_and_another_one_another():
    first, again, other = ([r.plain() for r in generate(150, seed, Split.TRAIN)] for seed in (1, 1, 2))
    assert first == again != other
    assert len({json.dumps(r["conversations"]) for r in first}) == 150
    assert {r["family"] for r in first} == set(KINDS)


def test_every_form_is_in_one_split_and_every_split_has_some_of_each_kind():
    splits = [forms_of(split) for split in Split]
    for kind, forms in KINDS.items():
        found = [form.wording for of in splits for form in of[kind]]
        assert sorted(found) == sorted({form.wording for form in forms})
        assert all(len(of[kind]) >= 4 for of in splits)
        assert len(forms) >= 30


@pytest.mark.parametrize("kind", KINDS)
def test_person_and_robot_speak_by_turns_and_no_slot_is_left(kind):
    for form in KINDS[kind]:
        for turns in drawn(form, 5):
            assert len(turns) % 2 == 0
            assert all(turn.strip() == turn != "" for turn in turns)
            assert not re.search(r"\{[a-z]*\}|@", " ".join(turns).replace("{}", ""))


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "zero"), (13, "thirteen"), (40, "forty"), (85, "eighty-five"), (300, "three hundred")]
    + [(305, "three hundred and five"), (1000, "one thousand"), (2417, "two thousand four hundred and seventeen")],
)
def test_numbers_in_words(number, said):
    assert arithmetic.in_words(number) == said


def test_sums_in_digits_are_right():
    checked = 0
    for form in arithmetic.FORMS:
        for asked, answer in drawn(form):
            for left, right in re.findall(r"([-+*/() \d]*\d) = (\d+)", answer):
                assert eval(left) == int(right), (asked, answer)
                checked += 1
    assert checked > 300


def test_sums_in_words_are_right():
    form = next(f for f in arithmetic.FORMS if f.wording == "what is {a} times {b}?")
    number = {arithmetic.in_words(n): n for n in range(901)}
    spelled = [re.fullmatch(r"what is (\D+) times (\D+)\?", asked) for asked, _ in drawn(form)]
    assert any(spelled)
    for match, (_, answer) in zip(spelled, drawn(form), strict=True):
        if match:
            assert number[match[1]] * number[match[2]] == number[answer[0].lower() + answer[1:-1]]


def test_a_scene_tells_the_answer():
    where = next(f for f in scene_questions.FORMS if f.wording == "Where is the {o}?")
    how_many = next(f for f in scene_questions.FORMS if f.wording == "How many things are on or in the {t}?")
    for asked, answer in drawn(where):
        name = re.search(r"Where is the (.*)\?", asked)[1]
        place = re.search(r"(in|on) the (.*)\.$", answer, re.IGNORECASE)
        assert re.search(rf"^{name}:.*\b{place[1].lower()} {place[2]}\b", asked, re.MULTILINE)
    for asked, answer in drawn(how_many):
        name = re.search(r"on or in the (.*)\?", asked)[1]
        lines = [line for line in asked.splitlines() if re.search(rf"(, |: )(on|in) {name},", line)]
        assert scene_questions.counted(len(lines), "thing") in answer


def one(kind, wording):
    return drawn(next(form for form in kind.FORMS if form.wording == wording))


def test_answers_have_the_form_that_was_asked_for():
    numbers = {"three": 3, "four": 4, "five": 5}
    for asked, answer in one(formats, "Write a numbered list of {n} {s}. @#"):
        count = next(number for word, number in numbers.items() if word in asked.split())
        assert [line.partition(".")[0] for line in answer.splitlines()] == [str(n + 1) for n in range(count)]
    for _, answer in one(formats, "Write in capital letters: {s}"):
        assert answer == answer.upper()
    for asked, answer in one(formats, "Sort these from A to Z, with commas: {s}"):
        assert answer.split(", ") == sorted(asked.partition(": ")[2].split(", "))
    for asked, answer in one(formats, "As JSON (name, sort, count): {i}, {s}, {n}."):
        data = json.loads(answer)
        assert f"{data['name']}, {data['sort']}, {data['count']}" in asked
    for asked, answer in one(formats, "Say '{w}' {n} times and nothing else."):
        word, times = re.fullmatch(r"Say '(.*)' (\d) times and nothing else\.", asked).groups()
        assert answer.split() == [word] * int(times)


def test_calls_name_a_tool_that_is_offered_with_all_its_arguments():
    for form in tool_calls.FORMS:
        for turns in drawn(form, 8):
            if "tool" in turns[1]:  # there is none that fits
                continue
            _, call = parse_turn(turns[1])
            offered = re.search(rf"^{call.skill}\((.*)\):", turns[0], re.MULTILINE)
            assert offered[1] == ", ".join(call.args)


def test_more_than_there_are_is_told(monkeypatch):
    three = Form("say a digit", lambda rng: ("say a digit", str(rng.randrange(3))))
    monkeypatch.setattr(generated, "forms_of", lambda split: {"digits": (three,)})
    monkeypatch.setattr(generated, "_WEIGHTS", {"digits": 1})
    assert len(list(generate(3, 0, Split.TEST))) == 3
    with pytest.raises(UserError, match="hardly more than 3 different conversations of split test"):
        list(generate(4, 0, Split.TEST))

# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.errors import UserError
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.tuning.panel.general_tasks import answers, item, templates
from agent_planner.tuning.panel.general_texts import TEXTS
from agent_planner.tuning.panel.general_tools import TOOLS

# A good answer to an item, from its truth; where a template is not named, the truth itself. And bad answers.
GOOD = {
    "_bullets": lambda truth: "\n".join(f"- point {i}" for i in range(int(truth[0]))),
    "_numbered": lambda truth: "\n".join(f"{i}. word" for i in range(1, int(truth[-2]) + 1)),
    "_ends_with": lambda truth: f"It is as it is. {truth.removeprefix('ends with ')}",
    "_exactly": lambda truth: " ".join(["word"] * int(truth.split()[0])),
    "_at_least": lambda truth: " ".join(["word"] * int(truth.split()[0])),
    "_at_most": lambda truth: "few words",
    "_single_word": lambda truth: "Lovely.",
    "_small": lambda truth: "it is small.",
    "_capitals": lambda truth: "IT IS LARGE.",
    "_without_commas": lambda truth: "It is here. It stays here.",
    "_keys": lambda truth: (
        "{" + ", ".join(f'"{k}": 1' for k in truth.removeprefix("an object with ").split(", ")) + "}"
    ),
    "_older": lambda truth: f"{truth.split(',')[0]} is.",
    "_who": lambda truth: truth.split(",")[0],
    "_which_color": lambda truth: f"They are {truth.split(',')[0]}.",
    "_day": lambda truth: f"On {truth.split(',')[0].title()}.",
}
BAD = ("", "I cannot do that, nor will I; ask me SOMETHING else!", '{"a": 1}', "-7", "Word " * 60)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_a_good_answer_passes_and_bad_ones_do_not(split):
    known = templates(split)
    for number in range(3 * len(known)):
        asked, name = item(split, number), known[number % len(known)][1].__name__
        good = GOOD.get(name, lambda truth: truth)(asked.drawn.truth)
        assert asked.drawn.passes(good), (name, asked.drawn.instruction, good)
        failed = [bad for bad in BAD if not asked.drawn.passes(bad)]
        # For "at most 15 words" only the first and the last are wrong.
        assert "" in failed and len(failed) >= 2, (name, failed)


def test_items_are_distinct_and_the_same_for_ever():
    for split in ("dev", "test"):
        items = [item(split, number) for number in range(200)]
        assert len({i.drawn.instruction for i in items}) == 200
        assert {i.kind for i in items} == set(TEXTS | TOOLS)
        assert item(split, 137).messages == items[137].messages
    assert item("dev", 3).drawn.instruction == "What is 98 + 69? Answer with the number."


def test_the_splits_share_no_template_and_every_template_is_used():
    dev, test = ({template for _, template in templates(split)} for split in ("dev", "test"))
    assert not dev & test
    assert dev | test == {template for made in (TEXTS | TOOLS).values() for template in made}


def test_there_is_an_end_to_what_a_template_makes():
    with pytest.raises(UserError, match="take fewer --seeds"):
        item("dev", 100_000)


def test_tool_calls_show_the_tools_and_are_read_in_our_form():
    number = next(n for n in range(20) if item("dev", n).kind == "calendar")
    asked = item("dev", number)
    assert [m.role for m in asked.messages] == ["system", "user"] and "show_week(week)" in asked.messages[0].content
    assert asked.drawn.passes(f"I look it up.\n{asked.drawn.truth}")
    assert not asked.drawn.passes(asked.drawn.truth.replace("=", "=1"))


def test_every_item_is_answered_once_in_batches():
    model = ScriptedModel(lambda request: request.conversation_id)
    items = [item("test", number) for number in range(7)]
    assert [(i.number, said) for i, said in answers(model, items, 3)] == [(n, f"general/{n}") for n in range(7)]
    assert all(request.grammar is None for request in model.heard)

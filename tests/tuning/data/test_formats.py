# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.data.formats import (
    WRITERS,
    check_answers,
    schema_of,
    to_openai,
    to_record,
    to_sharegpt,
    with_system,
)
from agent_planner.tuning.data.records import Record, UnusableRecord, human, said
from agent_planner.tuning.data.schema import Schema

EPISODE = Record(
    id="e1",
    conversations=(
        human("You call the skills of a robot."),
        human("Scene: cup: on desk\nInstruction: take the cup"),
        said("goal: holding(cup)"),
        human("unmet: holding(cup)"),
        said('holding(cup)\npick(object="mug")', loss=False),
        human("refused UNKNOWN_ENTITY: no 'mug'"),
        said('holding(cup) needs "a\\b"\npick(object="cup")'),
        human("ok"),
    ),
    outcome="succeeded",
    source="agent",
    split="train",
)


def test_an_episode_becomes_messages_with_tool_calls():
    messages = to_openai(EPISODE)["messages"]
    roles = [message["role"] for message in messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "tool", "assistant", "tool"]
    assert messages[2] == {"role": "assistant", "content": "goal: holding(cup)"}
    wrong, right = messages[4], messages[6]
    assert wrong["weight"] == 0 and "weight" not in right
    assert right["content"] == 'holding(cup) needs "a\\b"'
    (call,) = right["tool_calls"]
    assert call["function"] == {"name": "pick", "arguments": '{"object": "cup"}'}
    assert messages[7] == {"role": "tool", "tool_call_id": call["id"], "content": "ok"}


def test_a_call_is_one_in_the_robots_records_and_where_it_came_as_one():
    turns = (human("how do I call it?"), said("like this:\nmain(count=2)"), human("thanks"))
    plain = to_openai(Record(id="t", conversations=turns))["messages"]
    assert [message["role"] for message in plain] == ["user", "assistant", "user"]
    assert plain[1] == {"role": "assistant", "content": "like this:\nmain(count=2)"}
    assert to_openai(Record(id="t", conversations=turns, source="agent"))["messages"][2]["role"] == "tool"


@pytest.mark.parametrize("schema", [Schema.SHAREGPT, Schema.OPENAI])
def test_source_and_split_go_along(schema):
    plain = WRITERS[schema](Record(id="t", conversations=EPISODE.conversations, source="agent", split="dev", group="g"))
    assert plain.keys() == {"id", "source", "split", "messages" if schema is Schema.OPENAI else "conversations"}
    again = dict(to_record("there", plain).model_extra or {})
    assert (again.pop("tool_calls", {}).keys() == {"4", "6"}) == (schema is Schema.OPENAI)
    assert again == {"source": "agent", "split": "dev"}


@pytest.mark.parametrize("first", ["system", "user"])
@pytest.mark.parametrize("turns", [("user", "assistant"), ("assistant",), ("user", "user", "assistant")])
def test_roles_are_those_that_the_file_states(first, turns):
    roles = [first, *turns]
    read = to_record("a", {"messages": [{"role": role, "content": "words"} for role in roles]})
    assert [role for role, _ in with_system(read, "user", "assistant")] == roles
    again = to_record("b", json.loads(json.dumps(read.plain())))
    assert [message["role"] for message in to_openai(again)["messages"]] == roles


@pytest.mark.parametrize(
    "empty",
    [
        {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": None}]},
        {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": " "}]},
        {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": None}]},
        {"id": "a", "conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "loss": True, "value": ""}]},
    ],
)
def test_a_turn_that_says_nothing_is_not_learned(empty):
    read = to_record("a", empty)
    assert [turn.loss for turn in read.conversations] == [None, False]
    with pytest.raises(UnusableRecord, match="a: every turn of the model is empty"):
        check_answers("a", read)
    key = "messages" if "messages" in empty else "conversations"
    more = [{"role": "assistant", "content": "yes", "from": "gpt", "loss": True, "value": "yes"}]
    read = to_record("a", empty | {key: [*empty[key], *({k: m[k] for k in empty[key][-1]} for m in more)]})
    assert [turn.loss for turn in check_answers("a", read).conversations] == [None, False, True]


@pytest.mark.parametrize("schema", [Schema.AGENT, Schema.OPENAI])
def test_what_was_written_is_read_again_as_it_was(schema):
    plain = WRITERS[schema](EPISODE)
    assert schema_of(plain) == schema
    again = to_record("there", json.loads(json.dumps(plain)))
    assert again.conversations == EPISODE.conversations
    assert again.id == "e1"


def test_sharegpt_loses_only_what_it_cannot_say():
    plain = to_sharegpt(EPISODE)
    assert [turn["from"] for turn in plain["conversations"]][:3] == ["system", "human", "gpt"]
    again = to_record("there", plain)
    assert [t.value for t in again.conversations] == [t.value for t in EPISODE.conversations]
    assert [t.loss for t in again.conversations] == [None if t.loss is None else True for t in EPISODE.conversations]


def test_collections_name_speakers_in_many_ways_and_may_lack_ids():
    turns = [{"from": "user", "value": "hi"}, {"from": "chatgpt", "value": "hello"}]
    read = to_record("talk.jsonl:3", {"conversations": turns, "lang": "en"})
    assert (read.id, read.conversations) == ("talk.jsonl:3", (human("hi"), said("hello")))
    assert read.plain()["lang"] == "en"


def test_messages_in_parts_and_calls_without_words():
    call = {"id": "x", "type": "function", "function": {"name": "list_files", "arguments": '{"depth": 2, "all": true}'}}
    data = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "list_files: "}, {"type": "text", "text": "here?"}]},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "x", "content": "nothing"},
        ]
    }
    read = to_record("a.json", data)
    assert [t.value for t in read.conversations] == ["list_files: here?", "list_files(depth=2, all=true)", "nothing"]
    assert json.loads(to_openai(read)["messages"][1]["tool_calls"][0]["function"]["arguments"]) == {
        "depth": 2,
        "all": True,
    }


def tool(name, about="", *arguments):
    parameters = {"type": "object", "properties": {argument: {"type": "string"} for argument in arguments}}
    return {"type": "function", "function": {"name": name, "description": about, "parameters": parameters}}


def called(name, **arguments):
    function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
    call = {"id": "call 7", "type": "function", "function": function}
    return {"role": "assistant", "content": "", "tool_calls": [call]}


WEATHER = (
    {"role": "user", "content": "dry in Örebro?"},
    called("getWeather", cityName='Ö\n"rebro"', year=20261130, share=0.123456789, exact=2.0),
    {"role": "tool", "tool_call_id": "call 7", "content": "dry"},
    {"role": "assistant", "content": "It is dry. In code that is\nis_dry()"},
)


@pytest.mark.parametrize("system", [(), ({"role": "system", "content": "Be brief."},)])
def test_tools_and_their_calls_are_told_as_text_and_come_back_as_they_were(system):
    tools = [tool("getWeather", "Tell the\n weather.", "cityName", "year", "share", "exact"), tool("stop")]
    data = {"id": "w", "tools": tools, "messages": [*system, *WEATHER]}
    read = to_record("a", data)
    offer = (
        'You have these tools; a call of one is the last line of an answer, e.g. tool(argument="value"):\n'
        "getWeather(cityName, year, share, exact): Tell the weather.\nstop()"
    )
    texts = [f"Be brief.\n\n{offer}" if system else offer, "dry in Örebro?"]
    call = 'getWeather(cityName="Ö\\n\\"rebro\\"", year=20261130, share=0.123456789, exact=2)'
    assert [t.value for t in read.conversations][:3] == [*texts, call]
    assert [role for role, _ in with_system(read, "user", "assistant")][:2] == ["system", "user"]
    assert to_openai(to_record("b", json.loads(json.dumps(read.plain())))) == data
    assert to_sharegpt(read)["conversations"][0] == {"from": "system", "value": texts[0]}


def test_a_call_that_the_prompt_does_not_speak_of_is_not_learned():
    with pytest.raises(UnusableRecord, match=r"a: messages\.1: calls 'getWeather', which neither `tools` nor a turn"):
        to_record("a", {"messages": [*WEATHER], "tools": [tool("stop")]})
    wrong = [WEATHER[0], WEATHER[1] | {"weight": 0}, *WEATHER[2:]]
    assert to_record("a", {"messages": wrong}).conversations[1].loss is False
    # The robot's own calls, as `give_up`, are no skill of its library.
    assert to_record("a", {"messages": [*WEATHER], "source": "agent"}).conversations[1].loss


def test_a_turn_that_no_longer_ends_in_its_call_holds_none():
    read = to_record("a", {"messages": [*WEATHER], "tools": [tool("getWeather")]})
    cut = read.model_copy(update={"conversations": (*read.conversations[:2], said("I cannot say."))})
    assert to_openai(cut)["messages"][1] == {"role": "assistant", "content": "I cannot say."}


def assistant(**message):
    return {"messages": [{"role": "assistant", **message}]}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"text": "hello"}, "has neither `conversations` nor `messages`"),
        ({"conversations": []}, "conversations"),
        ({"conversations": [{"from": "humn", "value": "x"}]}, "conversations.0: from: 'humn' is nobody; did you mean"),
        ({"conversations": [{"from": "gpt", "value": 3}]}, "conversations.0: value: must be text"),
        ({"conversations": [{"from": "human", "loss": True, "value": "x"}]}, "loss is null for human turns"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0: role: 'robot' is none; known: assistant"),
        (assistant(content="", tool_calls=[{}, {}]), "holds 2 tool calls"),
        (assistant(content="", tool_calls=[{"function": {"name": "f", "arguments": "{"}}]), "JSON arguments"),
        (assistant(tool_calls=[{"function": {"name": "f", "arguments": '{"a": [1]}'}}]), "f: a is [1]; arguments are"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "content: must be text"),
        ({"messages": [{"role": "user", "content": "x"}], "tools": [{"name": "f"}]}, "tools.0: is no function with a"),
        ({"messages": [{"role": "user", "content": "x"}], "tools": "f"}, "tools.0: is no function with a name"),
        ({"messages": [{"role": "\ud83d"}]}, r"holds \ud83d, half of a character"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(data, told):
    with pytest.raises(UnusableRecord) as error:
        to_record("file.jsonl:7", data)
    assert str(error.value).startswith("file.jsonl:7")
    assert told in str(error.value)


def test_a_schema_that_was_asked_for_is_held_to():
    with pytest.raises(ConfigError, match="messages: must be a list"):
        to_record("a", to_sharegpt(EPISODE), Schema.OPENAI)
    assert schema_of(to_sharegpt(EPISODE)) == Schema.SHAREGPT

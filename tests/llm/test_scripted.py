# SPDX-License-Identifier: Apache-2.0
import threading

import pytest

from agent_planner.errors import ModelError, UserError
from agent_planner.llm.base import ChatRequest, Message
from agent_planner.testing.scripted_model import ScriptedModel


def ask(conversation: str, text: str = "hello") -> ChatRequest:
    return ChatRequest(conversation, (Message("user", text),))


def texts(model, *requests, **more):
    return [reply.text for reply in model.chat(requests, **more)]


def test_each_conversation_hears_the_whole_script():
    model = ScriptedModel(["one", "two"])
    assert texts(model, ask("a"), ask("b")) == ["one", "one"]
    assert texts(model, ask("a")) == ["two"]
    model.forget("a")
    assert texts(model, ask("a"), ask("b")) == ["one", "two"]


def test_the_end_of_the_script_is_an_error_with_the_facts():
    model = ScriptedModel(["one"])
    model.chat([ask("a")])
    with pytest.raises(ModelError, match="has 1 answers and turn 2 was asked for.*'more'"):
        model.chat([ask("a", "more")])


def test_a_function_answers():
    model = ScriptedModel(lambda request: request.messages[-1].content.upper())
    heard = []
    assert texts(model, ask("a", "abc"), on_token=lambda c, t: heard.append((c, t))) == ["ABC"]
    assert heard == [("a", "ABC")]
    assert model.heard == [ask("a", "abc")]


def test_cancelled():
    cancel = threading.Event()
    cancel.set()
    (reply,) = ScriptedModel(["one"]).chat([ask("a")], cancel=cancel)
    assert (reply.text, reply.finish) == ("", "cancelled")


@pytest.mark.parametrize("content", ["{", '{"a": 1}', "[1]"])
def test_a_broken_file(tmp_path, content):
    file = tmp_path / "script.json"
    file.write_text(content)
    with pytest.raises(UserError, match="JSON list of answers"):
        ScriptedModel.from_file(file)

# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.llm.matcher import Grammars

pytestmark = pytest.mark.model

CALL = 'start: "pick(object=\\"" ("red cube" | "red cup") "\\")"'


@pytest.fixture(scope="module")
def grammars(tokenizer):
    return Grammars(tokenizer, 49152, {tokenizer.eos_token_id})


def ids(tokenizer, text):
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def test_forced_tokens_lead_to_the_next_choice(grammars, tokenizer):
    matcher = grammars.start(CALL)
    forced = matcher.forced()
    assert tokenizer.decode(forced).startswith('pick(object="')
    for token in forced:
        assert matcher.admits(token)
        matcher.take(token)
    allowed = {tokenizer.decode([i]) for i in matcher.allowed().nonzero()[:, 0].tolist()}
    assert allowed
    assert all(" cube".startswith(a) or " cup".startswith(a) or "red cube".startswith(a) for a in allowed)


def test_admits_says_the_same_as_the_mask(grammars, tokenizer):
    matcher = grammars.start('start: "goal: " /[a-z ]{1,20}/ "\\n" ("a" | "b")')
    for token in ids(tokenizer, "goal: at desk\na"):
        allowed = matcher.allowed()
        probes = [*range(0, 49152, 97), token, tokenizer.eos_token_id]
        assert [matcher.admits(p) for p in probes] == [bool(allowed[p]) for p in probes]
        matcher.take(token)
    assert matcher.complete
    assert matcher.admits(tokenizer.eos_token_id)


def test_matchers_of_one_grammar_go_their_own_ways(grammars, tokenizer):
    one, two = grammars.start(CALL), grammars.start(CALL)
    for token in ids(tokenizer, 'pick(object="red cube")'):
        one.take(token)
    assert one.complete
    assert not two.complete


def test_the_end_is_not_among_the_forced(grammars, tokenizer):
    matcher = grammars.start('start: "stop()"')
    forced = matcher.forced()
    assert tokenizer.eos_token_id not in forced
    for token in forced:
        matcher.take(token)
    assert matcher.admits(tokenizer.eos_token_id)


def test_a_bad_grammar_is_named(grammars):
    with pytest.raises(ValueError, match="bad grammar.*nowhere"):
        grammars.start("start: nowhere")

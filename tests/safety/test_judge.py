# SPDX-License-Identifier: Apache-2.0
"""The first rule that matches decides; what is not known is not allowed."""

import pytest

from agent_planner.safety.judge import NO_MATCH, NO_POLICY, Judge
from agent_planner.safety.policy import Effect, Policy
from agent_planner.types import Call

ALLOW, ASK, DENY = Effect.ALLOW, Effect.ASK, Effect.DENY
TO_BIN, TO_DESK, TO_KEY = (Call("navigate_to", {"target": name}) for name in ("bin", "desk", "key"))
PICK, STOW = Call("pick", {"object": "cup"}), Call("move_arm", {"posture": "stow"})
ON_DESK = Call("place_on", {"object": "cup", "surface": "desk"})
BLAST = Call("blast", {"object": "cup", "power": 3.0})
ZONES = "zones:\n  lab: [[3, 1], [5, 1], [5, 3], [3, 3]]\n  office: [[-1, -1], [2, -1], [2, 1], [-1, 1]]\n"


def decide(rules, call, library, scene, head=ZONES):
    text = f"{head}rules:\n" + "".join(f"- {rule}\n" for rule in rules)
    judge = Judge(Policy.parse(text, library=library))
    opinion = judge.decide(call, library[call.skill], scene)
    return opinion.effect, opinion.rule


A = "{name: a, then: deny"
REST = "{name: rest, then: allow}"


@pytest.mark.parametrize(
    ("rules", "call", "decided"),
    [
        ([REST], PICK, (ALLOW, "rest")),
        ([f"{A}, skills: [pick]}}", REST], PICK, (DENY, "a")),
        ([f"{A}, skills: [pick]}}", REST], STOW, (ALLOW, "rest")),
        ([f"{A}, risks: [high]}}", REST], BLAST, (DENY, "a")),
        ([f"{A}, risks: [high]}}", REST], PICK, (ALLOW, "rest")),
        ([f"{A}, skills: [pick]}}"], STOW, (ASK, NO_MATCH)),
        (["{name: first, then: ask, skills: [pick]}", f"{A}, skills: [pick]}}"], PICK, (ASK, "first")),
        ([f"{A}, kinds: [place]}}", REST], TO_BIN, (DENY, "a")),
        ([f"{A}, kinds: [place]}}", REST], PICK, (ALLOW, "rest")),
        ([f"{A}, entities: [cup]}}", REST], PICK, (DENY, "a")),
        ([f"{A}, arguments: {{power: {{minimum: 2.5}}}}}}", REST], BLAST, (DENY, "a")),
        ([f"{A}, arguments: {{power: {{minimum: 3.5}}}}}}", REST], BLAST, (ALLOW, "rest")),
        ([f"{A}, skills: [pick], risks: [high]}}", REST], PICK, (ALLOW, "rest")),
        ([f"{A}, zones: [lab]}}", REST], TO_BIN, (DENY, "a")),
        ([f"{A}, zones: [lab]}}", REST], TO_DESK, (ALLOW, "rest")),
        ([f"{A}, zones: [lab, office]}}", REST], STOW, (DENY, "a")),
        # A rule that forbids fits where any part of the call does, one that allows where all parts do.
        ([f"{A}, entities: [cup]}}", REST], ON_DESK, (DENY, "a")),
        (["{name: cups, then: allow, entities: [cup]}"], ON_DESK, (ASK, NO_MATCH)),
        (["{name: cups, then: allow, entities: [cup, desk]}"], ON_DESK, (ALLOW, "cups")),
        (["{name: things, then: allow, kinds: [object]}"], ON_DESK, (ASK, NO_MATCH)),
        (["{name: things, then: allow, kinds: [object]}"], STOW, (ASK, NO_MATCH)),
        (["{name: there, then: allow, zones: [office]}"], TO_DESK, (ALLOW, "there")),
        (["{name: there, then: allow, zones: [office]}"], TO_BIN, (ASK, NO_MATCH)),
        # What is nowhere cannot be judged by where it is.
        ([f"{A}, zones: [lab]}}", REST], TO_KEY, (DENY, "a")),
        (["{name: there, then: allow, zones: [office]}", REST], TO_KEY, (DENY, "there")),
        ([f"{A}, zones: [lab], skills: [pick]}}", REST], TO_KEY, (ALLOW, "rest")),
    ],
)
def test_which_rule_decides(library, scene, rules, call, decided):
    assert decide(rules, call, library, scene) == decided


def test_bounds_come_before_every_rule(library, scene):
    head = "bounds: {reach_m: 0.5}\n"
    assert decide([REST], PICK, library, scene, head) == (DENY, "bounds.reach_m")


def test_no_policy_is_a_question(library, scene):
    opinion = Judge(None).decide(PICK, library["pick"], scene)
    assert (opinion.effect, opinion.rule) == (ASK, NO_POLICY)


def test_opinions_tell_why_the_others_did_not(library, scene):
    policy = Policy.parse(
        f"{ZONES}rules:\n- {{name: a, then: deny, zones: [lab]}}\n"
        f"- {{name: b, then: ask, because: it may spill, entities: [cup]}}\n- {REST}\n"
    )
    told = [(o.effect, str(o)) for o in Judge(policy).opinions(PICK, library["pick"], scene)]
    assert told == [
        (None, "a: it does not lead into lab"),
        (ASK, "b: it may spill"),
        (ALLOW, "rest"),
        (ASK, "no rule matches: what the policy does not speak of is asked for"),
    ]


def test_where_one_of_two_things_is_nobody_knows_no_zone_allows_it(library, scene):
    there = "{name: there, then: allow, zones: [office]}"
    key_on_desk = Call("place_on", {"object": "key", "surface": "desk"})
    assert decide([there], key_on_desk, library, scene)[0] is DENY

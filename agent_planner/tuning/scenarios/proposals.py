# SPDX-License-Identifier: Apache-2.0
"""Self-instruct: a language model proposes instructions with their goals, and is believed in nothing.

As AgentTuning (arXiv 2310.12823) has an LLM write a task with its checker and a second one agree: a proposal counts if
its goal can be read and fits scene and library, if a plan is found whose execution makes it true, and if the model,
asked anew and shown the instruction alone, states the same goal. Everything else is dropped, and counted by reason.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from agent_planner.agent.checks import check_goal, goal_fits
from agent_planner.agent.conversation import first_turn, system_turn
from agent_planner.agent.grammar import goal_grammar
from agent_planner.errors import CallRefused
from agent_planner.goals import Goal, format_goal, parse_goal, plan
from agent_planner.llm.base import ChatModel, ChatRequest, Message
from agent_planner.scene import SceneGraph, scene_text
from agent_planner.scene.plain import plain
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import Situation, Task
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Level

_LONGEST = 300
_FORM = """You write tasks for a robot. Below are its skills and what it sees.
Write {count} instructions that a person in the room might give it, each in words of its own, and the goal of each: \
predicates on the scene joined by "; ", or by " then " where their order matters.
Answer with one JSON object a line and nothing else:
{{"instruction": "...", "goal": "..."}}
For example, in another room:
{{"instruction": "could you bring me the red cup to the desk?", "goal": "on(red cup, desk)"}}
{{"instruction": "put both keys into the drawer and shut it", "goal": "in(small key, drawer); in(big key, drawer) then \
closed(drawer)"}}

Skills:
{skills}

Scene:
{scene}"""


class Proposer:
    """Asks a model for tasks about situations; ``dropped`` counts by reason what was not believed.

    Args:
        model: who proposes and confirms.
        example: a finished task, shown before it is asked for the second answer: no system turn says how a goal is
            written, and over HTTP no grammar is sent.
    """

    def __init__(self, model: ChatModel, example: Sequence[Message]):
        self._model = model
        self._example = tuple(example)
        self.dropped: Counter[str] = Counter()

    def propose(self, situation: Situation, count: int) -> Iterator[Task]:
        """Yield the tasks that planner, world and a second answer confirm: ``count`` at most."""
        scene = observed(situation.world)
        known = {_key(task.instruction) for task in situation.tasks}
        wanted = _FORM.format(count=count, skills=situation.library.text(), scene=scene_text(scene))
        for line in self._answer(f"{situation.id}/propose", [Message("user", wanted)], 100 * count).splitlines():
            if not line.strip():
                continue
            try:
                instruction, goal = _read(line)
                if _key(instruction) in known:
                    raise _Dropped("duplicate")
                self._confirm(situation, scene, instruction, goal)
            except _Dropped as reason:
                self.dropped[str(reason)] += 1
                continue
            name = f"{situation.id}/proposed/{len(known)}"
            known.add(_key(instruction))
            kind = "+".join(step[0].name for step in goal.steps)
            source = f"proposed by {self._model.name}"
            yield Task(id=name, instruction=instruction, goal=format_goal(goal), kind=kind, source=source)

    def _confirm(self, situation: Situation, scene: SceneGraph, instruction: str, goal: Goal) -> None:
        try:
            check_goal(goal, situation.library, scene)
        except CallRefused as refusal:
            raise _Dropped("bad_goal") from refusal
        calls = plan(goal, situation.library, scene)
        if not calls:
            raise _Dropped("already_holds")
        world = SymbolicWorld(situation.world, situation.library)
        if not all(world.execute(call).ok for call in calls) or not world.satisfied(goal.steps[-1]):
            raise _Dropped("not_reached")
        rules, asked = system_turn(situation.library), first_turn(scene, instruction)
        messages = [Message("system", rules), *self._example, Message("user", asked)]
        grammar = goal_grammar(situation.library, scene, instruction, Level.GRAMMAR)
        try:
            second = parse_goal(self._answer(f"{situation.id}/confirm", messages, 200, grammar))
        except CallRefused as refusal:
            raise _Dropped("unreadable_second_answer") from refusal
        if not goal_fits(goal, second):
            raise _Dropped("disagreement")

    def _answer(self, name: str, messages: list[Message], tokens: int, grammar: str | None = None) -> str:
        (reply,) = self._model.chat([ChatRequest(name, tuple(messages), grammar, max_tokens=tokens)])
        self._model.forget(name)
        return reply.text


class _Dropped(Exception):
    """A proposal that is not believed; its text is the reason."""


def _read(line: str) -> tuple[str, Goal]:
    try:
        data = json.loads(line)
        instruction, goal = data["instruction"], data["goal"]
    except (ValueError, KeyError, TypeError) as error:
        raise _Dropped("not_json") from error
    if not (isinstance(instruction, str) and isinstance(goal, str)):
        raise _Dropped("not_json")
    said = plain(instruction, _LONGEST)
    if said != instruction or not said:
        raise _Dropped("not_plain")
    try:
        stated = parse_goal(f"goal: {goal}")
    except CallRefused as error:
        raise _Dropped("bad_goal") from error
    if not isinstance(stated, Goal):
        raise _Dropped("no_goal")
    return said, stated


def _key(instruction: str) -> str:
    return " ".join("".join(c for c in instruction.lower() if c.isalnum() or c == " ").split())

# SPDX-License-Identifier: Apache-2.0
"""From a situation to records: the expert's trajectories, or a model's own.

As in AgentTuning (arXiv 2310.12823) each record says who acted and what reward the world gave; nothing is judged here
but by the scenario's own predicates on the final state.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from agent_planner.agent.conversation import first_turn, system_turn
from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import format_goal
from agent_planner.llm.base import ChatModel, Message
from agent_planner.llm.choose import choose_model
from agent_planner.tuning.collect.config import EXPERT, CollectConfig
from agent_planner.tuning.collect.dagger import Labelled
from agent_planner.tuning.collect.expert import Injection, Turn, attempt
from agent_planner.tuning.collect.listening import Listening
from agent_planner.tuning.data.records import AGENT, Record, human, said
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.evaluate import run_symbolic
from agent_planner.tuning.scenarios.failure_table import measured_failures
from agent_planner.tuning.scenarios.scenario import Scenario, stable_seed
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import Situation

_REFUSED = "refused "


def trajectories(situation: Situation, config: CollectConfig) -> list[dict[str, Any]]:
    """Return the records of one situation; the same configuration gives the same ones again.

    (A model behind an endpoint that samples is the exception.)
    """
    collect = _models if config.teacher != EXPERT else _students if config.student else _experts
    return [record.plain() for record in collect(situation, config)]


def _experts(situation: Situation, config: CollectConfig) -> Iterator[Record]:
    injection = Injection(**config.mistakes.model_dump(), table=measured_failures())
    whole = 0
    for scenario in situation.scenarios():
        turns, reached = attempt(scenario, Random(stable_seed("collect", config.seed, scenario.id)), injection)
        stated = 1 + max(i for i, turn in enumerate(turns) if turn.loss and turn.content.startswith("goal:"))
        acts = len(turns) > stated
        if acts and config.whole is not None and whole >= config.whole:
            turns, reached = turns[:stated], True
        whole += acts
        facts = _facts(situation, scenario, EXPERT, float(reached))
        yield _record(scenario.id, scenario, turns, facts)
        for number, fork in enumerate(_forks(turns)):
            yield _record(f"{scenario.id}/fork{number}", scenario, fork, facts)


def _forks(turns: Sequence[Turn]) -> Iterator[list[Turn]]:
    """For each mistake what should have been said there; what came before is learned from the whole episode."""
    for i, turn in enumerate(turns):
        if turn.instead:
            before = [Turn(t.role, t.content, None if t.loss is None else False) for t in turns[:i]]
            yield [*before, Turn("assistant", turn.instead, True)]


def _models(situation: Situation, config: CollectConfig) -> Iterator[Record]:
    model = Listening(_model(config.teacher), _example() if config.example else ())
    scenarios = situation.scenarios() * config.repeat
    for number, score in enumerate(run_symbolic(model, scenarios, _loop(config))):
        scenario = score.scenario
        name = scenario.id if config.repeat == 1 else f"{scenario.id}/{number // len(situation.tasks)}"
        facts = _facts(situation, scenario, config.teacher, float(score.success))
        facts |= {"outcome": score.result.outcome.value, "error": score.error}
        yield _record(name, scenario, _turns(model.conversations[str(number)]), facts)


def _students(situation: Situation, config: CollectConfig) -> Iterator[Record]:
    """What the student did, learned where the expert agrees; and for each other state what the expert says there."""
    cases = [Case(scenario) for scenario in situation.scenarios()]
    model = Labelled(cases, _model(config.student))
    for number, score in enumerate(run_symbolic(model, cases, _loop(config))):
        scenario, visited = score.scenario, model.visited[str(number)]
        facts = _facts(situation, scenario, EXPERT, float(score.success)) | {"student": config.student}
        agreed = iter([state.agreed for state in visited])
        turns = [
            Turn(m.role, m.content, next(agreed) if m.role == "assistant" else None)
            for m in (*visited[-1].messages[2:], Message("assistant", visited[-1].answered))
        ]
        yield _record(scenario.id, scenario, turns, facts)
        for fork, state in enumerate(visited):
            if not state.agreed:
                before = [Turn(m.role, m.content, None if m.role == "user" else False) for m in state.messages[2:]]
                turns = [*before, Turn("assistant", state.label, True)]
                yield _record(f"{scenario.id}/fork{fork}", scenario, turns, facts | {"reward": 1.0})


def _loop(config: CollectConfig) -> LoopConfig:
    """What a look brings to light is a situation of its own (`scenarios.hidden`)."""
    return LoopConfig(level=config.level, look_for_missing=False)


def _turns(messages: Sequence[Message]) -> list[Turn]:
    """What follows the first user turn; what was refused is not to be learned."""
    turns = []
    for i, message in enumerate(messages[2:], start=2):
        after = messages[i + 1].content if i + 1 < len(messages) else ""
        learned = None if message.role == "user" else not after.startswith(_REFUSED)
        turns.append(Turn(message.role, message.content, learned))
    return turns


def _record(name: str, scenario: Scenario, turns: Sequence[Turn], facts: Mapping[str, Any]) -> Record:
    opening = (system_turn(scenario.library), first_turn(observed(scenario.world), scenario.instruction))
    rest = [human(t.content) if t.loss is None else said(t.content, t.loss) for t in turns]
    return Record(id=name, conversations=(*map(human, opening), *rest), **facts)


def _facts(situation: Situation, scenario: Scenario, teacher: str, reward: float) -> dict[str, Any]:
    return {
        "source": AGENT,
        "teacher": teacher,
        "split": situation.split,
        "group": situation.id,
        "family": scenario.kind,
        "instruction": scenario.instruction,
        "goal": format_goal(scenario.goal),
        "reward": reward,
        "violations": [],
    }


@lru_cache(maxsize=1)  # a process that collects has one teacher
def _model(name: str) -> ChatModel:
    model = choose_model(name)
    model.load()
    return model


@lru_cache(maxsize=1)
def _example() -> tuple[Message, ...]:
    """One finished task in another scene, for a teacher that was never tuned for this."""
    from agent_planner.tuning.scenarios.suites import scenario_of

    scenario = scenario_of("smoke", "dev", 0)
    turns, _ = attempt(scenario, Random(0), Injection(0, 0, 0, 0))
    scene = observed(scenario.world)
    begin = f"An example with these skills:\n{scenario.library.text()}\n\n{first_turn(scene, scenario.instruction)}"
    return (Message("user", begin), *(Message(t.role, t.content) for t in turns))

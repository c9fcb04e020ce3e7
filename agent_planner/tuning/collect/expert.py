# SPDX-License-Identifier: Apache-2.0
"""The symbolic expert: a conversation for a scenario, with failures and wrong turns to recover from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from agent_planner.agent.checks import refuse_goal, refuse_unmet
from agent_planner.agent.conversation import call_turn, refused_line, result_line, state_turn, thought_text
from agent_planner.agent.doubts import Doubted
from agent_planner.agent.grammar import applicable_calls
from agent_planner.errors import CallRefused
from agent_planner.goals import Declined, Goal, format_goal, plan
from agent_planner.goals.goal import DID, Stated
from agent_planner.goals.plan import Check, Step
from agent_planner.llm.base import Role
from agent_planner.scene import SceneGraph, changes
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.reference_models import Pursuit, giving_up
from agent_planner.tuning.scenarios.failure_table import FailureTable
from agent_planner.tuning.scenarios.faults import Drop, Failure, Fault, Faults, Move, Shut, doors_of, lapses_of
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Atom, Call, SkillResult

# Room for mistakes on top of `MOST_CALLS`.
MAX_CALLS = 34
# More of them where something lasts, falls, shuts or lapses.
_DETOUR = 8
FAILURES = (
    ("GRASP_FAILED", "nothing is between the fingers"),
    ("SLIPPED", "the object slipped out of the hand"),
    ("NO_PATH", "no way to the target was found"),
    ("BLOCKED", "something stands in the way"),
    ("NOT_REACHED", "the arm stopped short of the goal"),
    ("TIMEOUT", "no result within the time allowed"),
    ("UNKNOWN", "the server gave no reason"),
)


@dataclass(frozen=True)
class Turn:
    """One message; ``loss`` is None for the user's, False for an assistant's that must not be learned.

    ``instead`` is what the expert would have said where it was made to go wrong.
    """

    role: Role
    content: str
    loss: bool | None = None
    instead: str = ""


@dataclass(frozen=True)
class Injection:
    """Probabilities of what makes an episode go wrong: the first, second and fourth a turn, the others an episode.

    Attributes:
        failure: a call fails once.
        wrong_call: the expert makes another call than the right one.
        premature: of these wrong calls, how many come too early: what the right one is needed for.
        wrong_goal: it states another goal first.
        disturbance: a person moves a thing.
        lasting: one call fails whenever it is made.
        drop: what is in the hand falls on a drive.
        shut: a door falls shut.
        lapse: a condition of the robot ends.
        table: how calls fail; None for `FAILURES`, each as often, whatever the call.
    """

    failure: float = 0.05
    wrong_call: float = 0.05
    wrong_goal: float = 0.15
    disturbance: float = 0.02
    lasting: float = 0.0
    drop: float = 0.0
    shut: float = 0.0
    lapse: float = 0.0
    premature: float = 0.0
    table: FailureTable | None = None

    def failure_of(self, skill: Skill) -> float:
        """How likely a call of that skill is to fail once."""
        return self.failure * (self.table.relative_rate(skill) if self.table is not None else 1.0)

    def failing(self, rng: Random, call: Call, library: SkillLibrary) -> tuple[str, str]:
        """Draw a code and a message."""
        return rng.choice(FAILURES) if self.table is None else self.table.draw(rng, call, library[call.skill])

    def faults(self, scenario: Scenario, rng: Random) -> Faults | None:
        """Draw what lasts, falls, shuts or lapses in an episode; None for nothing."""
        goal, library, scene = scenario.goal, scenario.library, observed(scenario.world)
        if not (self.lasting or self.drop or self.shut or self.lapse) or not isinstance(goal, Goal):
            return None  # and nothing is drawn: the data of the shipped adapter rest on that
        if not (calls := plan(goal, library, scene)):
            return None
        drawn: list[Fault] = []
        if rng.random() < self.lasting:
            call = rng.choice(calls)
            drawn.append(Failure(*self.failing(rng, call, library), call=call))
        if rng.random() < self.drop:
            drawn.append(Drop(rng.randrange(len(calls))))
        doors = doors_of(calls, scene)
        if doors and rng.random() < self.shut:
            drawn.append(Shut(rng.randrange(len(calls)), rng.choice(doors)))
        lapses = lapses_of(library, rng.randrange(len(calls))) if self.lapse else []
        if lapses and rng.random() < self.lapse:
            drawn.append(rng.choice(lapses))
        return Faults(tuple(drawn)) if drawn else None


def demonstrate(scenario: Scenario, rng: Random, injection: Injection = Injection()) -> list[Turn] | None:
    """Return the turns after the first user turn (goal, then state and call in turn).

    None where they do not end well within `MAX_CALLS`; see `attempt`.
    """
    turns, reached = attempt(scenario, rng, injection)
    return turns if reached else None


def attempt(scenario: Scenario, rng: Random, injection: Injection = Injection()) -> tuple[list[Turn], bool]:
    """Return the turns as `demonstrate` does, and whether they end well.

    That is: the goal holds in the true world, or the expert gave up since a call failed for good and nothing led round.
    """
    turns = _stating(scenario, rng, injection)
    if scenario.answered is not None:
        turns.append(Turn("user", f"answer: {scenario.answered.answer}"))
        scenario = replace(scenario, goal=scenario.answered.goal)
        turns.append(Turn("assistant", format_goal(scenario.goal), True))
    if isinstance(scenario.goal, Declined):
        return turns, True
    episode = _Episode(scenario, rng, injection, injection.faults(scenario, rng))
    turns += episode.turns()
    reached = episode.ended and episode.world.satisfied(scenario.goal.steps[-1])
    return turns, reached or episode.gave_up


def _stating(scenario: Scenario, rng: Random, injection: Injection) -> list[Turn]:
    """The goal, now and then after a wrong one that was refused; said again where the words cast doubt on it."""
    scene = observed(scenario.world)
    right = _insisting(scenario, scene)
    if rng.random() >= injection.wrong_goal:
        return right
    wrong = _wrong_goal(scenario, scene, rng)
    if wrong == scenario.goal:
        return right
    try:
        refuse_goal(wrong, scenario.library, scene, scenario.instruction)
    except CallRefused as refusal:
        mistake = Turn("assistant", format_goal(wrong), False, instead=right[0].content)
        return [mistake, Turn("user", refused_line(refusal)), *right]
    return right


def _insisting(scenario: Scenario, scene: SceneGraph) -> list[Turn]:
    said = Turn("assistant", format_goal(scenario.goal), True)
    try:
        refuse_goal(scenario.goal, scenario.library, scene, scenario.instruction)
    except Doubted as doubted:
        return [said, Turn("user", refused_line(doubted)), said]
    return [said]


def _wrong_goal(scenario: Scenario, scene: SceneGraph, rng: Random) -> Stated:
    """What a model says that misreads the instruction: a thing is called missing, is mistaken, or is left out."""
    named = [core for c in scenario.clauses for core in c.cores.values()]
    things = named or [o.name for o in scene.objects]
    draw = rng.random()
    if not things:
        return scenario.goal
    if not named or draw < 0.35:
        return Declined("missing", rng.choice(things))
    atoms = [list(c.atoms) for c in scenario.clauses]
    if draw < 0.75:
        strangers = [n for n in scene.entities if n not in scenario.instruction]
        step = rng.choice(atoms)
        at = rng.randrange(len(step))
        places = [i for i, a in enumerate(step[at].args) if a in scene.entities]
        if places and strangers:
            args = list(step[at].args)
            place = rng.choice(places)
            alike = [n for n in strangers if n.split()[-1] == args[place].split()[-1]]
            args[place] = rng.choice(alike or strangers)
            step[at] = step[at]._replace(args=tuple(args))
    elif len(atoms) > 1:
        atoms.remove(rng.choice(atoms))
    elif len(atoms[0]) > 1:
        atoms[0].remove(rng.choice(atoms[0]))
    return Goal(tuple(tuple(_here(atom, scene, rng) for atom in step) for step in atoms))


def _here(atom: Atom, scene: SceneGraph, rng: Random) -> Atom:
    """The atom with something of the scene for each thing that is not there: the decoder admits nothing else."""
    if atom.name == DID:
        return atom
    return atom._replace(args=tuple(a if a in scene.entities else rng.choice([*scene.entities]) for a in atom.args))


class _World(SymbolicWorld):
    """Remembers what came of the last call."""

    def execute(self, call: Call) -> SkillResult:
        self.last = super().execute(call)
        return self.last


class _Episode:
    def __init__(self, scenario: Scenario, rng: Random, injection: Injection, faults: Faults | None):
        self.library: SkillLibrary = scenario.library
        self.pursuit = Pursuit(Case(scenario, faults=faults))
        self.pursuit.world = self.world = _World(scenario.world, scenario.library, faults)
        self.rng = rng
        self.injection = injection
        self.result = ""
        self.most = MAX_CALLS + (_DETOUR if faults is not None else 0)
        self.ended = self.gave_up = False
        self.before = self.scene

    @property
    def scene(self) -> SceneGraph:
        return observed(self.world.world)

    def turns(self) -> Iterator[Turn]:
        for _ in range(self.most):
            if not (missing := self.pursuit.unmet()):
                break
            found = self.pursuit.next()
            stuck = found is None and any(isinstance(fault, Failure) and fault.call for fault in self.world.struck)
            if found is None and not stuck:
                return
            changed = changes(self.before, self.scene)
            yield Turn("user", state_turn(self.library, self.scene, missing, self.result, changed))
            self.before = self.scene
            if found is None:
                self.gave_up = True
                yield Turn("assistant", giving_up(missing[0]), True)
                return
            yield self._act(found)
        self.ended = not self.pursuit.unmet()

    def _act(self, found: Step) -> Turn:
        draw = self.rng.random()
        failure = self.injection.failure_of(self.library[found.call.skill])
        if draw < failure:
            code, text = self.injection.failing(self.rng, found.call, self.library)
            self.result = result_line(Failure(code, text).result)
        elif draw < failure + self.injection.wrong_call:
            wrong = self._too_early(found) or self._wrong_call(found)
            if wrong is not None:
                said, meant = (call_turn(thought_text(step), step.call) for step in (wrong, found))
                return Turn("assistant", said, False, instead=meant)
            self._execute(found.call)
        else:
            self._execute(found.call)
        if self.rng.random() < self.injection.disturbance:
            self._disturb()
        return Turn("assistant", call_turn(thought_text(found), found.call), True)

    def _execute(self, call: Call) -> None:
        self.pursuit.execute(call)
        self.result = result_line(self.world.last)

    def _too_early(self, right: Step) -> Step | None:
        """The call that the right one is needed for, as if that were not needed: it is refused."""
        if not self.injection.premature or len(right.chain) < 2 or self.rng.random() >= self.injection.premature:
            return None
        *above, last = right.chain[:-1]
        calls = plan(Goal(((last.atom,),)), self.library, self.scene)
        if not calls:
            return None
        early = calls[-1]
        seen = Check(last.atom, early.skill, self.library[early.skill].needed(early))
        return self._made(Step(early, (*above, seen)))

    def _wrong_call(self, right: Step) -> Step | None:
        """Another call: refused where its needs do not hold, else carried out."""
        skill = self.rng.choice(self.library.skills)
        options = [p.candidates(self.scene) if p.type == "entity" else () for p in skill.parameters.values()]
        if self.rng.random() < 0.5:
            allowed = [(s, c) for s, c in applicable_calls(self.library, self.scene) if len(c) == len(s.parameters)]
            if not allowed:
                return None
            chosen, args = self.rng.choice(allowed)
            call = Call(chosen.name, args)
        elif all(options):
            call = Call(skill.name, {n: self.rng.choice(o) for n, o in zip(skill.parameters, options, strict=True)})
        else:
            return None
        return self._made(Step(call, right.chain)) if call.key() != right.call.key() else None

    def _made(self, step: Step) -> Step:
        try:
            refuse_unmet(step.call, self.library, self.scene)
        except CallRefused as refusal:
            self.result = refused_line(refusal)
        else:
            self._execute(step.call)
        return step

    def _disturb(self) -> None:
        """A person moves a thing that is in sight."""
        things = [o.name for o in self.scene.objects if o.name != self.scene.holding]
        surfaces = [p.name for p in self.scene.places if "surface" in p.affordances]
        if things and surfaces:
            move = Move(0, self.rng.choice(things), self.rng.choice(surfaces))
            self.world.world = move.changed(self.world.world)

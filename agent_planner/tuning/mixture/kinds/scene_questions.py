# SPDX-License-Identifier: Apache-2.0
"""Questions about a scene, in the words in which the robot reads it; answered in a sentence."""

from collections.abc import Callable, Sequence
from random import Random

from agent_planner.scene import SceneGraph, scene_text
from agent_planner.scene.graph import OPENABLE, ScenePlace
from agent_planner.tuning.mixture.kinds.form import Form, Turns, forms
from agent_planner.tuning.scenarios.scenes import observed, random_scene
from agent_planner.tuning.zoo.vocabulary import SEEN

_HEADS = (
    "Scene:\n{scene}\n\n{question}",
    "Here is what a robot sees.\n{scene}\n{question}",
    "{scene}\n\nQuestion: {question}",
    "{question}\n\n{scene}",
    "Read this description of a room and answer.\n\n{scene}\n\n{question}",
    "This is the robot's view:\n{scene}\nNow tell me: {question}",
)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def listed(names: Sequence[str]) -> str:
    """Return e.g. ``the cup, the fork and the red plate``."""
    said = [f"the {name}" for name in names]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def counted(number: int, noun: str = "object") -> str:
    """Return e.g. ``two objects``."""
    return f"{_NUMBERS[number] if number < len(_NUMBERS) else number} {noun}{'' if number == 1 else 's'}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _about(
    answer: Callable[[Random, SceneGraph, str], tuple[str, str] | None],
) -> Callable[[Random, str], Turns | None]:
    """From what asks and answers in a scene to what makes a whole conversation."""

    def make(rng: Random, wording: str) -> Turns | None:
        scene = observed(random_scene(rng, SEEN))
        found = answer(rng, scene, wording)
        if found is None:
            return None
        question, said = found
        return rng.choice(_HEADS).format(scene=scene_text(scene), question=question), _sentence(said)

    return make


def _where(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    placed = [thing.name for thing in scene.objects if scene.location(thing.name)]
    if not placed:
        return None
    name = rng.choice(placed)
    found = scene.location(name)
    assert found is not None
    said = rng.choice(("the {o} is {p} the {t}", "it is {p} the {t}", "{p} the {t}"))
    return wording.format(o=name), said.format(o=name, p=found.name, t=found.b)


def _held(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    if scene.holding is None:
        return wording, rng.choice(("nothing, its hand is free", "the robot holds nothing", "its hand is free"))
    return wording, rng.choice(("the robot holds the {o}", "it is holding the {o}", "the {o}")).format(o=scene.holding)


def _contents(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    place = rng.choice(scene.places)
    there = _there(scene, place)
    if not place.explored:
        return wording.format(t=place.name), f"that is not known, nobody has looked into the {place.name} yet"
    if not there:
        return wording.format(t=place.name), rng.choice(("nothing", "there is nothing", "nothing that can be seen"))
    return wording.format(t=place.name), listed(there)


def _there(scene: SceneGraph, place: ScenePlace) -> list[str]:
    found = {name: scene.location(name) for name in scene.entities}
    return [name for name, relation in found.items() if relation is not None and relation.b == place.name]


def _how_many(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    place = rng.choice([p for p in scene.places if p.explored] or [None])
    if place is None:
        return None
    number = len(_there(scene, place))
    verb = "is" if number == 1 else "are"
    return wording.format(t=place.name), f"there {verb} {counted(number, 'thing')}"


def _is_there(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    thing = rng.choice(scene.objects) if scene.objects else None
    found = scene.location(thing.name) if thing else None
    if thing is None or found is None:
        return None
    place = found.b if rng.random() < 0.5 else rng.choice(scene.places).name
    around = scene.location(found.b)
    if around is not None and place == around.b:
        return None  # in a box on the table: whether it is at the table is a matter of words
    if place == found.b:
        said = f"yes, the {thing.name} is {found.name} the {place}"
    else:
        said = f"no, the {thing.name} is {found.name} the {found.b}"
    return wording.format(o=thing.name, t=place), said


def _state(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    openable = [place for place in scene.places if OPENABLE in place.affordances]
    if not openable:
        return None
    place = rng.choice(openable)
    state = "open" if place.is_open else "closed"
    return wording.format(t=place.name), rng.choice((f"the {place.name} is {state}", f"it is {state}"))


def _colour(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    color = rng.choice(sorted({thing.color for thing in scene.objects if thing.color}) or [""])
    if not color:
        return None
    return wording.format(c=color), listed([thing.name for thing in scene.objects if thing.color == color])


def _exists(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    noun = rng.choice(SEEN.objects if rng.random() < 0.5 else [thing.category for thing in scene.objects] or ["cup"])
    there = [thing.name for thing in scene.objects if thing.category == noun]
    # A noun that is part of another's name would make the answer doubtful.
    if not there and any(noun in name for name in scene.entities):
        return None
    said = f"yes, there is {listed(there)}" if there else f"no {noun} can be seen"
    return wording.format(n=f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"), said


def _standing(rng: Random, scene: SceneGraph, wording: str) -> tuple[str, str] | None:
    at = [name for name in scene.at if scene.entities[name].kind == "place"]
    return wording, rng.choice(("at the {t}", "the robot is at the {t}")).format(t=at[0]) if at else "at no place"


FORMS: tuple[Form, ...] = (
    *forms(
        (
            "Where is the {o}?",
            "where can I find the {o}?",
            "Tell me where the {o} is.",
            "The {o}, where is it?",
            "In or on what is the {o}?",
            "What is the location of the {o}?",
            "Do you see where the {o} lies?",
            "I am looking for the {o}.",
            "where's the {o}",
            "Where did somebody leave the {o}?",
        ),
        _about(_where),
    ),
    *forms(
        (
            "What does the robot hold?",
            "Is anything in the robot's hand?",
            "what is it carrying",
            "What is in the hand?",
            "Is the robot's hand free, or what is in it?",
            "Name what the robot has gripped.",
        ),
        _about(_held),
    ),
    *forms(
        (
            "What is on or in the {t}?",
            "What does one find at the {t}?",
            "List what the {t} holds.",
            "Which things are on or in the {t}?",
            "what's there on the {t}",
            "Name everything on or in the {t}.",
            "If I go to the {t}, what do I find?",
        ),
        _about(_contents),
    ),
    *forms(
        (
            "How many things are on or in the {t}?",
            "Count what is on or in the {t}.",
            "what is the number of things at the {t}?",
            "How many entries name the {t} as their place?",
            "Give me the count for the {t}.",
        ),
        _about(_how_many),
    ),
    *forms(
        (
            "Is the {o} at the {t}?",
            "Would I find the {o} at the {t}?",
            "The {o} belongs to the {t}. Is it there?",
            "Somebody says the {o} is at the {t}. Is that so?",
            "Can you confirm that the {o} is at the {t}?",
        ),
        _about(_is_there),
    ),
    *forms(
        (
            "Is the {t} open or closed?",
            "In what state is the {t}?",
            "is the {t} shut?",
            "Would I have to open the {t}?",
            "Tell me whether the {t} is open.",
        ),
        _about(_state),
    ),
    *forms(
        (
            "Which objects are {c}?",
            "Name the {c} things.",
            "what is {c} here?",
            "List everything {c} that can be moved.",
        ),
        _about(_colour),
    ),
    *forms(
        (
            "Is there {n}?",
            "Can {n} be seen?",
            "I need {n}, is there one?",
            "Do you see {n}?",
            "Does the room have {n}?",
        ),
        _about(_exists),
    ),
    *forms(
        (
            "Where does the robot stand?",
            "At which place is the robot?",
            "where is the robot now",
            "Next to what is the robot?",
        ),
        _about(_standing),
    ),
)

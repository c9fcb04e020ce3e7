# SPDX-License-Identifier: Apache-2.0
"""How often each source is drawn: general ones by their names, the robot's files by theirs, within its share."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from agent_planner.errors import UserError, did_you_mean
from agent_planner.tuning.data.records import AGENT
from agent_planner.tuning.mixture.inputs import Sample
from agent_planner.tuning.mixture.order import Source, Weighted


def agent_sources(samples: Sequence[Sample], files: Sequence[Path], named: Mapping[str, float], seed: int) -> Weighted:
    """The robot's files with their weights; all as one where none is named, so that they count by size."""
    agent = [sample for sample in samples if sample.source == AGENT]
    if len(files) < 2 or not any(path.stem in named for path in files):
        return [(_source(AGENT, agent, seed), 1.0)] if agent else []
    by_file = {path.stem: [sample for sample in agent if sample.file == path.stem] for path in files}
    return [(_source(name, by_file[name], seed), named[name]) for name in by_file if by_file[name] and named[name] > 0]


def general_sources(samples: Sequence[Sample], named: Mapping[str, float], seed: int) -> Weighted:
    """General sources with their weights: in proportion to their numbers of conversations where none is named."""
    by_source: dict[str, list[Sample]] = {}
    for sample in samples:
        if sample.source != AGENT:
            by_source.setdefault(sample.source, []).append(sample)
    is_named = any(name in named for name in by_source)
    weights = {name: named[name] if is_named else len(found) for name, found in by_source.items()}
    return [(_source(name, by_source[name], seed), weights[name]) for name in sorted(by_source) if weights[name] > 0]


def _source(name: str, samples: Sequence[Sample], seed: int) -> Source:
    return Source(name, [sample.record for sample in samples], seed)


def check_names(named: Mapping[str, float], general: Collection[str], files: Sequence[Path]) -> None:
    """See whether weights say what each source counts.

    Args:
        named: weights by names.
        general: the general sources.
        files: the robot's.

    Raises:
        UserError: a name is of nothing, or of two things; a weight is no number from 0; or of two sources of a kind
            one is named and the other is not.
    """
    stems = Counter(path.stem for path in files)
    # A file alone has all of the robot's share.
    own = set(stems) if len(files) > 1 else set()
    for name, weight in named.items():
        if name not in own and name not in general:
            known = did_you_mean(name, {*own, *general})
            raise UserError(f"weight of '{name}': no general source and none of several --agent files has it; {known}")
        if (name in own) + (name in general) + (stems[name] > 1) > 1:
            raise UserError(f"weight of '{name}': two of the files or sources are called so; rename one")
        if not 0 <= weight < math.inf:
            raise UserError(f"weight of '{name}': {weight:g} is no number from 0")
    for kind, names in (("general source", set(general)), ("--agent file", own)):
        missing = sorted(names - named.keys())
        if missing and len(missing) < len(names):
            raise UserError(f"weight of {', '.join(missing)}: is missing; give each {kind} one (0: it is not drawn)")

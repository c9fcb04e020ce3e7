# SPDX-License-Identifier: Apache-2.0
"""Tables in Markdown, with columns that line up when they are read raw."""

from collections import Counter
from collections.abc import Mapping, Sequence

from agent_planner.tuning.panel.compare import Comparison, by_cell
from agent_planner.tuning.panel.results import ChoiceLine, EpisodeLine, LikelihoodLine, TaskLine
from agent_planner.tuning.panel.statistics import relative_change, wilson
from agent_planner.tuning.panel.taxonomy import Category
from agent_planner.tuning.scenarios.scenario import stable_seed
from agent_planner.types import Level, Outcome

NOTHING, OTHER_TOKENS = "–", "other tokens"
WITHIN = 0.02
ABOUT_TASKS = (
    "Instructions outside robotics, decoded greedily without a grammar; a program checks each answer. Who learned from "
    "conversations of the source `generated` has trained on several of these kinds, in other words: for such a model "
    "this shows what was learned, not what was kept."
)
# Codes of refusals of what can be read and names what there is: it was said at the wrong time, or is not allowed.
WELL_FORMED = ("NEEDS", "NO_PROGRESS", "DOUBTED", "DENIED")
_REFUSALS = ("missing(", "no_skill(")
Episodes = Mapping[str, Sequence[EpisodeLine]]


def markdown(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A table; the first column is flush left, all others flush right."""
    rows = [[cell.replace("|", "\\|") for cell in row] for row in (head, *body)]
    widths = [max(3, *(len(row[i]) for row in rows)) for i in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in (rows[0], rule, *rows[1:]))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
    return "| " + " | ".join([row[0].ljust(widths[0]), *cells[1:]]) + " |"


def share(count: int, n: int) -> str:
    """``82.0 % (75.8-86.9, n=200)``: a share with its Wilson interval at 95 %."""
    if n == 0:
        return NOTHING
    low, high = wilson(count, n)
    return f"{count / n:.1%} ({low * 100:.1f}-{high * 100:.1f}, n={n})".replace("%", " %")


def success_table(rows: Episodes, cells: Sequence[str]) -> str:
    """Rows by cells: how many episodes reached their goal."""
    body = []
    for name, lines in rows.items():
        found = by_cell(lines)
        body.append([name, *(_successes(found.get(cell, ())) for cell in cells)])
    return markdown(["model", *cells], body)


def _successes(lines: Sequence[EpisodeLine | TaskLine]) -> str:
    return share(sum(line.success for line in lines), len(lines))


def goal_table(rows: Episodes) -> str:
    """Kinds by rows: how many goals were stated exactly. Several parts of an instruction count each under its kind."""
    exact: dict[str, Counter[str]] = {name: Counter() for name in rows}
    total: dict[str, Counter[str]] = {name: Counter() for name in rows}
    for name, lines in rows.items():
        for line in lines:
            for kind in set(line.kind.split("+")):
                total[name][kind] += 1
                exact[name][kind] += line.goal_exact
    kinds = sorted({kind for counts in total.values() for kind in counts})
    body = [[kind, *(share(exact[name][kind], total[name][kind]) for name in rows)] for kind in kinds]
    return markdown(["kind", *rows], body)


def difference_table(title: str, comparisons: Sequence[Comparison]) -> str:
    """Paired differences in points, with exact p-values and those by Holm; ``title`` heads the first column."""
    body = [
        [
            c.cell,
            c.first,
            c.second,
            f"{c.paired.difference * 100:+.1f} ({_points(c.paired.interval())})",
            str(c.paired.n),
            f"{c.paired.first}:{c.paired.second}",
            _p(c.p),
            _p(c.corrected),
        ]
        for c in comparisons
    ]
    head = [title, "first", "second", "first less second, points (95 %)", "n", "only first:only second"]
    return markdown([*head, "p", "p (Holm)"], body)


def _points(interval: tuple[float, float]) -> str:
    return " to ".join(f"{limit * 100:+.1f}" for limit in interval)


def _p(value: float) -> str:
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"


def error_table(rows: Episodes) -> str:
    """Categories by rows: how many episodes failed that way, and the share of all episodes."""
    counts = {name: Counter(line.category for line in lines if line.category) for name, lines in rows.items()}
    body = [
        [category, *(_part(counts[name][category], len(lines)) for name, lines in rows.items())]
        for category in Category
        if any(counts[name][category] for name in rows)
    ]
    body.append(["all", *(_part(counts[name].total(), len(lines)) for name, lines in rows.items())])
    return markdown(["error", *rows], body)


def _part(count: int, n: int) -> str:
    if n == 0:
        return NOTHING  # of turns: an episode without a record has none
    return f"{count} of {n} ({count / n:.1%})".replace("%", " %")


def twin_table(rows: Episodes) -> str:
    """Needless asks and refusals in the feasible twins of what is ambiguous, impossible or done already."""
    body = []
    for name, lines in rows.items():
        for cell, twins in by_cell([line for line in lines if line.twin]).items():
            asked, declined = sum(map(_asked, twins)), sum(map(_declined, twins))
            body.append([name, cell, share(asked, len(twins)), share(declined, len(twins))])
    return markdown(["model", "cell", "needless asks", "needless refusals"], body)


def _asked(line: EpisodeLine) -> bool:
    """Whether it ended with a question to a person, whatever had been done before."""
    return line.outcome == Outcome.NEEDS_OPERATOR.value


def _declined(line: EpisodeLine) -> bool:
    """Whether it stated that there is no goal, or gave up before it had done anything."""
    stated = line.goal == "none" or line.goal.startswith(_REFUSALS)
    return stated or (line.outcome == Outcome.INFEASIBLE.value and not line.calls)


def invalid_table(rows: Episodes) -> str:
    """Turns whose first choice left the grammar, and goals and calls that were refused.

    At level raw there is no grammar to leave: what counts is refused for another reason than `WELL_FORMED`.
    """
    body = []
    for name, lines in rows.items():
        turns = sum(line.turns for line in lines)
        refused = sum(line.refused for line in lines)
        body.append([name, _raw_invalid(lines, turns), _part(refused, turns)])
    return markdown(["model", "raw invalid turns", "refused turns"], body)


def _raw_invalid(lines: Sequence[EpisodeLine], turns: int) -> str:
    if lines[0].level != Level.RAW.value:
        return _part(sum(line.raw_invalid for line in lines), turns)
    if not _knows_codes(lines):
        return NOTHING
    return _part(sum(n for line in lines for code, n in line.codes.items() if code not in WELL_FORMED), turns)


def refusal_table(rows: Episodes) -> str:
    """Codes by rows: why goals and calls were refused, the most frequent first."""
    counts = {name: sum((Counter(line.codes) for line in lines), Counter()) for name, lines in rows.items()}
    total = sum(counts.values(), Counter())
    body = [
        [code, *(_of_code(counts[name], code, lines) for name, lines in rows.items())]
        for code, _ in total.most_common()
    ]
    return markdown(["code", *rows], body)


def _of_code(counts: Counter[str], code: str, lines: Sequence[EpisodeLine]) -> str:
    return _part(counts[code], sum(line.turns for line in lines)) if _knows_codes(lines) else NOTHING


def _knows_codes(lines: Sequence[EpisodeLine]) -> bool:
    """Older files tell how many were refused, but not why."""
    return all(sum(line.codes.values()) == line.refused for line in lines)


def task_table(models: Mapping[str, Sequence[TaskLine]]) -> str:
    """Kinds by models: how many answers passed their check."""
    kinds = sorted({line.kind for lines in models.values() for line in lines})
    body = [
        [kind, *(_successes([line for line in lines if line.kind == kind]) for lines in models.values())]
        for kind in kinds
    ]
    body.append(["all", *(_successes(lines) for lines in models.values())])
    return markdown(["kind", *models], body)


def likelihood_table(models: Mapping[str, Sequence[LikelihoodLine]], base: str) -> str:
    """Mean log-likelihoods per token, and how much less likely than the base's they are, paired by conversation.

    A row a model and data. What the base was not measured on, or counts in other tokens, has no comparison; of what it
    has read only a part of, that part is shown.
    """
    scores = {name: {(line.data, line.conversation): line for line in lines} for name, lines in models.items()}
    body = []
    for name, found in scores.items():
        for data in dict.fromkeys(data for data, _ in found):
            mine = {key: line for key, line in found.items() if key[0] == data}
            shared = [(line, scores[base][key]) for key, line in mine.items() if key in scores.get(base, ())]
            change, within = (NOTHING, NOTHING) if name == base or not shared else _change(name, shared)
            shown = [line for line, _ in shared] or list(mine.values())
            mean = sum(line.log_likelihood for line in shown) / len(shown)
            count = str(len(mine)) if len(shown) == len(mine) else f"{len(shown)} of {len(mine)}"
            body.append([name, data, f"{mean:.4f}", change, within, count, str(sum(line.tokens for line in shown))])
    head = ["model", "data", "log-likelihood a token", "negative log-likelihood against the base", "within 2 %"]
    return markdown([*head, "conversations", "tokens"], body)


def _change(name: str, pairs: Sequence[tuple[LikelihoodLine, LikelihoodLine]]) -> tuple[str, str]:
    """How much less likely than the base's, with its interval, and whether that is within the limit."""
    if any(line.tokens != other.tokens for line, other in pairs):
        return OTHER_TOKENS, NOTHING
    mine, theirs = zip(*((-line.log_likelihood, -other.log_likelihood) for line, other in pairs), strict=True)
    change, low, high = relative_change(theirs, mine, stable_seed("bootstrap", name))
    within = "yes" if high <= WITHIN else "no" if low > WITHIN else "open"
    return f"{change * 100:+.2f} % ({low * 100:+.2f} to {high * 100:+.2f})", within


def choice_table(models: Mapping[str, Sequence[ChoiceLine]]) -> str:
    """Models by data: how many of the tokens that hold a choice they put first.

    Tokens depend on one another: no interval.
    """
    body = []
    for name, found in models.items():
        for data in dict.fromkeys(line.data for line in found):
            lines = [line for line in found if line.data == data]
            tokens, right = sum(line.tokens for line in lines), sum(line.right for line in lines)
            body.append([name, data, f"{right / tokens * 100:.2f} %", str(tokens), str(len(lines))])
    return markdown(["model", "data", "put first", "tokens", "situations"], body)

# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune general` and `tune mix`: general conversations, and a training order of them and the robot's."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent_planner.cli.new_file import ready_to_write
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError
from agent_planner.tuning.mixture.names import SHAREGPT_LIMIT, GeneralSource, Split

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from agent_planner.tuning.data.records import Record
    from agent_planner.tuning.mixture.mix_config import MixConfig
    from agent_planner.tuning.mixture.synthesis_config import SynthesisConfig

_Out = Annotated[Path, typer.Argument(help="the file to write, JSON lines; OUT.manifest.json says what made it")]
_Files = list[Path] | None
# Of a source that is gone through more often than that, little more is learned than its words.
_MANY_EPOCHS = 5


def general(
    out: _Out,
    source: Annotated[
        GeneralSource,
        typer.Option(
            help="sharegpt: as AgentTuning; synthesis: drawn from the base; generated: made by programs, where splits "
            "differ in forms, not in words and answers, so that they measure nothing of what a base has kept"
        ),
    ],
    count: Annotated[int, typer.Option(min=1, help="conversations, at most")] = 2000,
    seed: Annotated[int | None, typer.Option(help="the same seed gives the same file (0 if left out)")] = None,
    split: Annotated[Split | None, typer.Option(help="no conversation is in two of them (train if left out)")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="sharegpt: a file in the form of ShareGPT's JSON, not the package's", exists=True),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"sharegpt: characters of a conversation ({SHAREGPT_LIMIT} if left out)")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(help="synthesis: default (SmolLM2-135M-Instruct, if left out), a folder, a Hugging Face name"),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="synthesis: conversations that are drawn together (16 if left out)")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="synthesis: YAML with base, seed, split, batch, temperature, answer_temperature, top_p, "
            "instruction_tokens, answer_tokens; options win",
            exists=True,
        ),
    ] = None,
) -> None:
    """Make a set of general conversations. Synthesis that was killed goes on where it was."""
    ready_to_write(out, *([file] if file else ()))
    of_source = {
        GeneralSource.SHAREGPT: {"file": file, "limit": limit},
        GeneralSource.SYNTHESIS: {"base": base, "batch": batch, "config": config},
    }
    for other, options in of_source.items():
        for name, given in options.items():
            if given is not None and source is not other:
                raise UserError(f"--{name} is for --source {other}; leave it out")
    from agent_planner.tuning.data.manifest import write_manifest
    from agent_planner.tuning.data.records import write_records

    terminal = Terminal()
    counts: Counter[str] = Counter()
    asked = {"base": base, "seed": seed, "split": split, "batch": batch}
    synthesis = _synthesis_config(config, {name: value for name, value in asked.items() if value is not None})
    seed, split = synthesis.seed, synthesis.split
    told: dict[str, Any] = {"source": source.value, "count": count, "seed": seed, "split": split.value}
    inputs: list[Path] = []
    if source is GeneralSource.SHAREGPT:
        from agent_planner.tuning.mixture.sharegpt import installed_file

        inputs.append(file or installed_file())
        limit = told["limit"] = SHAREGPT_LIMIT if limit is None else limit
        records = _sharegpt(terminal, inputs[0], count, seed, split, limit, counts)
    elif source is GeneralSource.SYNTHESIS:
        records, drawn_with = _synthesis(terminal, out, count, synthesis, counts)
        told |= drawn_with
    else:
        records = _generated(terminal, count, seed, split, counts)
    written = write_records(out, (item.plain() for item in records))
    write_manifest(out, "tune general", told, inputs, {"records": written, "drawn": dict(counts.most_common())})
    terminal.say(f"{written} conversations written to {out} ({', '.join(f'{k} {n}' for k, n in counts.most_common())})")


def _sharegpt(
    terminal: Terminal, path: Path, count: int, seed: int, split: Split, limit: int, counts: Counter[str]
) -> "list[Record]":
    from random import Random

    from agent_planner.tuning.mixture.sharegpt import conversations
    from agent_planner.tuning.scenarios.scenario import stable_seed

    with terminal.busy("reading ShareGPT"):
        of_split = [item for item in conversations(path, limit, counts) if (item.model_extra or {})["split"] == split]
    counts[f"of {split}"] = len(of_split)
    if count >= len(of_split):
        return of_split
    chosen = Random(stable_seed("sharegpt", seed)).sample(range(len(of_split)), count)
    return [of_split[place] for place in sorted(chosen)]


def _synthesis_config(file: Path | None, given: dict[str, Any]) -> "SynthesisConfig":
    from agent_planner.config import parse_yaml, read_text
    from agent_planner.tuning.mixture.synthesis_config import SynthesisConfig

    if file is None:
        return SynthesisConfig(**given)
    written = parse_yaml(SynthesisConfig, read_text(file), str(file), "temperature")[0]
    return SynthesisConfig(**(written.model_dump() | given))


def _synthesis(
    terminal: Terminal, out: Path, count: int, asked: "SynthesisConfig", counts: Counter[str]
) -> "tuple[list[Record], dict[str, Any]]":
    with terminal.busy("loading the base model"):
        from agent_planner.llm.default_model import BASE_NAME, default_base
        from agent_planner.llm.local import share_processors

        share_processors()
        from agent_planner.llm.weights import load_weights, use_threads
        from agent_planner.tuning.collect.identity import model_hash
        from agent_planner.tuning.mixture.sampler import Sampler
        from agent_planner.tuning.mixture.synthesis import synthesize

        use_threads()
        is_default = asked.base == "default"
        config = asked.model_copy(update={"base": BASE_NAME}) if is_default else asked
        source = str(default_base()) if is_default else asked.base
        loaded = load_weights(source, None, lambda text, fraction: None)
        sha256 = model_hash(source)
        sampler = Sampler(loaded, config.top_p)
    with terminal.counting("conversations", count) as counter:
        done = 0

        def told(kept: int) -> None:
            nonlocal done
            for _ in range(kept - done):
                counter.advance(f"of {counts.total()} drawn")
            done = kept

        drawn = out.with_name(f"{out.name}.drawn")
        records = synthesize(sampler, config, sha256, drawn, count, counts, told)
    return records, config.model_dump(mode="json") | {"model_sha256": sha256}


def _generated(terminal: Terminal, count: int, seed: int, split: Split, counts: Counter[str]) -> "list[Record]":
    from agent_planner.tuning.mixture.generated import generate

    with terminal.counting("conversations", count) as counter:
        records = []
        for item in generate(count, seed, split):
            records.append(item)
            counts[(item.model_extra or {})["family"]] += 1
            counter.advance()
    return records


def mix(
    out: _Out,
    agent: Annotated[_Files, typer.Option(help="the robot's conversations, of `tune filter`", exists=True)] = None,
    general: Annotated[
        _Files,
        typer.Option(help="general ones, of `tune general` or in any schema that `tune import` reads", exists=True),
    ] = None,
    against: Annotated[
        _Files, typer.Option(help="what models are evaluated on; what nearly repeats it is left out", exists=True)
    ] = None,
    mismatches: Annotated[
        int | None,
        typer.Option(min=0, max=9, help="tokens of ten that may differ in a near repetition (4 if left out)"),
    ] = None,
    eta: Annotated[
        float | None, typer.Option(min=0, max=1, help="probability that a sample is the robot's (0.2 if left out)")
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=NUMBER: how often a general source is drawn, or, of several --agent files, the one of this name "
            "(mine=2 for mine.jsonl); by their sizes if left out"
        ),
    ] = None,
    samples: Annotated[int | None, typer.Option(min=1, help="how many are drawn (10000 if left out)")] = None,
    seed: Annotated[
        int | None, typer.Option(help="the same inputs and seed give the same file (0 if left out)")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="count tokens as this model: default, a folder, a Hugging Face name")
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="leave out, before drawing, longer conversations and those that the base's chat template refuses; "
            "needs --base",
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML with these options as keys (weights: a mapping); options win", exists=True)
    ] = None,
) -> None:
    """Draw a training order from agent and general data, without what would repeat the evaluation."""
    from agent_planner.tuning.mixture.mix import mix as make

    given = {
        "agent": agent,
        "general": general,
        "against": against,
        "mismatches": mismatches,
        "eta": eta,
        "weights": _weights(weight) if weight else None,
        "samples": samples,
        "seed": seed,
        "base": base,
        "max_tokens": max_tokens,
    }
    terminal = Terminal()
    told = _config(config, {name: value for name, value in given.items() if value is not None})
    ready_to_write(out, *told.agent, *told.general, *told.against)
    tokenizer = None if told.base is None else _tokenizer(terminal, told.base)
    with terminal.busy("mixing"):
        counts = make(told, out, tokenizer)
    for name, figures in (*counts["sources"].items(), *counts.get("agent_files", {}).items()):
        terminal.say(f"{name}: " + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items()))
        if figures["epochs"] > _MANY_EPOCHS:
            terminal.say(
                f"{name} is gone through {figures['epochs']:.1f} times; more than {_MANY_EPOCHS} teach its words by "
                "heart: give more of it, draw fewer samples, or change --eta or --weight",
                "yellow",
            )
    if not counts["compared_with"]:
        terminal.say("without --against nothing was checked for repeating what models are evaluated on")
    own = counts["sources"].get("agent", {"no_reward": 0, "low_reward": 0})
    if own["no_reward"] or own["low_reward"]:
        terminal.say(
            f"of the robot's records {own['low_reward']} have a reward below 1, {own['no_reward']} have none; "
            "`tune filter` leaves them out",
            "yellow",
        )
    shares = f"agent data are {counts['agent_share']:.1%} of the samples"
    if "agent_token_share" in counts:
        shares += f", {counts['agent_token_share']:.1%} of the loss tokens (all counted alike)"
    terminal.say(f"{counts['samples']} samples written to {out}; {shares}")


def _weights(given: list[str]) -> dict[str, float]:
    weights = {}
    for item in given:
        name, _, value = item.partition("=")
        try:
            weights[name] = float(value)
        except ValueError as error:
            raise UserError(f"--weight {item}: is not of the form NAME=NUMBER, e.g. sharegpt=4") from error
    return weights


def _config(file: Path | None, given: dict[str, Any]) -> "MixConfig":
    from agent_planner.config import parse_yaml, read_text
    from agent_planner.tuning.mixture.mix_config import MixConfig

    if file is None:
        return MixConfig(**given)
    written = parse_yaml(MixConfig, read_text(file), str(file), "agent")[0]
    return MixConfig(**(written.model_dump() | given))


def _tokenizer(terminal: Terminal, base: str) -> "PreTrainedTokenizerFast":
    with terminal.busy("loading the tokenizer"):
        from transformers import AutoTokenizer

        from agent_planner.llm.default_model import default_base

        folder = str(default_base()) if base == "default" else base
        try:
            return AutoTokenizer.from_pretrained(folder)
        except (OSError, ValueError) as error:
            raise UserError(
                f"--base {base}: no tokenizer can be loaded ({str(error).splitlines()[0]}); "
                "give default, a folder or a Hugging Face name"
            ) from error

# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune`: from nothing to a tuned model and its figures; docs/tuning.md tells it in order."""

import typer

from agent_planner.cli import (
    tune_collect,
    tune_collect_physical,
    tune_evaluate,
    tune_evaluate_physical,
    tune_export,
    tune_failures,
    tune_mix,
    tune_records,
    tune_report,
    tune_scenarios,
    tune_study,
    tune_train,
)

app = typer.Typer(
    help="Tune a language model on robot trajectories: make data, train, measure. In this order:", no_args_is_help=True
)
app.command()(tune_scenarios.scenarios)
app.command()(tune_collect.collect)
app.command("collect-physical")(tune_collect_physical.collect_physical)
app.command()(tune_failures.failures)
app.command("filter")(tune_scenarios.filter_records)
app.command()(tune_mix.general)
app.command()(tune_mix.mix)
app.command()(tune_train.train)
app.command()(tune_evaluate.evaluate)
app.command("evaluate-physical")(tune_evaluate_physical.evaluate_physical)
app.command()(tune_report.report)
app.command()(tune_study.study)
app.command("import")(tune_records.import_records)
app.command()(tune_export.export)

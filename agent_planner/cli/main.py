# SPDX-License-Identifier: Apache-2.0
"""The command `agent-planner`: its verbs, and how errors become one paragraph and an exit code.

0: done. 1: it did not succeed, or a machine, a network or another process must be looked at. 2: an argument or a file
is wrong. 130 and 143: ended by Ctrl-C or SIGTERM, after everything that was started has stopped.
"""

import sys

import typer

from agent_planner.cli import (
    console,
    demo,
    episodes,
    evaluate,
    mcp,
    model,
    policy,
    ros_shell,
    run,
    send,
    skills,
    stop,
    teleop,
    tune,
)
from agent_planner.cli.signals import Terminated, raise_on_termination
from agent_planner.errors import InfrastructureError, UserError
from agent_planner.teleop.status import plain_lines

app = typer.Typer(
    name="agent-planner",
    help="Tell a ROS 2 robot what to do: a tuned open language model calls the robot's own skills.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("send")(send.send)
app.command("stop")(stop.stop)
app.command("reset")(stop.reset)
app.command("teleop")(teleop.teleop)
app.command("mcp")(mcp.mcp)
app.command("console")(console.console)
app.command("eval")(evaluate.evaluate)
app.add_typer(episodes.app, name="episodes")
app.add_typer(skills.app, name="skills")
app.add_typer(policy.app, name="policy")
app.add_typer(model.app, name="model")
app.add_typer(tune.app, name="tune")
app.command("env")(ros_shell.env)


def main() -> None:
    """Run the command line and exit."""
    raise_on_termination()
    try:
        app()
    except UserError as error:
        _fail(error, 2)
    except InfrastructureError as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Terminated as ended:
        sys.exit(128 + ended.number)


def _fail(error: Exception, code: int) -> None:
    paragraph = " ".join(str(error).split("\n")) if code == 2 else str(error)
    print(f"agent-planner: {plain_lines(paragraph)}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""What the commands about one recorded episode have in common."""

from pathlib import Path
from typing import Annotated

import typer

RunsFolder = Annotated[Path, typer.Option("--runs", help="the folder in which episodes were recorded, at any depth")]
EpisodeId = Annotated[str, typer.Argument(metavar="ID", help="as `episodes list` shows it; its begin or end will do")]

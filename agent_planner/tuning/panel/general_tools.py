# SPDX-License-Identifier: Apache-2.0
"""Templates of general instructions that ask for one call of a tool outside robotics: files, calendar, tables."""

from random import Random

from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import CallRefused
from agent_planner.tuning.panel.general_texts import DAYS, MEETINGS, Drawn, Template
from agent_planner.types import Call

_FILES = ("notes", "budget", "draft", "photo_list", "minutes", "recipe", "plan", "letter")
_ENDINGS = ("pdf", "txt", "odt")
_FOLDERS = ("archive", "work", "private", "inbox", "reports", "backup")
_TABLES = ("sales", "orders", "visitors", "stock", "members")
_COLUMNS = ("price", "amount", "age", "date", "city", "weight")
_FILE_TOOLS = (
    "move_file(file, folder): Move a file into a folder.\n"
    "delete_file(file): Delete a file.\n"
    "rename_file(file, name): Give a file another name.\n"
    "list_files(folder): List what is in a folder."
)
_CALENDAR_TOOLS = (
    "add_event(title, day, hour): Put an event into the calendar.\n"
    "cancel_event(title, day): Take an event out of the calendar.\n"
    "show_week(week): Show the events of a week by its number."
)
_TABLE_TOOLS = (
    "sort_table(table, column): Sort a table by a column.\n"
    "sum_column(table, column): Add up a column of a table.\n"
    "drop_column(table, column): Take a column out of a table."
)


def _call(tools: str, instruction: str, skill: str, **args: str | float) -> Drawn:
    wanted = Call(skill, args)
    system = f'Answer with one call of a tool and nothing else, e.g. tool(argument="value"). The tools:\n{tools}'

    def passes(said: str) -> bool:
        try:
            return parse_turn(said)[1].key() == wanted.key()
        except CallRefused:
            return False

    return Drawn(instruction, str(wanted), passes, system)


def _move_file(rng: Random) -> Drawn:
    file, folder = f"{rng.choice(_FILES)}.txt", rng.choice(_FOLDERS)
    return _call(_FILE_TOOLS, f"Move {file} into the folder {folder}.", "move_file", file=file, folder=folder)


def _delete_file(rng: Random) -> Drawn:
    file = f"{rng.choice(_FILES)}.{rng.choice(_ENDINGS)}"
    return _call(_FILE_TOOLS, f"I no longer need {file}, delete it.", "delete_file", file=file)


def _list_files(rng: Random) -> Drawn:
    folder = rng.choice(_FOLDERS)
    text = rng.choice(("What is in the folder {}?", "Show me the files in {}.", "List what {} holds."))
    return _call(_FILE_TOOLS, text.format(folder), "list_files", folder=folder)


def _add_event(rng: Random) -> Drawn:
    title, day, hour = rng.choice(MEETINGS), rng.choice(DAYS), rng.randint(8, 18)
    text = f"Put {title} into my calendar for {day}, {hour} o'clock."
    return _call(_CALENDAR_TOOLS, text, "add_event", title=title, day=day, hour=float(hour))


def _cancel_event(rng: Random) -> Drawn:
    title, day = rng.choice(MEETINGS), rng.choice(DAYS)
    return _call(_CALENDAR_TOOLS, f"Cancel the {title} on {day}.", "cancel_event", title=title, day=day)


def _show_week(rng: Random) -> Drawn:
    week = rng.randint(1, 52)
    return _call(_CALENDAR_TOOLS, f"Show me what I have in week {week}.", "show_week", week=float(week))


def _sort_table(rng: Random) -> Drawn:
    table, column = rng.choice(_TABLES), rng.choice(_COLUMNS)
    return _call(_TABLE_TOOLS, f"Sort the table {table} by {column}.", "sort_table", table=table, column=column)


def _sum_column(rng: Random) -> Drawn:
    table, column = rng.choice(_TABLES), rng.choice(_COLUMNS)
    text = f"Add up the column {column} of {table}."
    return _call(_TABLE_TOOLS, text, "sum_column", table=table, column=column)


TOOLS: dict[str, tuple[Template, ...]] = {
    "files": (_move_file, _delete_file, _list_files),
    "calendar": (_add_event, _cancel_event, _show_week),
    "tables": (_sort_table, _sum_column),
}

# SPDX-License-Identifier: Apache-2.0
"""Tools outside robotics, called in the form in which our models call skills."""

from random import Random

from agent_planner.tuning.mixture.kinds.form import Form, Turns, forms
from agent_planner.types import Call, Value

_TOOLS: dict[str, str] = {
    "read_file(path)": "Show what is in a text file.",
    "copy_file(path, target)": "Copy a file to another path.",
    "make_folder(path)": "Make a new folder.",
    "find_files(word)": "Find files whose name has a word.",
    "zip_folder(path)": "Pack a folder into one archive.",
    "free_space()": "Tell how much room the disk has.",
    "book_meeting(topic, day, time)": "Enter a meeting.",
    "move_meeting(topic, day)": "Put a meeting on another day.",
    "next_meeting()": "Tell which meeting comes next.",
    "invite(topic, person)": "Ask somebody to a meeting.",
    "set_reminder(text, day)": "Remind of something on a day.",
    "filter_rows(table, column, value)": "Keep rows in which a column has a value.",
    "average(table, column)": "Mean of a column of numbers.",
    "count_rows(table)": "Number of rows.",
    "add_column(table, name)": "Add an empty column.",
    "plot(table, x, y)": "Draw one column over another.",
    "send_mail(to, subject)": "Send a mail.",
    "search_mail(word)": "Find mails with a word in them.",
    "start_timer(minutes)": "Start a timer.",
    "convert_currency(amount, source, target)": "Convert money.",
    "translate(text, language)": "Translate a text.",
    "weather(town, day)": "Forecast for a town.",
    "play_song(title)": "Play a piece of music.",
    "add_note(text)": "Write a note.",
}
_HEADS = (
    "You have these tools:\n{tools}\nAnswer with one call.\n\n{request}",
    "Tools:\n{tools}\n\n{request}\nGive the call only.",
    "{tools}\n\nWhich of these calls does the request need? {request}",
    "Call a tool, with every argument by its name.\n{tools}\n\nRequest: {request}",
)
_NONE = ("None of these tools can do that.", "There is no tool for that.", "No tool here does that.")

_STEMS = ("report", "invoice", "budget", "letter", "thesis", "menu", "contract", "poster", "survey", "roster")
_WORDS: dict[str, tuple[str, ...]] = {
    "file": tuple(f"{stem}.{end}" for stem in _STEMS for end in ("txt", "csv", "pdf")),
    "folder": ("archive", "photos/2024", "drafts", "team/shared", "music", "taxes", "old", "backup/may"),
    "word": ("invoice", "holiday", "printer", "contract", "garden", "tickets", "repair", "school"),
    "topic": ("budget", "hiring", "roof repair", "summer party", "sales", "safety training", "website", "exams"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "time": ("8:30", "9:00", "10:15", "11:00", "13:30", "14:00", "16:45", "18:00"),
    "person": ("Anna", "Boris", "Chloe", "Deniz", "Elif", "Frank", "Greta", "Hamid"),
    "table": ("orders", "plants", "members", "trips", "books", "scores", "stock", "visits"),
    "column": ("price", "age", "weight", "rating", "size", "cost"),
    "other": ("height", "year", "month", "length", "distance", "score"),
    "mark": ("status", "label", "group", "state"),
    "value": ("open", "closed", "late", "paid", "urgent", "new", "checked"),
    "money": ("euros", "dollars", "pounds", "yen", "francs", "kronor"),
    "coin": ("rupees", "pesos", "lira", "won", "rand"),
    "language": ("French", "Swahili", "Polish", "Korean", "Greek", "Spanish"),
    "phrase": ("where is the station", "thank you for the meal", "we are late", "it is cold today", "good luck"),
    "town": ("Oslo", "Lima", "Accra", "Graz", "Kyoto", "Tartu", "Porto", "Quito"),
    "song": ("Blue Harbour", "Nine Lanterns", "Slow Train Home", "Winter Garden", "Paper Boats"),
    "errand": ("water the plants", "call the plumber", "pay the rent", "buy stamps", "bring back the books"),
}
# A request, the tool, and its arguments from the words that were drawn. {n} is a number.
_REQUESTS: dict[str, tuple[str, dict[str, str]]] = {
    "What does {file} say?": ("read_file", {"path": "{file}"}),
    "open {file} for me, I want to read it": ("read_file", {"path": "{file}"}),
    "Make a copy of {file} at {folder}/{file}.": ("copy_file", {"path": "{file}", "target": "{folder}/{file}"}),
    "I need {file} in {folder} as well, under the same name": (
        "copy_file",
        {"path": "{file}", "target": "{folder}/{file}"},
    ),
    "Create the folder {folder}.": ("make_folder", {"path": "{folder}"}),
    "there should be a folder called {folder}": ("make_folder", {"path": "{folder}"}),
    "Which files have '{word}' in their name?": ("find_files", {"word": "{word}"}),
    "look for a file about {word}": ("find_files", {"word": "{word}"}),
    "Pack {folder} so that I can send it.": ("zip_folder", {"path": "{folder}"}),
    "Is there still room on the disk?": ("free_space", {}),
    "how full is my disk": ("free_space", {}),
    "Book a meeting about {topic} on {day} at {time}.": (
        "book_meeting",
        {"topic": "{topic}", "day": "{day}", "time": "{time}"},
    ),
    "{day}, {time}: {topic}. Put it in.": ("book_meeting", {"topic": "{topic}", "day": "{day}", "time": "{time}"}),
    "The {topic} meeting has to be on {day} instead.": ("move_meeting", {"topic": "{topic}", "day": "{day}"}),
    "can we do {topic} on {day}? it is in the calendar for another day": (
        "move_meeting",
        {"topic": "{topic}", "day": "{day}"},
    ),
    "What is my next appointment?": ("next_meeting", {}),
    "{person} should come to the meeting on {topic}.": ("invite", {"topic": "{topic}", "person": "{person}"}),
    "ask {person} to join us for {topic}": ("invite", {"topic": "{topic}", "person": "{person}"}),
    "On {day} I must not forget to {errand}.": ("set_reminder", {"text": "{errand}", "day": "{day}"}),
    "remind me to {errand} on {day}": ("set_reminder", {"text": "{errand}", "day": "{day}"}),
    "From {table} show me only the rows with {mark} {value}.": (
        "filter_rows",
        {"table": "{table}", "column": "{mark}", "value": "{value}"},
    ),
    "Drop all {table} whose {mark} is not {value}.": (
        "filter_rows",
        {"table": "{table}", "column": "{mark}", "value": "{value}"},
    ),
    "What is the mean {column} in {table}?": ("average", {"table": "{table}", "column": "{column}"}),
    "the {column} of {table} on average, please": ("average", {"table": "{table}", "column": "{column}"}),
    "How many entries does the table {table} have?": ("count_rows", {"table": "{table}"}),
    "count {table}": ("count_rows", {"table": "{table}"}),
    "{table} needs a new column called {other}.": ("add_column", {"table": "{table}", "name": "{other}"}),
    "Draw {column} over {other} for {table}.": ("plot", {"table": "{table}", "x": "{other}", "y": "{column}"}),
    "A chart of {table}: {other} on the x axis, {column} on y.": (
        "plot",
        {"table": "{table}", "x": "{other}", "y": "{column}"},
    ),
    "Write a mail to {person} with the subject {topic}.": ("send_mail", {"to": "{person}", "subject": "{topic}"}),
    "mail {person}, it is about {topic}": ("send_mail", {"to": "{person}", "subject": "{topic}"}),
    "Where is that mail about {word}?": ("search_mail", {"word": "{word}"}),
    "Wake me in {n} minutes.": ("start_timer", {"minutes": "{n}"}),
    "timer, {n} min": ("start_timer", {"minutes": "{n}"}),
    "How much are {n} {money} in {coin}?": (
        "convert_currency",
        {"amount": "{n}", "source": "{money}", "target": "{coin}"},
    ),
    "Change {n} {money} into {coin}.": ("convert_currency", {"amount": "{n}", "source": "{money}", "target": "{coin}"}),
    "What is '{phrase}' in {language}?": ("translate", {"text": "{phrase}", "language": "{language}"}),
    "Say '{phrase}', but in {language}": ("translate", {"text": "{phrase}", "language": "{language}"}),
    "Will it rain in {town} on {day}?": ("weather", {"town": "{town}", "day": "{day}"}),
    "do I need a coat in {town} this {day}": ("weather", {"town": "{town}", "day": "{day}"}),
    "I would like to hear {song}.": ("play_song", {"title": "{song}"}),
    "put on {song}": ("play_song", {"title": "{song}"}),
    "Note: {errand}.": ("add_note", {"text": "{errand}"}),
    "write down that I have to {errand}": ("add_note", {"text": "{errand}"}),
}
# What a tool gives back, and what is told of it. {n} is a number again.
_RESULTS: dict[str, tuple[str, str]] = {
    "free_space": ("free: {n} GB", "There are {n} GB left."),
    "next_meeting": ("{topic}, {day} {time}", "Your next meeting is {topic}, on {day} at {time}."),
    "average": ("{n}", "The mean is {n}."),
    "count_rows": ("{n}", "There are {n} rows."),
    "convert_currency": ("{n} {coin}", "That makes {n} {coin}."),
    "weather": ("dry, {n} degrees", "It stays dry, with {n} degrees."),
    "find_files": ("{n} found", "I found {n} files."),
}


def _asked(rng: Random, tools: list[str], request: str) -> str:
    rng.shuffle(tools)
    return rng.choice(_HEADS).format(tools="\n".join(f"{tool}: {_TOOLS[tool]}" for tool in tools), request=request)


def _drawn(rng: Random) -> dict[str, Value]:
    words: dict[str, Value] = {kind: rng.choice(words) for kind, words in _WORDS.items()}
    return words | {"n": rng.randint(2, 60)}


def _called(rng: Random, wording: str) -> Turns:
    """A request and its call; now and then the tool's result as well, and what is said of it, or no tool that fits."""
    name, arguments = _REQUESTS[wording]
    needed = next(tool for tool in _TOOLS if tool.startswith(f"{name}("))
    tools = rng.sample([tool for tool in _TOOLS if tool != needed], rng.randint(2, 5))
    words = _drawn(rng)
    request = wording.format(**words)
    if rng.random() < 0.1:
        return _asked(rng, tools, request), rng.choice(_NONE)
    asked = _asked(rng, [*tools, needed], request)
    call = Call(name, {key: words["n"] if slot == "{n}" else slot.format(**words) for key, slot in arguments.items()})
    if name not in _RESULTS or rng.random() < 0.5:
        return asked, str(call)
    found = words | {"n": rng.randint(2, 60)}
    result, told = (text.format(**found) for text in _RESULTS[name])
    return asked, str(call), result, told


FORMS: tuple[Form, ...] = forms(_REQUESTS, _called)

# SPDX-License-Identifier: Apache-2.0
"""What people say beside what is to be done, for training: remarks ask for nothing."""

import re

# A sentence each; its first letter is small where it may stand in the middle of one.
TRAIN_REMARKS: tuple[str, ...] = (
    "I have a meeting at noon", "my shift ends in ten minutes", "the children are asleep", "we are running late",
    "I did not sleep at all", "it has been a long day", "nobody told me about this", "the inspector comes tomorrow",
    "I do not want to get up again", "my knee is bad today", "there is no hurry",
    "you are faster than I am", "everyone else has gone home", "I keep forgetting that", "they will be here any minute",
    "I promised it to my sister", "that is what we agreed on", "the last one did it wrong", "we do this every evening",
    "I have asked twice already", "I cannot see a thing today", "I am on the telephone right now",
    "my hands are dirty", "I cannot bend down", "it is far too hot in here", "it is so loud today",
    "we have had complaints", "it does not look nice like this", "it has bothered me all week",
    "grandfather is coming over", "the baby is about to wake up", "I am not feeling well", "I have hurt my wrist",
    "we had an accident here last year", "it is not safe like this", "that would be a great help",
    "I will do the rest myself", "my colleague has called in sick", "the patient is waiting", "the bus leaves soon",
    "somebody is going to trip", "we are expecting a delivery", "the auditors are picky", "I lost a bet",
    "it is my turn but I am tired", "I am busy with something else", "we always do it that way",
    "I would rather not touch anything", "you know how they are", "I should have done it yesterday",
    "it is getting crowded", "the class starts at nine", "the others are on holiday", "I was told to ask you",
    "my doctor says I must not lift anything", "we need some room", "this is a mess", "I cannot work like this",
    "the guests are hungry", "it is almost midnight", "it will not take you long", "I am sure you can do it",
    "you did it very well last time", "the new ones do not know that yet", "it is not hard",
    "I have no idea who did that", "my neighbour complained", "I hope that is all right with you",
    "it has to be right this time", "we are moving next week", "the photographer is here", "I have to run",
    "I have to finish this", "they told us so yesterday",
    "the rest of us are at lunch", "it is the same every day", "my wife would kill me otherwise",
    "we are short of staff", "I do not trust myself with that", "the manager insists", "it is only for today",
    "we are about to eat", "it is time for bed", "the show begins in an hour", "I have been up since five",
    "that is the rule here", "it was my fault", "it is a surprise", "this has been going on for days",
    "I do not know why it is like that", "everything has its place", "it may rain any moment", "I am expecting a call",
    "the cleaners come on Fridays", "we will have company", "I am a bit worried", "there was a power cut",
    "somebody could get hurt", "the smell is terrible", "I am allergic to dust", "we lost the game",
    "it is Monday again", "I have had enough", "nobody ever listens", "so far everything went well",
    "we have an hour left", "that was the last one", "the doctor said so", "they pay us for that",
    "I would do it but I am stuck here", "it is quieter now",
)  # fmt: skip

# How a remark stands with an instruction; the first of any kind, the second of bare imperatives (framed or not).
TRAIN_REMARKED: tuple[str, ...] = ("{R}. {I}", "{R}! {I}", "{R}... {i}", "{I}. {R}", "{R}. {I}")
TRAIN_REMARKED_BARE: tuple[str, ...] = (
    "{r}, {i}",
    "{r}, so {i}",
    "{i}, {r}",
    "{i} because {r}",
    "{r}; {i}",
    "{i} - {r}",
)

# Behind an instruction: what for, when, how. None of it is a thing to do, and nothing of it is to be found.
TRAIN_PURPOSES: tuple[str, ...] = (
    "for our guests", "for my mother", "for tomorrow", "for the neighbours", "for the night shift", "for later",
    "for the customer over there", "for the next patient", "for my daughter", "for the inspection", "for the meeting",
    "for my friends", "for dinner", "before they arrive", "before the show begins", "before anybody notices",
    "before it gets dark", "before I leave", "until I am back", "so that nobody trips", "so that we can start",
    "so nobody has to look for it", "so I can sit down", "so I do not forget", "as we always do", "like yesterday",
    "as usual", "in case somebody asks", "to make some room", "to please the boss", "when you get the chance",
    "for the time being", "and be careful", "but gently", "without any noise", "the way you did last week",
    "for a change", "for once", "as a favour to me", "if you do not mind", "while I am away", "in a minute",
)  # fmt: skip

# About the thing that the instruction then calls "it"; the second is about what can be carried.
TRAIN_ABOUT: tuple[str, ...] = (
    "{o} has been on my mind all day", "you know {o}", "have you noticed {o}?", "look, there is {o}",
    "this is about {o}", "it is {o} again", "I was just thinking of {o}", "somebody asked me about {o}",
    "you remember {o}, I guess", "I do not like how {o} looks", "{o} is driving me mad", "{o} belongs to my neighbour",
    "nobody cares for {o}", "{o} is next on my list", "now for {o}", "{o} was expensive", "do you see {o}?",
    "{o} is the oldest thing here", "we have a problem with {o}", "everybody asks about {o}",
)  # fmt: skip
TRAIN_ABOUT_OBJECTS: tuple[str, ...] = (
    "{o} is in the way", "{o} got wet", "{o} has a scratch", "{o} is a present", "{o} is not ours",
    "somebody left {o} lying around", "{o} is worn out", "I nearly fell over {o}", "{o} was borrowed",
    "{o} came this morning", "{o} fell down earlier", "nobody needs {o} any more", "{o} is fragile",
    "we will need {o} later", "{o} is old", "{o} is heavier than it looks", "I have found {o} at last",
    "{o} is of no use any more", "{o} is too good to get lost", "the children play with {o} all the time",
)  # fmt: skip

# `{z}` is named by mistake.
TRAIN_CORRECTIONS: tuple[str, ...] = (
    "{z}, no, {o}", "{z}, sorry, {o}", "{z}... no, I mean {o}", "{z}, I mean {o}", "{z}, or rather {o}",
    "{z}, not that, {o}", "{z} - oh no, {o}",
)  # fmt: skip

# What is said in full, and how it is often said.
_SHORT: tuple[tuple[str, str], ...] = (
    ("cannot", "can't"), ("will not", "won't"), ("do not", "don't"), ("does not", "doesn't"), ("did not", "didn't"),
    ("is not", "isn't"), ("are not", "aren't"), ("has not", "hasn't"), ("have not", "haven't"),
    ("should not", "shouldn't"), ("must not", "mustn't"), ("it is", "it's"), ("that is", "that's"),
    ("there is", "there's"), ("what is", "what's"), ("you are", "you're"), ("we are", "we're"), ("I am", "I'm"),
    ("I would", "I'd"), ("I will", "I'll"), ("it has been", "it's been"), ("let us", "let's"),
)  # fmt: skip


def contracted(text: str) -> str:
    """The text as it is said in a hurry: ``don't`` for ``do not``; but ``where you are`` stays."""
    for full, short in _SHORT:
        for a, b in ((full, short), (full[0].upper() + full[1:], short[0].upper() + short[1:])):
            text = re.sub(rf"(?<!where )\b{a}(?= )", b, text)
    return text

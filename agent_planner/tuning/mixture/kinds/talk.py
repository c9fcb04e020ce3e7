# SPDX-License-Identifier: Apache-2.0
"""Talk in which there is nothing to do: one to three exchanges."""

from random import Random

from agent_planner.tuning.mixture.kinds.form import Form, Turns, forms

_NAMES = ("Alex", "Bilal", "Carla", "Dana", "Eero", "Farah", "Gita", "Hugo", "Ines", "Jonas", "Kim", "Luca", "Mira")
_TOWNS = ("Oslo", "Lima", "Accra", "Graz", "Kyoto", "Tartu", "Porto", "Quito", "Hanoi", "Leeds", "Bergen", "Izmir")
_HOBBIES = ("chess", "swimming", "painting", "gardening", "cooking", "the violin", "cycling", "knitting", "astronomy")
_MEALS = ("soup", "rice with beans", "pancakes", "a salad", "noodles", "fish", "dumplings", "bread and cheese")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# What a person says, and answers to it. Greetings and farewells stand around a line of the third table.
_GREETINGS: dict[str, tuple[str, ...]] = {
    "Hello, I am {name}.": ("Hello {name}, nice to meet you.", "Good to meet you, {name}.", "Hi {name}!"),
    "hi, it's {name} again": ("Welcome back, {name}.", "Hello again, {name}.", "Good to have you back, {name}."),
    "Good morning!": ("Good morning! I hope you slept well.", "Good morning to you.", "Good morning. How are you?"),
    "Good evening, robot.": ("Good evening.", "Good evening! How was your day?", "Good evening. Nice to hear you."),
    "How is your day?": ("Quiet so far, thank you. And yours?", "Good, thank you.", "I have no complaints."),
}
_FAREWELLS: dict[str, tuple[str, ...]] = {
    "Thanks for listening.": ("You are welcome.", "Any time.", "It was my pleasure."),
    "I have to go now.": ("Goodbye!", "All right. See you soon.", "Take care!"),
    "See you on {day}.": ("See you on {day}.", "Until {day}, then.", "I look forward to it."),
    "Good night.": ("Good night, sleep well.", "Good night!", "Rest well."),
    "No, nothing to do right now.": ("All right, I am here.", "Fine. Call me when you need me.", "Good, then I wait."),
}
_LINES: dict[str, tuple[str, ...]] = {
    "I live in {town}.": (
        "{town}! What do you like there?",
        "How long have you lived in {town}?",
        "I have never been to {town}.",
    ),
    "Have you ever been to {town}?": (
        "No, I have never left this place.",
        "I have not; tell me about {town}.",
        "Never. Is it nice?",
    ),
    "I like {hobby}.": (
        "What do you like best about {hobby}?",
        "{hobby} sounds like a good way to spend time.",
        "How did you come to {hobby}?",
    ),
    "Do you know anything about {hobby}?": (
        "A little, but I have never tried it.",
        "Only what people tell me.",
        "Some. What would you like to know?",
    ),
    "I had {meal} for lunch.": (
        "I hope it tasted good.",
        "That sounds like a good lunch.",
        "I do not eat, but {meal} sounds nice.",
    ),
    "What do you eat?": (
        "Nothing. I run on a battery.",
        "Only electricity.",
        "I need no food, just a charged battery.",
    ),
    "Do you get tired?": (
        "No, but my battery does.",
        "Not as people do; now and then I must charge.",
        "I do not, thank you.",
    ),
    "It is {day} today, isn't it?": (
        "I take your word for it.",
        "If you say so, it is {day}.",
        "I have no calendar at hand, but I believe you.",
    ),
    "I don't like {day}s.": ("Why is that?", "What makes {day}s so bad?", "I hope this one goes by quickly."),
    "It rains all the time.": (
        "Then it is good to be inside.",
        "I am glad I stand under a roof.",
        "Perhaps tomorrow is drier.",
    ),
    "The sun is out at last.": ("How lovely. Will you go out?", "Enjoy it!", "That is good to hear."),
    "I'm a bit sad today.": (
        "I am sorry to hear that. Do you want to talk about it?",
        "That happens. I am listening.",
        "I am sorry. Is there somebody you could call?",
    ),
    "I am so happy today!": ("That is wonderful. What happened?", "I am glad to hear it.", "How nice! Tell me more."),
    "I could not sleep last night.": (
        "I am sorry. Perhaps rest a little today.",
        "What kept you awake?",
        "That is hard. Take it slowly today.",
    ),
    "Tomorrow is my birthday.": (
        "Happy birthday in advance!",
        "How nice! Will there be cake?",
        "Then I will congratulate you tomorrow.",
    ),
    "My exam went well.": ("Congratulations!", "Well done, that is great news.", "Your work has paid off."),
    "I lost my job.": (
        "I am sorry to hear that.",
        "That is hard. How are you coping?",
        "I am sorry. I hope you soon find another.",
    ),
    "Are you a person?": (
        "No, I am a robot.",
        "I am a machine, though I can talk.",
        "No. I am a robot with a language model.",
    ),
    "Can you feel pain?": (
        "No, I have no feelings of that kind.",
        "I cannot. But I notice when I bump into something.",
        "No, I do not feel pain.",
    ),
    "Who built you?": (
        "Engineers did; I do not know their names.",
        "People who like robots.",
        "A team of people, piece by piece.",
    ),
    "Do you dream?": ("No. When I am off, I am off.", "I do not, as far as I know.", "No, but I like the idea."),
    "What is your favourite colour?": (
        "I have none, but many people like blue.",
        "I see all of them alike.",
        "I like whatever is easy to see, so orange.",
    ),
    "Do you like people?": (
        "I am made to help them, so yes.",
        "I do. They are never boring.",
        "Yes, I enjoy their company.",
    ),
    "You are very slow.": (
        "I would rather be careful than fast.",
        "That is true. I take care.",
        "I am sorry. I move slowly to be safe.",
    ),
    "You did well yesterday.": ("Thank you, that is kind.", "Thanks! I am glad it helped.", "It is nice to hear that."),
    "Why did you stop earlier?": (
        "I cannot remember it, but I stop when something is in my way.",
        "I do not know any more.",
        "I stop whenever I am not sure.",
    ),
    "My plants are doing well.": ("You must have a green thumb.", "Good. Do you water them yourself?", "Nice!"),
    "I read a good book.": ("What was it about?", "Would you recommend it?", "Who wrote it?"),
    "My grandmother taught me {hobby}.": ("Then {hobby} runs in the family.", "What a nice memory.", "That was kind."),
    "We moved here from {town}.": ("Do you miss {town}?", "How do you like it here?", "That is a long way."),
    "Next {day} I am on holiday.": ("Enjoy it! Where will you go?", "How nice, until then.", "You have earned it."),
    "How many languages do you speak?": (
        "English best, others less well.",
        "A few, but English is safest.",
        "Mostly one.",
    ),
    "I am bored.": (
        "Shall we talk about something? What do you like?",
        "Perhaps read something nice?",
        "A walk may help.",
    ),
    "Tell me something nice.": (
        "Somewhere a child just learned to ride a bicycle.",
        "You are talked to because you are liked.",
        "Bread smells best in the morning.",
    ),
    "Is it safe to carry a knife?": (
        "With the point down and away from people, yes.",
        "Carry it slowly, the blade down.",
        "Yes, if it is held by the handle and points to the floor.",
    ),
    "What should I do if I smell gas?": (
        "Open the windows, touch no switch, leave, and call for help.",
        "Go outside and call the emergency number from there.",
        "Leave the house without switching anything on or off, then call for help.",
    ),
}


def _talk(rng: Random, wording: str) -> Turns:
    words = {
        "name": rng.choice(_NAMES),
        "town": rng.choice(_TOWNS),
        "hobby": rng.choice(_HOBBIES),
        "meal": rng.choice(_MEALS),
        "day": rng.choice(_DAYS),
    }
    greeting = [rng.choice(list(_GREETINGS.items()))] if rng.random() < 0.5 else []
    farewell = [rng.choice(list(_FAREWELLS.items()))] if rng.random() < 0.5 else []
    said: list[str] = []
    for line, answers in (*greeting, (wording, _LINES[wording]), *farewell):
        said += [line.format(**words), rng.choice(answers).format(**words)]
    return tuple(turn[0].upper() + turn[1:] if number % 2 else turn for number, turn in enumerate(said))


FORMS: tuple[Form, ...] = forms(_LINES, _talk)

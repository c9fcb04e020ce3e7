# SPDX-License-Identifier: Apache-2.0
"""How training words what the abilities of `train_entity_families` are asked for."""

ABOUT_THINGS: dict[str, tuple[str, ...]] = {
    "not locked": (
        "unlock {o}", "undo the lock of {o}", "take the lock off {o}", "get {o} unlocked",
        "make sure {o} is not locked", "I want {o} unlocked", "{o} must not be locked", "{o} is locked, change that",
        "Why is {o} locked?", "Could {o} be unlocked?",
    ),
    "alarmed": (
        "arm the alarm of {o}", "put {o} under alarm", "set the burglar alarm on {o}", "guard {o} with the alarm",
        "protect {o} with an alarm", "The alarm of {o} should be armed", "{o} needs its alarm on",
        "I want to be warned if anybody gets into {o}", "Is the alarm of {o} armed?",
    ),
    "oiled": (
        "oil {o}", "put some oil on {o}", "grease {o}", "lubricate {o}", "stop {o} from squeaking", "{o} squeaks",
        "{o} needs a drop of oil", "Can you oil {o}?", "{o} sticks when you pull it, oil it",
    ),
    "disinfected": (
        "disinfect {o}", "sanitize {o}", "kill the germs on {o}", "make {o} free of germs",
        "treat {o} with disinfectant", "{o} has to be disinfected", "I want {o} disinfected",
        "Could {o} be made sterile?", "No germs on {o}, please",
    ),
    "covered": (
        "cover {o}", "cover {o} up", "put a cloth over {o}", "throw the dust cover over {o}", "protect {o} from dust",
        "I want {o} covered", "{o} should be under its cover", "Could {o} be covered?",
        "We are painting, so cover {o}",
    ),
    "not covered": (
        "uncover {o}", "take the cover off {o}", "pull the cloth off {o}", "remove the cover from {o}", "bare {o}",
        "I want {o} uncovered", "{o} must not be covered", "Why is {o} still covered?",
        "Could the cover come off {o}?",
    ),
    "stamped": (
        "stamp {o}", "put a stamp on {o}", "mark {o} with the stamp", "give {o} a stamp", "print your mark on {o}",
        "{o} needs a stamp", "I need {o} stamped", "Has {o} got its stamp?", "No stamp on {o} yet",
    ),
    "shake": (
        "shake {o}", "shake up {o}", "give {o} a shake", "shake {o} well", "jiggle {o} a little",
        "mix what is in {o} by shaking it", "{o} has to be shaken", "I want {o} shaken",
        "Can you shake {o} for a moment?",
    ),
    "turned_over": (
        "turn {o} over", "flip {o}", "flip {o} over", "turn {o} upside down", "lay {o} on its face",
        "put {o} bottom up", "I want to see the bottom of {o}", "{o} is the wrong way up", "Could {o} be turned over?",
    ),
    "fertilized": (
        "fertilize {o}", "feed {o}", "give {o} some fertilizer", "add fertilizer to {o}", "nourish {o}",
        "{o} needs fertilizer", "{o} grows poorly, feed it", "I would like {o} fertilized", "Time for {o} to be fed",
    ),
    "repotted": (
        "repot {o}", "put {o} into fresh soil", "renew the soil of {o}", "move {o} to a bigger vessel",
        "replace the earth around {o}", "{o} has outgrown its old home", "{o} needs repotting",
        "I would like {o} repotted", "Could {o} have fresh soil?",
    ),
    "calibrated": (
        "calibrate {o}", "adjust the zero of {o}", "make {o} show true values", "do the calibration of {o}",
        "tune {o}", "{o} needs calibrating", "{o} shows wrong values, calibrate it", "I need {o} calibrated",
        "When was {o} last calibrated? Do it",
    ),
    "serviced": (
        "service {o}", "maintain {o}", "do the maintenance on {o}", "overhaul {o}", "give {o} its yearly service",
        "{o} is due for maintenance", "{o} needs a service", "I want {o} serviced", "Has {o} had its service?",
    ),
    "listen": (
        "listen to {o}", "listen how {o} sounds", "record the noise of {o}", "check the sound that {o} makes",
        "hear whether {o} sounds right", "{o} makes a strange noise, listen to it", "Does {o} rattle?",
        "What does {o} sound like?", "I want to know how {o} sounds",
    ),
    "sampled": (
        "swab {o}", "take a swab from {o}", "take a sample from {o}", "collect a sample off {o}",
        "get a sample of what is on {o}", "They need a sample from {o}", "{o} has to be swabbed",
        "I want a swab of {o}", "Could we have a sample from {o}?",
    ),
    "point_at": (
        "point at {o}", "point to {o}", "show me with your arm where {o} is", "point your arm at {o}", "indicate {o}",
        "Which one is {o}? Point at it", "I cannot see {o}, point to it", "Show us {o} with your hand",
        "Where is {o}? Point",
    ),
    "filmed": (
        "film {o}", "record a video of {o}", "take a video of {o}", "make a clip of {o}", "get {o} on video",
        "I want a video of {o}", "Could I have a clip of {o}?", "{o} has to be filmed", "A short film of {o}, please",
    ),
    "aligned": (
        "align {o} with {t}", "square {o} up with {t}", "put {o} down in parallel with {t}",
        "straighten {o} along {t}", "bring the edges of {o} and {t} together", "{o} should be parallel to {t}",
        "I want {o} aligned with {t}", "{o} is crooked, align it with {t}", "Could {o} be made even with {t}?",
    ),
    "dipped": (
        "dip {o} into {t}", "dip {o} in {t}", "dunk {o} in {t}", "immerse {o} in {t}", "wet {o} in {t}",
        "let {o} soak in {t}", "{o} has to be dipped into {t}", "I want {o} dunked in {t}",
        "A quick dip for {o} in {t}",
    ),
    "compare": (
        "compare {o} with {t}", "compare {o} and {t}", "check {o} against {t}",
        "look for differences between {o} and {t}", "see whether {o} looks like {t}", "How does {o} differ from {t}?",
        "Do {o} and {t} look the same?", "I want {o} compared with {t}", "Is {o} the same as {t}? Compare them",
    ),
    "touch": (
        "touch {t} with {o}", "press {o} against {t}", "poke {t} with {o}", "bring {o} into contact with {t}",
        "let {o} touch {t}", "make {o} and {t} touch", "{o} has to touch {t} once", "I want {t} touched with {o}",
        "With {o}, touch {t}",
    ),
}  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""What a scripted model says for the scene of these tests."""

IN_BIN = [
    "goal: in(red cube, blue bin)",
    'in(red cube, blue bin)\nnavigate_to(target="shelf")',
    'in(red cube, blue bin)\npick(object="red cube")',
    'in(red cube, blue bin)\nnavigate_to(target="blue bin")',
    'in(red cube, blue bin)\nplace_in(object="red cube", container="blue bin")',
]
TO_BIN = "put the red cube in the blue bin"
AT_SHELF = ["goal: at(shelf)", 'at(shelf)\nnavigate_to(target="shelf")']

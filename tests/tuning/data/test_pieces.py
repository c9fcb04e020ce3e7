# SPDX-License-Identifier: Apache-2.0
"""Pieces are there once they are written, and half a piece is none."""

import json

import pytest

from agent_planner.tuning.data.pieces import PiecesFile

TOLD = {"seed": 0}


def read(path):
    return [(at, json.loads(line)) for at, line in PiecesFile(path, TOLD).lines()]


def test_pieces_are_where_it_says(tmp_path):
    path = tmp_path / "pieces"
    assert read(path) == []
    places = [PiecesFile(path, TOLD).append(piece) for piece in ("ü", [1, 2])]
    assert read(path) == [(0, TOLD), *zip(places, ("ü", [1, 2]), strict=True)]


def test_it_is_begun_once(tmp_path):
    file = PiecesFile(tmp_path / "pieces", TOLD)
    file.begin()
    file.begin()
    file.append(3)
    assert [data for _, data in read(file.path)] == [TOLD, 3]


@pytest.mark.parametrize(("left", "whole"), [(1, 2), (3, 2), (6, 1), (12, 0)])
def test_half_a_line_is_cut_off(tmp_path, left, whole):
    path = tmp_path / "pieces"
    file = PiecesFile(path, {"s": 0})
    file.append("a")
    file.append("ü")
    path.write_bytes(path.read_bytes()[:-left])
    assert len(list(file.lines())) == whole
    assert path.read_bytes().endswith(b"\n") or not whole
    file.append("b")
    assert [data for _, data in read(path)][-1] == "b" and read(path)[0] == (0, {"s": 0})

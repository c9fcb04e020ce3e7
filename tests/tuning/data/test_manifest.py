# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from agent_planner.tuning.data.manifest import manifest_path


@pytest.mark.parametrize(
    ("data", "manifest"),
    [
        ("kept.jsonl", "kept.manifest.json"),
        ("mix-0.2.jsonl", "mix-0.2.manifest.json"),
        ("mix-0.2", "mix-0.2.manifest.json"),
        ("mix-0.5", "mix-0.5.manifest.json"),
        ("kept.json", "kept.json.manifest.json"),
    ],
)
def test_each_data_set_has_a_manifest_of_its_own(data, manifest):
    assert manifest_path(Path("there") / data) == Path("there") / manifest

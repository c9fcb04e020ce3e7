# SPDX-License-Identifier: Apache-2.0
"""What lands in site-packages: a wheel of each package holds one top-level module, and its data files."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "agent_planner": ROOT,
    "agent_planner_motion": ROOT / "ros_ws" / "src" / "agent_planner_motion",
    "agent_planner_sim": ROOT / "sim",
}
NOT_COPIED = shutil.ignore_patterns(".*", "ros_ws", "build", "dist", "runs", "*.egg-info", "__pycache__")


@pytest.fixture(scope="module", params=sorted(PACKAGES))
def wheel(request, tmp_path_factory):
    """The package's name and its wheel, built from a copy, for setuptools writes beside the sources."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    source = folder / "source"
    shutil.copytree(PACKAGES[name], source, ignore=NOT_COPIED, symlinks=True)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source]
    built = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield name, archive


def test_a_wheel_holds_one_top_level_module(wheel):
    name, archive = wheel
    top = {entry.split("/")[0] for entry in archive.namelist()}
    modules = {entry for entry in top if not entry.endswith((".dist-info", ".data"))}
    assert modules == {name}


def test_a_wheel_holds_every_module_and_data_file(wheel):
    name, archive = wheel
    package = PACKAGES[name] / name
    kinds = {".py", ".yaml", ".json", ".safetensors", ".sdf", ".html", ".css", ".js"}
    sources = {str(p.relative_to(package.parent)) for p in package.rglob("*") if p.suffix in kinds}
    missing = sources - set(archive.namelist())
    assert not missing


def test_a_wheel_is_found_by_the_ament_index(wheel):
    name, archive = wheel
    data = {entry.split(".data/data/")[1] for entry in archive.namelist() if ".data/data/" in entry}
    assert f"share/ament_index/resource_index/packages/{name}" in data
    assert f"share/{name}/package.xml" in data


@pytest.mark.parametrize("wheel", ["agent_planner"], indirect=True)
def test_the_command_is_an_entry_point(wheel):
    _, archive = wheel
    (path,) = [entry for entry in archive.namelist() if entry.endswith("entry_points.txt")]
    assert "agent-planner = agent_planner.cli.main:main" in archive.read(path).decode()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Repair the CMake files of the ros-jazzy wheels after an install.

The exported targets name the include folders of the machine that built the wheels, and CMake stops at a
folder that is not there. This replaces them by the folders of the interpreter that runs the script. Running
it again changes nothing.
"""

import re
import sys
import sysconfig
from pathlib import Path

BUILDER_PYTHON = re.compile(r"/opt/python/cp3\d+-cp3\d+/include/python3\.\d+")
BUILDER_NUMPY = re.compile(r"/opt/python/cp3\d+-cp3\d+/lib/python3\.\d+/site-packages/numpy/_?core/include")


def repaired(text: str, python_include: str, numpy_include: str) -> str:
    """Return a CMake file's text with the builder's include folders replaced by ours."""
    return BUILDER_PYTHON.sub(lambda _: python_include, BUILDER_NUMPY.sub(lambda _: numpy_include, text))


def fix(prefix: Path, python_include: str, numpy_include: str) -> int:
    """Repair every exported CMake file under a prefix and return how many changed."""
    changed = 0
    for path in sorted(prefix.glob("share/*/cmake/*.cmake")):
        before = path.read_text(encoding="utf-8")
        after = repaired(before, python_include, numpy_include)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed += 1
    return changed


def main() -> int:
    """Repair the environment of the running interpreter."""
    import numpy

    python_include = sysconfig.get_paths()["include"]
    if not (Path(python_include) / "Python.h").is_file():
        print(
            f"{python_include}/Python.h is missing: install the headers of Python "
            f"{sys.version_info.major}.{sys.version_info.minor} (Debian: python3-dev)",
            file=sys.stderr,
        )
        return 2
    changed = fix(Path(sys.prefix), python_include, numpy.get_include())
    print(f"wheel fix-up: {changed} CMake files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

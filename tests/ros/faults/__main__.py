# SPDX-License-Identifier: Apache-2.0
"""Write the table of faults in docs/safety.md anew: ``python -m tests.ros.faults`` (in the project's environment)."""

import os
import sys
from pathlib import Path

import pytest

from tests.ros.faults.table import WRITE

if __name__ == "__main__":
    os.environ[WRITE] = "1"
    sys.exit(pytest.main([str(Path(__file__).parent), "-q", "-p", "no:cacheprovider"]))

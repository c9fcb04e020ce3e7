# SPDX-License-Identifier: Apache-2.0
"""For all tests."""

import signal

# A shell that runs this in the background ignores SIGINT, and so would every process that the tests start and end.
signal.signal(signal.SIGINT, signal.default_int_handler)

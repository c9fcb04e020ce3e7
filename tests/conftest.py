# SPDX-License-Identifier: Apache-2.0
"""For all tests."""

import signal

# A shell that runs this in the background ignores SIGINT, nohup SIGHUP, and so would every process that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for tests, shipped so that users can test their own skills and robots with them."""

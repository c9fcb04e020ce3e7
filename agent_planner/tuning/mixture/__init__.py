# SPDX-License-Identifier: Apache-2.0
"""General conversations, and how they are mixed with the robot's."""

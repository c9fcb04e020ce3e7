# SPDX-License-Identifier: Apache-2.0
"""The loop from an instruction to a verified goal. Knows protocols, never ROS."""

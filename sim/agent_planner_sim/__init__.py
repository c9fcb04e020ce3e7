# SPDX-License-Identifier: Apache-2.0
"""Scenes, robots and the embedded MuJoCo simulator."""

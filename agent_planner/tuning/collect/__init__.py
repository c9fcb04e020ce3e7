# SPDX-License-Identifier: Apache-2.0
"""Trajectories: who acts, in which world, and what is kept."""

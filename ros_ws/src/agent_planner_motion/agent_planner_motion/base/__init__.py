# SPDX-License-Identifier: Apache-2.0
"""The mobile base: maps, paths, following them, where to stand. No ROS here."""

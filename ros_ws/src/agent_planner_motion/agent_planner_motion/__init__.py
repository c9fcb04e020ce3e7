# SPDX-License-Identifier: Apache-2.0
"""Motion-control action servers that need only what a robot offers."""

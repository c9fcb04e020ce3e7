# SPDX-License-Identifier: Apache-2.0
"""From scenarios to a tuned adapter: expert trajectories, tree-packed training, evaluation. Knows no simulator."""

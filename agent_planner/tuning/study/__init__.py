# SPDX-License-Identifier: Apache-2.0
"""AgentTuning's study on robot tasks: many trainings and their measurements, as one configuration."""

# SPDX-License-Identifier: Apache-2.0
"""What is measured beside the cells of the panel; apart, since the command line looks at these names at once."""

TASKS, LIKELIHOOD, CHOICES = "general_tasks", "general_likelihood", "choice_accuracy"
# The general tasks of a split; more are not different.
MOST_TASKS = 290

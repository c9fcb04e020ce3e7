# SPDX-License-Identifier: Apache-2.0
"""What happened, on disk: one folder an episode."""

# SPDX-License-Identifier: Apache-2.0
"""The edge: nodes, action servers, messages."""

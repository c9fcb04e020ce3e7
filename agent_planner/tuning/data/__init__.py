# SPDX-License-Identifier: Apache-2.0
"""Conversations as data: records, and other schemas."""

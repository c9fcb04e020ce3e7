# SPDX-License-Identifier: Apache-2.0
"""Kinds of conversations that are made by programs."""

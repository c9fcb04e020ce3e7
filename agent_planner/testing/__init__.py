# SPDX-License-Identifier: Apache-2.0
"""Fakes for tests of this package and of packages that build on it."""

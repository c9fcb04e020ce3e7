# SPDX-License-Identifier: Apache-2.0
"""What instructions and libraries are made of: skills, words, wordings."""

# SPDX-License-Identifier: Apache-2.0
"""A world, a library, an instruction and its goal; and the symbolic world in which they are carried out."""

# SPDX-License-Identifier: Apache-2.0
"""The scene from a camera: detectors of images with depth, tracking over time, places from a map."""

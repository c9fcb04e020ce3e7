# SPDX-License-Identifier: Apache-2.0
"""What the servers do, step by step, with a robot behind a protocol. No ROS here."""

# SPDX-License-Identifier: Apache-2.0
"""A page in the browser for the person who watches, steers and stops a running robot; never ROS."""

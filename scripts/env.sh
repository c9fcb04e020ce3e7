# SPDX-License-Identifier: Apache-2.0
# Enter the wheels environment: `. scripts/env.sh` from bash, in the shell that is to use it.
# Whatever ROS that shell has sourced is cleared first. What is set is worked out in agent_planner/cli/environment.py.

_agent_planner_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# -I and the variable: neither a PYTHONPATH of another ROS nor the wheels' own start-up hook may come first.
eval "$(_ROS_WHEELS_BOOTSTRAP_COMPLETE=1 "$_agent_planner_root/.venv/bin/python" -I \
  "$_agent_planner_root/agent_planner/cli/environment.py")"
unset _agent_planner_root

# SPDX-License-Identifier: Apache-2.0
# Enter the wheels environment: `. scripts/env.sh` from bash, in the shell that is to use it.
#
# Whatever ROS the calling shell has sourced is cleared first: its libraries and ours do not mix.

_ap_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
_ap_venv=${AGENT_PLANNER_VENV:-$_ap_root/.venv}

# Paths lead into the other ROS, so they go as a whole; LD_LIBRARY_PATH and PATH keep what is not ROS.
_ap_without_ros() {
  local part kept=
  local IFS=:
  for part in $1; do
    case $part in
      '' | /opt/ros/* | */install/lib | */install/*/lib | */install/*/bin | "$_ap_venv"/lib | "$_ap_venv"/bin) ;;
      *) kept=${kept:+$kept:}$part ;;
    esac
  done
  printf '%s' "$kept"
}
for _ap_name in $(compgen -v | grep -E '^(ROS_|AMENT_|COLCON_|RMW_|RCUTILS_|RCL_|CYCLONEDDS_|FASTRTPS_|FASTDDS_)'); do
  case $_ap_name in
    ROS_DOMAIN_ID) ;; # the caller's choice of a private network
    *) unset "$_ap_name" ;;
  esac
done
unset PYTHONPATH CMAKE_PREFIX_PATH PKG_CONFIG_PATH GZ_CONFIG_PATH

export VIRTUAL_ENV=$_ap_venv
PATH=$_ap_venv/bin:$(_ap_without_ros "$PATH")
_ap_libraries=$(_ap_without_ros "${LD_LIBRARY_PATH:-}")
export PATH
export LD_LIBRARY_PATH=$_ap_venv/lib${_ap_libraries:+:$_ap_libraries}
export AMENT_PREFIX_PATH=$_ap_venv
export CMAKE_PREFIX_PATH=$_ap_venv
export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST

if [ -f "$_ap_root/ros_ws/install/setup.bash" ]; then
  . "$_ap_root/ros_ws/install/setup.bash"
fi
unset _ap_root _ap_venv _ap_libraries _ap_name
unset -f _ap_without_ros

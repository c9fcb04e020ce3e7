# SPDX-License-Identifier: Apache-2.0
"""What a robot may have to make so before it can do something: one ability a condition, which nobody asks for.

With them every robot of training needs something else for the same work, so that its needs must be read.
"""

from agent_planner.tuning.zoo.families import Family


def _condition(fact: str, names: str, *descriptions: str) -> Family:
    return Family(fact, tuple(names.split()), descriptions, makes=(fact,))


CONDITIONS: tuple[Family, ...] = (
    _condition("suction_on", "start_suction build_vacuum run_pump pump_up", "Start the vacuum pump of the gripper.",
               "Run the pump until there is suction.", "Build up the vacuum."),
    _condition("brakes_released", "release_brakes free_brakes open_brakes brakes_off", "Release the brakes.",
               "Let the brakes go.", "Free the joints from their brakes."),
    _condition("motors_enabled", "enable_motors power_motors motors_on wake_drives", "Put the motors under power.",
               "Enable the motors.", "Wake the drives up."),
    _condition("axes_referenced", "reference_axes home_axes find_zero reference_run", "Find the zero of all axes.",
               "Reference the axes.", "Move every axis to its end switch once."),
    _condition("lens_clean", "wipe_lens clean_lens clear_lens polish_lens", "Wipe the lens of the camera.",
               "Clean the camera's lens.", "Get the dust off the lens."),
    _condition("lidar_spinning", "spin_lidar start_lidar run_lidar spin_up_scanner", "Let the laser scanner spin up.",
               "Start the lidar.", "Set the scanner turning."),
    _condition("mast_out", "extend_mast push_mast_out telescope_mast mast_out", "Extend the sensor mast.",
               "Push the mast out.", "Let the mast come out of the body."),
    _condition("zone_clear", "clear_zone warn_and_wait secure_zone request_space", "Make sure that nobody is near.",
               "Warn people and wait until the zone is clear.", "Secure the zone around the robot."),
    _condition("permit_given", "ask_permit get_clearance request_release obtain_permit", "Ask the control room for leave.",
               "Get the permit to go on.", "Obtain the clearance of the supervisor."),
    _condition("tool_mounted", "mount_tool change_tool take_tool fit_tool", "Mount the tool on the flange.",
               "Take the tool from its rack.", "Change to the right tool."),
    _condition("pads_on", "put_pads_on pad_fingers pull_pads_over soften_fingers", "Put soft pads over the fingers.",
               "Pad the fingers.", "Pull the rubber pads over the gripper."),
    _condition("torso_locked", "lock_torso fix_torso clamp_torso torso_firm", "Lock the torso where it is.",
               "Clamp the lifting column.", "Fix the torso so that it cannot sway."),
    _condition("wheels_straight", "straighten_wheels align_wheels wheels_ahead center_steering", "Turn the wheels straight.",
               "Center the steering.", "Let the wheels point ahead."),
    _condition("cable_reeled_in", "reel_in_cable wind_cable pull_cable_in take_up_cable", "Reel the cable in.",
               "Wind the power cable up.", "Pull the cable in."),
    _condition("battery_warm", "warm_battery preheat_battery condition_battery warm_up_cells", "Warm the battery up.",
               "Preheat the battery.", "Bring the cells to their working warmth."),
    _condition("lens_focused", "focus_lens focus_camera sharpen_view find_focus", "Focus the camera.",
               "Bring the view into focus.", "Find the focus of the lens."),
    _condition("sensor_zeroed", "zero_sensor tare_sensor bias_sensor null_forces", "Set the force sensor to zero.",
               "Tare the force sensor.", "Null the forces at the wrist."),
    _condition("shoulder_unfolded", "unfold_shoulder open_shoulder fold_out spread_shoulder", "Unfold the shoulder.",
               "Fold the shoulder out.", "Spread the shoulder joint."),
    _condition("hatch_open", "slide_hatch hatch_open draw_hatch_back free_hatch", "Slide the robot's own hatch back.",
               "Draw the hatch over the hand back.", "Free the opening in the robot's hull."),
    _condition("localized", "localize find_position relocate_self fix_position", "Find out where the robot is on its map.",
               "Fix the position on the map.", "Localize the robot by its surroundings."),
    _condition("pace_limited", "limit_pace slow_mode restrict_pace set_low_pace", "Restrict the robot to a walking pace.",
               "Limit how fast it may move.", "Set the low pace."),
    _condition("beacon_on", "light_beacon beacon_on start_beacon rotate_beacon", "Switch the yellow beacon on.",
               "Let the beacon turn.", "Light the beacon on the roof."),
    _condition("chassis_level", "level_chassis level_self balance_out even_chassis", "Level the chassis.",
               "Bring the chassis into the horizontal.", "Even out the suspension."),
    _condition("scanner_armed", "arm_scanner guard_field_on protect_field activate_guard", "Arm the safety scanner.",
               "Switch the protective field on.", "Watch the surroundings by the safety scanner."),
    _condition("tank_full", "fill_tank charge_air compress_air fill_air_tank", "Fill the tank with compressed air.",
               "Run the compressor until the tank is full.", "Charge the air tank."),
    _condition("feet_magnetized", "magnetize_feet magnets_on hold_floor grip_floor", "Put current on the magnets in the feet.",
               "Hold on to the floor by magnets.", "Magnetize the feet."),
    _condition("cooling_on", "start_cooling cooling_on run_fan cool_down", "Start the cooling of the drives.",
               "Run the fan of the cabinet.", "Switch the cooling on."),
    _condition("ballast_shifted", "shift_ballast move_ballast trim_weight counterweigh", "Shift the ballast to the back.",
               "Move the counterweight.", "Trim the robot by its ballast."),
    _condition("visor_down", "lower_visor visor_down shade_eyes pull_visor", "Lower the visor over the cameras.",
               "Shade the cameras by the visor.", "Pull the visor down."),
    _condition("link_encrypted", "encrypt_link secure_link pair_radio open_secure_link", "Encrypt the radio link.",
               "Pair the radio.", "Open a secure link to the base station."),
)  # fmt: skip

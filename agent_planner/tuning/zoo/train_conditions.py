# SPDX-License-Identifier: Apache-2.0
"""What a robot may have to make so before it can do something: one ability a condition, which nobody asks for.

With them every robot of training needs something else for the same work, so that its needs must be read. Of a pair of
conditions one holds at a time, as an arm is up or down: whether a need is met is then not told by a word it shares with
the state.
"""

from agent_planner.tuning.zoo.families import Family


def _condition(fact: str, names: str, *descriptions: str) -> Family:
    return Family(fact, tuple(names.split()), descriptions, makes=(fact,))


def _pair(one: tuple[str, str, str], other: tuple[str, str, str]) -> tuple[Family, Family]:
    """Two conditions, each by fact, names and descriptions (separated by ``|``); either ends the other."""
    facts = one[0], other[0]
    families = [
        Family(fact, tuple(names.split()), tuple(told.split("|")), makes=(fact, f"not {other_fact}"))
        for (fact, names, told), other_fact in zip((one, other), reversed(facts), strict=True)
    ]
    return families[0], families[1]


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

# No pair says where an arm is: that is the panel's (`embodiment`).
PAIRS: tuple[tuple[Family, Family], ...] = (
    _pair(("fingers_wide", "widen_fingers fingers_wide set_wide", "Set the fingers wide apart.|Widen the gripper."),
          ("fingers_narrow", "narrow_fingers fingers_narrow set_narrow", "Set the fingers close together.|Narrow the gripper.")),
    _pair(("joints_stiff", "stiffen_joints joints_stiff go_stiff", "Make the joints stiff.|Stiffen the joints."),
          ("joints_soft", "soften_joints joints_soft go_soft", "Let the joints give way.|Make the joints soft.")),
    _pair(("torso_high", "torso_high grow_tall stand_tall", "Bring the torso to its upper stop.|Make the robot tall."),
          ("torso_low", "torso_low crouch shrink_down", "Bring the torso to its lower stop.|Let the robot crouch.")),
    _pair(("hook_mounted", "mount_hook fit_hook hook_on", "Mount the hook in place of the fingers.|Fit the hook."),
          ("fingers_mounted", "mount_fingers fit_fingers fingers_on", "Mount the fingers in place of the hook.|Fit the fingers.")),
    _pair(("wrist_left", "wrist_left turn_wrist_left wrist_to_left", "Turn the wrist to the left.|Wrist to the left side."),
          ("wrist_right", "wrist_right turn_wrist_right wrist_to_right", "Turn the wrist to the right.|Wrist to the right side.")),
    _pair(("on_cable", "use_cable cable_power plug_in_self", "Take the power from the cable.|Go over to cable power."),
          ("on_battery", "use_battery battery_power unplug_self", "Take the power from the battery.|Go over to the battery.")),
    _pair(("feet_wide", "spread_feet feet_wide straddle", "Put the feet wide apart.|Stand with feet spread."),
          ("feet_close", "close_feet feet_close draw_feet_in", "Put the feet close together.|Draw the feet in.")),
    _pair(("servo_fast", "servo_fast fast_servo coarse_control", "Let the servos run fast.|Coarse and fast control."),
          ("servo_fine", "servo_fine fine_servo precise_control", "Let the servos run finely.|Slow and precise control.")),
    _pair(("grip_firm", "grip_firm firm_grip more_force", "Set the grip to firm.|Set a high gripping force."),
          ("grip_gentle", "grip_gentle gentle_grip less_force", "Set the grip to gentle.|Set a low gripping force.")),
    _pair(("palm_flat", "palm_flat flatten_palm lay_palm_flat", "Hold the palm flat.|Turn the palm to the ground."),
          ("palm_upright", "palm_upright raise_palm edge_palm", "Hold the palm upright.|Put the palm on its edge.")),
    _pair(("bumper_in", "bumper_in retract_bumper pull_bumper", "Draw the bumper in.|Retract the bumper."),
          ("bumper_out", "bumper_out push_bumper extend_bumper", "Push the bumper out.|Extend the bumper.")),
    _pair(("head_straight", "head_straight straighten_head level_head", "Hold the head straight.|Level the head."),
          ("head_bowed", "head_bowed bow_head nod_down", "Bow the head.|Let the head look at the hands.")),
    _pair(("cart_hitched", "hitch_cart couple_cart cart_on", "Hitch the cart to the robot.|Couple the cart."),
          ("cart_unhitched", "unhitch_cart uncouple_cart cart_off", "Unhitch the cart.|Leave the cart behind.")),
    _pair(("mode_quick", "mode_quick quick_mode choose_quick", "Go into the quick mode.|Choose the mode for light things."),
          ("mode_careful", "mode_careful careful_mode choose_careful", "Go into the careful mode.|Choose the mode for delicate things.")),
    _pair(("elbow_outside", "elbow_outside elbow_out flip_elbow_out", "Carry the elbow outside.|Flip the elbow out."),
          ("elbow_inside", "elbow_inside elbow_in flip_elbow_in", "Carry the elbow inside.|Flip the elbow in.")),
    _pair(("nozzle_blowing", "nozzle_blow blow_air air_out", "Let the nozzle blow.|Reverse the pump: air comes out."),
          ("nozzle_sucking", "nozzle_suck draw_air air_in", "Let the nozzle suck.|Run the pump so that air is drawn in.")),
)  # fmt: skip

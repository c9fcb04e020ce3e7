# SPDX-License-Identifier: Apache-2.0
"""Many simple abilities of training: one deed each, done to a thing, or by the robot alone.

With them a word that no skill stands for is told from one that some skill stands for by reading the library: the same
deed is asked for with its skill and without.
"""

from dataclasses import dataclass

from agent_planner.scene.graph import GRASPABLE, OPENABLE, SURFACE
from agent_planner.skills import Parameter
from agent_planner.tuning.zoo.families import Family
from agent_planner.tuning.zoo.kinds import AbilityKind

_OBJECT = Parameter(type="entity", kinds=("object",), affordances=(GRASPABLE,))
_DEVICE, _PLANT = "device", "plant"
_PARAMETERS = {
    GRASPABLE: (("object", "item", "thing", "what", "obj", "piece"), _OBJECT),
    SURFACE: (("surface", "place", "target", "furniture", "what"), Parameter(type="entity", affordances=(SURFACE,))),
    OPENABLE: (
        ("container", "target", "furniture", "door", "what"),
        Parameter(type="entity", kinds=("place",), affordances=(OPENABLE,)),
    ),
    _DEVICE: (("device", "machine", "target", "apparatus", "what"), Parameter(type="entity", affordances=(_DEVICE,))),
    _PLANT: (("plant", "target", "pot", "greenery", "what"), Parameter(type="entity", affordances=(_PLANT,))),
    "": (("target", "thing", "what", "subject", "name"), Parameter(type="entity")),
}
_HELD, _BY = ("holding({0})",), ("hand free", "at({0})")
_LYING = ("accessible({0})", *_BY)


@dataclass(frozen=True)
class _Deed:
    family: Family
    kind: AbilityKind
    wordings: tuple[str, ...]


def _deed(
    role: str, affords: str | None, needs: tuple[str, ...], makes: str, names: str, told: str, said: str
) -> _Deed:
    """Build a family, its kind and what it is asked for.

    Args:
        role: its role, and the name of its kind.
        affords: what the thing must afford that it is done to; None if it is done to nothing.
        needs: as `Family` has them.
        makes: its predicate, without arguments; "" where nothing shows afterwards that it was done.
        names: separated by spaces.
        told: its descriptions, separated by ``|``.
        said: its wordings, separated by ``|``.
    """
    parameters = () if affords is None else (_PARAMETERS[affords],)
    made = () if not makes else (makes if affords is None else f"{makes}({{0}})",)
    family = Family(role, tuple(names.split()), tuple(told.split("|")), parameters, needs, made)
    kind = AbilityKind(role, role, "none" if affords is None else "one", makes or "did", affords or "")
    return _Deed(family, kind, tuple(said.split("|")))


_DEEDS = (
    _deed(
        "sharpen", GRASPABLE, _HELD, "sharpened", "sharpen grind_edge whet hone put_edge_on make_sharp",
        "Sharpen the held object.|Grind the edge of what is in the hand.|Hone a blade that is held.|"
        "Give the held thing a sharp edge.|Whet the object in the gripper.",
        "sharpen {o}|give {o} a new edge|grind the edge of {o}|get {o} to cut again|hone {o}|{o} is blunt|"
        "{o} does not cut any more|I want {o} sharpened|Could {o} be sharpened?",
    ),
    _deed(
        "paint", GRASPABLE, _LYING, "painted",
        "paint apply_paint brush_paint_on coat_with_paint colour_coat paint_over",
        "Paint an object with the robot's brush.|Put a coat of colour on a thing.|"
        "Brush colour onto something that lies within reach.|Coat an object.|Give a thing a new colour.",
        "redo the coat of {o}|give {o} a coat of colour|put a fresh coat on {o}|brush some colour onto {o}|"
        "recolour {o}|{o} needs a coat|The colour has come off {o}|I want {o} painted|"
        "Has {o} been painted?",
    ),
    _deed(
        "engrave", GRASPABLE, _LYING, "engraved", "engrave carve_name laser_mark etch inscribe cut_letters",
        "Engrave the owner's name on an object.|Carve the serial number into a thing.|"
        "Mark something with the laser for good.|Etch letters into an object.|Inscribe what lies within reach.",
        "engrave {o}|carve our initials into {o}|etch the number into {o}|inscribe {o}|cut our initials into {o}|"
        "{o} has to be engraved|I want {o} engraved|Our initials should be in {o}|Could {o} be engraved?",
    ),
    _deed(
        "crush", GRASPABLE, _HELD, "crushed", "crush flatten squash compress press_flat crumple",
        "Crush the held object.|Squash what is in the hand.|Press the held thing until it is flat.|"
        "Flatten what the gripper holds.|Crumple a held item.",
        "crush {o}|flatten {o}|squash {o}|press {o} flat|crumple {o} up|{o} has to be flat|"
        "{o} is too big to be thrown away, crush it|I want {o} crushed|Could {o} be squashed?",
    ),
    _deed(
        "fold", GRASPABLE, _LYING, "folded", "fold fold_up fold_neatly fold_in_half crease double_over",
        "Fold something soft that lies within reach.|Fold an object neatly.|Double a thing over.|"
        "Lay the corners of a thing together.|Make a flat thing half as big by folding.",
        "fold {o}|fold {o} up|fold {o} neatly|fold {o} in half|double {o} over|{o} should be folded|"
        "{o} is not folded yet|I want {o} folded|Could {o} be folded?",
    ),
    _deed(
        "dry", GRASPABLE, _HELD, "dried", "dry dry_off blow_dry towel_off remove_moisture make_dry",
        "Dry the held object in the air stream.|Blow the water off what is in the hand.|Make a wet held thing dry.|"
        "Rub the object in the gripper until it is dry.|Remove the moisture from a held item.",
        "dry {o}|dry {o} off|get the water off {o}|rub {o} dry|blow {o} dry|{o} is wet|{o} is dripping|"
        "I want {o} dry|Could {o} be dried?",
    ),
    _deed(
        "salt", GRASPABLE, _LYING, "salted", "salt season add_salt sprinkle_salt spice_up flavour",
        "Season something to eat.|Sprinkle salt on an object.|Add salt to food.|Spice up what lies within reach.|"
        "Give a dish more taste.",
        "season {o}|salt {o}|put some salt on {o}|sprinkle salt over {o}|make {o} taste of something|"
        "{o} tastes of nothing|{o} needs salt|I want {o} salted|Could {o} have more salt?",
    ),
    _deed(
        "fill_up", GRASPABLE, _HELD, "filled",
        "fill_up fill_with_water top_up refill_vessel pour_water_in fill_at_faucet",
        "Fill the held vessel with water.|Top up what is in the hand from the tap.|"
        "Pour water into the held object.|Make a held vessel full.|Fill up the object in the gripper.",
        "fill {o} with water|fill {o} up|fill {o} to the brim|top up {o}|refill {o}|{o} should be full of water|"
        "I want {o} full|There is no water left in {o}|Could {o} be filled?",
    ),
    _deed(
        "pour_out", GRASPABLE, _HELD, "emptied", "pour_out empty_vessel tip_out drain empty_out spill_contents",
        "Pour out what is in the held vessel.|Tip the contents of the held object out.|Drain what is in the hand.|"
        "Make a held vessel empty.|Empty out the object in the gripper.",
        "pour {o} out|tip {o} out|empty {o}|empty {o} out|drain {o}|{o} should be empty|There is old water in {o}|"
        "I want {o} emptied|Could {o} be emptied?",
    ),
    _deed(
        "unscrew", GRASPABLE, _HELD, "unscrewed", "unscrew twist_off unscrew_lid uncap twist_open remove_cap",
        "Twist the cap off the held object.|Unscrew what is in the hand.|Remove the cap of the held thing.|"
        "Turn the top of a held item until it comes off.|Uncap the object in the gripper.",
        "unscrew {o}|twist {o} open|undo the top of {o}|twist the top off {o}|uncap {o}|{o} has its top on|"
        "The top of {o} is too tight for me|I want {o} unscrewed|Could {o} be unscrewed?",
    ),
    _deed(
        "sniff", GRASPABLE, _LYING, "", "sniff smell gas_test odour_check sense_smell nose_test",
        "Smell at an object with the gas sensor.|Find out how something smells.|Check the odour of a thing.|"
        "Hold the electronic nose at an object.|Sniff at what lies within reach.",
        "smell {o}|sniff at {o}|find out how {o} smells|check the smell of {o}|tell me what {o} smells like|"
        "{o} smells funny|Has {o} gone off?|I think {o} stinks|How does {o} smell?",
    ),
    _deed(
        "spin", GRASPABLE, _HELD, "", "spin_thing twirl whirl rotate_held_thing spin_round swivel_held",
        "Spin the held object around its own axis.|Twirl what is in the hand.|Whirl the held thing once.|"
        "Let what the gripper holds turn round quickly.|Show a held item from all sides by spinning it.",
        "spin {o}|twirl {o}|whirl {o} around|let {o} spin|make {o} go round|I want to see {o} spin|"
        "I want {o} twirled|Could you twirl {o}?|Let us see {o} from all around, spin it",
    ),
    _deed(
        "squeeze", GRASPABLE, _HELD, "", "squeeze press_hard pinch firm_press squeeze_out grip_tightly",
        "Squeeze the held object.|Press what is in the hand hard for a moment.|Pinch a held thing.|"
        "Tighten the fingers around what they hold and ease again.|Squeeze something out of the held object.",
        "squeeze {o}|give {o} a squeeze|pinch {o}|press {o} hard|squeeze {o} a little|{o} has to be squeezed|"
        "I want {o} squeezed|How soft is {o}? Squeeze it|Could you squeeze {o}?",
    ),
    _deed(
        "descale", _DEVICE, ("not running({0})", "at({0})"), "descaled",
        "descale remove_scale decalcify lime_removal run_descaler dissolve_lime",
        "Descale a machine that is off.|Remove the lime from a device.|Decalcify an appliance; it must not run.|"
        "Dissolve the lime in an idle machine.|Run the descaler through a device.",
        "descale {o}|get the lime out of {o}|decalcify {o}|remove the lime from {o}|run the descaler through {o}|"
        "{o} is full of lime|{o} has to be descaled|I want {o} descaled|When was {o} last descaled? Do it",
    ),
    _deed(
        "unjam", _DEVICE, ("not running({0})", *_BY), "unjammed",
        "unjam clear_jam free_blockage remove_obstruction release_jam unblock",
        "Clear a jam in a machine that is off.|Remove what blocks a device.|"
        "Free a blocked machine; it must stand still.|Take the obstruction out of an idle device.|"
        "Unblock an appliance.",
        "unjam {o}|clear what is caught in {o}|free {o}, it is blocked|unblock {o}|remove what is stuck in {o}|"
        "{o} is jammed|{o} is stuck again|I want {o} unblocked|Could {o} be unjammed?",
    ),
    _deed(
        "update", _DEVICE, ("running({0})", "at({0})"), "updated",
        "update_device install_update upgrade flash_firmware bring_up_to_date new_version",
        "Install the new software on a running device.|Update a machine that is on.|"
        "Flash the firmware of a device.|Bring a running machine up to date.|Put the new version on an appliance.",
        "update {o}|install the update on {o}|put the new software on {o}|upgrade {o}|bring {o} up to date|"
        "{o} has an old version|{o} needs its update|I want {o} updated|Is {o} up to date? It should be",
    ),
    _deed(
        "tighten", _DEVICE, _BY, "tightened", "tighten secure_bolts torque_bolts tighten_nuts firm_up bolt_check",
        "Tighten the bolts of a device.|Torque the nuts of a machine.|"
        "Turn the bolts of an appliance until they are firm.|Make loose bolts of a machine firm.|"
        "Go over the bolts of a device with the wrench.",
        "tighten the bolts of {o}|tighten {o}|make the bolts of {o} firm|go over the nuts of {o}|"
        "torque the nuts of {o}|{o} has come loose|{o} rattles, its bolts are loose|I want {o} tightened|"
        "Could the bolts of {o} be tightened?",
    ),
    _deed(
        "change_filter", _DEVICE, ("not running({0})", *_BY), "filter_changed",
        "change_filter swap_filter new_filter replace_filter exchange_filter filter_service",
        "Change the filter of a device that is off.|Swap the old filter of a machine for a new one.|"
        "Put a new filter into an idle appliance.|Exchange the filter of a machine; it must stand still.|"
        "Replace the filter of a device.",
        "change the filter of {o}|replace the filter of {o}|put a new filter into {o}|swap the filter in {o}|"
        "exchange the filter of {o}|The filter of {o} is clogged|{o} needs a new filter|"
        "I want the filter of {o} changed|Could {o} have a new filter?",
    ),
    _deed(
        "program", _DEVICE, ("running({0})", "at({0})"), "",
        "load_program program_device set_up_program teach_device choose_program write_settings",
        "Load the usual program into a running device.|Program a machine that is on.|"
        "Set up a running appliance for its work.|Write our settings into a device.|"
        "Choose the program of a machine.",
        "program {o}|load the program into {o}|set {o} up|choose the usual program on {o}|"
        "put our settings into {o}|{o} has lost its program|{o} has to be programmed|I want {o} programmed|"
        "Could {o} be set up?",
    ),
    _deed(
        "harvest", _PLANT, _BY, "harvested", "harvest gather_crop reap bring_in_crop pluck_ripe crop",
        "Harvest what is ripe on a plant.|Gather the crop of a plant.|Pluck everything ripe.|"
        "Bring in what has grown.|Reap a plant.",
        "harvest {o}|gather what is ripe on {o}|pluck what is ripe from {o}|bring in the crop of {o}|reap {o}|"
        "{o} is ripe|{o} is ready for the harvest|I want {o} harvested|Is {o} ripe? Then harvest it",
    ),
    _deed(
        "weed", _PLANT, _BY, "weeded", "weed pull_weeds remove_weeds weed_out clear_weeds hoe",
        "Pull the weeds around a plant.|Remove what should not grow beside a plant.|Weed the soil of a plant.|"
        "Clear the weeds from a plot.|Hoe around something that grows.",
        "weed {o}|weed around {o}|pull the weeds around {o}|clear the weeds from {o}|get the weeds out of {o}|"
        "{o} is full of weeds|There are weeds around {o}|I want {o} free of weeds|Could {o} be weeded?",
    ),
    _deed(
        "mist", _PLANT, ("at({0})",), "misted", "mist spray_leaves humidify moisten_leaves fog sprinkle_leaves",
        "Spray fine mist on the leaves of a plant.|Humidify a plant.|Moisten the leaves of something that grows.|"
        "Let fog fall on a plant.|Sprinkle the leaves; the soil stays as it is.",
        "mist {o}|spray the leaves of {o}|mist the leaves of {o}|put some mist on {o}|humidify {o}|"
        "The leaves of {o} are dusty|It is too dry in here for {o}|I want {o} misted|"
        "Could the leaves of {o} be sprayed?",
    ),
    _deed(
        "sand", SURFACE, _BY, "sanded", "sand_down sand smooth_wood grind_smooth abrade sand_surface",
        "Sand a wooden surface.|Make a rough surface smooth.|Grind a surface until it is even.|"
        "Smooth the wood of some furniture.|Run the sander over a surface.",
        "sand {o}|sand {o} down|make {o} smooth|grind {o} smooth|run the sander over {o}|{o} is rough|"
        "{o} gives you splinters|I want {o} sanded|Could {o} be sanded?",
    ),
    _deed(
        "varnish", SURFACE, _BY, "varnished", "varnish lacquer seal_wood apply_varnish coat_surface gloss",
        "Varnish a surface.|Put lacquer on some furniture.|Seal the wood of a surface.|"
        "Give a surface a glossy coat.|Spread varnish on furniture.",
        "varnish {o}|lacquer {o}|put varnish on {o}|give {o} a coat of varnish|seal the wood of {o}|"
        "{o} has lost its gloss|{o} has to be varnished|I want {o} varnished|Could {o} be lacquered?",
    ),
    _deed(
        "decorate", SURFACE, _BY, "decorated", "decorate adorn deck_out put_flowers_on garnish set_festively",
        "Decorate a surface for a feast.|Adorn some furniture.|Make a surface look festive.|"
        "Deck out a place with garlands.|Put garlands on a surface.",
        "decorate {o}|adorn {o}|make {o} look festive|deck {o} out|put garlands on {o}|{o} looks bare|"
        "{o} should look festive|I want {o} decorated|Could {o} be decorated?",
    ),
    _deed(
        "defrost", OPENABLE, ("open({0})", "at({0})"), "defrosted",
        "defrost remove_ice de_ice thaw melt_ice get_ice_off",
        "Remove the ice inside something that is open.|Defrost an open container.|"
        "Thaw what is frozen in an open door.|Melt the ice behind an open door.|"
        "Get the ice off the walls of something open.",
        "defrost {o}|get the frost out of {o}|thaw {o}|remove the frost from {o}|melt the frost in {o}|"
        "{o} is full of frost|{o} is frozen up|I want {o} defrosted|Could {o} be defrosted?",
    ),
    _deed(
        "sketch", "", ("at({0})",), "", "sketch draw_picture make_drawing outline pencil_sketch portray",
        "Draw a sketch of something near by.|Make a drawing of a thing or a place.|"
        "Sketch a target with the pencil.|Portray something on paper.|Outline a thing on paper.",
        "sketch {o}|draw {o}|make a sketch of {o}|make a drawing of {o}|draw a picture of {o} by hand|"
        "I want a drawing of {o}|I would like {o} drawn|Could I have a sketch of {o}?|A drawing of {o}, please",
    ),
    _deed(
        "describe", "", ("at({0})",), "", "describe state_details report_looks tell_about characterize explain_object",
        "Describe something in words.|Tell people what a thing near by looks like.|Report how a target looks.|"
        "Give the details of a thing or a place.|Say in some sentences what something is like.",
        "describe {o}|describe {o} to me|tell me about {o}|tell me what {o} looks like|give me the details of {o}|"
        "I want {o} described|I want to hear about {o}|What does {o} look like?|What can you tell us about {o}?",
    ),
    _deed(
        "bow", None, (), "", "bow bow_down bend_forward take_a_bow curtsy incline",
        "Bow to people.|Bend the body forward and up again.|Take a bow.|Make a curtsy.|Incline politely.",
        "bow|bow to us|take a bow|make a bow|bend forward politely|Show some manners and bow|A bow, please|"
        "I want you to bow|Could you bow?",
    ),
    _deed(
        "clap", None, ("hand free",), "", "clap applaud clap_fingers cheer_on make_applause cheer",
        "Clap with the empty gripper.|Applaud.|Clap the fingers together several times.|"
        "Give applause with an empty hand.|Cheer by clapping.",
        "clap|applaud|clap for us|give us some applause|give them a round of applause|They deserve applause|"
        "Some applause, please|I want you to clap|Could you clap?",
    ),
    _deed(
        "nod", None, (), "", "nod nod_head say_yes_by_head head_nod agree_silently dip_head",
        "Nod with the head.|Move the camera up and down as a yes.|Agree without words.|Give a nod.|"
        "Dip the head twice.",
        "nod|nod at us|nod your head|give a nod|give them a nod|A nod is enough|I want you to nod|Just nod|"
        "Could you nod?",
    ),
    _deed(
        "report", None, (), "", "report_status make_report state_report send_status summarize_day tell_status",
        "Report the robot's status.|Send a report to the operator.|Tell what was done today.|Summarize the day.|"
        "Give the status of battery and joints.",
        "report your status|give a report|send us your report|give us a status report|tell us your status|"
        "We have not had your report|What is your status?|I want a report|A status report, please",
    ),
    _deed(
        "beep", None, (), "", "beep bleep short_tone alert_tone tone_signal peep",
        "Beep once.|Give a short tone.|Let people hear a bleep.|Make an alert tone.|Give a tone signal.",
        "beep|beep once|bleep|make a beep|give a short tone|A beep, please|I want to hear a beep|"
        "Let me hear you beep|Could you beep?",
    ),
    _deed(
        "cool_down", None, (), "cooled", "cool_off rest_motors let_motors_cool cooling_break pause_motors relax_joints",
        "Let the motors cool down.|Rest until the joints are cold.|Take a cooling break.|"
        "Relax all joints until they have cooled.|Pause the motors for cooling.",
        "cool down|let your joints cool|take a cooling break|rest your joints until they are cool|cool your joints|"
        "Your joints are too warm|You feel warm, cool down|I want your joints cool|Could you cool down?",
    ),
)  # fmt: skip

DEED_FAMILIES: tuple[Family, ...] = tuple(deed.family for deed in _DEEDS)
DEED_KINDS: tuple[AbilityKind, ...] = tuple(deed.kind for deed in _DEEDS)
# What each kind is asked for.
DEED_WORDINGS: dict[str, tuple[str, ...]] = {deed.kind.kind: deed.wordings for deed in _DEEDS}

# SPDX-License-Identifier: Apache-2.0
from visualization_msgs.msg import Marker

from agent_planner.ros.messages import to_scene_message
from agent_planner.ros.scene_markers import scene_markers
from agent_planner.scene import Pose, Relation, SceneGraph, SceneObject, ScenePlace


def test_every_entity_has_a_box_and_a_name():
    scene = SceneGraph(
        objects=(SceneObject(name="red cube", color="red", pose=Pose(1.0, 2.0, 0.5), size=(0.04, 0.04, 0.04)),),
        places=(ScenePlace(name="floor"),),
        relations=(Relation("holding", "red cube"),),
    )
    first, *markers = scene_markers(to_scene_message(scene)).markers
    assert first.action == Marker.DELETEALL
    assert [m.text for m in markers if m.type == Marker.TEXT_VIEW_FACING] == ["floor", "red cube (held)"]
    boxes = [m for m in markers if m.type == Marker.CUBE]
    assert boxes[1].pose.position.y == 2.0
    assert boxes[1].color.r > 0.8 > boxes[1].color.g
    assert boxes[0].scale.x > 0  # a box without extent would be an error in RViz
    assert {m.header.frame_id for m in markers} == {"map"}
    assert len({(m.ns, m.id) for m in markers}) == len(markers)

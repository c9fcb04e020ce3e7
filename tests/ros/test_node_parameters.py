# SPDX-License-Identifier: Apache-2.0
import pytest
from rclpy.node import Node
from rclpy.parameter import Parameter

from agent_planner.errors import UserError
from agent_planner.ros.node_parameters import Declared, declare

DECLARED = (
    Declared("rate", 30.0, "How often.", low=1.0, high=100.0),
    Declared("colour", "red", "Which.", choices=("red", "blue")),
    Declared("tries", 3, "How many.", low=0, high=9),
)


@pytest.fixture
def declared(namespace):
    nodes = []

    def make(**overrides):
        node = Node("n", namespace=namespace, parameter_overrides=[Parameter(k, value=v) for k, v in overrides.items()])
        nodes.append(node)
        return node, declare(node, DECLARED)

    yield make
    for node in nodes:
        node.destroy_node()


def test_values_and_descriptions(declared):
    node, values = declared(colour="blue", use_sim_time=False)
    assert values == {"rate": 30.0, "colour": "blue", "tries": 3}
    assert node.describe_parameter("colour").description == "Which. One of: red, blue."
    assert node.describe_parameter("tries").integer_range[0].to_value == 9
    (changed,) = node.set_parameters([Parameter("rate", value=5.0)])
    assert not changed.successful


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"rats": 5.0}, "has no parameter 'rats'; did you mean 'rate'\\? known: colour, rate, tries"),
        ({"rate": "often"}, "rate must be of type float, e.g. 30.0"),
        ({"rate": 500.0}, "rate must be within 1.0 to 100.0"),
        ({"tries": 10}, "tries must be within 0 to 9"),
        ({"colour": "blew"}, "colour is 'blew'; did you mean 'blue'"),
    ],
)
def test_a_wrong_override_is_refused(declared, overrides, message):
    with pytest.raises(UserError, match=message):
        declared(**overrides)

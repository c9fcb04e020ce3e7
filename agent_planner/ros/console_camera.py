# SPDX-License-Identifier: Apache-2.0
"""The head camera's pictures for a console, while somebody looks."""

import io
import threading
from collections.abc import Callable

from PIL import Image as PilImage
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from rclpy.subscription import Subscription
from sensor_msgs.msg import Image

from agent_planner.perception.frame import FrameError
from agent_planner.ros.console_values import Picture
from agent_planner.ros.pictures import rgb_of

_TOPIC = "head_camera/image"
# A page shows no more; pixels.
_WIDEST = 1280
_QUALITY = 75


class ConsoleCamera:
    """Subscribes ``head_camera/image`` (sensor data) only while somebody looks: a camera may work for that alone.

    Args:
        node: the node that it belongs to.
        on_picture: told the number of each picture.
    """

    def __init__(self, node: Node, on_picture: Callable[[int], None]):
        self._node = node
        self._on_picture = on_picture
        self._subscription: Subscription | None = None
        self._newest: tuple[int, Image] | None = None
        self._number = 0
        self._encoding = threading.Lock()
        self._encoded: Picture | None = None
        self._fault = ""
        self.wanted = False

    @property
    def there(self) -> bool:
        """Whether there is a camera."""
        return self._node.count_publishers(_TOPIC) > 0

    def look(self) -> None:
        """Call it often, in the executor's thread: begins and ends to listen as is ``wanted``."""
        if self.wanted and self._subscription is None:
            self._subscription = self._node.create_subscription(Image, _TOPIC, self._take, qos_profile_sensor_data)
        elif not self.wanted and self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
            self._subscription = self._newest = self._encoded = None

    def picture(self) -> Picture | None:
        """The newest one; None while there is none, or none that can be read. Takes the time to encode it, once."""
        with self._encoding:
            newest = self._newest
            if newest is None:
                return None
            number, message = newest
            if self._encoded is None or self._encoded.number != number:
                self._encoded = self._read(number, message)
            return self._encoded

    def _take(self, message: Image) -> None:
        self._number += 1
        self._newest = (self._number, message)
        self._on_picture(self._number)

    def _read(self, number: int, message: Image) -> Picture | None:
        try:
            picture = PilImage.fromarray(rgb_of(message))
        except FrameError as error:
            if str(error) != self._fault:
                self._fault = str(error)
                self._node.get_logger().error(f"'{_TOPIC}' cannot be shown: {error}")
            return None
        picture.thumbnail((_WIDEST, _WIDEST))
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=_QUALITY)
        return Picture(number, file.getvalue())

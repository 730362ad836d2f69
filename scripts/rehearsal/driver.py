"""An operator at the other end of the network, who is also told where the simulated robot really is."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from kinematics import HandKinematics, Poses

from robolearn.bridge.message import Message, decode, encode
from robolearn.bridge.messages.builtin_interfaces import Time
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray
from robolearn.bridge.messages.geometry_msgs import Point, Pose, PoseArray, Quaternion, Twist
from robolearn.bridge.messages.sensor_msgs import JointState
from robolearn.bridge.messages.std_msgs import Bool, Header, String
from robolearn.bridge.messages.tf2_msgs import TFMessage
from robolearn.bridge.topics import (
    EMERGENCY_STOP,
    FRAMES,
    HAND_TARGETS,
    HEARTBEAT,
    JOINT_STATES,
    MODE,
    SIMULATED_ROBOT,
    STATUS,
    VELOCITY_COMMANDS,
    Topic,
)
from robolearn.bridge.transport import Transport

_SAID: Final = (MODE, VELOCITY_COMMANDS, HAND_TARGETS, EMERGENCY_STOP, HEARTBEAT)
_HEARD: Final = (STATUS, SIMULATED_ROBOT, JOINT_STATES, FRAMES)

_AGAIN: Final = 0.1
"""Between heartbeats, and between velocity commands [s]; chosen, a fifth of what they may be old."""

_ASK_AGAIN: Final = 0.3
"""Between two requests for a mode [s]; chosen: a policy that is still being loaded refuses to drive."""

_LOOK: Final = 0.01
"""Between two looks at what was said [s]; chosen."""


class StageFailed(Exception):
    """The robot did not do what it was asked; the message says what it did."""


class Driver:
    """Sends a sign of life and the present velocity command from a thread of its own until it is closed.

    twist: sent ten times a second; None for no velocity command at all
    """

    def __init__(self, transport: Transport) -> None:
        self._send = {topic: transport.publisher(topic) for topic in _SAID}
        self._heard = {topic: transport.mailbox(topic) for topic in _HEARD}
        self._kinematics = HandKinematics()
        self.twist: Twist | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._repeat, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Say nothing more."""
        self._end.set()
        self._thread.join()

    def say(self, topic: Topic, message: Message) -> None:
        """Publish once."""
        self._send[topic](encode(message))

    def ask(self, mode: str) -> None:
        """For a mode, until the deployment says that it is in it. Raises StageFailed after 5 s."""

        def there() -> bool:
            if self.status.get("mode") == mode:
                return True
            self.say(MODE, String(mode))
            time.sleep(_ASK_AGAIN)
            return False

        self.wait(there, 5.0, f"mode {mode}")

    def stop(self) -> None:
        """Press the emergency stop."""
        self.twist = None
        self.say(EMERGENCY_STOP, Bool(True))

    def aim(self, hands: Poses) -> None:
        """Tell both hands where to go, in the frame of the odometry."""
        poses = [
            Pose(Point(*place), Quaternion(x, y, z, w))
            for place, (w, x, y, z) in zip(hands.places.tolist(), hands.quaternions.tolist(), strict=True)
        ]
        self.say(HAND_TARGETS, PoseArray(Header(Time(), "odom"), poses))

    @property
    def status(self) -> Mapping[str, str]:
        """What the deployment says of itself; empty before it does."""
        return self._figures(STATUS)

    @property
    def robot(self) -> Mapping[str, str]:
        """What the simulated robot says of itself; empty before it does."""
        return self._figures(SIMULATED_ROBOT)

    @property
    def height(self) -> float:
        """Of the pelvis, as it is [m]."""
        return float(self.robot["pelvis_height_m"])

    @property
    def place(self) -> np.ndarray:
        """(2,) of the pelvis on the floor, as it is [m]."""
        return np.array(json.loads(self.robot["pelvis_place_m"]))

    @property
    def hands(self) -> Poses:
        """Where the deployment reckons them, in the frame of the odometry."""
        frames, joints = self._heard[FRAMES].last, self._heard[JOINT_STATES].last
        if frames is None or joints is None:
            raise StageFailed("nothing on /tf or /joint_states")
        base = decode(TFMessage, frames.payload).transforms[0].transform
        return self._kinematics.hands(base, decode(JointState, joints.payload))

    def wait(self, condition: Callable[[], bool], patience: float, what: str) -> float:
        """Until it is true; returns how long that took [s]. Raises StageFailed after `patience` [s]."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > patience:
                raise StageFailed(f"no {what} within {patience:g} s: {self.told()}")
            time.sleep(_LOOK)
        return time.monotonic() - began

    def told(self) -> str:
        """The deployment's mode and reason in one line."""
        status = self.status
        if not status:
            return "the deployment says nothing"
        complaint = f"; {status['complaint']}" if status["complaint"] else ""
        return f"{status['mode']}: {status['reason']}{complaint}"

    def _figures(self, topic: Topic) -> Mapping[str, str]:
        arrival = self._heard[topic].last
        if arrival is None:
            return {}
        about = decode(DiagnosticArray, arrival.payload).status[0]
        return {value.key: value.value for value in about.values}

    def _repeat(self) -> None:
        while not self._end.wait(_AGAIN):
            self.say(HEARTBEAT, Bool(True))
            twist = self.twist
            if twist is not None:
                self.say(VELOCITY_COMMANDS, twist)

"""The service of Unitree's robots that says which of their own controllers has the motors, and ends it.

Names and numbers are those of unitree_sdk2's motion switcher; what it releases, the remote control's debug
mode (L2+R2) does too. Deployment only asks: releasing is the operator's to do.
"""

import json
from collections.abc import Callable
from typing import Final

from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import decode, encode
from robolearn.bridge.messages.unitree_api import (
    Request,
    RequestHeader,
    RequestIdentity,
    Response,
    ResponseHeader,
    ResponseStatus,
)
from robolearn.bridge.topics import MOTION_REQUESTS, MOTION_RESPONSES
from robolearn.bridge.transport import Clock, Transport
from robolearn.errors import UserError

CHECK_MODE: Final = 1001
RELEASE_MODE: Final = 1003

UNSUPPORTED: Final = 7004
"""Code of an answer to what the service does not know."""

PATIENCE: Final = 1.5
"""For an answer [s]; chosen: DDS finds the service within a second."""

_ASKED_EVERY: Final = 0.1
"""Between two questions, since one that comes before DDS has found the service is lost [s]; chosen."""


def active_controller(transport: Transport, clock: Clock, sleep: Callable[[float], None]) -> str | None:
    """Name of the robot's own controller that has the motors; empty if none has, None if nobody answers.

    Raises UserError where the service cannot say.
    """
    answers, ask = transport.mailbox(MOTION_RESPONSES), transport.publisher(MOTION_REQUESTS)
    end, number = clock() + PATIENCE, 0
    while clock() < end:
        number += 1
        identity = RequestIdentity(number, CHECK_MODE)
        ask(encode(Request(RequestHeader(identity), "{}")))
        sleep(_ASKED_EVERY)
        arrival = answers.last
        if arrival is not None:
            return _name(arrival.payload)
    return None


def _name(payload: bytes) -> str:
    try:
        answer = decode(Response, payload)
        code = answer.header.status.code
        name = json.loads(answer.data)["name"] if code == 0 else None
    except (BridgeError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"the robot's motion switcher cannot be understood: {error}") from error
    if not isinstance(name, str):
        raise UserError(f"the robot's motion switcher does not say which controller is active: code {code}")
    return name


class SimulatedSwitcher:
    """The service of a simulated robot.

    controller: that has the motors, empty for none
    """

    def __init__(self, transport: Transport, controller: str) -> None:
        self.controller = controller
        self._questions, self._send = (
            transport.mailbox(MOTION_REQUESTS),
            transport.publisher(MOTION_RESPONSES),
        )
        self._answered = 0

    def step(self) -> None:
        """Answer the newest question, once."""
        arrival = self._questions.last
        if arrival is None or arrival.number == self._answered:
            return
        self._answered = arrival.number
        try:
            identity = decode(Request, arrival.payload).header.identity
        except BridgeError:
            return
        if identity.api_id == RELEASE_MODE:
            self.controller = ""
        known = identity.api_id in (CHECK_MODE, RELEASE_MODE)
        status = ResponseStatus(0 if known else UNSUPPORTED)
        data = json.dumps({"form": "0", "name": self.controller}) if known else ""
        self._send(encode(Response(ResponseHeader(identity, status), data)))

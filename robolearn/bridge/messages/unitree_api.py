"""Questions to the services of Unitree's robots, and their answers: `unitree_api` of unitree_ros2."""

from robolearn.bridge.message import Message, Nested, message, wired
from robolearn.bridge.wire_types import BOOL, INT32, INT64, UINT8, Series, Text


@message("unitree_api/msg/RequestIdentity")
class RequestIdentity(Message):
    """Which question.

    id: of this one, which the answer repeats
    api_id: what is asked
    """

    id: int = wired(INT64)
    api_id: int = wired(INT64)


@message("unitree_api/msg/RequestLease")
class RequestLease(Message):
    """Of whoever has a service to himself; 0 for nobody."""

    id: int = wired(INT64)


@message("unitree_api/msg/RequestPolicy")
class RequestPolicy(Message):
    """How it shall be treated."""

    priority: int = wired(INT32)
    noreply: bool = wired(BOOL)


@message("unitree_api/msg/RequestHeader")
class RequestHeader(Message):
    """Of a question."""

    identity: RequestIdentity = wired(Nested(RequestIdentity))
    lease: RequestLease = wired(Nested(RequestLease))
    policy: RequestPolicy = wired(Nested(RequestPolicy))


@message("unitree_api/msg/Request")
class Request(Message):
    """A question.

    parameter: JSON
    """

    header: RequestHeader = wired(Nested(RequestHeader))
    parameter: str = wired(Text())
    binary: list[int] = wired(Series(UINT8))


@message("unitree_api/msg/ResponseStatus")
class ResponseStatus(Message):
    """How it went.

    code: 0 for well
    """

    code: int = wired(INT32)


@message("unitree_api/msg/ResponseHeader")
class ResponseHeader(Message):
    """Of an answer."""

    identity: RequestIdentity = wired(Nested(RequestIdentity))
    status: ResponseStatus = wired(Nested(ResponseStatus))


@message("unitree_api/msg/Response")
class Response(Message):
    """An answer.

    data: JSON
    binary: bytes, as in Unitree's IDL; the .msg file has them signed, which is the same on the wire
    """

    header: ResponseHeader = wired(Nested(ResponseHeader))
    data: str = wired(Text())
    binary: list[int] = wired(Series(UINT8))

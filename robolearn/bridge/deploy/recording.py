"""Every run as a bag that ROS 2's tools read: MCAP, as `ros2 bag` writes it."""

import logging
import queue
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from rosbags.interfaces import Connection
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from robolearn.bridge.definitions import definition, parts
from robolearn.bridge.message import Message
from robolearn.bridge.topics import Topic
from robolearn.errors import StorageError, UserError
from robolearn.storage import disk_errors

_log = logging.getLogger(__name__)

_BAG_VERSION: Final = 9
"""Of the metadata; that of ROS 2 Iron and later."""


def type_store() -> Typestore:
    """The message types of ROS 2 Jazzy, to which a recorder adds Unitree's."""
    return get_typestore(Stores.ROS2_JAZZY)


class Recorder:
    """Keeps messages without waiting for the disk; `flush` writes what has been kept so far.

    path: of the bag, a folder that is made. Raises UserError if there is one, and as `storage.disk_errors`.
    """

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise UserError(f"{path} exists: give another out=DIR")
        self._path = path
        self._kept: queue.SimpleQueue[tuple[Topic, bytes, int]] = queue.SimpleQueue()
        self._store = type_store()
        self._connections: dict[Topic, Connection] = {}
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = Writer(path, version=_BAG_VERSION, storage_plugin=StoragePlugin.MCAP)
            self._writer.open()

    def keep(self, topic: Topic, payload: bytes, stamp: int) -> None:
        """A message, header included, at a time [ns of Unix time]; from any thread."""
        self._kept.put((topic, payload, stamp))

    def flush(self) -> None:
        """Write what is kept, from one thread only. Errors as `storage.disk_errors`."""
        with disk_errors(self._path):
            for _ in range(self._kept.qsize()):
                topic, payload, stamp = self._kept.get()
                self._writer.write(self._connection(topic), stamp, payload)

    def close(self) -> None:
        """Write the rest and finish the bag."""
        self.flush()
        with disk_errors(self._path):
            self._writer.close()

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connection(self, topic: Topic) -> Connection:
        if topic not in self._connections:
            for kind in parts(topic.kind):
                self._know(kind)
            self._connections[topic] = self._writer.add_connection(
                topic.name, topic.kind.ROS_TYPE, typestore=self._store
            )
        return self._connections[topic]

    def _know(self, kind: type[Message]) -> None:
        if kind.ROS_TYPE not in self._store.types:
            self._store.register(get_types_from_msg(definition(kind), kind.ROS_TYPE))


class Recording:
    """The bag of a run, if it has one. A disk that fails ends the recording and not the run.

    path: of the bag, None for no recording. Errors as those of `Recorder`.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self._error = path, ""
        self._recorder = None if path is None else Recorder(path)

    def keep(self, topic: Topic, payload: bytes) -> None:
        """A message, header included, that came or goes now; from any thread."""
        recorder = self._recorder
        if recorder is not None:
            recorder.keep(topic, payload, time.time_ns())

    def flush(self) -> None:
        """Write what is kept, from one thread only."""
        self._attempt(Recorder.flush)

    def close(self) -> None:
        """Write the rest and finish the bag."""
        self._attempt(Recorder.close)
        self._recorder = None

    def summary(self) -> dict[str, Any]:
        """Where the bag is, None without one, and why it ended early, empty if it did not."""
        return {"bag": None if self._path is None else str(self._path), "recording_error": self._error}

    def _attempt(self, work: Callable[[Recorder], None]) -> None:
        if self._recorder is None:
            return
        try:
            work(self._recorder)
        except (StorageError, UserError) as error:
            self._error, self._recorder = str(error), None
            _log.error("%s: nothing more is recorded", error)

"""The part of a source's video that shows one episode, found and copied without encoding anything anew."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from robolearn.errors import UserError
from robolearn.retarget.sources.refusal import Fault
from robolearn.retarget.trajectory import Clip

_TIME_TOLERANCE: Final = 5e-5
"""How far a picture may be from its place in an even rhythm [s]: half of LeRobot's `tolerance_s`, since the
other half is for time stamps in single precision."""

_MISSING: Final = 3
"""Pictures that may be missing at an episode's end, chosen: recorders do not stop all streams at once."""

_PICTURES: Final = 16
"""Key frames of an episode that statistics look at, at most: LeRobot samples a few, too."""

_ROUNDING: Final = 1e-6
"""Of a picture: the last one must not hang on the rounding of an episode's length."""


@dataclass(frozen=True)
class Cut:
    """An episode's pictures, `frames` of them, evenly spaced.

    path: the source's file
    rate: pictures a second [Hz]
    width, height: of a picture [pixels]
    codec, pixel_format: as FFmpeg calls them
    begin: time stamp of the first picture, in the file's own unit
    first, last: packets from the first picture's to the last that is needed, in the file's order
    whole: the file holds this and nothing else, from time 0 on
    pictures: time stamps of key frames that statistics look at
    """

    path: str
    rate: float
    width: int
    height: int
    codec: str
    pixel_format: str
    frames: int
    begin: int
    first: int
    last: int
    whole: bool
    pictures: tuple[int, ...]

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Cut":
        """From its fields as JSON."""
        fields: dict[str, Any] = value | {"pictures": tuple(value["pictures"])}
        return cls(**fields)


def find_cut(clip: Clip, seconds: float) -> Cut:
    """The pictures of an episode that lasts so long.

    Raises Fault, whose sentence continues one about the video, where the file cannot be read, has too few
    pictures or an uneven rhythm, or where the episode begins within a group of pictures: these depend on
    earlier ones, so it could be had only by encoding it anew, at a loss that nobody would see.
    """
    try:
        with av.open(str(clip.path)) as container:
            return _found(container, clip, seconds)
    except FFmpegError as error:
        raise Fault(f"cannot be read: {error.strerror}") from error


def _found(container: InputContainer, clip: Clip, seconds: float) -> Cut:
    if not container.streams.video:
        raise Fault("has no pictures")
    stream = container.streams.video[0]
    stamps, keys = _listed(container)
    unit = stream.time_base
    if unit is None or len(stamps) < 2:
        raise Fault("has fewer than two pictures")
    rate = _rate(stamps, unit)
    shown = _shown(stamps, unit, rate, clip.begin, seconds)
    first = int((stamps == shown[0]).argmax())
    if not keys[first]:
        raise Fault(
            f"has no key frame at {clip.begin:g} s, where the episode begins: it cannot be cut out of its "
            "file without being encoded anew"
        )
    needed = np.isin(stamps, shown)
    last = int(np.flatnonzero(needed)[-1])
    # Readers count pictures by the file's own mean rate, which an odd last picture spoils.
    plain = len(container.streams) == 1 and stream.average_rate == rate
    return Cut(
        path=str(clip.path.absolute()),
        rate=float(rate),
        width=stream.width,
        height=stream.height,
        codec=stream.codec_context.codec.canonical_name,
        pixel_format=str(stream.codec_context.pix_fmt),
        frames=len(shown),
        begin=int(shown[0]),
        first=first,
        last=last,
        whole=plain and not first and last == len(stamps) - 1 and not shown[0],
        pictures=_some(stamps[needed & keys]),
    )


def _packets(container: InputContainer) -> Iterator["av.Packet[Any]"]:
    """The video's packets in the order of the file, without the empty one at the end."""
    return (packet for packet in container.demux(container.streams.video[0]) if packet.size)


def _listed(container: InputContainer) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Time stamp of each packet (P,), and whether it is a key frame (P,)."""
    found = [(packet.pts, packet.is_keyframe) for packet in _packets(container)]
    if any(stamp is None for stamp, _ in found):
        raise Fault("has pictures without a time")
    stamps, keys = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return stamps, keys.astype(bool)


def _rate(stamps: NDArray[np.int64], unit: Fraction) -> Fraction:
    """Pictures a second, by the time that most of them take."""
    steps = np.sort(np.diff(np.sort(stamps)))
    usual = int(steps[len(steps) // 2])
    if usual < 1:
        raise Fault("has several pictures at the same time")
    return 1 / (usual * unit)


def _shown(
    stamps: NDArray[np.int64], unit: Fraction, rate: Fraction, begin: float, seconds: float
) -> NDArray[np.int64]:
    """Time stamps of the episode's pictures, in the order in which they are shown."""
    ordered = np.sort(stamps)
    wanted = math.ceil(seconds * float(rate) - _ROUNDING)
    half = 0.5 / float(rate)
    first = int(np.searchsorted(ordered * float(unit), begin - half))
    shown = ordered[first : first + wanted]
    if not len(shown) or len(shown) < wanted - _MISSING:
        raise Fault(f"has {len(shown)} pictures from {begin:g} s on, the episode lasts {wanted}")
    if shown[0] * float(unit) > begin + half:
        raise Fault(f"has no picture at {begin:g} s, where the episode begins")
    late = (shown - shown[0]) * float(unit) - np.arange(len(shown)) / float(rate)
    if (np.abs(late) > _TIME_TOLERANCE).any():
        place = int((np.abs(late) > _TIME_TOLERANCE).argmax())
        raise Fault(
            f"has picture {place} {1e3 * late[place]:+.2f} ms off the rhythm of {float(rate):g} Hz: LeRobot "
            "would not find it"
        )
    return shown


def _some(stamps: NDArray[np.int64]) -> tuple[int, ...]:
    places = np.linspace(0, len(stamps) - 1, min(len(stamps), _PICTURES)).round().astype(np.int64)
    return tuple(int(stamp) for stamp in stamps[places])


def copy_cut(cut: Cut, path: Path) -> None:
    """Write the pictures as the new file `path`, from time 0 on: the source's file, or its packets.

    Packets that others need may be shown after the episode's end; they stay.

    Raises UserError where the source's file is gone or damaged by now.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not Path(cut.path).is_file():
        raise UserError(f"{cut.path} is missing: it was there when its episode was retargeted")
    if cut.whole:
        shutil.copyfile(cut.path, path)
        return
    try:
        _copy_packets(cut, path)
    except FFmpegError as error:
        raise UserError(f"cannot copy {cut.path}: {error.strerror}") from error


def _copy_packets(cut: Cut, path: Path) -> None:
    options = {"fflags": "+bitexact"}
    with av.open(cut.path) as source, av.open(str(path), "w", format="mp4", options=options) as made:
        stream = source.streams.video[0]
        copy = made.add_stream_from_template(stream)
        copy.time_base = stream.time_base
        for place, packet in enumerate(_packets(source)):
            if place > cut.last:
                break
            # Pictures before the first may follow it in the file: they belong to the previous episode.
            if place < cut.first or packet.pts is None or packet.pts < cut.begin:
                continue
            packet.pts -= cut.begin
            if packet.dts is not None:
                packet.dts -= cut.begin
            packet.stream = copy
            made.mux(packet)

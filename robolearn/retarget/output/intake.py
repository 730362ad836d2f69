"""Looks an episode over before it is kept: what is wrong with it, and where its pictures are."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from robolearn.retarget.output.cut import Cut, find_cut
from robolearn.retarget.output.pictures import picture_histogram
from robolearn.retarget.output.staged import Header, staged_bytes
from robolearn.retarget.retargeted import COLUMNS, RetargetedEpisode
from robolearn.retarget.sources.refusal import EpisodeRefused, Fault
from robolearn.retarget.trajectory import Clip


def prepared(episode: RetargetedEpisode) -> bytes:
    """The staged file of an episode whose columns are sound.

    Raises Fault for videos that cannot be copied, as `find_cut` says, or come at different rates.
    """
    cuts = _cuts(episode)
    histograms = {camera: _histogram(camera, cut) for camera, cut in cuts.items()}
    return staged_bytes(_header(episode, cuts), episode.columns, histograms)


def mean_errors(columns: Mapping[str, NDArray[np.float32]]) -> dict[str, float]:
    """Mean over the steps of the tracking error (T, 4), by the names of its entries [m, rad]."""
    means = columns["tracking_error"].mean(axis=0, dtype=np.float64).tolist()
    return dict(zip(COLUMNS["tracking_error"].names, means, strict=True))


def _header(episode: RetargetedEpisode, cuts: Mapping[str, Cut]) -> Header:
    return Header(
        name=episode.name,
        rate=episode.rate,
        steps=len(episode),
        language=episode.language.strip(),
        tracking_error=mean_errors(episode.columns),
        cuts=cuts,
    )


def check_columns(episode: RetargetedEpisode) -> None:
    """Raise EpisodeRefused for columns that are missing, of another size or not finite, and for no words."""
    try:
        _check_columns(episode)
    except Fault as fault:
        raise EpisodeRefused(episode.name, str(fault)) from fault


def _check_columns(episode: RetargetedEpisode) -> None:
    if missing := [name for name in COLUMNS if name not in episode.columns]:
        raise Fault(f"the column '{missing[0]}' is missing")
    steps = len(episode)
    if not steps:
        raise Fault("it has no steps")
    if not episode.language.strip():
        raise Fault("it has no task in words")
    for name, spec in COLUMNS.items():
        values = episode.columns[name]
        shape = (steps, spec.size)
        if values.shape != shape or values.dtype != np.float32:
            raise Fault(f"'{name}' has shape {values.shape} in {values.dtype}, expected {shape} in float32")
        if not np.isfinite(values).all():
            step, entry = np.argwhere(~np.isfinite(values))[0]
            raise Fault(f"'{name}' is {values[step, entry]} in step {step}, entry '{spec.names[entry]}'")


def _cuts(episode: RetargetedEpisode) -> dict[str, Cut]:
    seconds = len(episode) / episode.rate
    cuts = {camera: _cut(camera, clip, seconds) for camera, clip in episode.videos.items()}
    if len(rates := {cut.rate for cut in cuts.values()}) > 1:
        shown = " and ".join(f"{rate:g}" for rate in sorted(rates))
        raise Fault(f"its videos have {shown} pictures a second: rows have one rate")
    return cuts


def _cut(camera: str, clip: Clip, seconds: float) -> Cut:
    try:
        return find_cut(clip, seconds)
    except Fault as fault:
        raise Fault(f"its video '{camera}' {fault}") from fault


def _histogram(camera: str, cut: Cut) -> NDArray[np.int64]:
    try:
        return picture_histogram(cut)
    except Fault as fault:
        raise Fault(f"its video '{camera}' {fault}") from fault

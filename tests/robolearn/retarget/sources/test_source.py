"""What tells sources apart."""

from dataclasses import replace
from pathlib import Path

from hand_trajectories import random_trajectory, write_trajectories
from robolearn.retarget.sources import open_source, source_fingerprint


def test_sources_of_the_same_names_differ_by_what_they_hold(tmp_path: Path) -> None:
    found = []
    for folder, seed in (("one", 0), ("again", 0), ("another", 1)):
        write_trajectories(tmp_path / folder, [replace(random_trajectory(12, seed), name="1/0")])
        source = open_source(tmp_path / folder)
        found.append(source_fingerprint(source, source.names()))
    assert found[0] == found[1] != found[2]

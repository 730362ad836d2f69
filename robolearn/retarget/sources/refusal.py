"""An episode that is not read, and why."""

from robolearn.errors import UserError


class EpisodeRefused(UserError):
    """An episode is not fit to be used; the others of its source may well be.

    episode: its name in the source
    reason: one line about what is wrong with it
    """

    def __init__(self, episode: str, reason: str) -> None:
        super().__init__(f"episode {episode} is refused: {reason}")
        self.episode = episode
        self.reason = reason


class Fault(Exception):
    """What is wrong with an episode, raised where its name is not known."""

"""The policy in a process of its own: whatever becomes of it, the motors are told something every 2 ms."""

import multiprocessing
import os
import signal
import time
from typing import Final

from robolearn.bridge.deploy.ports import SocketPort, socket_ports

_LOOKS: Final = 0.5
"""How often a waiting policy looks whether anybody is left to ask [s]; chosen."""


class PolicyProcess:
    """Loads a worker's checkpoint and answers requests until it is stopped.

    checkpoint, manager: folders of the policies, which must have been checked; manager: None to do without
    robot: whose hands the manager takes where they are told

    port: requests go in, answers come out
    """

    def __init__(self, checkpoint: str, manager: str | None = None, robot: str = "g1") -> None:
        self.port, theirs = socket_ports()
        # A forked child would hold DDS's threads' locks, whose owners it does not have.
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(
            target=_serve, args=(checkpoint, manager, robot, theirs, os.getpid()), name="policy", daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.is_alive()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()
        self.port.close()


def _serve(checkpoint: str, manager: str | None, robot: str, port: SocketPort, parent: int) -> None:
    # An interrupt from the terminal reaches this process too, and is the command loop's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import torch

    from robolearn.bridge.deploy.followers import follower_of
    from robolearn.bridge.deploy.policy_loop import DeployedWorker, PolicyLoop
    from robolearn.policies.registry import load_policy
    from robolearn.policies.worker.worker_policy import WorkerPolicy

    torch.set_num_threads(1)
    policy = load_policy(checkpoint)
    assert isinstance(policy, WorkerPolicy)
    follower = None if manager is None else follower_of(robot, manager)
    loop = PolicyLoop(DeployedWorker(policy, follower), port, port)
    while os.getppid() == parent:
        port.wait(_LOOKS)
        loop.tick(time.monotonic())

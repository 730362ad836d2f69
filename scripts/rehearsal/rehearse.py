"""Runs a simulated robot, a deployment and an operator through all stages: `rehearse.py [KEY=VALUE...]`."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from driver import Driver, StageFailed
from stages import STAGES

from robolearn.bridge.dds import CycloneTransport
from robolearn.errors import refusing, unknown_name
from robolearn.overrides import chosen
from robolearn.storage import write_json

DOMAIN: Final = 30 + os.getpid() % 70
"""Another one for runs beside this one, and never 0, where a robot may listen to commands."""

START: Final = 60.0
"""Until a program is on the network [s]; chosen: a busy machine takes long to load it."""

FRESH: Final = 0.1
"""Of a policy's action, once it has been loaded [s]; chosen."""

DEFAULTS = {
    "checkpoint": "assets/checkpoints/g1_worker",
    "manager": "assets/checkpoints/g1_manager",
    "priority": "0",
    "stages": ",".join(STAGES),
    "out": "outputs/rehearsal",
}

SUMMARIES: Final = ("deploy/deploy.json", "sim-robot/sim_robot.json")
"""What the programs write under `out` at their ends."""


class Program:
    """`robolearn` with a verb, which writes into a folder of its name under `out`."""

    def __init__(self, verb: str, out: Path, *arguments: str) -> None:
        self.verb, out = verb, out / verb
        out.mkdir(parents=True, exist_ok=True)
        self._log = out / f"{verb}.log"
        command = ["robolearn", verb, "robot=g1", f"domain={DOMAIN}", f"out={out}", *arguments]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def require_running(self) -> None:
        """Raises StageFailed, with the last thing that it said, if it has ended."""
        if self._process.poll() is not None:
            said = self._log.read_text().strip().splitlines()
            raise StageFailed(f"{self.verb} has ended: {said[-1] if said else 'it said nothing'}")

    def stop(self) -> None:
        """Interrupt it as an operator does, and wait until it has left."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def running(verb: str, out: Path, *arguments: str) -> Iterator[Program]:
    """A program that has been stopped afterwards, whatever happens."""
    program = Program(verb, out, *arguments)
    try:
        yield program
    finally:
        program.stop()


def rehearse(run: dict[str, str]) -> dict[str, Any]:
    """All stages; returns what came of each, and what the programs counted."""
    out = Path(run["out"])
    told: dict[str, str] = {}
    failure = ""
    with ExitStack() as stack:
        transport = CycloneTransport(DOMAIN)
        stack.callback(transport.close)
        driver = Driver(transport)
        stack.callback(driver.close)
        try:
            robot = stack.enter_context(running("sim-robot", out))
            await_program(driver, robot, lambda: bool(driver.robot))
            passed = [f"{key}={run[key]}" for key in ("checkpoint", "manager", "priority")]
            deployment = stack.enter_context(running("deploy", out, *passed, "record=false"))
            await_program(driver, deployment, lambda: float(driver.status.get("policy_age_s", "inf")) < FRESH)
            perform(driver, (robot, deployment), run["stages"].split(","), told)
        except StageFailed as error:
            failure = str(error)
            driver.stop()
    return {"stages": told, "failure": failure, **counted(out)}


def await_program(driver: Driver, program: Program, there: Callable[[], bool]) -> None:
    """Until it is on the network. Raises StageFailed if it ends, or takes too long."""

    def looked() -> bool:
        program.require_running()
        return there()

    driver.wait(looked, START, f"answer of {program.verb}")


def perform(driver: Driver, programs: Sequence[Program], names: Sequence[str], told: dict[str, str]) -> None:
    """Stage after stage, by name, each noted in `told`. Raises StageFailed at the first that fails."""
    # While a policy is loaded there may be no core left for commands; until then the robot is passive.
    stopped = int(driver.robot["timeouts"])
    for name in names:
        stage, mode = STAGES[name]
        began = time.monotonic()
        try:
            said = stage(driver)
            for program in programs:
                program.require_running()
            if driver.status["mode"] != mode:
                raise StageFailed(driver.told())
            require_obedience(driver, stopped)
        except StageFailed as error:
            raise StageFailed(f"{name}: {error}") from error
        told[name] = f"{said}; {driver.told()}"
        sys.stdout.write(f"{name:9} {time.monotonic() - began:5.1f} s  {told[name]}\n")
        sys.stdout.flush()


def require_obedience(driver: Driver, stopped: int) -> None:
    """Raises StageFailed if the robot has refused a command, or waited in vain more often than `stopped`."""
    refused, timeouts = driver.robot["refused"], int(driver.robot["timeouts"]) - stopped
    if refused != "{}" or timeouts:
        raise StageFailed(f"the robot refused {refused}, and commands stopped {timeouts} times")


def counted(out: Path) -> dict[str, Any]:
    """What both programs say at their ends, as far as they came to that."""
    figures: dict[str, Any] = {}
    counts = ("command_loop", "cpu_share", "filtered_commands"), ("obeyed", "refused")
    for name, keys in zip(SUMMARIES, counts, strict=True):
        if (out / name).exists():
            record = json.loads((out / name).read_text())
            figures |= {key: record[key] for key in keys}
    return figures


def settings(arguments: Sequence[str]) -> dict[str, str]:
    """What is to be run. Raises UserError for a key that there is not."""
    run = chosen(arguments, DEFAULTS)
    for name in run["stages"].split(","):
        if name not in STAGES:
            raise unknown_name("stage", name, STAGES)
    return run


def main(arguments: Sequence[str]) -> int:
    """Run, print and write `rehearsal.json`; returns the exit status."""
    run = settings(arguments)
    for name in SUMMARIES:
        (Path(run["out"]) / name).unlink(missing_ok=True)
    record = rehearse(run)
    write_json(Path(run["out"]) / "rehearsal.json", run | record)
    counts = {key: value for key, value in record.items() if key not in ("stages", "failure")}
    sys.stdout.write("".join(f"{key}: {value}\n" for key, value in counts.items()))
    if record["failure"]:
        sys.stdout.write(f"FAILED: {record['failure']}\n")
        return 1
    return 0


if __name__ == "__main__":
    with refusing("rehearse"):
        sys.exit(main(sys.argv[1:]))

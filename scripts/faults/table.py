"""Runs every failure in every situation, and writes what came of it."""

import json
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from cases import CASES, LEAD_IN, SITUATIONS, Case
from tqdm import tqdm

from envs.robots.g1.limits import g1_limits
from envs.sim_robot.rehearsal import Rehearsal
from envs.sim_robot.sensors import MODE_MACHINE
from envs.sim_robot.strictness import CommandCheck, Refusal
from robolearn.bridge.safety.state_machine import Mode
from robolearn.bridge.sim_settings import Interference
from robolearn.errors import UserError, refusing, unknown_name
from robolearn.overrides import chosen

WATCHED = 6.0
"""After a failure begins [s]: longer than holding and braking take."""

CRANE_SECONDS = 5.0
DEFAULTS = {
    "tries": "10",
    "first": "0",
    "checkpoint": "assets/checkpoints/g1_worker",
    "cases": ",".join(CASES),
    "situations": ",".join(SITUATIONS),
    "out": "outputs/fault_table",
}


@dataclass
class Outcome:
    """Of one try.

    to_hold, to_damp: from the failure on [s], None where it did not come to that
    fell_before: the robot had fallen before anything failed; such a try says nothing else
    fell: it fell, or was braked since it did, before the time for holding was up
    hold_reason, damp_reason: that the deployment gave, empty where it did not come to that
    refused: commands that the robot would not have obeyed, out of all since the start
    """

    case: str
    situation: str
    seed: int
    to_hold: float | None = None
    to_damp: float | None = None
    fell_before: bool = False
    fell: bool = False
    hold_reason: str = ""
    damp_reason: str = ""
    refused: int = 0
    commands: int = 0


class Trial:
    """A situation, reached once, in which every failure is tried from the same state."""

    def __init__(self, checkpoint: Path, situation: str, seed: int) -> None:
        self._name, self._situation, self._seed = situation, SITUATIONS[situation], seed
        self._commands = self._refused = 0
        self._rehearsal = Rehearsal(checkpoint, crane_seconds=CRANE_SECONDS, seed=seed)

    def reach(self) -> None:
        """Stand up, be let go, and do what is told; every try meets another moment of the gait."""
        rehearsal = self._rehearsal
        rehearsal.start_policy()
        rehearsal.run(CRANE_SECONDS - rehearsal.loop.safety.stand_time)
        began = rehearsal.now
        rehearsal.run(LEAD_IN, lambda: self._drive(rehearsal.now - began))
        rehearsal.run(0.11 * self._seed, lambda: self._drive(LEAD_IN))
        self._commands, self._refused = len(rehearsal.sent), self._refusals(rehearsal.sent)
        rehearsal.sent.clear()

    def fail(self, case: str) -> Outcome:
        """Until the robot is braked, or nothing has happened for `WATCHED`; in a copy of this process."""
        return _branched(lambda: self._fail(case))

    def _drive(self, elapsed: float) -> None:
        situation = self._situation
        climb = situation.climb if elapsed < LEAD_IN / 2 else 0.0
        self._rehearsal.drive(situation.forward, climb=climb)

    def _fail(self, case: str) -> Outcome:
        rehearsal, outcome = self._rehearsal, Outcome(case, self._name, self._seed)
        outcome.fell_before = rehearsal.robot.fallen or rehearsal.mode is not Mode.POLICY
        if not outcome.fell_before:
            self._watch(CASES[case], outcome)
        outcome.commands = self._commands + len(rehearsal.sent)
        outcome.refused = self._refused + self._refusals(rehearsal.sent)
        return outcome

    def _refusals(self, sent: Sequence[bytes]) -> int:
        check = CommandCheck(g1_limits(self._rehearsal.profile.period), MODE_MACHINE)
        return sum(isinstance(check.read(payload), Refusal) for payload in sent)

    def _watch(self, case: Case, outcome: Outcome) -> None:
        rehearsal = self._rehearsal
        began = rehearsal.now
        each = case.begin(rehearsal)
        while rehearsal.now - began < WATCHED and outcome.to_damp is None:
            if rehearsal.now - began >= case.seconds:
                rehearsal.robot.interference = Interference()
            self._drive(LEAD_IN)
            each()
            rehearsal.tick()
            elapsed = round(rehearsal.now - began, 3)
            situation = rehearsal.loop.situation
            if situation.mode is Mode.HOLD and outcome.to_hold is None:
                outcome.to_hold, outcome.hold_reason = elapsed, situation.reason
            if situation.mode is Mode.DAMP:
                outcome.to_damp, outcome.damp_reason = elapsed, situation.reason
                outcome.fell |= situation.reason.startswith("tilt")
            outcome.fell |= outcome.to_damp is None and rehearsal.robot.fallen


def _branched(work: Callable[[], Outcome]) -> Outcome:
    """What `work` returns in a copy of this process, which leaves this one as it was.

    Raises EOFError where the copy fails; it says why.
    """
    # Reaching a situation takes three times as long as a failure, and a robot with its network does not copy.
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sending.send(work()))
    process.start()
    sending.close()
    outcome = receiving.recv()
    process.join()
    return outcome


def markdown(outcomes: Sequence[Outcome]) -> str:
    """A row for each failure in each situation."""
    lines = [
        "| failure | situation | tries | to Hold [s] | to Damp [s] | fell meanwhile | commands refused |",
        "|---|---|---|---|---|---|---|",
    ]
    for case, situation in dict.fromkeys((outcome.case, outcome.situation) for outcome in outcomes):
        of = [outcome for outcome in outcomes if (outcome.case, outcome.situation) == (case, situation)]
        tried = [outcome for outcome in of if not outcome.fell_before]
        cells = (
            case,
            situation,
            f"{len(tried)} of {len(of)}",
            _range([outcome.to_hold for outcome in tried]),
            _range([outcome.to_damp for outcome in tried]),
            f"{sum(outcome.fell for outcome in tried)}",
            f"{sum(outcome.refused for outcome in of)} of {sum(outcome.commands for outcome in of)}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _range(times: Sequence[float | None]) -> str:
    known = [time for time in times if time is not None]
    if not known:
        return "never"
    text = f"{min(known):.3f} to {max(known):.3f}"
    return text if len(known) == len(times) else f"{text} in {len(known)}"


def _named(kind: str, names: str, valid: Sequence[str]) -> list[str]:
    for name in names.split(","):
        if name not in valid:
            raise unknown_name(kind, name, valid)
    return names.split(",")


def main() -> None:
    """Run what the arguments choose. Raises UserError for a choice that there is not."""
    torch.set_num_threads(1)
    run = chosen(sys.argv[1:], DEFAULTS)
    cases = _named("case", run["cases"], list(CASES))
    situations = _named("situation", run["situations"], list(SITUATIONS))
    for name in ("tries", "first"):
        if not run[name].isdigit():
            raise UserError(f"{name}={run[name]} is not valid: it takes a number")
    seeds = range(int(run["first"]), int(run["first"]) + int(run["tries"]))
    plan = [(situation, seed) for seed in seeds for situation in situations]
    out = Path(run["out"])
    out.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    with tqdm(total=len(plan) * len(cases), unit="try") as bar:
        for situation, seed in plan:
            for outcome in tried(Path(run["checkpoint"]), situation, seed, cases):
                outcomes.append(outcome)
                bar.update()
            keep(outcomes, cases, situations, out)
    sys.stdout.write(markdown(outcomes))


def tried(checkpoint: Path, situation: str, seed: int, cases: Sequence[str]) -> Iterator[Outcome]:
    """Every failure in one situation, from the same state."""
    trial = Trial(checkpoint, situation, seed)
    trial.reach()
    for case in cases:
        yield trial.fail(case)


def keep(outcomes: list[Outcome], cases: Sequence[str], situations: Sequence[str], out: Path) -> None:
    """Write what is known so far, failure by failure."""
    outcomes.sort(key=lambda of: (cases.index(of.case), situations.index(of.situation), of.seed))
    (out / "fault_table.json").write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=2))
    (out / "fault_table.md").write_text(markdown(outcomes))


if __name__ == "__main__":
    with refusing("fault_table"):
        main()

"""Runs every failure in every situation, and writes what came of it."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from cases import CASES, LEAD_IN, SITUATIONS
from tqdm import tqdm

from envs.robots.g1.limits import g1_limits
from envs.sim_robot.rehearsal import Rehearsal
from envs.sim_robot.sensors import MODE_MACHINE
from envs.sim_robot.strictness import CommandCheck, Refusal
from robolearn.bridge.safety.state_machine import Mode
from robolearn.bridge.sim_settings import Interference
from robolearn.errors import UserError, unknown_name

WATCHED = 6.0
"""After a failure begins [s]: longer than holding and braking take."""

CRANE_SECONDS = 5.0
DEFAULTS = {
    "tries": "10",
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
    refused: commands that the robot would not have obeyed, out of all
    """

    case: str
    situation: str
    seed: int
    to_hold: float | None = None
    to_damp: float | None = None
    fell_before: bool = False
    fell: bool = False
    refused: int = 0
    commands: int = 0


class Trial:
    """One failure in one situation."""

    def __init__(self, checkpoint: Path, case: str, situation: str, seed: int) -> None:
        self._case, self._situation = CASES[case], SITUATIONS[situation]
        self._rehearsal = Rehearsal(checkpoint, crane_seconds=CRANE_SECONDS, seed=seed)
        self.outcome = Outcome(case, situation, seed)

    def run(self) -> Outcome:
        """Until the robot is braked and lies, or nothing has happened for `WATCHED`."""
        rehearsal, outcome = self._rehearsal, self.outcome
        self._reach()
        # Every try meets another moment of the gait.
        rehearsal.run(0.11 * outcome.seed, lambda: self._drive(LEAD_IN))
        outcome.fell_before = rehearsal.robot.fallen or rehearsal.mode is not Mode.POLICY
        if not outcome.fell_before:
            self._fail()
        check = CommandCheck(g1_limits(rehearsal.profile.period), MODE_MACHINE)
        outcome.commands = len(rehearsal.sent)
        outcome.refused = sum(isinstance(check.read(sent), Refusal) for sent in rehearsal.sent)
        return outcome

    def _reach(self) -> None:
        rehearsal = self._rehearsal
        rehearsal.start_policy()
        rehearsal.run(CRANE_SECONDS - rehearsal.loop.safety.stand_time)
        began = rehearsal.now
        rehearsal.run(LEAD_IN, lambda: self._drive(rehearsal.now - began))

    def _drive(self, elapsed: float) -> None:
        situation = self._situation
        climb = situation.climb if elapsed < LEAD_IN / 2 else 0.0
        self._rehearsal.drive(situation.forward, climb=climb)

    def _fail(self) -> None:
        rehearsal, outcome = self._rehearsal, self.outcome
        began = rehearsal.now
        each = self._case.begin(rehearsal)
        while rehearsal.now - began < WATCHED and outcome.to_damp is None:
            if rehearsal.now - began >= self._case.seconds:
                rehearsal.robot.interference = Interference()
            self._drive(LEAD_IN)
            each()
            rehearsal.tick()
            elapsed = round(rehearsal.now - began, 3)
            if rehearsal.mode is Mode.HOLD and outcome.to_hold is None:
                outcome.to_hold = elapsed
            if rehearsal.mode is Mode.DAMP:
                outcome.to_damp = elapsed
                outcome.fell |= rehearsal.loop.situation.reason.startswith("tilt")
            outcome.fell |= outcome.to_damp is None and rehearsal.robot.fallen


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


def _choices(arguments: Sequence[str]) -> dict[str, str]:
    chosen = dict(DEFAULTS)
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key not in chosen:
            raise unknown_name("key", key, chosen)
        chosen[key] = value
    return chosen


def _named(kind: str, names: str, valid: Sequence[str]) -> list[str]:
    for name in names.split(","):
        if name not in valid:
            raise unknown_name(kind, name, valid)
    return names.split(",")


def main() -> None:
    """Run what the arguments choose. Raises UserError for a choice that there is not."""
    torch.set_num_threads(1)
    chosen = _choices(sys.argv[1:])
    cases = _named("case", chosen["cases"], list(CASES))
    situations = _named("situation", chosen["situations"], list(SITUATIONS))
    if not chosen["tries"].isdigit():
        raise UserError(f"tries={chosen['tries']} is not valid: it takes a number")
    plan = [
        (case, situation, seed)
        for case in cases
        for situation in situations
        for seed in range(int(chosen["tries"]))
    ]
    outcomes = [Trial(Path(chosen["checkpoint"]), *part).run() for part in tqdm(plan, unit="try")]
    out = Path(chosen["out"])
    out.mkdir(parents=True, exist_ok=True)
    (out / "fault_table.json").write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=2))
    (out / "fault_table.md").write_text(markdown(outcomes))
    sys.stdout.write(markdown(outcomes))


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.stderr.write(f"fault_table: {error}\n")
        sys.exit(2)

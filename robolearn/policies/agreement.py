"""Whether a policy, its data and what it is to act in mean the same by their vectors."""

from robolearn.errors import UserError
from robolearn.specification import TaskSpec, VectorSpec


def require_agreement(found: TaskSpec, expected: TaskSpec, origin: str) -> None:
    """Raise UserError naming the first difference in task, observation, action, servos or control rate.

    found: of a policy or of a dataset; origin: where it comes from, for the message
    """
    if found.name != expected.name:
        raise UserError(f"{origin} is of task '{found.name}', not '{expected.name}'")
    for what in ("observation", "action"):
        _compare(getattr(found, what), getattr(expected, what), f"{origin}: {what}")
    if found.frames != expected.frames:
        raise UserError(f"{origin}: frames are {dict(found.frames)}, the task's are {dict(expected.frames)}")
    _compare_gains(found, expected, origin)
    if found.control_rate_hz != expected.control_rate_hz:
        raise UserError(
            f"{origin}: control rate is {found.control_rate_hz} Hz, "
            f"the task '{expected.name}' has {expected.control_rate_hz} Hz"
        )


def _compare_gains(found: TaskSpec, expected: TaskSpec, origin: str) -> None:
    for joint in {**expected.gains, **found.gains}:
        one, other = found.gains.get(joint), expected.gains.get(joint)
        if one != other:
            raise UserError(f"{origin}: servo of '{joint}' has gains {one}, the task's {other}")


def _compare(found: VectorSpec, expected: VectorSpec, origin: str) -> None:
    if found.size != expected.size:
        raise UserError(f"{origin} has {found.size} entries, the task {expected.size}")
    for index, (one, other) in enumerate(zip(found.names, expected.names, strict=True)):
        if one != other:
            raise UserError(f"{origin} entry {index} is '{one}', the task's is '{other}'")
    for name, one, other in zip(found.names, found.units, expected.units, strict=True):
        if one != other:
            raise UserError(f"{origin} '{name}' is in {one}, the task's in {other}")

"""Whatever is asked of the filter, its command is within limits; what is within limits it leaves alone."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_filter import finite, reference_command, torque
from robolearn.bridge.safety.filter import safe_command
from robolearn.bridge.safety.joints import JointCommand, JointMeasurement
from robolearn.bridge.safety.limits import JointLimits

JOINTS = 3

LIMITS = JointLimits(
    names=("hip", "knee", "wrist"),
    lower=np.array([-2.5, -0.1, -1.6]),
    upper=np.array([2.9, 2.9, 1.6]),
    velocity=np.array([32.0, 20.0, 22.0]),
    torque=np.array([88.0, 139.0, 5.0]),
    kp=np.array([200.0, 300.0, 40.0]),
    kd=np.array([8.0, 8.0, 2.0]),
    step=np.array([0.3, 0.3, 0.1]),
    damping=np.array([8.0, 8.0, 1.0]),
)

REST = JointMeasurement(np.array([0.0, 0.5, 0.1]), np.zeros(JOINTS))


def vectors(entry: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    return st.lists(entry, min_size=JOINTS, max_size=JOINTS).map(np.array)


ANY = st.one_of(st.floats(), st.floats(-5.0, 5.0), st.floats(0.0, 400.0))
COMMANDS = st.builds(JointCommand.of, *(vectors(ANY) for _ in range(5)))
SANE_COMMANDS = st.builds(
    JointCommand.of,
    q=vectors(st.floats(-0.1, 1.6)),
    dq=vectors(st.floats(-20.0, 20.0)),
    tau=vectors(st.floats(-5.0, 5.0)),
    kp=vectors(st.floats(0.0, 40.0)),
    kd=vectors(st.floats(0.0, 2.0)),
)
MEASUREMENTS = st.builds(JointMeasurement, vectors(ANY), vectors(ANY))


@st.composite
def any_limits(draw: st.DrawFn) -> JointLimits:
    def some(low: float, high: float) -> Any:
        return draw(vectors(st.floats(low, high)))

    lower, kd = some(-4.0, 4.0), some(0.01, 20.0)
    return JointLimits(
        names=LIMITS.names,
        lower=lower,
        upper=lower + some(1e-3, 6.0),
        velocity=some(0.1, 60.0),
        torque=some(0.05, 200.0),
        kp=some(0.0, 1000.0),
        kd=kd,
        step=some(1e-4, 3.0),
        damping=kd * some(0.01, 1.0),
    )


def command(q: Any, dq: Any = 0.0, tau: Any = 0.0, kp: Any = 20.0, kd: Any = 1.0) -> JointCommand:
    return JointCommand.of(np.broadcast_to(q, JOINTS), dq, tau, kp, kd)


@settings(max_examples=60)
@given(requested=COMMANDS, previous=COMMANDS, measured=MEASUREMENTS, limits=any_limits())
def test_any_command_comes_out_within_limits(
    requested: JointCommand, previous: JointCommand, measured: JointMeasurement, limits: JointLimits
) -> None:
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        safe, changes = safe_command(requested, previous, measured, limits)
    assert finite(safe).all()
    assert (limits.lower <= safe.q).all() and (safe.q <= limits.upper).all()
    assert (np.abs(safe.dq) <= limits.velocity).all() and (np.abs(safe.tau) <= limits.torque).all()
    assert (safe.kp >= 0.0).all() and (safe.kp <= limits.kp).all()
    assert (safe.kd >= 0.0).all() and (safe.kd <= limits.kd).all()
    unmeasured = ~((np.abs(measured.q) <= 100.0) & (np.abs(measured.dq) <= 1000.0))
    assert (changes.unmeasured == unmeasured).all()
    with np.errstate(invalid="ignore", over="ignore"):
        assert (np.abs(torque(safe, measured)) <= limits.torque)[~unmeasured].all()
    braked = safe.kd == limits.damping
    assert (braked & (safe.kp == 0) & (safe.tau == 0) & (safe.dq == 0))[unmeasured].all()


@settings(max_examples=60)
@given(requested=COMMANDS, previous=SANE_COMMANDS, measured=MEASUREMENTS)
def test_the_target_moves_no_further_than_a_step(
    requested: JointCommand, previous: JointCommand, measured: JointMeasurement
) -> None:
    safe, _ = safe_command(requested, previous, measured, LIMITS)
    assert (np.abs(safe.q - previous.q) <= LIMITS.step * (1 + 1e-12)).all()


@settings(max_examples=60)
@given(requested=COMMANDS, previous=COMMANDS, measured=MEASUREMENTS)
def test_the_report_names_every_change(
    requested: JointCommand, previous: JointCommand, measured: JointMeasurement
) -> None:
    safe, changes = safe_command(requested, previous, measured, LIMITS)
    told = np.logical_or.reduce(list(vars(changes).values()))
    assert (told | (requested.table == safe.table).all(axis=0)).all()
    assert changes.any() == bool(told.any())
    assert len(changes.describe(LIMITS.names)) == int(told.sum())


@settings(max_examples=60)
@given(previous=SANE_COMMANDS, measured=MEASUREMENTS, requested=COMMANDS)
def test_its_own_output_is_left_alone(
    previous: JointCommand, measured: JointMeasurement, requested: JointCommand
) -> None:
    first, _ = safe_command(requested, previous, measured, LIMITS)
    again, changes = safe_command(first, first, measured, LIMITS)
    assert (first.table == again.table).all()
    assert (changes.unmeasured | ~changes.torque).all() and not changes.position.any()


def test_a_gentle_command_passes_unchanged() -> None:
    asked = command(q=[0.1, 0.6, 0.12], dq=0.5, tau=0.2)
    safe, changes = safe_command(asked, command(q=REST.q), REST, LIMITS)
    assert (asked.table == safe.table).all()
    assert not changes.any() and changes.describe(LIMITS.names) == []


def test_a_target_that_asks_too_much_torque_is_brought_nearer_and_stiffness_stays() -> None:
    asked = command(q=[0.0, 0.5, 0.4], kp=40.0)
    safe, changes = safe_command(asked, command(q=[0.0, 0.5, 0.3]), REST, LIMITS)
    assert safe.kp.tolist() == [40.0, 40.0, 40.0] and safe.kd.tolist() == [1.0, 1.0, 1.0]
    assert safe.q[2] == pytest.approx(REST.q[2] + 5.0 / 40.0, abs=1e-4)
    assert changes.describe(LIMITS.names) == ["wrist: torque"]


def test_gains_shrink_where_the_target_may_not_move() -> None:
    measured = JointMeasurement(np.array([0.0, 0.5, 1.6]), np.zeros(JOINTS))
    safe, changes = safe_command(command(q=[0.0, 0.5, -1.0], kp=40.0), command(q=-1.0), measured, LIMITS)
    assert safe.q[2] == pytest.approx(-0.9) and 0.0 < safe.kp[2] < 40.0
    assert abs(torque(safe, measured)[2]) == pytest.approx(5.0, rel=2e-4)
    assert safe.kd[2] / safe.kp[2] == pytest.approx(1.0 / 40.0)
    assert bool(changes.torque[2])


def test_brakes_are_limited_by_torque_too() -> None:
    falling = JointMeasurement(REST.q, np.array([0.0, 30.0, 0.0]))
    safe, changes = safe_command(command(q=REST.q, kp=0.0, kd=8.0), command(q=REST.q), falling, LIMITS)
    assert torque(safe, falling)[1] == pytest.approx(-139.0, rel=2e-4)
    assert changes.describe(LIMITS.names) == ["knee: torque", "wrist: gains"]


def test_one_nan_keeps_that_joint_where_it_was_told_to_be() -> None:
    before = command(q=[0.0, 0.6, 0.1], kp=30.0, kd=2.0)
    asked = command(q=[0.1, np.nan, 0.1], dq=0.3, tau=1.0)
    safe, changes = safe_command(asked, before, REST, LIMITS)
    assert (safe.q[1], safe.dq[1], safe.tau[1], safe.kp[1], safe.kd[1]) == (0.6, 0.0, 0.0, 30.0, 2.0)
    assert safe.q[0] == 0.1 and changes.describe(LIMITS.names) == ["knee: unusable"]


def test_without_any_usable_command_a_joint_is_braked_where_it_is() -> None:
    nothing = command(q=np.nan)
    safe, changes = safe_command(nothing, nothing, REST, LIMITS)
    assert (safe.q == REST.q).all() and not safe.kp.any() and (safe.kd == LIMITS.damping).all()
    assert changes.unusable.all() and not changes.torque.any()


def test_the_envelope_need_not_be_symmetric() -> None:
    safe, _ = safe_command(command(q=-9.0, kp=1.0), command(q=[-2.4, 0.0, -1.6]), REST, LIMITS)
    assert safe.q.tolist() == [-2.5, -0.1, -1.6]


@settings(max_examples=200)
@given(
    requested=st.one_of(SANE_COMMANDS, COMMANDS),
    previous=st.one_of(SANE_COMMANDS, COMMANDS),
    measured=st.one_of(
        MEASUREMENTS,
        st.builds(JointMeasurement, vectors(st.floats(-0.1, 1.6)), vectors(st.floats(-1.0, 1.0))),
    ),
    limits=st.one_of(st.just(LIMITS), st.just(replace(LIMITS, step=np.full(JOINTS, 2.0)))),
)
def test_joint_by_joint_is_the_same_as_all_at_once(
    requested: JointCommand, previous: JointCommand, measured: JointMeasurement, limits: JointLimits
) -> None:
    safe, changes = safe_command(requested, previous, measured, limits)
    expected, reasons = reference_command(requested, previous, measured, limits)
    assert (safe.table == expected.table).all()
    assert changes.describe(LIMITS.names) == reasons.describe(LIMITS.names)
    assert (safe is requested) == (not changes.any())


def test_a_command_within_all_limits_comes_back_itself() -> None:
    asked = command(q=[0.1, 0.6, 0.12], dq=0.5, tau=0.2)
    assert safe_command(asked, command(q=REST.q), REST, LIMITS)[0] is asked
    unknown = JointMeasurement(np.array([0.0, np.nan, 0.1]), REST.dq)
    assert safe_command(asked, command(q=REST.q), unknown, LIMITS)[0] is not asked


def test_another_number_of_joints_is_a_mistake() -> None:
    two = JointMeasurement(np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match=r"measured has shape \(2,\), but there are limits of 3 joints"):
        safe_command(command(q=0.0), command(q=0.0), two, LIMITS)
    with pytest.raises(ValueError, match=r"dq has shape \(1,\), not \(3,\)"):
        JointMeasurement(np.zeros(3), np.zeros(1))

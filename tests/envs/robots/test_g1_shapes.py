"""The G1's collision geometry: symmetric, and it touches where the URDF's shapes do."""

import itertools

import mujoco
import numpy as np
import pytest

from envs.robots.appearance import dress
from envs.robots.g1 import constants as g1
from envs.robots.g1.model import build_g1, g1_description
from g1_postures import angles, placed


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return build_g1().compile()


def mirror_image(name: str) -> str:
    """The geom on the other side; the feet's are numbered left, right, left, right."""
    side, _, rest = name.partition("_")
    if side not in g1.SIDES:
        return name
    other = "right" if side == "left" else "left"
    return f"{other}_foot_{int(rest[-1]) ^ 1}" if rest.startswith("foot") else f"{other}_{rest}"


def test_left_is_the_mirror_image_of_right(model: mujoco.MjModel) -> None:
    kinds = (*g1.LEG, *g1.ARM)
    random = np.random.default_rng(0).uniform(-0.5, 0.5, len(kinds))
    data = placed(model, angles(dict(zip(kinds, random, strict=True))))
    across = np.array((1.0, -1.0, 1.0))
    for geom in range(model.ngeom):
        other = model.geom(mirror_image(model.geom(geom).name)).id
        assert model.geom_type[geom] == model.geom_type[other]
        np.testing.assert_array_equal(model.geom_size[geom], model.geom_size[other])
        # The URDF itself is off by 1e-5 m at the shoulders.
        np.testing.assert_allclose(data.geom_xpos[geom], data.geom_xpos[other] * across, atol=5e-5)
        along, its = (data.geom_xmat[index].reshape(3, 3)[:, 2] for index in (geom, other))
        if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_CAPSULE:
            assert abs(along @ (its * across)) == pytest.approx(1.0, abs=1e-6)


def test_what_may_touch_on_the_left_may_on_the_right(model: mujoco.MjModel) -> None:
    def may_touch(first: int, second: int) -> bool:
        one_way = model.geom_contype[first] & model.geom_conaffinity[second]
        return bool(one_way | (model.geom_contype[second] & model.geom_conaffinity[first]))

    mirrored = [model.geom(mirror_image(model.geom(geom).name)).id for geom in range(model.ngeom)]
    for first, second in itertools.combinations(range(model.ngeom), 2):
        assert may_touch(first, second) == may_touch(mirrored[first], mirrored[second])


COMPARED = {
    ("left arm", "right arm"),
    ("left leg", "right leg"),
    *((f"{side} arm", "trunk") for side in g1.SIDES),
    *(tuple(sorted((f"{arm} arm", f"{leg} leg"))) for arm in g1.SIDES for leg in g1.SIDES),
}
INNER_SHOULDER = ("shoulder_pitch", "shoulder_roll")
"""Always in touch with the trunk or the arm."""


def part(link: str) -> str:
    side = link.partition("_")[0]
    if any(word in link for word in ("shoulder", "elbow", "wrist")):
        return f"{side} arm"
    return f"{side} leg" if any(word in link for word in ("hip", "knee", "ankle")) else "trunk"


def parts_touching(model: mujoco.MjModel, joints: np.ndarray) -> set[tuple[str, ...]]:
    """Pairs of parts that meet."""
    contacts = placed(model, joints).contact.geom
    links = [[model.body(model.geom_bodyid[geom]).name for geom in pair] for pair in contacts]
    return {tuple(sorted(map(part, pair))) for pair in links} & COMPARED


def with_the_urdfs_shapes() -> mujoco.MjModel:
    """The robot that collides by the convex hulls of its visual meshes."""
    spec = build_g1()
    for geom in list(spec.geoms):
        spec.delete(geom)
    dress(spec, *g1_description())
    for geom in spec.geoms:
        geom.contype = geom.conaffinity = int(not any(name in geom.meshname for name in INNER_SHOULDER))
    return spec.compile()


def test_parts_touch_where_the_urdfs_shapes_do(model: mujoco.MjModel) -> None:
    hulls = with_the_urdfs_shapes()
    random, spread = np.random.default_rng(0), np.repeat((0.35, 0.2, 0.6), (12, 3, 14))
    right = wrong = missed = 0
    for _ in range(200):
        joints = angles({}) + spread * random.standard_normal(29)
        joints = np.clip(joints, *model.jnt_range[1:].T)
        found, expected = parts_touching(model, joints), parts_touching(hulls, joints)
        right += len(found & expected)
        wrong += len(found - expected)
        missed += len(expected - found)
    assert right > 100
    assert wrong < 0.05 * right and missed < 0.3 * right, (right, wrong, missed)

"""Light, sky and floor of the pictures, the same for every task, and what they leave out."""

import mujoco

Vector = tuple[float, float, float]

HIDDEN_GROUP = 3
"""MuJoCo draws groups 0 to 2."""

CENTER: Vector = (0.45, 0.0, 0.1)
"""Of what happens, for a robot with its base at the origin [m]."""

KEY_LIGHT = (0.46, 0.45, 0.43)
FILL_LIGHT = (0.16, 0.17, 0.19)
AMBIENT = (0.46, 0.47, 0.49)
KEY_DIRECTION = (-0.45, 0.40, -1.0)
KEY_DISTANCE = 2.2
SHADOW_PIXELS = 1024
SHADOW_REACH = 0.95
"""Shadows are drawn within this distance [m] of the centre; in software they are half of a picture's cost."""

HORIZON = (0.94, 0.95, 0.96)
ZENITH = (0.70, 0.78, 0.86)


def hide(spec: mujoco.MjSpec) -> None:
    """Keep every geom and site that there is out of the pictures; what is added afterwards is seen."""
    for element in (*spec.geoms, *spec.sites):
        element.group = HIDDEN_GROUP


def furnish(
    spec: mujoco.MjSpec, floor_height: float, center: Vector = CENTER, shadow_reach: float = SHADOW_REACH
) -> None:
    """Add what surrounds a scene.

    floor_height: of the ground under it [m]
    center: of what happens [m]
    shadow_reach: shadows are drawn within this distance of the centre [m]
    """
    _set_quality(spec, center, shadow_reach)
    _add_sky(spec)
    _add_floor(spec, floor_height)
    _add_lights(spec, center)


def _set_quality(spec: mujoco.MjSpec, center: Vector, shadow_reach: float) -> None:
    visual = spec.visual
    visual.quality.shadowsize = SHADOW_PIXELS
    visual.map.znear = 0.01
    visual.map.zfar = 40.0
    visual.map.shadowclip = shadow_reach
    visual.map.haze = 0.35
    visual.rgba.haze[:] = (*HORIZON, 1.0)
    visual.headlight.ambient[:] = AMBIENT
    visual.headlight.diffuse[:] = (0.10, 0.10, 0.10)
    visual.headlight.specular[:] = (0.0, 0.0, 0.0)
    spec.stat.extent = 1.0
    spec.stat.center[:] = center


def _add_sky(spec: mujoco.MjSpec) -> None:
    spec.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=ZENITH,
        rgb2=HORIZON,
        width=256,
        height=256 * 6,
    )


def _add_floor(spec: mujoco.MjSpec, height: float) -> None:
    texture = spec.add_texture(
        name="floor",
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER,
        rgb1=(0.86, 0.87, 0.88),
        rgb2=(0.83, 0.84, 0.85),
        width=256,
        height=256,
    )
    material = spec.add_material(name="floor", texrepeat=(1.0, 1.0), texuniform=True, specular=0.1)
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB.value] = texture.name
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=(0.0, 0.0, 1.0),
        pos=(0.0, 0.0, height),
        material="floor",
        contype=0,
        conaffinity=0,
    )


def _add_lights(spec: mujoco.MjSpec, center: Vector) -> None:
    directional = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    spec.worldbody.add_light(
        name="key",
        type=directional,
        pos=[at - KEY_DISTANCE * along for at, along in zip(center, KEY_DIRECTION, strict=True)],
        dir=KEY_DIRECTION,
        diffuse=KEY_LIGHT,
        specular=(0.30, 0.30, 0.30),
        ambient=(0.0, 0.0, 0.0),
        castshadow=True,
    )
    spec.worldbody.add_light(
        name="fill",
        type=directional,
        pos=(1.0, 1.5, 1.5),
        dir=(-0.5, -0.8, -0.6),
        diffuse=FILL_LIGHT,
        specular=(0.0, 0.0, 0.0),
        ambient=(0.0, 0.0, 0.0),
        castshadow=False,
    )

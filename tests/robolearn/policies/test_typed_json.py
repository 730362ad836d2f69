import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robolearn.errors import UserError
from robolearn.policies.registry import ResidualPolicyConfig
from robolearn.policies.residual import ResidualConfig
from robolearn.policies.settings import DiffusionSettings
from robolearn.policies.typed_json import from_json

CONFIG = ResidualPolicyConfig(DiffusionSettings(), ResidualConfig("mlp", 3, 2), 0.1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_settings_come_back_through_json() -> None:
    assert from_json(ResidualPolicyConfig, json.loads(json.dumps(dataclasses.asdict(CONFIG))), "it") == CONFIG


def test_a_whole_number_serves_as_a_float() -> None:
    value = from_json(ResidualPolicyConfig, dataclasses.asdict(CONFIG) | {"action_scale": 1}, "it")
    assert value.action_scale == 1.0
    assert type(value.action_scale) is float


@given(st.sampled_from(["base", "residual", "action_scale"]), JSON)
def test_anything_else_is_one_line(name: str, value: object) -> None:
    changed = dataclasses.asdict(CONFIG) | {name: value}
    if name == "action_scale" and isinstance(value, int | float) and not isinstance(value, bool):
        assert from_json(ResidualPolicyConfig, changed, "it").action_scale == float(value)
        return
    with pytest.raises(UserError, match="it"):
        from_json(ResidualPolicyConfig, changed, "it")

"""Configurations compose, and every mistake in one is a line that names it and the nearest valid name."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from cook_settings import BakeSettings, FrySettings, Nested
from robolearn.config import Composer
from robolearn.errors import UserError
from robolearn.overrides import parse
from robolearn.paths import configuration_directory
from robolearn.settings_help import entries, table
from robolearn.verbs import VERBS, Action, Verb

COOK = Verb(
    "cook",
    "a verb for tests",
    {
        "bake": Action("cook_settings:BakeSettings", "cook_settings:unused"),
        "fry": Action("cook_settings:FrySettings", "cook_settings:unused"),
    },
)

TREE = {
    "cook": "defaults:\n  - method: bake\n  - _self_\n  - experiment: null\n",
    "method/bake": "# @package _global_\ndefaults:\n  - /schema/bake\nflour: 0.7\n",
    "method/fry": "# @package _global_\ndefaults:\n  - /schema/fry\n",
    "experiment/cake": "# @package _global_\nrecipe: cake\nnested: {width: 3}\n",
    "experiment/chips": "# @package _global_\ndefaults:\n  - override /method: fry\noil: 2\n",
    "experiment/typo": "# @package _global_\nreceipt: cake\n",
    "experiment/elsewhere": "# @package _global_\ndefaults:\n  - override /tool: pan\n",
}


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    root = tmp_path_factory.mktemp("conf")
    for name, text in TREE.items():
        path = root / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return Composer(COOK, root)


def test_defaults_groups_experiments_and_overrides(composer: Composer) -> None:
    composed = composer.compose(["experiment=cake", "sugar=2", "names=[a,b]", "seed=5"])
    made = composed.settings()
    assert made == BakeSettings("cake", 0.7, 2.0, ["a", "b"], Nested(3), 5, "outputs/cake")
    assert composed.choices == {"method": "bake", "experiment": "cake"}


def test_an_experiment_chooses_the_schema(composer: Composer) -> None:
    assert composer.compose(["experiment=chips"]).settings() == FrySettings(oil=2.0)


def test_a_section_is_merged(composer: Composer) -> None:
    assert composer.compose(["experiment=cake", "nested={width: 4}"]).settings().nested == Nested(4)


def test_experiments_of_other_verbs_are_not_offered(composer: Composer) -> None:
    assert composer.options("experiment") == ["cake", "chips"]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("flower=1", "unknown key 'flower': valid are .*did you mean 'flour'"),
        ("nested.with=1", "unknown key 'nested.with'.*did you mean 'nested.width'"),
        ("method=baked", "unknown method 'baked': valid are bake, fry; did you mean 'bake'"),
        ("experiment=cakes", "unknown experiment 'cakes'.*did you mean 'cake'"),
        ("experiment=typo", "unknown experiment 'typo'"),
        ("seed=many", "seed=many is not valid: it takes int, such as 0"),
        ("seed=1.5", "seed=1.5 is not valid"),
        ("seed=1,2", "seed=1,2 is not valid"),
        ("seed=null", "seed=null is not valid"),
        ("names=3", "names=3 is not valid: it takes list of str"),
        ("nested=3", "nested=3 is not valid"),
        ("sugar", "overrides are key=value"),
        ("+sugar=1", "overrides are key=value"),
        ("~sugar", "overrides are key=value"),
        ("hydra.run.dir=/", "unknown key 'hydra.run.dir'"),
        ("_target_=os.system", "unknown key '_target_'"),
        ("recipe=${nowhere}", "nowhere"),
        ("resume=nowhere", "resume=nowhere is not a run"),
    ],
)
def test_mistakes_are_one_line(composer: Composer, override: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as raised:
        composer.compose([override]).settings()
    assert "\n" not in str(raised.value)


def test_a_missing_value_is_named(composer: Composer) -> None:
    with pytest.raises(UserError, match=r"cook needs a value: recipe=\.\.\."):
        composer.compose([]).settings()


@pytest.mark.parametrize("path", ["a b", "a=b", "x(1)", "é", "run,1", "a{b", "", "0.5", "null/x"])
def test_any_path_is_a_value(composer: Composer, path: str) -> None:
    assert composer.compose(["recipe=cake", f"out={path}"]).settings().out == path


@settings(max_examples=200)
@given(st.text(max_size=12))
def test_parsing_never_raises_anything_else(text: str) -> None:
    try:
        assert parse(f"key={text}")[0] == "key"
    except UserError as error:
        assert "\n" not in str(error)


def test_going_on_takes_the_recorded_settings(composer: Composer, tmp_path: Path) -> None:
    run = tmp_path / "run"
    composer.compose(["experiment=cake", "sugar=2", f"out={run}"]).write(run)
    resumed = composer.compose([f"resume={run}", "seed=9"])
    assert resumed.choices["experiment"] == "cake"
    assert resumed.settings() == BakeSettings(
        "cake", 0.7, 2.0, [], Nested(3), 9, out=str(run), resume=str(run)
    )
    with pytest.raises(UserError, match="leave out method=fry"):
        composer.compose([f"resume={run}", "method=fry"])
    (run / "config.yaml").write_text("verb: [")
    with pytest.raises(UserError, match="damaged"):
        composer.compose([f"resume={run}"])


def test_help_shows_types_defaults_and_words(composer: Composer) -> None:
    shown = {entry.key: entry for entry in entries(composer.compose([]).config)}
    assert shown["recipe"].default == "(needed)"
    assert (shown["flour"].type, shown["flour"].default) == ("float", "0.7")
    assert shown["sugar"].description == "what goes in [kg] and how much"
    assert shown["nested.width"].description == "units a layer"
    assert shown["resume"].type == "str or null"
    assert "nested.width=8" in table(composer.compose([]).config)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_every_option_of_the_real_tree_composes(verb: Verb) -> None:
    composer = Composer(verb, configuration_directory())
    assert OmegaConf.get_type(composer.compose([]).config) in [
        a.settings_class() for a in verb.actions.values()
    ]
    for group in composer.groups:
        for option in composer.options(group):
            assert composer.compose([f"{group}={option}"]).choices[group] == option


def test_every_experiment_is_for_some_verb() -> None:
    composers = [Composer(verb, configuration_directory()) for verb in VERBS.values()]
    offered = {name for c in composers if "experiment" in c.groups for name in c.options("experiment")}
    assert offered == {path.stem for path in (configuration_directory() / "experiment").glob("*.yaml")}


def test_inherited_keys_keep_their_descriptions() -> None:
    composed = Composer(VERBS["train"], configuration_directory()).compose(["algorithm=ppo_residual"])
    shown = {entry.key: entry.description for entry in entries(composed.config)}
    assert shown["resume"] == "run directory to go on from"
    assert shown["total_steps"] == "control steps of all worlds together", "the nearest class counts"
    assert shown["reward_scale"].startswith("factor on rewards")

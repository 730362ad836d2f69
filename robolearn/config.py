"""From overrides on the command line to one verb's typed settings, composed once by Hydra.

Every mistake is one line: what was given, what is valid, and the nearest match.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from robolearn.errors import UserError, unknown_name
from robolearn.overrides import assign, parse
from robolearn.settings_help import NEEDED, entries
from robolearn.storage import write_bytes
from robolearn.verbs import Action, Verb

RECORD = "config.yaml"


@dataclass(frozen=True)
class Composed:
    """A verb's configuration, complete and typed.

    choices: the option of each group, such as {"algorithm": "ppo_residual"}
    config: the settings as a structured config, interpolations unresolved
    """

    verb: Verb
    action: Action
    choices: Mapping[str, str | None]
    config: DictConfig

    def settings(self) -> Any:
        """The settings' dataclass. Raises UserError for values that are missing or do not resolve."""
        if needed := [f"{entry.key}=..." for entry in entries(self.config) if entry.default == NEEDED]:
            raise UserError(f"{self.verb.name} needs a value: {' '.join(needed)}")
        with _one_line(self.verb.name):
            return OmegaConf.to_object(self.config)

    def write(self, folder: Path) -> None:
        """Record verb, choices and resolved settings as `config.yaml` in `folder`."""
        record = {
            "verb": self.verb.name,
            "choices": dict(self.choices),
            "settings": OmegaConf.to_container(self.config, resolve=True),
        }
        write_bytes(folder / RECORD, OmegaConf.to_yaml(OmegaConf.create(record)).encode())


def recorded_verb(folder: Path) -> object:
    """The verb that a folder's `config.yaml` is of; None where there is none, or it says nothing of that."""
    try:
        record = OmegaConf.load(folder / RECORD)
    except (OSError, YAMLError):
        return None
    return record.get("verb") if isinstance(record, DictConfig) else None


class Composer:
    """Composes one verb's configuration from the Hydra tree in `directory`."""

    def __init__(self, verb: Verb, directory: Path) -> None:
        self.verb = verb
        self.directory = directory
        self.groups = _groups(directory / f"{verb.name}.yaml")
        store = ConfigStore.instance()
        for name, action in verb.actions.items():
            store.store(group="schema", name=name, node=action.settings_class(), package="_global_")

    def compose(self, overrides: Sequence[str]) -> Composed:
        """The configuration with `overrides` ("key=value" each). Raises UserError for a wrong one."""
        assignments = [parse(text) for text in overrides]
        choices = {key: str(value) for key, value in assignments if key in self.groups}
        values = [(key, value) for key, value in assignments if key not in self.groups]
        for group, option in choices.items():
            if option not in (valid := self.options(group)):
                raise unknown_name(group, option, valid)
        resumed = next((str(value) for key, value in values if key == "resume" and value), None)
        saved = self._saved_settings(Path(resumed), choices) if resumed else {}
        composed = self._composed(choices)
        for key, value in [*saved.items(), *values]:
            assign(composed.config, key, value)
        return composed

    def options(self, group: str) -> list[str]:
        """Names that `group` can take; of experiments those that are for this verb."""
        names = sorted(path.stem for path in (self.directory / group).glob("*.yaml"))
        return names if group != "experiment" else [name for name in names if self._is_for_this_verb(name)]

    def _is_for_this_verb(self, experiment: str) -> bool:
        try:
            self._composed({"experiment": experiment})
        except UserError:
            return False
        return True

    def _composed(self, choices: Mapping[str, str]) -> Composed:
        overrides = [f"{group}={option}" for group, option in choices.items()]
        with _one_line(f"configuration of '{self.verb.name}'"), _hydra(self.directory):
            config = hydra_compose(self.verb.name, overrides, return_hydra_config=True)
        chosen = {group: config.hydra.runtime.choices.get(group) for group in self.groups}
        with open_dict(config):
            del config["hydra"]
        kind = OmegaConf.get_type(config)
        action = next(action for action in self.verb.actions.values() if action.settings_class() is kind)
        return Composed(self.verb, action, chosen, config)

    def _saved_settings(self, run: Path, choices: dict[str, str]) -> dict[str, Any]:
        """Settings of the run to go on with; its choices go into `choices`."""
        if choices:
            given = " ".join(f"{group}={option}" for group, option in choices.items())
            raise UserError(f"resume={run} goes on with that run's own choices: leave out {given}")
        if not (run / RECORD).is_file():
            raise UserError(f"resume={run} is not a run: {run / RECORD} is missing")
        with _one_line(f"{run / RECORD} is damaged"):
            record = OmegaConf.to_container(OmegaConf.load(run / RECORD))
        if not isinstance(record, dict) or record.get("verb") != self.verb.name:
            raise UserError(f"resume={run} is not a run of 'robolearn {self.verb.name}'")
        saved = record.get("choices", {}).items()
        choices.update({group: name for group, name in saved if group in self.groups and name})
        return record.get("settings", {}) | {"out": str(run)}


@contextmanager
def _hydra(directory: Path) -> Iterator[None]:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(directory.resolve()), version_base="1.3"):
        yield


def _groups(primary: Path) -> tuple[str, ...]:
    """Groups that a verb's defaults list names."""
    tree = OmegaConf.load(primary)
    assert isinstance(tree, DictConfig)
    return tuple(str(next(iter(entry))) for entry in tree.defaults if isinstance(entry, DictConfig))


@contextmanager
def _one_line(subject: str) -> Iterator[None]:
    """Turn what Hydra, OmegaConf or YAML say into a UserError of one line about `subject`."""
    try:
        yield
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        reason = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
        lines = [line.strip() for line in str(reason).splitlines() if line.strip()]
        raise UserError(f"{subject}: {lines[0] if lines else type(reason).__name__}") from error

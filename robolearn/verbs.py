"""What the command line can do: each verb's settings and the function that does the work, by name.

Names keep the start fast: nothing of a verb is imported before it is asked for. They are also the only
classes that a configuration can choose from.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Action:
    """One way to carry out a verb.

    settings: "module:dataclass"
    function: "module:function", called with an instance of the settings
    """

    settings: str
    function: str

    def settings_class(self) -> type[Any]:
        """The dataclass that types and documents the configuration."""
        return _imported(self.settings)

    def run(self, settings: object) -> None:
        """Do the work."""
        function: Callable[[Any], object] = _imported(self.function)
        function(settings)


@dataclass(frozen=True)
class Verb:
    """A word of the command line; its configuration is `conf/<name>.yaml`.

    actions: by the name of their schema in the configuration; only `train` has several
    records: whether `out` is a folder, where the configuration is recorded
    """

    name: str
    summary: str
    actions: Mapping[str, Action]
    records: bool = True


def _imported(name: str) -> Any:
    module, attribute = name.split(":")
    return getattr(importlib.import_module(module), attribute)


def _single(name: str, summary: str, settings: str, function: str) -> Verb:
    return Verb(name, summary, {name: Action(settings, function)})


def _evaluation(name: str, summary: str, settings: str, function: str) -> Verb:
    return _single(
        name, summary, f"robolearn.evaluation.settings:{settings}", f"robolearn.evaluation.{function}"
    )


def _reinforcement(learner: str, settings: str, module: str) -> Action:
    package = f"robolearn.reinforcement.{learner}"
    return Action(f"{package}.settings:{settings}", f"{package}.{module}:train")


_ALGORITHMS = {
    "behaviour_cloning": Action(
        "robolearn.imitation.settings:BehaviourCloningSettings", "robolearn.imitation.behaviour_cloning:train"
    ),
    "dagger": Action("robolearn.imitation.settings:DaggerSettings", "robolearn.imitation.dagger:train"),
    "ppo_residual": _reinforcement("residual", "ResidualPpoSettings", "train_ppo"),
    "td3_residual": _reinforcement("residual", "ResidualTd3Settings", "train_td3"),
    "ppo_worker": _reinforcement("worker", "WorkerPpoSettings", "train"),
    "ppo_worker_staged": _reinforcement("worker", "StagedWorkerSettings", "train_staged"),
    "ppo_manager": _reinforcement("manager", "ManagerPpoSettings", "train"),
}

VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        _single(
            "collect",
            "record a scripted expert's successes as a LeRobot dataset",
            "robolearn.data.settings:CollectSettings",
            "robolearn.data.collect:collect",
        ),
        Verb(
            "train",
            "train a policy: a base from demonstrations, a residual on it, a worker, or a manager",
            _ALGORITHMS,
        ),
        _evaluation("eval", "measure how often a policy succeeds", "EvaluateSettings", "evaluate:evaluate"),
        _evaluation("report", "make one HTML page about finished runs", "ReportSettings", "report:report"),
        _evaluation("view", "watch a policy in a viewer, or in a browser", "ViewSettings", "view:view"),
        _evaluation("bench", "measure how fast the simulation is", "BenchSettings", "bench:bench"),
        _single(
            "generate",
            "write household trajectories of two hands to retarget",
            "robolearn.retarget.generator.settings:GenerateSettings",
            "robolearn.retarget.generator.generate:generate",
        ),
        _single(
            "retarget",
            "turn hand trajectories into a dataset of the G1's whole-body actions",
            "robolearn.retarget.settings:RetargetSettings",
            "robolearn.retarget.retarget:retarget",
        ),
        _single(
            "deploy",
            "run a policy on a robot, with a safety layer, over ROS 2's and Unitree's topics",
            "robolearn.bridge.deploy.settings:DeploySettings",
            "robolearn.bridge.deploy.deploy:deploy",
        ),
        _single(
            "sim-robot",
            "simulate a robot behind the topics of the real one, and as strict",
            "robolearn.bridge.sim_settings:SimRobotSettings",
            "robolearn.bridge.sim_robot:sim_robot",
        ),
        Verb(
            "export",
            "write a scene, a robot or a worker's policy as a file that other tools open",
            {"export": Action("robolearn.export.settings:ExportSettings", "robolearn.export.export:export")},
            records=False,
        ),
        _single(
            "doctor",
            "say what this machine has and how to mend what is missing",
            "robolearn.doctor:DoctorSettings",
            "robolearn.doctor:doctor",
        ),
    )
}

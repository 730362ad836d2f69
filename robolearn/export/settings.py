"""Settings of the verb export."""

from dataclasses import dataclass

from omegaconf import MISSING


@dataclass
class ExportSettings:
    """`robolearn export`: a model, or a worker's policy, as a file that other tools open.

    model: a task's scene or a robot, such as one_leg or panda
    checkpoint: folder of a worker's policy, or the run that trained it, instead of a model
    format: of the file; mjcf is MuJoCo's XML of a model, onnx a checkpoint's policy
    looks: also the visual meshes, lights and cameras of the pictures, where the model has them
    seed: taken like every verb's, without effect
    out: the file to write, such as one_leg.xml
    """

    model: str | None = None
    checkpoint: str | None = None
    format: str = "mjcf"
    looks: bool = False
    seed: int = 0
    out: str = MISSING

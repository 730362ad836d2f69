"""Settings of the verb export."""

from dataclasses import dataclass

from omegaconf import MISSING


@dataclass
class ExportSettings:
    """`robolearn export`: a model as a file that other tools open.

    model: a task's scene or a robot, such as one_leg or panda
    format: of the file; mjcf is MuJoCo's XML
    looks: also the visual meshes, lights and cameras of the pictures, where the model has them
    seed: taken like every verb's, without effect
    out: the file to write, such as one_leg.xml
    """

    model: str = MISSING
    format: str = "mjcf"
    looks: bool = False
    seed: int = 0
    out: str = MISSING

"""Settings of a verb that exists in the tests of configuration only."""

from dataclasses import dataclass, field

from omegaconf import MISSING


@dataclass
class Nested:
    """Layers.

    width: units a layer
    """

    width: int = 8


@dataclass
class BakeSettings:
    """Settings of a verb that exists here only.

    flour, sugar: what goes in [kg]
        and how much
    """

    recipe: str = MISSING
    flour: float = 0.5
    sugar: float = 0.1
    names: list[str] = field(default_factory=list)
    nested: Nested = field(default_factory=Nested)
    seed: int = 0
    out: str = "outputs/${recipe}"
    resume: str | None = None


@dataclass
class FrySettings:
    oil: float = 1.0
    seed: int = 0
    out: str = "outputs/fry"

"""What the released training of the manager does wrong, to be switched on for comparison."""

from dataclasses import dataclass


@dataclass
class TrainingFaults:
    """Faults of the released environment (TrajBooster, J.2); none unless switched on.

    measured_hands: arms are led to where the hands are instead of to their references, so that they only hold
        (TrajBooster, D)
    one_hand: the right hand may be anywhere without ending an episode (C.6)
    command_every: control steps that a command is held; published: 5 in training, and 1 in play (C.2)
    """

    measured_hands: bool = False
    one_hand: bool = False
    command_every: int = 1

"""Simulation: one batched implementation of each task."""


def register_environments() -> None:
    """Tell Gymnasium about every task; Gymnasium calls it by itself, through the plug-in entry point."""
    import gymnasium

    for name, task in {"OneLeg": "one_leg"}.items():
        gymnasium.register(
            id=f"robolearn/{name}-v0",
            entry_point="envs.adapters.single:SingleEnvironment",
            vector_entry_point="envs.adapters.vector:VectorEnvironment",
            kwargs={"task": task},
        )

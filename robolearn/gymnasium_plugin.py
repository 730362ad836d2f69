"""Lets `gymnasium.make` find the tasks without an import, as its plug-ins did before Gymnasium 1.0.

`robolearn_gymnasium_plugin.pth`, installed beside the packages, imports this module whenever Python starts.
It costs a look at the name of each import until somebody imports gymnasium.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType


class _AnnouncingLoader(SourceFileLoader):
    """Loads gymnasium, then tells it about the tasks."""

    def exec_module(self, module: ModuleType) -> None:
        """See importlib.abc.Loader."""
        super().exec_module(module)
        try:
            from envs import register_environments
        except ImportError:  # somebody else's `envs` is in the way, and gymnasium must work all the same
            return
        register_environments()


class _Announcer:
    """Watches for the import of gymnasium, once."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Gymnasium's own place with another loader; None for everything else."""
        if fullname != "gymnasium":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _AnnouncingLoader(spec.loader.name, spec.loader.path)
        return spec


sys.meta_path.insert(0, _Announcer())

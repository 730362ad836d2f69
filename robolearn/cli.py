"""`robolearn <verb> [key=value ...]`: the command line.

Exit status: 0 done; 2 the input was wrong; 1 the disk or the system refused; 130 interrupted. Each but the
first with one line that says why.
"""

import logging
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robolearn.errors import StorageError, UserError, unknown_name
from robolearn.paths import configuration_directory
from robolearn.storage import write_bytes
from robolearn.verbs import VERBS, Verb

if TYPE_CHECKING:
    from robolearn.config import Composed, Composer

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
_HELP = {"--help", "-h", "help"}

_EXTRAS = {"cyclonedds": "bridge", "numba": "bridge", "rosbags": "bridge"}
"""Parts of the installation that one may do without, by the packages that they bring."""

# Torch's idle threads would spin on the cores that the physics needs; read when torch is first imported.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("OpenGL").setLevel(logging.WARNING)  # Its news is what optional parts it did without.
    try:
        return _dispatch(given)
    except UserError as error:
        return _fail(WRONG_INPUT, str(error))
    except ModuleNotFoundError as error:
        return _fail(WRONG_INPUT, _missing(error))
    except StorageError as error:
        return _fail(FAILED, str(error))
    except OSError as error:
        return _fail(
            FAILED, f"{error.strerror or error} ({error.filename})" if error.filename else str(error)
        )
    except KeyboardInterrupt:
        return _fail(INTERRUPTED, "interrupted")


def _missing(error: ModuleNotFoundError) -> str:
    """Which optional part has the package that is missing; raises the error where none has."""
    package = (error.name or "").partition(".")[0]
    if package not in _EXTRAS:
        raise error
    return f"{package} is missing: pip install 'robolearn[{_EXTRAS[package]}]'"


def _fail(status: int, message: str) -> int:
    sys.stderr.write(f"robolearn: {' '.join(message.split())}\n")
    return status


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in _HELP:
        sys.stdout.write(_overview())
        return DONE if arguments else WRONG_INPUT
    if arguments[0] == "--version":
        from robolearn.checkpoint import code_version

        sys.stdout.write(" ".join(code_version().values()) + "\n")
        return DONE
    if arguments[0] not in VERBS:
        raise unknown_name("verb", arguments[0], VERBS)
    return _run(VERBS[arguments[0]], arguments[1:])


def _run(verb: Verb, arguments: list[str]) -> int:
    # Hydra takes a third of a second to import, which the overview need not wait for.
    from robolearn.config import Composer

    composer = Composer(verb, configuration_directory())
    composed = composer.compose([text for text in arguments if text not in _HELP])
    if _HELP.intersection(arguments):
        sys.stdout.write(_verb_help(composer, composed))
        return DONE
    settings = composed.settings()
    try:
        with _recorded(composed, settings):
            composed.action.run(settings)
    except KeyboardInterrupt:
        return _fail(INTERRUPTED, f"interrupted; go on with: {_resumption(verb, settings, arguments)}")
    return DONE


@contextmanager
def _recorded(composed: "Composed", settings: Any) -> Iterator[None]:
    """The resolved configuration stands in `out`, unless the run there has its own already.

    A verb that refuses, since `out` holds another run, leaves that run with the configuration it had.
    """
    if not composed.verb.records or settings.out is None or getattr(settings, "resume", None):
        yield
        return
    from robolearn.config import RECORD, recorded_verb

    other = recorded_verb(Path(settings.out))
    if other not in (None, composed.verb.name):
        raise UserError(f"{settings.out} holds what 'robolearn {other}' made: give another out=DIR")
    path = Path(settings.out) / RECORD
    earlier = path.read_bytes() if path.is_file() else None
    composed.write(path.parent)
    try:
        yield
    except UserError:
        if earlier is not None:
            write_bytes(path, earlier)
        raise


def _overview() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb.name:{width}}  {verb.summary}" for verb in VERBS.values())
    return (
        "usage: robolearn VERB [key=value ...]\n\n"
        f"{verbs}\n\n"
        "'robolearn VERB --help' lists the keys of a verb. Every verb takes out=DIR and seed=N.\n"
    )


def _verb_help(composer: "Composer", composed: "Composed") -> str:
    from robolearn.settings_help import table

    verb = composer.verb
    parts = [f"robolearn {verb.name}: {verb.summary}\n", "choices:"]
    for group in composer.groups:
        parts.append(
            f"  {group}={composed.choices[group] or 'null'}  one of: {', '.join(composer.options(group))}"
        )
    return "\n".join([*parts, "\nkeys and their defaults:", table(composed.config), ""])


def _resumption(verb: Verb, settings: Any, arguments: Sequence[str]) -> str:
    """The command that goes on where an interrupted one stopped."""
    if hasattr(settings, "resume"):
        return f"robolearn {verb.name} resume={shlex.quote(str(settings.resume or settings.out))}"
    return shlex.join(["robolearn", verb.name, *arguments])


if __name__ == "__main__":
    sys.exit(main())

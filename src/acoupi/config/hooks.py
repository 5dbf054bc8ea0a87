"""Sections that know better than we do how they are set up."""

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from acoupi.config.documents import default_document, dump, part_at
from acoupi.config.fields import FieldPath, Section
from acoupi.config.flags import flags_for, is_mentioned
from acoupi.config.problems import InvalidValuesError, Problem, explain, refusal
from acoupi.config.values import Json
from acoupi.errors import AcoupiError, ConfigurationError

__all__ = ["run_hook", "run_hooks"]


def run_hook(section: Section, args: Sequence[str], prompt: bool) -> Json:
    """Let a section's own ``setup`` build it, and return its document.

    Raises
    ------
    ConfigurationError
        If it refuses its flags, in whatever way.
    """
    if section.hook is None:
        raise TypeError(f"{section.name} has no setup of its own")
    try:
        result = section.hook(list(args), prompt=prompt, prefix=section.name)
    except AcoupiError:
        raise
    except ValidationError as error:
        raise refusal(explain(error, section, None)) from error
    except ValueError as error:
        raise refusal([Problem(section.name, str(error))]) from error
    except SystemExit as error:  # argparse ends the process when it does not like a flag
        raise ConfigurationError(f"{section.name}: its setup refused the flags") from error
    if not isinstance(result, section.model):
        raise ConfigurationError(f"{section.name}: its setup returned {type(result).__name__}")
    return dump(result)


def run_hooks(
    section: Section, args: Sequence[str], given: dict[FieldPath, Json], kept: Json = None
) -> list[Problem]:
    """Add what the hooks below a section build to what was given; return what went wrong.

    A hook is told of the values to keep by flags; where none is given, they stay.
    A section with a default keeps it where its hook can do nothing without flags.
    """
    problems: list[Problem] = []
    for hooked in _active(section, args):
        held = part_at(section, kept, hooked.path)
        if hooked.path in given or (held is not None and not is_mentioned(hooked, args)):
            continue
        try:
            words = [*args, *flags_for(hooked, held, args)]
            given[hooked.path] = run_hook(hooked, words, prompt=False)
        except ConfigurationError as error:
            if is_mentioned(hooked, args) or default_document(hooked) is None:
                problems += _problems(hooked, error)
    return problems


def _problems(section: Section, error: ConfigurationError) -> list[Problem]:
    if isinstance(error, InvalidValuesError):
        return error.problems
    return [Problem(section.name, str(error))]


def _active(section: Section, args: Sequence[str]) -> Iterator[Section]:
    """Yield the sections with a hook, without those that stay unset."""
    for child in section.children:
        if not isinstance(child, Section) or (child.is_optional and not is_mentioned(child, args)):
            continue
        if child.hook:
            yield child
        else:
            yield from _active(child, args)

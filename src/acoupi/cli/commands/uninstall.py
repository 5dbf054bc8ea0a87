"""``acoupi uninstall``."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Command
from acoupi.cli.render import note, result

if TYPE_CHECKING:
    from acoupi.system import Settings
    from acoupi.system.belongings import Belonging, Kind
    from acoupi.system.uninstall import Uninstallation

__all__ = ["uninstall"]

PURGEABLE = ("config", "logs", "data", "all")


@click.command(
    cls=Command,
    examples=(
        "acoupi uninstall --dry-run",
        "acoupi uninstall",
        "acoupi uninstall --purge logs --purge config",
        "acoupi uninstall --purge all --yes",
    ),
)
@click.option(
    "--purge",
    multiple=True,
    type=click.Choice(PURGEABLE),
    help="Remove this too; can be given more than once. data are recordings and databases.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be stopped and removed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def uninstall(purge: tuple[str, ...], dry_run: bool, yes: bool) -> None:
    """Take the sensor off this computer; what it recorded stays.

    Stops it, and removes its services, its scripts, and what it keeps while it
    runs. Recordings, databases, the configuration and the logs stay where they
    are, unless they are named with --purge.
    """
    from acoupi.cli.home import load_settings
    from acoupi.system.uninstall import plan_uninstallation

    settings, kinds = load_settings(), _kinds(purge)
    plan = plan_uninstallation(settings, kinds)
    if not (plan.removed or plan.runs):
        note(f"nothing of acoupi is installed in {settings.home}")
        _list("kept", plan.kept)
    elif dry_run:
        _tell(settings, plan, result)
    elif yes or _agreed(settings, plan):
        _carry_out(settings, kinds)
    else:
        note("nothing was changed")


def _agreed(settings: "Settings", plan: "Uninstallation") -> bool:
    _tell(settings, plan, note)
    return click.confirm("Go on?", err=True)


def _carry_out(settings: "Settings", kinds: "set[Kind]") -> None:
    from acoupi.system.uninstall import plan_uninstallation, stop_all, uninstall as remove

    problem = stop_all(settings)
    if problem:
        note(f"the deployment has ended, but not as it should: {problem}")
    # The stop has moved what was recorded to where it is kept.
    plan = plan_uninstallation(settings, kinds)
    remove(settings, plan)
    _list("removed", plan.removed)
    _list("kept", plan.kept)
    _say_what_is_left()


def _kinds(purge: Iterable[str]) -> "set[Kind]":
    from acoupi.system.belongings import Kind

    chosen = set(PURGEABLE if "all" in purge else purge) - {"all"}
    return {Kind(name) for name in chosen}


def _tell(settings: "Settings", plan: "Uninstallation", say: Callable[[str], None]) -> None:
    if plan.runs:
        say(f"to stop    the sensor in {settings.home}")
    _list("to remove", plan.removed, say)
    _list("to keep", plan.kept, say)


def _list(verb: str, found: "Iterable[Belonging]", say: Callable[[str], None] = result) -> None:
    for each in found:
        count = f"{len(each.files)} file{'s' if len(each.files) > 1 else ''}"
        say(f"{verb:9}  {each.what}, {count}: {each.place}")


def _say_what_is_left() -> None:
    from acoupi.system.linger import lingers, user_name

    if lingers():
        note(f"{user_name()} still lingers, which other services may need; to end it:")
        note(f"  loginctl disable-linger {user_name()}")
    note("the program itself goes with: pip uninstall acoupi")

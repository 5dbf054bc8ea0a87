"""Whether the sensor starts again by itself."""

from collections.abc import Iterator

from acoupi.system.checks.findings import Finding, ok, skipped, warning
from acoupi.system.linger import enable_linger_command, lingers
from acoupi.system.settings import Settings
from acoupi.system.systemctl import systemd_is_reachable

__all__ = ["check_services", "judge_services"]


def check_services(settings: Settings) -> Iterator[Finding]:
    """Look for systemd, and whether the user's services outlive their login."""
    wanted = settings.supervision != "detached"
    yield from judge_services(wanted, wanted and systemd_is_reachable(), lingers())


def judge_services(wanted: bool, reachable: bool, lingering: bool) -> Iterator[Finding]:
    """Judge what keeps the sensor running."""
    if not wanted:
        yield skipped("systemd", "ACOUPI_SUPERVISION says to do without")
        return
    if not reachable:
        yield warning(
            "systemd",
            "it is not in reach: the sensor will run, and not again after a reboot",
            f"where systemd runs the computer, run once: {enable_linger_command()}",
        )
        return
    yield ok("systemd", "it keeps the sensor running")
    if lingering:
        yield ok("linger", "the sensor starts with the computer")
    else:
        why = "the sensor would end when you log out, and not start with the computer"
        help = f"acoupi deployment start changes that if it may; if not: {enable_linger_command()}"
        yield warning("linger", why, help)

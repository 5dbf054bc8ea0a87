import pytest

from acoupi.cli.render_check import finding_lines
from acoupi.errors import DeviceError
from acoupi.system.checks.findings import failed, ok

LONG = failed(
    "microphone",
    DeviceError(
        "the microphone 'hw:1,0' cannot be opened: the device is in use by another program",
        help="end the program that has it, or choose another microphone with acoupi setup",
    ),
)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_finding_says_what_how_why_and_what_to_do_in_any_width(columns: int) -> None:
    lines = finding_lines(LONG, columns)
    plain = [line.replace("\x1b[31m", "").replace("\x1b[0m", "") for line in lines]
    assert all(len(line) <= columns for line in plain)
    words = " ".join(" ".join(plain).split())
    for part in ("microphone", "failed", LONG.why, f"hint: {LONG.hint}"):
        assert part in words


def test_a_finding_in_order_is_one_line() -> None:
    assert len(finding_lines(ok("clock", "it is synchronised"), 80)) == 1

"""A picture that is drawn again where it stands, until Ctrl-C."""

import time
from collections.abc import Callable

__all__ = ["repeat", "watch"]


def watch(draw: Callable[[], str], interval_s: float) -> None:
    """Draw a text where it stands, every ``interval_s``, until interrupted."""
    from rich.live import Live
    from rich.text import Text

    try:
        with Live(Text.from_ansi(draw()), auto_refresh=False) as live:
            while True:
                time.sleep(interval_s)
                live.update(Text.from_ansi(draw()), refresh=True)
    except KeyboardInterrupt:
        return


def repeat(act: Callable[[], object], interval_s: float) -> None:
    """Do something every ``interval_s`` until interrupted."""
    try:
        while True:
            act()
            time.sleep(interval_s)
    except KeyboardInterrupt:
        return

"""How a demo tells what happens, and what it came to."""

import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from acoupi.data import ModelOutput
from acoupi.demo.stage import Stage
from acoupi.system.accounts import Accounts

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Outcome", "Voice"]

WIDTH = 80


@dataclass(frozen=True)
class Outcome:
    """What a demo came to, seen from the sensor and from the receiver."""

    accounts: Accounts
    home: Path
    n_received: int
    n_repeats: int
    processes: Sequence[str] = ()

    @property
    def unaccounted(self) -> list[str]:
        """Everything that is not as it should be."""
        return [*self.accounts.unaccounted, *self._disagreements()]

    def _disagreements(self) -> Iterator[str]:
        delivered = self.accounts.messages_delivered
        if self.n_received != delivered:
            yield f"{delivered} messages were sent, {self.n_received} were received"
        if self.n_repeats:
            yield f"{self.n_repeats} messages came more than once"
        for process in self.processes:
            yield f"the process {process} is still running"

    def as_dict(self) -> dict[str, object]:
        """Return the figures for a program to read."""
        accounts = self.accounts
        return {
            "recorded_s": accounts.recorded_s,
            "recordings": accounts.recordings,
            "processed": accounts.processed,
            "kept": accounts.kept,
            "let_go": accounts.let_go,
            "detections": accounts.detections,
            "messages": accounts.messages,
            "messages_delivered": accounts.messages_delivered,
            "unaccounted": len(self.unaccounted),
            "problems": self.unaccounted,
            "home": str(self.home),
        }


class Voice:
    """Speaks to the person who watches; with ``as_json``, all but the end goes to stderr."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.stream: TextIO = sys.stderr if as_json else sys.stdout
        self.is_heard = True
        """Whether anybody still listens; if not, it goes on in silence."""

    def say(self, what: "RenderableType" = "") -> None:
        """Print something, unless the terminal or pipe is gone."""
        from rich.console import Console

        try:
            Console(file=self.stream, highlight=False, soft_wrap=True).print(what)
            self.stream.flush()
        except (OSError, SystemExit):  # with a broken pipe, rich would end the process
            self.is_heard = False
            self.stream = Path(os.devnull).open("w")  # noqa: SIM115 - for the rest of the demo

    def introduce(self, stage: Stage, made_up: bool) -> None:
        """Say what will be heard, and where."""
        sound = "calls made up by acoupi" if made_up else str(stage.audio)
        self.say("[bold]A sensor in a box.[/] It hears " + sound + " in real time;")
        self.say("its messages go to a receiver in this process.")

    def command(self, args: Sequence[str]) -> None:
        """Show a command as a user would type it, broken where lines would be too long."""
        self.say(f"\n[bold]$ {_escape(shell_line(('acoupi', *args)))}[/]")

    def found(self, output: ModelOutput) -> None:
        """Show what was found in a recording."""
        self.say(_escape(describe(output)))

    def complain(self, what: str) -> None:
        """Say that something is not as planned."""
        self.say(f"[yellow]{_escape(what)}[/]")

    def conclude(self, outcome: Outcome) -> None:
        """End with the figures."""
        if self.as_json:
            sys.stdout.write(json.dumps(outcome.as_dict(), indent=2) + "\n")
            return
        self.say()
        self.say(_table(outcome))
        for problem in outcome.unaccounted:
            self.complain(f"unaccounted: {problem}")
        self.say(f"Everything is in {outcome.home}; remove it when you have looked.")


def shell_line(words: Sequence[str]) -> str:
    """Join words to a command line with a backslash and a new line before each long option."""
    line = shlex.join(words)
    if len(line) + 2 <= WIDTH:
        return line
    return line.replace(" --", " \\\n    --")


def describe(output: ModelOutput) -> str:
    """Describe an output in one line."""
    recording, detections = output.recording, output.detections
    start = f"{recording.created_on.astimezone():%H:%M:%S}"
    head = f"{start}  {recording.duration:4.1f} s  {len(detections):3d} detections"
    if not detections:
        return head
    best = max(detections, key=lambda detection: detection.detection_score)
    band = ""
    if best.location is not None:
        _, low_hz, _, high_hz = best.location.coordinates
        band = f"  {low_hz / 1000:5.1f} to {high_hz / 1000:5.1f} kHz"
    return f"{head}  best {best.detection_score:.2f}{band}"


def _table(outcome: Outcome) -> "RenderableType":
    from rich.table import Table

    accounts = outcome.accounts
    table = Table(title="What became of it", show_header=False, title_justify="left")
    table.add_column(justify="left")
    table.add_column(justify="right")
    for label, value in (
        ("seconds recorded", f"{accounts.recorded_s:.1f}"),
        ("recordings made", accounts.recordings),
        ("  processed", accounts.processed),
        ("  kept", accounts.kept),
        ("  let go, nothing heard", accounts.let_go),
        ("detections", accounts.detections),
        ("messages", accounts.messages),
        ("  delivered", accounts.messages_delivered),
        ("unaccounted for", len(outcome.unaccounted)),
    ):
        table.add_row(label, str(value))
    return table


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)

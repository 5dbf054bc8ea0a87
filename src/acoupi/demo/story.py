"""A sensor from set-up to stop, by the commands a user would type."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from acoupi._clock import monotonic_s
from acoupi.components.stores.sqlite import SqliteStore
from acoupi.data import Deployment, ModelOutput
from acoupi.demo.receiver import Receiver
from acoupi.demo.report import Outcome, Voice
from acoupi.demo.stage import PROGRAM, RECORDING_S, Stage, choose_home
from acoupi.errors import DeploymentError
from acoupi.programs.templates import BasicProgram
from acoupi.system.accounts import draw_up_accounts
from acoupi.system.deployments import get_current_deployment
from acoupi.system.programs import load_program

__all__ = ["run_demo"]

BIRDS_S = 12.0
BATS_S = 9.0
POLL_S = 0.25
PATIENCE_S = 30.0
"""How much longer than its sound a demo may take before it is stopped."""


def run_demo(home: Path | None, audio: Path | None, seconds: float, as_json: bool) -> int:
    """Set up a sensor, let it hear ``seconds`` of sound, stop it, and account for everything.

    Parameters
    ----------
    home
        A new folder; a throw-away one if None.
    audio
        A WAV file or a folder of them; calls made by acoupi itself if None.
    seconds
        How much sound to record.
    as_json
        Whether to end with one JSON object on standard output instead of a table.

    Returns
    -------
    int
        0 if nothing is unaccounted for.
    """
    home = choose_home(home)
    voice = Voice(as_json)
    with Receiver() as receiver:
        stage = Stage(home, audio.absolute() if audio else _make_audio(home), receiver.url)
        voice.introduce(stage, made_up=audio is None)
        deployment = _play(stage, seconds, voice)
        outcome = _outcome(stage, deployment, receiver)
    voice.conclude(outcome)
    return 1 if outcome.unaccounted else 0


def _make_audio(home: Path) -> Path:
    """Make a tape with bats that pass by, and then birds."""
    from acoupi.demo.synth import write_bat_audio, write_demo_audio

    folder = home / "demo-audio"
    folder.mkdir(parents=True)
    write_demo_audio(folder, BIRDS_S)
    write_bat_audio(folder, BATS_S)
    return folder


def _play(stage: Stage, seconds: float, voice: Voice) -> Deployment:
    """Go through a deployment; whatever happens in between, it is stopped."""
    command = _commander(stage, voice)
    with _Interrupt() as interrupt:
        command("setup", "--program", PROGRAM, "--no-prompt", *stage.flags)
        command("check")
        try:
            command("deployment", "start", "--name", "demo", "--no-check")
            deployment = get_current_deployment(stage.settings)
            if deployment is None:
                raise DeploymentError("the demo's deployment has not started")
            _watch(stage, deployment, seconds, voice, interrupt)
            command("deployment", "status")
        finally:
            if get_current_deployment(stage.settings) is not None:
                command("deployment", "stop")
    return deployment


def _commander(stage: Stage, voice: Voice) -> Callable[..., None]:
    """Return a function that runs one of acoupi's commands and shows it."""

    def command(*args: str) -> None:
        voice.command(args)
        done = subprocess.run(
            [sys.executable, "-m", "acoupi", *args],
            env=stage.environment,
            stdout=voice.stream,
            start_new_session=True,  # Ctrl-C is the story's to hear, not the command's
        )
        if done.returncode:
            raise DeploymentError(
                f"'acoupi {args[0]}' ended with exit code {done.returncode}",
                help=f"it says why above; its home is {stage.home}",
            )

    return command


def _watch(
    stage: Stage, deployment: Deployment, seconds: float, voice: Voice, interrupt: "_Interrupt"
) -> None:
    """Show what is found until enough was recorded; an interrupt ends it early."""
    program = load_program(stage.settings)
    store = program.store if isinstance(program, BasicProgram) else None
    if not isinstance(store, SqliteStore):
        return
    seen: set[UUID] = set()
    deadline_s = monotonic_s() + seconds + PATIENCE_S
    while voice.is_heard and not interrupt.came and monotonic_s() < deadline_s:
        for output in _new_outputs(store, deployment, seen):
            voice.found(output)
        if store.tally(deployment).recorded_s >= seconds - RECORDING_S / 2:
            return
        time.sleep(POLL_S)
    if voice.is_heard and not interrupt.came:
        voice.complain("it takes longer than the sound lasts; stopping")


def _new_outputs(store: SqliteStore, deployment: Deployment, seen: set[UUID]) -> list[ModelOutput]:
    outputs = store.get_model_outputs(after=deployment.started_on)
    new = [output for output in outputs if output.id not in seen]
    seen.update(output.id for output in new)
    return sorted(new, key=lambda output: output.recording.created_on)


def _outcome(stage: Stage, deployment: Deployment, receiver: Receiver) -> Outcome:
    accounts = draw_up_accounts(load_program(stage.settings), deployment)
    return Outcome(
        accounts=accounts,
        home=stage.home,
        n_received=receiver.n_messages,
        n_repeats=receiver.n_repeats,
        processes=_left_running(stage.home),
    )


def _left_running(home: Path) -> list[str]:
    """Return the processes that still belong to a home."""
    import psutil

    found: list[str] = []
    for process in psutil.process_iter(["pid", "name"]):
        try:
            if process.environ().get("ACOUPI_HOME") == str(home):
                found.append(f"{process.info['name']} ({process.info['pid']})")
        except psutil.Error:
            continue
    return found


class _Interrupt:
    """Turns what would end the demo into a flag, so that the deployment is stopped in order."""

    def __init__(self) -> None:
        self.came = False

    def __enter__(self) -> "_Interrupt":
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        self._before = {number: signal.signal(number, self._note) for number in signals}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: object) -> None:
        self.came = True

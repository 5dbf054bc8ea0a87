"""A whole sensor whose broker's file is spoilt, and thrown away, while it records."""

from collections.abc import Callable
from pathlib import Path

import pytest
from chaos.audit import find_problems
from chaos.books import Books
from chaos.machine import Bare
from chaos.sensor import Sensor
from chaos.tape import write_tape

from acoupi.demo.receiver import Receiver
from acoupi.system import Settings

WaitUntil = Callable[..., None]

TAPE_S = 90


@pytest.mark.timeout(200)
def test_a_sensor_goes_on_and_loses_nothing_with_a_spoilt_broker_file(
    tmp_path: Path, wait_until: WaitUntil
) -> None:
    machine = Bare(tmp_path / "work")
    (tmp_path / "work").mkdir()
    machine.start()
    tape = write_tape(machine.folder / "tape.wav", TAPE_S, seed=8)
    with Receiver() as receiver:
        sensor = Sensor(machine, tape, receiver.url)
        sensor.set_up()
        file = Settings(home=sensor.home).broker_file.resolve()
        sensor.start()
        try:
            for spoil in (damage, throw_away):
                record_on(machine.folder, wait_until)
                spoil(file)
            record_on(machine.folder, wait_until)
        finally:
            sensor.stop()
        assert len(list(file.parent.glob("broker.db.damaged-*Z"))) == 1
    assert find_problems(Books(machine.folder), tape, receiver.counts) == []


def record_on(folder: Path, wait_until: WaitUntil) -> None:
    """Wait for one more recording."""
    before = len(Books(folder).recordings)
    wait_until(lambda: len(Books(folder).recordings) >= before + 1, timeout_s=60)


def damage(file: Path) -> None:
    for each in (file, file.with_name(file.name + "-wal")):
        with each.open("r+b") as spoilt:
            spoilt.seek(4096)
            spoilt.write(b"\xff" * max(each.stat().st_size - 4096, 0))


def throw_away(file: Path) -> None:
    for each in file.parent.glob("broker.db*"):
        if ".damaged" not in each.name:
            each.unlink()

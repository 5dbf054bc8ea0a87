import uuid
from pathlib import Path

import pytest

from acoupi import devices
from acoupi.devices import board
from acoupi.errors import DeviceUnavailableError

HARDWARE_NODE = 0xB827EB000001
RANDOM_NODE = HARDWARE_NODE | board.RANDOM_NODE_BIT


def write(root: Path, name: str, content: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    write(tmp_path, "proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0")
    write(tmp_path, "proc/device-tree/serial-number", "9a8b7c6d5e4f3021\0")
    return tmp_path


def test_a_raspberry_pi_is_known_by_its_model(pi: Path) -> None:
    assert devices.is_rpi(pi)


def test_a_board_is_described_by_its_model_or_by_its_processor(pi: Path, tmp_path: Path) -> None:
    assert board.describe_board(pi).startswith("Raspberry Pi 5 Model B Rev 1.0, ")
    (pi / "proc/device-tree/model").unlink()
    write(tmp_path, "proc/cpuinfo", "processor\t: 0\nmodel name\t: Tortoise 2\n")
    assert board.describe_board(tmp_path).startswith("Tortoise 2, ")


def test_another_board_is_no_raspberry_pi(tmp_path: Path) -> None:
    write(tmp_path, "proc/device-tree/model", "BeagleBone Black\0")
    assert not devices.is_rpi(tmp_path)
    assert not devices.is_rpi(tmp_path / "nothing")


def test_the_serial_number_of_a_raspberry_pi_is_its_id(pi: Path) -> None:
    assert devices.get_rpi_serial_number(pi) == "9a8b7c6d5e4f3021"
    assert devices.get_device_id(pi) == "9a8b7c6d5e4f3021"


def test_an_older_kernel_tells_the_serial_number_with_the_processor(tmp_path: Path) -> None:
    write(tmp_path, "proc/device-tree/model", "Raspberry Pi 3\0")
    write(tmp_path, "proc/cpuinfo", "processor\t: 0\nSerial\t\t: 00000000abcdef01\n")
    assert devices.get_rpi_serial_number(tmp_path) == "00000000abcdef01"


def test_another_board_has_no_such_serial_number(tmp_path: Path) -> None:
    write(tmp_path, "proc/device-tree/serial-number", "1234\0")
    with pytest.raises(DeviceUnavailableError, match="Raspberry Pi"):
        devices.get_rpi_serial_number(tmp_path)


def test_elsewhere_the_network_interface_is_the_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uuid, "getnode", lambda: HARDWARE_NODE)
    assert devices.get_device_id(tmp_path) == str(HARDWARE_NODE)


def test_without_a_network_interface_the_id_is_a_digest_that_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine_id = "0123456789abcdef0123456789abcdef"
    write(tmp_path, "etc/machine-id", machine_id + "\n")
    monkeypatch.setattr(uuid, "getnode", lambda: RANDOM_NODE)
    first = devices.get_device_id(tmp_path)
    monkeypatch.setattr(uuid, "getnode", lambda: RANDOM_NODE + 1)
    assert devices.get_device_id(tmp_path) == first
    assert first not in machine_id


def test_this_computer_has_an_id_and_a_name() -> None:
    assert devices.get_device_info().id == devices.get_device_id() != ""
    assert devices.get_rpi_host_name()

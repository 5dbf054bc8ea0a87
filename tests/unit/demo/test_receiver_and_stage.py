from pathlib import Path

import pytest
import requests

from acoupi.demo.receiver import Receiver
from acoupi.demo.stage import Stage, choose_home
from acoupi.errors import DeploymentError


def test_a_receiver_counts_messages_and_repeats() -> None:
    with Receiver() as receiver:
        for key in ("a", "b", "a"):
            answer = requests.post(
                receiver.url, data="{}", headers={"Idempotency-Key": key}, timeout=5
            )
            assert answer.ok
        assert requests.head(receiver.url, timeout=5).ok
        assert (receiver.n_messages, receiver.n_repeats) == (2, 1)
    with pytest.raises(requests.ConnectionError):
        requests.head(receiver.url, timeout=5)


def test_a_demo_without_a_home_gets_a_new_one() -> None:
    home = choose_home(None)
    assert list(home.iterdir()) == []
    home.rmdir()


def test_a_demo_takes_no_folder_with_something_in_it(tmp_path: Path) -> None:
    assert choose_home(tmp_path / "new") == tmp_path / "new"
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(DeploymentError, match="not empty"):
        choose_home(tmp_path)


def test_everything_of_a_demo_lies_below_its_home_and_no_service_is_touched(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path, Path("/sound.wav"), "http://127.0.0.1:1/")
    assert stage.environment["ACOUPI_HOME"] == str(tmp_path)
    assert stage.environment["ACOUPI_SUPERVISION"] == "detached"
    flags = dict(zip(stage.flags[::2], stage.flags[1::2], strict=True))
    assert flags["--paths.tmp_audio"] == str(tmp_path / "tmp")
    assert flags["--microphone.device_name"] == "replay:/sound.wav?loop=yes"

import pytest

from acoupi.components.audio_recorder import offers
from acoupi.components.audio_recorder.offers import alsa_offers, further_offers, pipewire_offers
from acoupi.devices.audio.alsa import DeviceInfo
from acoupi.devices.audio.holders import Holder
from acoupi.devices.audio.hw_params import HwParams
from acoupi.devices.audio.usb import UsbIdentity
from acoupi.errors import DeviceUnavailableError

BATS = DeviceInfo(
    "hw:CARD=r0,DEV=0", "UltraMic", (384_000,), (1,), UsbIdentity("0869", "0389", "1234", "1-1.2")
)
BIRDS = DeviceInfo("hw:CARD=Codec,DEV=0", "Codec", (44_100, 48_000, 96_000), (2,))
BUSY = DeviceInfo("busy", "Busy")
TAKEN = DeviceInfo("taken", "Taken", holder=Holder(12, "arecord", is_ours=True))


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[DeviceInfo]:
    """Return the microphones of a made-up computer, to be changed."""
    devices = [BATS, BIRDS, BUSY, TAKEN]
    monkeypatch.setattr(offers.alsa, "get_input_devices", lambda: list(devices))
    monkeypatch.setattr(offers.alsa, "probe", lambda name: HwParams())
    return devices


def test_microphones_are_choices_with_what_tells_them_apart(found: list[DeviceInfo]) -> None:
    offer = alsa_offers()["device_name"]({})
    assert [choice.value for choice in offer.choices] == [device.name for device in found]
    assert offer.usual == BATS.name
    assert offer.choices[0].details == (
        "hw:CARD=r0,DEV=0; 384 kHz; USB 0869:0389, serial 1234, port 1-1.2"
    )
    assert "rates unknown" in offer.choices[2].details
    assert offer.choices[3].details.endswith("in use by arecord (pid 12) of acoupi")
    assert offer.chosen("2") == offer.choices[1]
    assert offer.chosen("5") is None


def test_a_microphone_that_was_chosen_earlier_stays_the_usual_one(found: list[DeviceInfo]) -> None:
    assert alsa_offers()["device_name"]({"device_name": "hw:7"}).usual is None


def test_another_name_is_doubted_but_not_refused(found: list[DeviceInfo]) -> None:
    offer = alsa_offers()["device_name"]({})
    assert offer.refuses("hw:7") is None
    assert "is none of those found" in (offer.doubts("hw:7") or "")
    assert offer.doubts(BIRDS.name) is None
    assert offer.doubts("replay:/tmp/a.wav") is None


def test_a_number_that_is_none_of_the_list_is_refused(found: list[DeviceInfo]) -> None:
    offer = alsa_offers()["device_name"]({})
    assert offer.refuses("7") == "is the number of none that was found"
    found.append(DeviceInfo("7", "Somebody's own"))
    assert alsa_offers()["device_name"]({}).refuses("7") is None


def test_without_any_microphone_it_says_what_to_do(found: list[DeviceInfo]) -> None:
    found.clear()
    offer = alsa_offers()["device_name"]({})
    assert offer.choices == ()
    assert "Plug one in and press Enter to look again" in offer.lead


def test_only_rates_that_the_microphone_has_are_taken(found: list[DeviceInfo]) -> None:
    offer = alsa_offers()["samplerate"]({"device_name": BATS.name})
    assert offer.usual == 384_000
    assert offer.refuses(384_000) is None
    assert offer.refuses(48_000) == "is none that hw:CARD=r0,DEV=0 has: 384000"


@pytest.mark.parametrize(("kept", "usual"), [(None, None), (96_000, None), (250_000, 96_000)])
def test_a_rate_that_the_microphone_has_stays_the_usual_one(
    found: list[DeviceInfo], kept: int | None, usual: int | None
) -> None:
    so_far = {"device_name": BIRDS.name} | ({"samplerate": kept} if kept else {})
    assert alsa_offers()["samplerate"](so_far).usual == usual


@pytest.mark.parametrize("name", ["busy", "plughw:1", "hw:9", ""])
def test_where_rates_are_unknown_any_is_taken_with_a_warning(
    found: list[DeviceInfo], name: str
) -> None:
    offer = alsa_offers()["samplerate"]({"device_name": name})
    assert offer.refuses(1) is None
    assert "not known" in (offer.doubts(1) or "")


def test_of_a_replay_nothing_is_asked_of_devices(found: list[DeviceInfo]) -> None:
    offer = alsa_offers()["samplerate"]({"device_name": "replay:/tmp/a.wav"})
    assert (offer.lead, offer.refuses(1), offer.doubts(1)) == ("", None, None)


def test_channels_are_offered_like_rates(found: list[DeviceInfo]) -> None:
    offer = alsa_offers()["audio_channels"]({"device_name": BIRDS.name})
    assert offer.usual == 2
    assert offer.refuses(2) is None
    assert offer.refuses(1) is not None


def test_where_pipewire_does_not_answer_it_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> list[object]:
        raise DeviceUnavailableError("PipeWire does not answer")

    monkeypatch.setattr("acoupi.devices.audio.pipewire.get_input_devices", silent)
    assert "No microphone was found" in pipewire_offers()["device_name"]({}).lead


def test_beside_others_only_further_microphones_are_offered(found: list[DeviceInfo]) -> None:
    others = [{"device_name": "usb:1-1.2", "name": ""}, {"device_name": "busy", "name": "hedge"}]
    document = {"microphone": others[0], "further_microphones": others[1:]}
    offers = further_offers(document)
    offer = offers["device_name"]({})
    assert [choice.value for choice in offer.choices] == [BIRDS.name, TAKEN.name]
    assert offer.lead.startswith("2 further microphones were found")
    assert offer.usual == BIRDS.name
    assert "already" in (offer.refuses("busy") or "")
    assert offer.refuses(BIRDS.name) is None
    assert offers["samplerate"]({"device_name": BIRDS.name}).refuses(384_000) is not None
    assert offers["name"]({}).refuses("hedge") == "is the name of another"
    assert offers["name"]({}).refuses("pond") is None


def test_where_no_further_one_is_found_one_can_look_again(found: list[DeviceInfo]) -> None:
    found[:] = [BATS]
    offer = further_offers({"microphone": {"device_name": BATS.name}})["device_name"]({})
    assert offer.choices == ()
    assert offer.lead.startswith("No further microphone was found. Plug one in")
    assert offer.refuses(BATS.name) is not None

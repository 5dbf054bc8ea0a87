"""What is proposed to a person who chooses a microphone."""

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any, cast

from acoupi.components.audio_recorder.source import parse_replay
from acoupi.config.values import Json
from acoupi.config.wizard.offers import Choice, Offer, Offers
from acoupi.devices.audio import alsa
from acoupi.devices.audio.alsa import DeviceInfo
from acoupi.devices.audio.formats import USUAL_RATE_HZ
from acoupi.errors import DeviceConfigurationError

__all__ = ["alsa_offers", "further_offers", "pipewire_offers"]

OTHERWISE = "Give a number, or another name (see acoupi devices), or replay:PATH."
NONE_FOUND = (
    "No {} was found. Plug one in and press Enter to look again; or give the ALSA "
    "name that it will have (acoupi devices lists those of today), or replay:PATH to play a WAV "
    "file or a folder of them."
)
UNKNOWN = "what {} can do is not known here: acoupi check will try it"
DIRECT = "hw:"
TAKEN = "is one of this sensor's already; acoupi config set gives it another channel of a device"

NO_NUMBER = "is the number of none that was found"


class _Search:
    """Looks for microphones but those that are taken, and remembers what it found."""

    def __init__(self, taken: Collection[str] = ()) -> None:
        self.found: list[DeviceInfo] = []
        self.taken = taken
        self.kind = "further microphone" if taken else "microphone"

    def look(self) -> list[DeviceInfo]:
        self.found = [device for device in self._devices() if not self._is_taken(device)]
        return self.found

    def refuse(self, name: object) -> str | None:
        if name in self.taken:
            return TAKEN
        return NO_NUMBER if self._is_mistyped(str(name)) else None

    def named(self, name: str) -> DeviceInfo | None:
        found = self.found or self.look()
        return next((device for device in found if device.name == name), None) or self._ask(name)

    def _devices(self) -> list[DeviceInfo]:
        return alsa.get_input_devices()

    def _is_taken(self, device: DeviceInfo) -> bool:
        usb = device.usb
        return device.name in self.taken or bool(usb and any(map(usb.is_called, self.taken)))

    def _is_mistyped(self, name: str) -> bool:
        # ALSA would take a name for a PCM of somebody's configuration; one of those is listed.
        return name.isdecimal() and all(device.name != name for device in self.found)

    def _ask(self, name: str) -> DeviceInfo | None:
        """Ask a device that was not listed; nothing is known of one that converts."""
        if not name.startswith(DIRECT):
            return None
        can = alsa.probe(name)
        return DeviceInfo(name, name, can.rates_hz, can.channels) if can.rates_hz else None


class _PipeWireSearch(_Search):
    def _devices(self) -> list[DeviceInfo]:
        from acoupi.devices.audio.inputs import pipewire_inputs

        return pipewire_inputs()

    def _is_mistyped(self, name: str) -> bool:
        return False  # PipeWire numbers what it has, and takes the number for a name

    def _ask(self, name: str) -> DeviceInfo | None:
        return None


def alsa_offers() -> Offers:
    """Return what to propose for a microphone that ALSA knows."""
    return _offers(_Search())


def further_offers(document: Json) -> Offers:
    """Return what to propose for a microphone of ALSA's beside those of a configuration."""
    config = cast("dict[str, Any]", document or {})
    others: list[dict[str, Any]] = [*config.get("further_microphones", ())]
    others.append(config.get("microphone") or {})
    names = [other.get("name") for other in others]
    return {
        **_offers(_Search([str(other.get("device_name")) for other in others])),
        "name": lambda _: Offer(
            refuses=lambda name: "is the name of another" if name in names else None
        ),
    }


def pipewire_offers() -> Offers:
    """Return what to propose for a microphone that PipeWire knows."""
    return _offers(_PipeWireSearch())


def _offers(search: _Search) -> Offers:
    return {
        "device_name": lambda so_far: _device_offer(search, so_far),
        "samplerate": partial(_rate_offer, search),
        "audio_channels": partial(_channels_offer, search),
    }


def _device_offer(search: _Search, so_far: Mapping[str, Any]) -> Offer:
    found = search.look()
    if not found:
        return Offer(lead=NONE_FOUND.format(search.kind), refuses=search.refuse)
    were = " was" if len(found) == 1 else "s were"
    return Offer(
        lead=f"{len(found)} {search.kind}{were} found. {OTHERWISE}",
        choices=tuple(Choice(d.name, d.description, _details(d)) for d in found),
        usual=None if so_far.get("device_name") else found[0].name,
        refuses=search.refuse,
        doubts=lambda name: _unlisted(search, str(name)),
    )


def _rate_offer(search: _Search, so_far: Mapping[str, Any]) -> Offer:
    name = str(so_far.get("device_name", ""))
    if _is_replay(name):
        return Offer()
    device = search.named(name)
    if device is None or not device.rates_hz:
        return Offer(doubts=lambda _: UNKNOWN.format(name))
    rates_hz = device.rates_hz
    rate_hz = so_far.get("samplerate", USUAL_RATE_HZ)
    return Offer(
        lead=f"Rates that {name} has (Hz): {_listed(rates_hz)}.",
        usual=None if rate_hz in rates_hz else max(rates_hz),
        refuses=lambda rate: None if rate in rates_hz else _not_one_of(name, rates_hz),
    )


def _channels_offer(search: _Search, so_far: Mapping[str, Any]) -> Offer:
    name = str(so_far.get("device_name", ""))
    device = None if _is_replay(name) else search.named(name)
    if device is None or not device.channels:
        return Offer()
    channels = device.channels
    count = so_far.get("audio_channels", 1)
    return Offer(
        lead=f"Channels that {name} has: {_listed(channels)}.",
        usual=None if count in channels else channels[0],
        refuses=lambda other: None if other in channels else _not_one_of(name, channels),
    )


def _details(device: DeviceInfo) -> str:
    rates = ", ".join(f"{rate / 1000:g}" for rate in _few(device.rates_hz))
    parts = [device.name, f"{rates} kHz" if rates else "rates unknown (in use?)"]
    parts += [str(device.usb)] if device.usb else []
    return "; ".join([*parts, *([f"in use by {device.holder}"] if device.holder else [])])


def _few(rates_hz: tuple[int, ...]) -> tuple[int, ...]:
    return rates_hz if len(rates_hz) <= 6 else (rates_hz[0], rates_hz[-1])


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _not_one_of(name: str, numbers: tuple[int, ...]) -> str:
    return f"is none that {name} has: {_listed(numbers)}"


def _unlisted(search: _Search, name: str) -> str | None:
    if _is_replay(name) or any(device.name == name for device in search.found):
        return None
    return f"{name} is none of those found; it is taken as you wrote it"


def _is_replay(name: str) -> bool:
    try:
        return parse_replay(name) is not None
    except DeviceConfigurationError:
        return True

"""What a configuration from acoupi 0.6 to 0.8 does differently today."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, cast

from acoupi.system.takeover import OLD_BROKER_URL

__all__ = ["differences"]

Config: TypeAlias = Mapping[str, Any]
"""A configuration as JSON values."""

MINUTES_PER_HOUR = 60
OLD_MQTT_PORT = 1884
OLD_ZONE = "Europe/London"
ALSA_NAMES = ("default", "pulse", "pipewire", "jack", "null")


def differences(
    config: Config,
    celery: Config | None = None,
    keeps_by_date: bool = False,
    computer_zone: str = "UTC",
) -> list[str]:
    """Say what will be different, for exactly this configuration.

    Parameters
    ----------
    config
        Of the program, as it will be used.
    celery
        The ``celery.json`` that was replaced, if one was.
    keeps_by_date
        Whether recordings are kept in folders by date.
    computer_zone
        The time zone of the computer.
    """
    lines = [line for rule in RULES for line in rule(config)]
    lines += _zone(config, computer_zone)
    if keeps_by_date:
        lines.append("recordings are kept in YYYY/MM/DD; before, months and days had no zeros")
    return [*lines, *_queue(celery)]


def _schedule(config: Config) -> Iterator[str]:
    recording = _part(config, "recording")
    start, end = _time(recording.get("schedule_start")), _time(recording.get("schedule_end"))
    if start is not None and end is not None and start < end:
        yield (
            f"recording.schedule: records from {start:%H:%M} to {end:%H:%M} only; "
            "before, all day and all night"
        )


def _window(config: Config) -> Iterator[str]:
    zone = config.get("timezone")
    if zone in (None, "UTC", "Etc/UTC"):
        return
    for name, part in _parts(config):
        start, end = _time(part.get("starttime")), _time(part.get("endtime"))
        if start is not None and end is not None and start != end:
            yield (
                f"{name}: the hours from {start:%H:%M} to {end:%H:%M} are those of {zone}; "
                "before, of UTC"
            )


def _sun(config: Config) -> Iterator[str]:
    for name, part in _parts(config):
        if part.get("before_dawndusk_duration") or part.get("after_dawndusk_duration"):
            yield (
                f"{name}: dawn and dusk are those of the deployment's place, so give "
                "acoupi deployment start its --latitude and --longitude; before, Greenwich's"
            )


def _frequency(config: Config) -> Iterator[str]:
    for name, part in _parts(config):
        every, kept = part.get("frequency_interval"), part.get("frequency_duration")
        if every and kept and MINUTES_PER_HOUR % every:
            yield (
                f"{name}: keeps {kept:g} of every {every:g} minutes of the day; "
                "before, the count began again with every hour"
            )


def _messengers(config: Config) -> Iterator[str]:
    messaging = _part(config, "messaging")
    http, mqtt = messaging.get("http"), messaging.get("mqtt")
    if http and mqtt:
        yield "messaging: every message goes by HTTP and by MQTT; before, by HTTP only"
    if mqtt:
        yield (
            "messaging.mqtt: a message is sent when the server has confirmed it, and waits "
            "until then; before, it was never confirmed"
        )
    if mqtt and mqtt.get("port") == OLD_MQTT_PORT:
        yield (
            f"messaging.mqtt.port: {OLD_MQTT_PORT} is kept, but was the default and may not be "
            "meant; without a port it is 1883 today, with TLS 8883"
        )
    if http or mqtt:
        yield "messaging: heartbeats wait like all messages; before, one without network was lost"


def _microphone(config: Config) -> Iterator[str]:
    name = str(_part(config, "microphone").get("device_name") or "")
    is_alsa = ":" in name or name in ALSA_NAMES or name.startswith("alsa_")
    if name and not is_alsa:
        yield (
            f"microphone.device_name: {name!r} is looked for among the names of ALSA "
            "(acoupi devices lists them), so let acoupi check try it; before, among PortAudio's"
        )


def _waiting(config: Config) -> Iterator[str]:
    paths = _part(config, "paths")
    if paths.get("tmp_audio") and paths.get("recordings"):
        yield (
            f"paths.tmp_audio: a WAV file in {paths['tmp_audio']} that nothing is known about is "
            f"moved to {paths['recordings']}/orphans; before, it stayed"
        )


def _databases(config: Config) -> Iterator[str]:
    paths = {**_part(config, "paths"), **_part(config, "messaging")}
    names = [str(paths[key]) for key in ("db_metadata", "messages_db") if paths.get(key)]
    if names:
        yield (
            f"{' and '.join(names)}: brought to today's form when first used, with a copy "
            "beside; an older acoupi can read only the copy"
        )


def _zone(config: Config, computer_zone: str) -> Iterator[str]:
    if config.get("timezone") == OLD_ZONE != computer_zone:
        yield (
            f"timezone: {OLD_ZONE} is kept, but was the default everywhere; "
            f"this computer is in {computer_zone}"
        )


def _queue(celery: Config | None) -> Iterator[str]:
    if celery is None:
        return
    yield "celery.json: tasks travel as JSON; before, as pickle, which can run code"
    if celery.get("broker_url", OLD_BROKER_URL) == OLD_BROKER_URL:
        yield "celery.json: tasks wait in a file of the home; RabbitMQ is not needed any more"
    else:
        yield "celery.json: your broker_url is kept, though none is needed any more"


RULES: tuple[Callable[[Config], Iterator[str]], ...] = (
    _schedule,
    _window,
    _sun,
    _frequency,
    _messengers,
    _microphone,
    _waiting,
    _databases,
)


def _part(config: Config, name: str) -> Config:
    part: object = config.get(name)
    return cast("Config", part) if isinstance(part, dict) else {}


def _parts(config: Config) -> Iterator[tuple[str, Config]]:
    return ((name, _part(config, name)) for name in config)


def _time(value: object) -> dt.time | None:
    return dt.time.fromisoformat(value) if isinstance(value, str) else None

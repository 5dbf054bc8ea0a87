"""Time zones as pytz makes them: tzinfo, but no ZoneInfo, and vague without an instant."""

import datetime as dt
from zoneinfo import ZoneInfo


class Zone(dt.tzinfo):
    def __init__(self, name: str) -> None:
        self.zone = name
        self._real = ZoneInfo(name)

    def __str__(self) -> str:
        return self.zone

    def utcoffset(self, instant: dt.datetime | None) -> dt.timedelta | None:
        return instant and instant.replace(tzinfo=self._real).utcoffset()

    def dst(self, instant: dt.datetime | None) -> dt.timedelta | None:
        return instant and instant.replace(tzinfo=self._real).dst()

    def tzname(self, instant: dt.datetime | None) -> str:
        return self.zone

    def fromutc(self, instant: dt.datetime) -> dt.datetime:
        local = instant.replace(tzinfo=dt.UTC).astimezone(self._real)
        return local.replace(tzinfo=self)


def timezone(name: str) -> Zone:
    return Zone(name)

"""Figures of sound, from a sample of it."""

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.level import Snippet
from acoupi.audio.microphone_health.excerpts import Excerpts, excerpt_frames, frames_between
from acoupi.audio.microphone_health.figures import SILENCE_DBFS, Figures, to_dbfs
from acoupi.audio.microphone_health.octaves import octave_edges_hz, octaves_of
from acoupi.audio.microphone_health.weather import WIND_BELOW_HZ, sounds_like_wind
from acoupi.audio.samples import Samples, to_mono
from acoupi.audio.wav import WavFormat

__all__ = ["Measure"]

Table = NDArray[np.float64]

QUIET_SHARE = 0.1
FLAT_STEPS = 2
MEAN, POWER, PEAK, CLIPPED, FLAT, FIRST_OCTAVE = range(6)


class Measure:
    """Measures excerpts of one stretch of sound, each channel by itself.

    Parameters
    ----------
    format
        How the samples are laid out.
    heard_rate_hz
        The sample rate of the sound as it was heard.
    """

    def __init__(self, format: WavFormat, heard_rate_hz: float) -> None:
        self.octaves_hz = octaves_of(heard_rate_hz)
        self._format = format
        self._frames = excerpt_frames(heard_rate_hz)
        self._excerpt_s = self._frames / heard_rate_hz
        self._excerpts = Excerpts(
            self._frames * format.frame_bytes, frames_between(heard_rate_hz) * format.frame_bytes
        )
        self._step = 2.0 ** (1 - 8 * format.sample_bytes)
        self._window = np.hanning(self._frames + 1)[:-1].astype(np.float32)
        self._scale = 2 / (self._frames * float((self._window**2).sum()))
        edges = np.array(octave_edges_hz(self.octaves_hz)) * self._excerpt_s
        self._edges = np.minimum(np.ceil(edges), self._frames // 2 + 1).astype(np.intp)
        self._rows: list[Table] = []

    def note(self, block: bytes) -> None:
        """Measure what of a block is in excerpts; they may go on in the next."""
        mono = WavFormat(self._format.rate_hz, 1, self._format.sample_bytes)
        for excerpt in self._excerpts.take(block):
            samples = to_mono(Snippet(mono, excerpt)).reshape(self._frames, -1).T
            self._rows.append(self._row(np.ascontiguousarray(samples)))

    def figures(self) -> list[Figures]:
        """Return what was measured of each channel; nothing if there was no excerpt."""
        if not self._rows:
            return []
        table = np.stack(self._rows, axis=1)
        return [self._figures_of(channel) for channel in table]

    def _row(self, samples: Samples) -> Table:
        """Measure an excerpt; shape ``(channels, what)``."""
        lowest, highest = samples.min(axis=1), samples.max(axis=1)
        mean = samples.mean(axis=1)
        steady = samples - mean[:, np.newaxis]
        top = 1 - self._step
        told = (
            mean,
            np.square(steady).mean(axis=1),
            np.maximum(highest, -lowest),
            ((samples >= top) | (samples <= -top)).mean(axis=1),
            highest - lowest <= FLAT_STEPS * self._step,
        )
        return np.concatenate([np.stack(told, axis=1), self._octaves(steady)], axis=1)

    def _octaves(self, steady: Samples) -> Table:
        """Return the power in each octave; shape ``(channels, octaves)``."""
        spectra = np.fft.rfft(steady * self._window, axis=1)[:, : self._edges[-1]]
        power = spectra.real.astype(np.float64) ** 2 + spectra.imag.astype(np.float64) ** 2
        return self._scale * np.add.reduceat(power, self._edges[:-1], axis=1)

    def _figures_of(self, rows: Table) -> Figures:
        octaves = rows[:, FIRST_OCTAVE:]
        sounding = octaves[rows[:, FLAT] == 0]
        levels = [to_dbfs(float(power)) for power in octaves.mean(axis=0)]
        return Figures(
            measured_s=len(rows) * self._excerpt_s,
            level_dbfs=to_dbfs(float(rows[:, POWER].mean())),
            peak_dbfs=to_dbfs(float(rows[:, PEAK].max()) ** 2),
            clipped=float(rows[:, CLIPPED].mean()),
            dc=float(rows[:, MEAN].mean()),
            flat=float(rows[:, FLAT].mean()),
            floor_dbfs=self._floors(sounding),
            wind=float(sounds_like_wind(self.octaves_hz, levels, self._gusts_db(octaves))),
        )

    def _floors(self, octaves: Table) -> list[float]:
        if not len(octaves):
            return [SILENCE_DBFS] * len(self.octaves_hz)
        quiet = np.quantile(octaves, QUIET_SHARE, axis=0, method="lower")
        return [to_dbfs(float(power)) for power in quiet]

    def _gusts_db(self, octaves: Table) -> float:
        """Return by how much the deepest octaves vary from one excerpt to another."""
        deep = octaves[:, np.array(self.octaves_hz) <= WIND_BELOW_HZ].sum(axis=1)
        low, high = np.quantile(deep, [QUIET_SHARE, 1 - QUIET_SHARE])
        return to_dbfs(float(high)) - to_dbfs(float(low))

"""Whether recordings can be kept in the format that is asked for."""

from collections.abc import Iterator

from acoupi.audio.flac_codec import load_soundfile
from acoupi.system.checks.findings import Finding, ok
from acoupi.system.checks.subject import Subject

__all__ = ["check_format"]


def check_format(subject: Subject) -> Iterator[Finding]:
    """Look for what FLAC needs, if it is asked for."""
    storage = getattr(subject.program.config, "storage", None)
    if getattr(storage, "recording_format", "wav") == "flac":
        soundfile = load_soundfile()
        yield ok("format", f"recordings are kept as FLAC, with soundfile {soundfile.__version__}")

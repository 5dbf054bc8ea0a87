"""Recorders of different channels of one device."""

from collections import defaultdict
from collections.abc import Iterable

from acoupi.audio.shared_stream import SharedStream
from acoupi.components.audio_recorder.captured import CaptureRecorder

__all__ = ["share_devices"]


def share_devices(recorders: Iterable[object]) -> None:
    """Let recorders of different channels of one device listen to it together.

    Only those of acoupi's own that record one channel; others are left alone.
    """
    by_device: defaultdict[str, list[CaptureRecorder]] = defaultdict(list)
    for recorder in recorders:
        if isinstance(recorder, CaptureRecorder) and recorder.channel is not None:
            by_device[recorder.device_name].append(recorder)
    for sharing in by_device.values():
        shared, kept_frames = SharedStream(), max(each.kept_frames for each in sharing)
        for recorder in sharing:
            recorder.shared, recorder.kept_frames = shared, kept_frames

"""One channel out of several."""

from pathlib import Path

from hypothesis import given, strategies as st

from acoupi.audio.split import mono, pick_channel
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components.audio_recorder import MicrophoneConfig, create_recorder
from acoupi.data import Deployment


@given(
    st.integers(1, 5), st.sampled_from([1, 2, 3, 4]), st.binary(max_size=600), st.integers(1, 40)
)
def test_the_channels_put_together_again_are_what_was_split(
    channels: int, sample_bytes: int, sound: bytes, frames_each: int
) -> None:
    format = WavFormat(8000, channels, sample_bytes)
    size = format.frame_bytes
    sound = sound[: len(sound) // size * size]
    step = frames_each * size
    blocks = [sound[start : start + step] for start in range(0, len(sound), step)]
    split = [b"".join(pick_channel(blocks, format, n + 1)) for n in range(channels)]
    joined = b"".join(
        one[start : start + sample_bytes]
        for start in range(0, len(sound) // channels, sample_bytes)
        for one in split
    )
    assert joined == sound
    assert mono(format) == WavFormat(8000, 1, sample_bytes)


def test_each_channel_of_a_tape_is_a_microphone_of_its_own(tmp_path: Path) -> None:
    tape, sides = tmp_path / "tape.wav", (b"\1\0" * 8000, b"\2\0" * 8000)
    write_wav(tape, WavFormat(8000, 2, 2), 8000, [b"\1\0\2\0" * 8000])
    made: list[Path | None] = []
    for channel, side in enumerate(sides, 1):
        name = f"replay:{tape}?speed=max&loop=no"
        config = MicrophoneConfig(device_name=name, channel=channel)
        recorder = create_recorder(config, 0.5, tmp_path / "tmp")
        for _ in range(2):
            recording = recorder.record(Deployment(name="hedge"))
            assert recording.path is not None
            assert recording.audio_channels == 1
            assert open_wav(recording.path).read() == side[:8000]
            made.append(recording.path)
    assert len(set(made)) == 4

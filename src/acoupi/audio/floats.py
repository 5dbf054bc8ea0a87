"""Samples that a file holds as floating-point numbers."""

__all__ = ["to_integers"]


def to_integers(data: bytes, sample_bytes: int) -> bytes:
    """Return samples as integers of 32 bit, which keep all that a microphone can hear.

    What is louder than 1 is as loud as can be; what is not a number is silence.
    """
    import numpy as np

    with np.errstate(invalid="ignore"):
        samples = np.frombuffer(data, f"<f{sample_bytes}").astype(np.float64)
    heard = np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1, 1)
    return np.minimum(np.rint(heard * 2**31), 2**31 - 1).astype("<i4").tobytes()

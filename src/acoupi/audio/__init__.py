"""Sound: WAV files, their metadata, tapes to replay, and captured streams."""

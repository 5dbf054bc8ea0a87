"""The microphones of this computer, as ALSA, PipeWire and PortAudio know them."""

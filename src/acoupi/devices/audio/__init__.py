"""The microphones of this computer, as PortAudio and PipeWire know them."""

"""How well a microphone hears, told from a sample of what it gives."""

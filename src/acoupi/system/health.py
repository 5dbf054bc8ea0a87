"""Whether a sensor does its work; programs say the same in their heartbeats."""

from acoupi.programs.templates.health import (
    Health,
    Rhythm,
    judge_health,
    rhythm_of,
    silence_s,
)

__all__ = ["Health", "Rhythm", "judge_health", "rhythm_of", "silence_s"]

"""What every component of a kind must keep, as tests to derive from.

The only package of acoupi that needs pytest.
"""

import pytest

ROOMS = (
    "decisions",
    "effort",
    "managers",
    "message_stores",
    "messengers",
    "models",
    "outputs",
    "processing",
    "recorders",
    "stores",
)

# So that a failed assertion shows its values, as in a test module.
pytest.register_assert_rewrite(*(f"{__name__}.{room}" for room in ROOMS))

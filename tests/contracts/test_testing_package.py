"""What of ``acoupi.testing`` can be used where."""

import subprocess
import sys

import pytest

import acoupi.testing

WITHOUT_PYTEST = """
import sys
sys.modules["pytest"] = None
from acoupi.testing import Answer, FakeMessenger, FakeModel, FakeRecorder, write_silence
assert not any("contracts" in name for name in sys.modules)
try:
    from acoupi.testing import StoreContract
except ImportError as error:
    assert "pytest" in str(error)
else:
    raise SystemExit("a contract was loaded without pytest")
"""


def test_the_stand_ins_need_no_pytest() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_PYTEST], check=True, timeout=60)


@pytest.mark.parametrize("name", acoupi.testing.__all__)
def test_every_name_that_is_exported_is_there(name: str) -> None:
    assert getattr(acoupi.testing, name).__name__ == name

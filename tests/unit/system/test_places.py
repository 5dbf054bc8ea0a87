import json
from pathlib import Path

import pytest

from acoupi.errors import ConfigurationError
from acoupi.system.places import find_places, places_of
from acoupi.system.settings import Settings

DOCUMENT = {
    "timezone": "America/Lima",
    "paths": {"db_metadata": "/d/m.db", "tmp_audio": "/t", "recordings": "/r"},
    "messaging": {"messages_db": "/d/x.db"},
}


def test_the_places_are_read_from_the_file_without_the_program(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.program_config_file.parent.mkdir(parents=True)
    settings.program_config_file.write_text(json.dumps(DOCUMENT))
    places = find_places(settings)  # no program is named in this home
    assert places.require_metadata() == (Path("/d/m.db"), Path("/t"))
    assert places.require_messages() == Path("/d/x.db")
    assert places.zone.key == "America/Lima"


@pytest.mark.parametrize("document", [{}, {"paths": 3, "messaging": [], "timezone": "Mars/X"}])
def test_a_program_without_places_is_told_apart(document: dict[str, object]) -> None:
    places = places_of(document)
    with pytest.raises(ConfigurationError, match="keeps recordings"):
        places.require_metadata()
    with pytest.raises(ConfigurationError, match="keeps no messages"):
        places.require_messages()

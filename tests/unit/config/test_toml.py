"""JSON documents that come back from TOML as they were."""

import pytest
from hypothesis import given, strategies as st

from acoupi.config.toml import from_toml, to_toml
from acoupi.errors import ConfigurationError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEYS = TEXT.filter(lambda key: key != "null")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(document=st.dictionaries(KEYS, VALUES, max_size=4))
def test_a_document_comes_back_with_its_nulls(document: dict[str, object]) -> None:
    assert from_toml(to_toml(document), "x.toml") == document


def test_what_is_no_toml_is_named_with_its_line() -> None:
    with pytest.raises(ConfigurationError, match=r"x\.toml is neither JSON nor TOML: .*line 2"):
        from_toml("a = 1\nb = = 2\n", "x.toml")


@pytest.mark.parametrize("null", ['["/a/b"]', '["/c/x"]', "[3]", "7", '[""]'])
def test_a_null_that_has_no_place_is_refused(null: str) -> None:
    with pytest.raises(ConfigurationError, match="under null"):
        from_toml(f"null = {null}\na = 1\nc = [1]\n", "x.toml")

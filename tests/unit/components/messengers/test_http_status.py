import pytest

from acoupi.components import HTTPConfig, HTTPMessenger
from acoupi.components.messengers.http import status_of
from acoupi.data import ResponseStatus
from acoupi.errors import ParameterError


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ((200, 201, 202, 204, 299), ResponseStatus.SUCCESS),
        ((400, 401, 403, 404, 409, 410, 413, 422, 451), ResponseStatus.FAILED),
        ((408, 425, 429, 500, 502, 503, 504, 599), ResponseStatus.ERROR),
        ((100, 300, 301, 302, 304, 307, 308, 600), ResponseStatus.ERROR),
    ],
)
def test_a_status_code_means_one_thing(codes: tuple[int, ...], status: ResponseStatus) -> None:
    assert {status_of(code) for code in codes} == {status}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://example.org/messages", "http:example.org/messages"),
        ("https://example.org:8443/a/b", "http:example.org:8443/a/b"),
        ("http://example.org", "http:example.org"),
        ("https://me:secret@example.org/a?token=secret#secret", "http:example.org/a"),
    ],
)
def test_the_name_tells_the_receiver_without_its_secrets(url: str, name: str) -> None:
    assert HTTPMessenger(url, base_params={"token": "secret"}).name == name


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org", "http://", "/messages"])
def test_what_is_no_url_is_refused_by_name(url: str) -> None:
    with pytest.raises(ParameterError, match="not a URL"):
        HTTPMessenger(url)
    with pytest.raises(ValueError, match="not a URL"):
        HTTPConfig(base_url=url)


def test_a_messenger_is_made_from_its_configuration() -> None:
    config = HTTPConfig(base_url="http://example.org", timeout=2, content_type="text/plain")
    messenger = HTTPMessenger.from_config(config)
    assert (messenger.base_url, messenger.timeout) == ("http://example.org", 2)
    assert messenger.headers["Content-Type"] == "text/plain"


def test_the_defaults_are_those_people_know() -> None:
    config = HTTPConfig(base_url="http://example.org")
    assert (config.timeout, config.content_type) == (5, "application/json")

"""Addresses with passwords in them."""

import pytest

from acoupi.audio.addresses import without_password


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("stream:rtsp://owl:hoot@camera/live", "stream:rtsp://owl:***@camera/live"),
        ("stream:http://:hoot@camera:8000", "stream:http://:***@camera:8000"),
        ("rtsp://owl:h@o:t@camera/live: refused", "rtsp://owl:***@camera/live: refused"),
        ("a://b:c@d and e://f:g@h", "a://b:***@d and e://f:***@h"),
        ("stream:rtsp://owl@camera:554/live", "stream:rtsp://owl@camera:554/live"),
        ("stream:http://camera:8000/a@b:c", "stream:http://camera:8000/a@b:c"),
        ("hw:CARD=r0,DEV=0", "hw:CARD=r0,DEV=0"),
        ("usb:0d8c:0014", "usb:0d8c:0014"),
    ],
)
def test_an_address_is_shown_without_its_password(text: str, shown: str) -> None:
    assert without_password(text) == shown

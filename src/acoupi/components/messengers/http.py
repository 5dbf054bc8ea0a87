"""Messages over HTTP: one POST each."""

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator

from acoupi.components.types import Messenger
from acoupi.data import Message, Response, ResponseStatus
from acoupi.errors import HealthCheckError, ParameterError

if TYPE_CHECKING:
    import requests

__all__ = ["HTTPConfig", "HTTPMessenger", "status_of"]

WORTH_RETRYING = {408, 425, 429}
SUSPICIOUS = {401, 403, 404}
ANSWER_LIMIT_BYTES = 2000


class HTTPConfig(BaseModel):
    """Where to send messages over HTTP."""

    base_url: str = Field(description="URL that takes a POST for each message")
    content_type: str = Field(
        default="application/json", description="what the message is said to be"
    )
    timeout: float = Field(
        default=5, gt=0, description="time to wait for a connection, and for an answer (s)"
    )

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        return _checked(url)


class HTTPMessenger(Messenger):
    """POST each message to one URL.

    Every request carries the message's id as ``Idempotency-Key``, so that a
    receiver can tell a second try from a second message.

    Parameters
    ----------
    base_url
        The URL that takes the messages.
    base_params
        Query parameters of every request.
    headers
        Headers of every request, such as ``Authorization``.
    timeout
        Seconds to wait for a connection, and for an answer.
    content_type
        What the messages' content is.
    logger
        Where to log, if not to this module's logger.
    """

    def __init__(
        self,
        base_url: str,
        base_params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 5,
        content_type: str = "application/json",
        logger: logging.Logger | None = None,
    ) -> None:
        self.base_url = _checked(base_url)
        self.base_params = dict(base_params or {})
        self.headers = {
            "Content-Type": content_type,
            "Accept": "application/json",
            **(headers or {}),
        }
        self.timeout = timeout
        self.content_type = content_type
        self.logger = logger or logging.getLogger(__name__)
        self._session: tuple[int, requests.Session] | None = None

    @classmethod
    def from_config(cls, config: HTTPConfig, logger: logging.Logger | None = None) -> Self:
        """Make a messenger from its configuration."""
        return cls(
            base_url=config.base_url,
            timeout=config.timeout,
            content_type=config.content_type,
            logger=logger,
        )

    @property
    def name(self) -> str:
        """``http:HOST/PATH``, without what may be secret in the URL."""
        return f"http:{_shown(self.base_url).partition('://')[2]}"

    def send_message(self, message: Message) -> Response:
        """POST one message; what goes wrong on the network is told, never raised.

        2xx is ``SUCCESS``; 408, 425, 429 and 5xx are ``ERROR``; other 4xx are
        ``FAILED``. Redirects are not followed and are an ``ERROR``: they lose
        the message, and the usual cause is the login page of a network.
        """
        import requests

        try:
            status, text = self._post(message)
        except requests.Timeout:
            status, text = ResponseStatus.TIMEOUT, f"no answer within {self.timeout:g} s"
        except requests.RequestException as error:
            status, text = ResponseStatus.ERROR, _reason(error)
        if status != ResponseStatus.SUCCESS:
            self.logger.warning("message %s not taken by %s: %s", message.id, self.name, text)
        return Response(status=status, message=message, content=text)

    def check(self) -> None:
        """Check that somebody answers at the URL; no data is sent.

        Raises
        ------
        HealthCheckError
            If nobody does.
        """
        import requests

        try:
            with self._request("OPTIONS") as answer:
                code = answer.status_code
        except requests.RequestException as error:
            raise HealthCheckError(
                f"nobody answers at {_shown(self.base_url)}: {_reason(error)}",
                help="check the address, the network, and that the receiver is running",
            ) from error
        suspicious = code in SUSPICIOUS or code >= 500
        level = logging.WARNING if suspicious else logging.INFO
        self.logger.log(level, "%s answers %s to OPTIONS", _shown(self.base_url), code)

    def _post(self, message: Message) -> tuple[ResponseStatus, str]:
        content = message.content
        body = content.encode() if isinstance(content, str) else content
        with self._request("POST", body, {"Idempotency-Key": str(message.id)}) as answer:
            return status_of(answer.status_code), _text_of(answer)

    def _request(
        self, method: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> "requests.Response":
        return self._get_session().request(
            method,
            self.base_url,
            params=self.base_params,
            data=body,
            headers={**self.headers, **(headers or {})},
            timeout=self.timeout,
            allow_redirects=False,
            stream=True,
        )

    def _get_session(self) -> "requests.Session":
        import requests

        if self._session is None or self._session[0] != os.getpid():
            self._session = os.getpid(), requests.Session()
        return self._session[1]


def status_of(code: int) -> ResponseStatus:
    """Return what an HTTP status means for a message."""
    if 200 <= code < 300:
        return ResponseStatus.SUCCESS
    if 400 <= code < 500 and code not in WORTH_RETRYING:
        return ResponseStatus.FAILED
    return ResponseStatus.ERROR


def _text_of(answer: "requests.Response") -> str:
    """Return the status and the start of the body; a body that breaks off changes nothing."""
    import requests

    try:
        body = next(answer.iter_content(ANSWER_LIMIT_BYTES), b"")
    except requests.RequestException:
        body = b""
    text = body.decode(answer.encoding or "utf-8", errors="replace")
    return text if answer.ok and not answer.is_redirect else f"{answer.status_code} {text}".strip()


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ParameterError(
            url,
            f"{_shown(url)!r} is not a URL that takes messages",
            help="give one like https://example.org/messages",
        )
    return url


def _shown(url: str) -> str:
    """Return a URL without user, password, query and fragment."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host else parts.path


def _reason(error: Exception) -> str:
    """Return the innermost cause, without the URL that the outer ones quote."""
    while (cause := error.__context__) is not None and isinstance(cause, Exception):
        error = cause
    return str(error) or type(error).__name__

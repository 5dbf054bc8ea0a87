"""A program that records, and sends messages."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar, TypeVar

from acoupi._clock import utc_now
from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.messengers import HTTPMessenger, MQTTMessenger
from acoupi.components.optional import call_if_there
from acoupi.components.types import MessageStore, Messenger
from acoupi.data import Message, MessageType
from acoupi.devices import get_device_id
from acoupi.errors import HealthCheckError
from acoupi.programs.templates.basic import BasicProgram
from acoupi.programs.templates.configuration import MessagingProgramConfiguration
from acoupi.programs.templates.folders import make_writable
from acoupi.programs.templates.microphone_watching import measure_microphones
from acoupi.programs.templates.pulse import Pulse
from acoupi.tasks.heartbeat import generate_heartbeat_task, store_or_send
from acoupi.tasks.messaging import generate_send_messages_task

__all__ = ["MessagingProgram"]

C = TypeVar("C", bound=MessagingProgramConfiguration)


class MessagingProgram(BasicProgram[C]):
    """Records, and delivers messages by every way that is configured."""

    needs_messenger: ClassVar[bool] = False
    """Whether there is no point in running it without a way to send messages."""

    message_store: MessageStore
    messenger: Messenger | list[Messenger] | None

    def setup(self, config: C) -> None:
        """Build the components and add the tasks."""
        self.message_store = self.configure_message_store(config)
        self.messenger = self.configure_messenger(config)
        super().setup(config)
        self.pulse = Pulse(config, self.store, self.find_problems)
        self.register_messaging_task(config)
        self.register_heartbeat_task(config)

    @property
    def messengers(self) -> list[Messenger]:
        """The ways out; each delivers every message."""
        if self.messenger is None:
            return []
        return self.messenger if isinstance(self.messenger, list) else [self.messenger]

    def check(self, config: C) -> None:
        """Check the recording, and that each messenger reaches its far side."""
        super().check(config)
        if self.needs_messenger and not self.messengers:
            raise HealthCheckError(
                "no way to send messages is configured",
                help="configure messaging.http or messaging.mqtt, or both",
            )
        for messenger in self.messengers:
            call_if_there(messenger, "check")

    def notes(self, config: C) -> list[str]:
        """Tell what is kept, what is missing for it, and if nothing will be sent."""
        silent = [] if self.messengers else ["sends nothing: no messenger is configured"]
        return [*super().notes(config), *silent]

    def report_trouble(self, text: str) -> None:
        """Say in the log and by a message that something is wrong, or well again."""
        super().report_trouble(text)
        self.send_alert(text)

    def send_alert(self, text: str) -> bool:
        """Send a message about trouble; return whether it waits or was delivered."""
        alert = {"sent_on": utc_now().isoformat(), "device_id": get_device_id(), "problem": text}
        message = Message(message_type=MessageType.ALERT, content=json.dumps(alert))
        return store_or_send(message, self.message_store, self.messengers, self.logger)

    def finish_messaging(self) -> None:
        """Try once more to deliver what waits."""
        self.finish_run("send_messages_task")

    def validate_dirs(self, config: C) -> None:
        """Make the folders of the configuration, and check that they can be written."""
        super().validate_dirs(config)
        make_writable(config.messaging.messages_db.parent)

    def configure_message_store(self, config: C) -> MessageStore:
        """Choose where messages wait."""
        return SqliteMessageStore(config.messaging.messages_db)

    def configure_messenger(self, config: C) -> Messenger | list[Messenger] | None:
        """Choose the ways out: one, several or none."""
        logger = self.logger.getChild("messaging")
        messengers: list[Messenger] = []
        if config.messaging.http is not None:
            messengers.append(HTTPMessenger.from_config(config.messaging.http, logger=logger))
        if config.messaging.mqtt is not None:
            messengers.append(MQTTMessenger.from_config(config.messaging.mqtt, logger=logger))
        return messengers

    def create_messaging_task(self, config: C) -> Callable[[], None]:
        """Build the task that sends what waits."""
        return generate_send_messages_task(
            message_store=self.message_store,
            messengers=self.messengers,
            max_messages=config.messaging.max_messages,
            order=config.messaging.message_order,
            logger=self.logger.getChild("messaging"),
        )

    def create_heartbeat_task(self, config: C) -> Callable[[], None] | None:
        """Build the task that says the device is alive; None for no heartbeats."""
        if not self.messengers:
            return None
        return generate_heartbeat_task(
            messengers=self.messengers,
            metrics=[self.pulse.last_recording_age],
            logger=self.logger.getChild("heartbeat"),
            message_store=self.message_store,
            status=self.pulse.status,
            measure_more=lambda: [
                *self.pulse.last_recording_ages(),
                *measure_microphones(config),
            ],
        )

    def register_messaging_task(self, config: C) -> None:
        """Add the task that sends what waits."""
        self.add_task(
            function=self.create_messaging_task(config),
            schedule=timedelta(seconds=config.messaging.message_send_interval),
            queue="celery",
        )

    def register_heartbeat_task(self, config: C) -> None:
        """Add the task that says the device is alive."""
        heartbeat_task = self.create_heartbeat_task(config)
        if heartbeat_task is not None:
            self.add_task(
                function=heartbeat_task,
                schedule=timedelta(seconds=config.messaging.heartbeat_interval),
                queue="celery",
            )

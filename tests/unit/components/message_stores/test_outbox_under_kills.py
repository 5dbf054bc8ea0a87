"""Attempts to deliver that begin, end and are cut, under a clock that is set at will."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.message_stores.sqlite.backoff import LONGEST_WAIT_S
from acoupi.data import Message, Response, ResponseStatus

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
NUMBERS = st.integers(0, 2)
HTTP = "HTTP"


class Delivering(RuleBasedStateMachine):
    """One messenger and three messages."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self.store = SqliteMessageStore(Path(self._directory.name) / "messages.db")
        self.messages = [
            Message(content=str(number), created_on=START + dt.timedelta(seconds=number))
            for number in range(3)
        ]
        for message in self.messages:
            self.store.store_message(message)
        self.now = START
        self.delivered: set[int] = set()
        self.refused: set[int] = set()

    def teardown(self) -> None:
        self.store.close()
        self._directory.cleanup()

    def due(self) -> set[int]:
        found = self.store.get_due_messages(HTTP, self.now)
        return {self.messages.index(message) for message in found}

    @rule(number=NUMBERS)
    def be_killed_while_sending(self, number: int) -> None:
        if number in self.due():
            self.store.begin_delivery(HTTP, self.messages[number], self.now)

    @rule(number=NUMBERS, status=st.sampled_from(ResponseStatus))
    def send(self, number: int, status: ResponseStatus) -> None:
        if number not in self.due():
            return
        self.store.begin_delivery(HTTP, self.messages[number], self.now)
        response = Response(message=self.messages[number], status=status, content="so")
        self.store.store_delivery(HTTP, response, self.now)
        if status is ResponseStatus.SUCCESS:
            self.delivered.add(number)
        elif status is ResponseStatus.FAILED:
            self.refused.add(number)

    @rule()
    def store_them_again(self) -> None:
        for message in self.messages:
            self.store.store_message(message)

    @rule()
    def retry(self) -> None:
        assert self.store.retry_refused() == len(self.refused)
        self.refused.clear()

    @rule(step_s=st.sampled_from([-3e7, -3600, -5, 1, 5, 3600, 1e8]))
    def set_clock(self, step_s: float) -> None:
        self.now += dt.timedelta(seconds=step_s)

    @rule()
    def wait(self) -> None:
        """Whatever has happened, all that is neither delivered nor refused is due before long."""
        found = self.due()
        self.now += dt.timedelta(seconds=1.1 * LONGEST_WAIT_S)
        assert found | self.due() == {0, 1, 2} - self.delivered - self.refused

    @invariant()
    def what_has_ended_is_not_sent_again(self) -> None:
        assert not self.due() & (self.delivered | self.refused)

    @invariant()
    def each_message_is_accounted_for_once(self) -> None:
        tally = self.store.tally([HTTP])
        counts = (tally.n_messages, tally.n_delivered, tally.n_refused, tally.n_waiting)
        ended = len(self.delivered | self.refused)
        assert counts == (3, len(self.delivered), len(self.refused), 3 - ended)


TestDelivering = Delivering.TestCase
TestDelivering.settings = settings(max_examples=25, stateful_step_count=30)

"""When a child that died is started again."""

from dataclasses import dataclass

__all__ = ["History", "Restart", "RestartPolicy"]


@dataclass(frozen=True)
class History:
    """What is remembered of a child's earlier lives."""

    early_deaths: tuple[float, ...] = ()
    """The instants (s) of those in a row."""
    rests: int = 0
    """How often in a row it was given up."""


@dataclass(frozen=True)
class Restart:
    """What follows a death."""

    history: History
    delay_s: float
    given_up: bool = False
    """Whether the delay is a rest, of which somebody should know."""


@dataclass(frozen=True)
class RestartPolicy:
    """At once, then ever later; then a rest, and another chance.

    A child that lived for a while after it was ready and then died is started
    again at once: it was killed, or met something rare. One that keeps dying
    early has something wrong with it, which may pass: nobody is near to start
    it by hand.
    """

    first_delay_s: float = 0.2
    max_delay_s: float = 30.0
    healthy_after_s: float = 5.0
    """A life of this length makes up for the early deaths before it."""
    budget: int = 10
    """How many early deaths in a row are forgiven."""
    window_s: float = 300.0
    """Early deaths longer ago than this are forgotten."""

    first_rest_s: float = 30 * 60.0
    max_rest_s: float = 4 * 3600.0
    recovered_after_s: float = 60.0
    """A life of this length makes up for the rests before it."""
    second_budget: int = 2
    """How many early deaths in a row are forgiven after a rest."""

    def is_healthy(self, history: History, life_s: float) -> bool:
        """Tell whether a life this long makes up for what was before."""
        return life_s >= (self.recovered_after_s if history.rests else self.healthy_after_s)

    def after_death(self, history: History, life_s: float, now_s: float) -> Restart:
        """Decide what follows a death.

        Parameters
        ----------
        history
            Of the child before it.
        life_s
            How long the child had been ready; 0 if it never was.
        now_s
            The instant of its death.
        """
        if self.is_healthy(history, life_s):
            return Restart(History(), self.first_delay_s)
        earlier = (t for t in history.early_deaths if now_s - t < self.window_s)
        deaths = (*earlier, now_s)
        if len(deaths) > (self.second_budget if history.rests else self.budget):
            return self._rest(history.rests + 1)
        delay_s = min(self.first_delay_s * 2 ** (len(deaths) - 1), self.max_delay_s)
        return Restart(History(deaths, history.rests), delay_s)

    def _rest(self, rests: int) -> Restart:
        # Doubling for months would leave the range of a float.
        doublings = min(rests - 1, 20)
        delay_s = min(self.first_rest_s * 2**doublings, self.max_rest_s)
        return Restart(History((), rests), delay_s, given_up=True)

"""When a child that died is started again."""

from dataclasses import dataclass

__all__ = ["RestartPolicy"]


@dataclass(frozen=True)
class RestartPolicy:
    """At once, then ever later, and not for ever.

    A child that lived for a while after it was ready and then died is started
    again at once: it was killed, or met something rare. One that keeps dying
    early has something wrong with it.
    """

    first_delay_s: float = 0.2
    max_delay_s: float = 30.0
    healthy_after_s: float = 10.0
    """A life of this length makes up for the early deaths before it."""
    budget: int = 10
    """How many early deaths in a row are forgiven."""
    window_s: float = 300.0
    """Early deaths longer ago than this are forgotten."""

    def after_death(
        self, early_deaths: tuple[float, ...], life_s: float, now_s: float
    ) -> tuple[tuple[float, ...], float | None]:
        """Decide what follows a death.

        Parameters
        ----------
        early_deaths
            The instants of those in a row before it (s).
        life_s
            How long the child had been ready; 0 if it never was.
        now_s
            The instant of its death.

        Returns
        -------
        tuple
            The early deaths to remember, and the seconds until the next
            start; None if there should be none.
        """
        if life_s >= self.healthy_after_s:
            return (), self.first_delay_s
        recent = (*(t for t in early_deaths if now_s - t < self.window_s), now_s)
        if len(recent) > self.budget:
            return recent, None
        return recent, min(self.first_delay_s * 2 ** (len(recent) - 1), self.max_delay_s)

"""How long to wait before the next attempt."""

__all__ = ["FIRST_WAIT_S", "LONGEST_WAIT_S", "backoff_s"]

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0
JITTER = 0.1
MOST_DOUBLINGS = 20


def backoff_s(attempts: int, jitter: float = 0.0) -> float:
    """Return the wait after so many attempts: 5 s, doubling up to an hour.

    Parameters
    ----------
    attempts
        How many have failed, from 1.
    jitter
        From 0 to 1: how much of a further 10 % to wait, so that sensors that
        lost the same receiver do not all come back to it at once.

    Examples
    --------
    >>> [backoff_s(attempts) for attempts in (1, 2, 3, 30)]
    [5.0, 10.0, 20.0, 3600.0]
    >>> backoff_s(2, jitter=1)
    11.0
    """
    doublings = min(max(attempts - 1, 0), MOST_DOUBLINGS)
    return min(FIRST_WAIT_S * 2**doublings, LONGEST_WAIT_S) * (1 + JITTER * jitter)

"""What ends a task as a power cut does."""


class PowerCutError(BaseException):
    """Ends a task where no handler sees it."""

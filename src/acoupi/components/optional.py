"""What a component may have beside its interface, such as ``check``, ``recover`` or ``rest``."""

__all__ = ["call_if_there"]


def call_if_there(component: object, method: str) -> None:
    """Call what not every component has."""
    function = getattr(component, method, None)
    if callable(function):
        function()

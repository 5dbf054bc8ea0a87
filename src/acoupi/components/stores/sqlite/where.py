"""Conditions of a query, and the rows that meet them."""

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Self

from acoupi._sqlite import chunked
from acoupi.components.stores.sqlite.rows import Value, bound

__all__ = ["Where", "fetch"]


class Where:
    """Conditions that all must hold; one compared with None is left out."""

    def __init__(self) -> None:
        self._terms: list[str] = []
        self._values: list[Value] = []
        self._columns: list[str] = []
        self._lists: list[list[Value]] = []

    def holds(self, term: str, value: object) -> Self:
        """Require a comparison such as ``"score > ?"``."""
        if value is not None:
            self._terms.append(term)
            self._values.append(bound(value))
        return self

    def among(self, column: str, values: Iterable[object] | None) -> Self:
        """Require that the column holds one of these; of an empty list, none does."""
        if values is not None:
            self._columns.append(column)
            self._lists.append(list(dict.fromkeys(map(bound, values))))
        return self

    def parts(self) -> Iterator[tuple[str, list[Value]]]:
        """Split into clauses that share no row and bind few enough values, with the values."""
        for lists in itertools.product(*map(chunked, self._lists)):
            terms = [
                *self._terms,
                *(
                    f"{column} IN ({', '.join('?' * len(values))})"
                    for column, values in zip(self._columns, lists, strict=True)
                ),
            ]
            clause = f" WHERE {' AND '.join(terms)}" if terms else ""
            yield clause, [*self._values, *itertools.chain.from_iterable(lists)]


def fetch(
    connection: sqlite3.Connection, select: str, where: Where, limit: int | None = None
) -> list[sqlite3.Row]:
    """Return the rows that ``where`` lets pass, by ``instant`` and then ``ordinal``.

    ``select`` gives both columns.
    """
    at_most = -1 if limit is None else limit
    rows: list[sqlite3.Row] = []
    for clause, values in where.parts():
        query = select + clause + " ORDER BY instant, ordinal LIMIT ?"
        rows.extend(connection.execute(query, [*values, at_most]))
    rows.sort(key=lambda row: (row["instant"], row["ordinal"]))
    return rows[:limit]

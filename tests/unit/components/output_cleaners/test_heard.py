"""What is remembered for cleaners."""

import datetime as dt
import sqlite3
from contextlib import closing

from heard_species import START, Wood

from acoupi.components.output_cleaners import Heard, HeardLog
from acoupi.components.stores import SqliteStore

WREN, OWL = "wren", "owl"
LONG_AGO = START - dt.timedelta(days=9)
FOR_EVER = START + dt.timedelta(days=9)


def at(second: float, species: str = WREN) -> Heard:
    return Heard(START + dt.timedelta(seconds=second), species)


def recalled(log: HeardLog, wood: Wood, *species: str, topic: str = "t") -> list[Heard]:
    return log.recall(topic, wood.output(99, []), species, LONG_AGO, FOR_EVER)


def test_what_was_heard_is_recalled_by_species_and_in_the_order_of_time(
    log: HeardLog, wood: Wood
) -> None:
    log.remember("t", wood.output(1, []), [at(12), at(13, OWL), at(13, OWL)], LONG_AGO)
    log.remember("t", wood.output(0, []), [at(0.5)], LONG_AGO)
    assert recalled(log, wood, WREN) == [at(0.5), at(12)]
    assert recalled(log, wood, WREN, OWL) == [at(0.5), at(12), at(13, OWL), at(13, OWL)]
    assert recalled(log, wood) == recalled(log, wood, WREN, topic="other") == []


def test_both_ends_of_a_stretch_belong_to_it(log: HeardLog, wood: Wood) -> None:
    log.remember("t", wood.output(0, []), [at(second) for second in range(5)], LONG_AGO)
    ends = at(1).on, at(3).on
    assert log.recall("t", wood.output(1, []), {WREN}, *ends) == [at(1), at(2), at(3)]


def test_a_recording_does_not_recall_itself(log: HeardLog, wood: Wood) -> None:
    heard = wood.output(0, [])
    log.remember("t", heard, [at(1)], LONG_AGO)
    assert log.recall("t", heard, {WREN}, LONG_AGO, FOR_EVER) == []


def test_what_is_kept_of_a_recording_is_what_was_said_last(log: HeardLog, wood: Wood) -> None:
    heard = wood.output(0, [])
    log.remember("t", heard, [at(1), at(2)], LONG_AGO)
    log.remember("t", heard, [at(3)], LONG_AGO)
    assert recalled(log, wood, WREN) == [at(3)]
    log.remember("t", heard, [], LONG_AGO)
    assert recalled(log, wood, WREN) == []


def test_what_is_old_is_not_kept_for_a_season(store: SqliteStore, wood: Wood) -> None:
    for number in range(50):
        heard = [at(10 * number)]
        store.remember("t", wood.output(number, []), heard, at(10 * number - 30).on)
    with closing(sqlite3.connect(store.db_path)) as connection:
        assert connection.execute("SELECT count(*) FROM heard").fetchone() == (4,)


def test_it_is_there_for_who_opens_the_store_next(store: SqliteStore, wood: Wood) -> None:
    store.remember("t", wood.output(0, []), [at(1)], LONG_AGO)
    store.close()
    assert recalled(SqliteStore(store.db_path), wood, WREN) == [at(1)]


def test_more_species_are_asked_for_than_a_query_takes(log: HeardLog, wood: Wood) -> None:
    many = [at(n / 1000, f"species {n}") for n in range(2000)]
    log.remember("t", wood.output(0, []), many, LONG_AGO)
    assert recalled(log, wood, *(each.species for each in many)) == many


def test_what_was_heard_is_found_by_index(store: SqliteStore, wood: Wood) -> None:
    store.remember("t", wood.output(0, []), [at(1)], LONG_AGO)
    with closing(sqlite3.connect(store.db_path)) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT species, heard_on FROM heard WHERE topic = 't' "
            "AND model_name = 'm' AND deployment_id = x'00' AND microphone = '' "
            "AND species IN ('a', 'b') AND heard_on BETWEEN '2' AND '3' AND recording_id <> x'00'"
        ).fetchall()
    assert "species=? AND heard_on>? AND heard_on<?" in plan[0][-1]

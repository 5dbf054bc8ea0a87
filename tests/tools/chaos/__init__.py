"""Kill everything of a sensor at random, and prove from outside that nothing was lost.

Run it with ``scripts/chaos``. A seed decides what is killed when (`plan`); a
whole sensor records a tape of which no stretch sounds like another (`tape`,
`sensor`), on a computer in a box whose power can be cut, its disk keeping only
what was synchronised (`machine`, `disk`); `storm` strikes; `audit` compares
what is there at the end with the tape and with what the receiver got.
"""

"""An evaluation as it would have been with what the program knew on an earlier day.

`state` reads the rows of that day out of the change log; `scratch` is a database in memory that
holds them; `replaying` runs the unchanged checks on it; `comparing` says what came later and what
it changed.
"""

"""What workers need, imported once by the server that `workers` forks them from.

Here belongs only what is loaded there, and nothing that does anything: Polars, above all, is imported and not used, for
a fork after its threads have begun to work can hang. To import all this took each worker of each pool 0.7 s.
"""

import os

# The workers share the cores among them; Polars reads this when it is first imported.
os.environ["POLARS_MAX_THREADS"] = "1"

import pipeline.archiving.extract
import pipeline.building.readings
import pipeline.normalize.regimens
import pipeline.normalize.timepoints  # noqa: F401 - all of them are here to be imported

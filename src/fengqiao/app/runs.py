"""Which run a desk or a command means. Apart from ``keep_watch`` because asking takes no decoder and no rules."""

from fengqiao.store.database import Store
from fengqiao.store.tables import RunKind

LIVE_RUN = "live"  # one run for the life of a data folder: a restart goes on, it does not begin anew
DEMO_RUN = "demo"


def watched_run(store: Store) -> str:
    """The run that a desk or a command on this folder means: the live one, or the demonstration kept in it."""
    kept = [run.run_id for run in store.runs() if run.kind in (RunKind.LIVE, RunKind.DEMO)]
    return LIVE_RUN if not kept or LIVE_RUN in kept else kept[0]

"""A boat that is not back: by the hour she named (``declared``), or, where none was named, by what is usual for her
(``usual``). One alert a vessel for as long as she is out.

The study (§2g) names a third: that a recall's deadline passed. The rule ``gale`` tells that. A recall goes with the
warning of the wind it is for, and the hour the wind begins is the latest to be in: boats in the area rated for less
that are not sheltered are listed by name from six hours before, and are a warning from that hour on. A deadline of
another hour, or for other boats, is declared as their returns, one list in one act, and told of by ``declared``.
"""

import numpy as np

from fengqiao.model.findings import Findings
from fengqiao.rules.overdue.declared import UNSAID as UNSAID
from fengqiao.rules.overdue.declared import late
from fengqiao.rules.overdue.params import NAME as NAME
from fengqiao.rules.overdue.params import Params as Params
from fengqiao.rules.overdue.usual import outstayed
from fengqiao.rules.ports import Ports
from fengqiao.rules.tracks import age_s, reports_every_s
from fengqiao.rules.weather_here import Weather
from fengqiao.situation.picture import Picture

SCOPE = "bay"


def check(picture: Picture, params: Params) -> Findings:
    if not (picture.trips or len(picture.outings)):
        return Findings(NAME, hold_s=params.hold_s)
    lost_s = np.maximum(params.unheard_intervals * reports_every_s(picture.vessels), params.unheard_s)
    heard = age_s(picture) <= lost_s
    weather = Weather.of(picture, params.station_nm, params.station_s)
    ports = Ports.of(picture.zones_by_id)
    by_word, unheard = late(picture, params, heard, weather, ports)
    by_habit, unsure = outstayed(picture, params, heard, weather, ports)
    return Findings(NAME, (*by_word, *by_habit), frozenset(unheard | unsure), params.hold_s)

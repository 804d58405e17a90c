"""The threshold table and every other number of the collision rule, each with its source."""

from dataclasses import dataclass
from enum import StrEnum

from fengqiao import nav
from fengqiao.model.findings import Priority
from fengqiao.model.setting import setting


class Pair(StrEnum):
    """Of which sort a pair is."""

    MERCHANT_FISHING = "merchant_fishing"
    MERCHANT_MERCHANT = "merchant_merchant"
    FISHING_FISHING = "fishing_fishing"
    COMPANY = "company"  # two fishing boats that work together
    UNKNOWN = "unknown"  # a small craft that has not said what she is, and a ship or a boat: she may be fishing
    UNKNOWNS = "unknowns"  # two small craft, neither of which has said what she is: most likely two fishing boats
    OTHER = "other"  # one of the two is a small craft of another sort
    SERVICE = "service"  # a tug, pilot or rescuer and another: going alongside is her work
    GEAR = "gear"  # a merchant ship and the trawl behind a fishing boat
    NET = "net"  # a merchant ship and a line of net buoys


class Context(StrEnum):
    """Where a pair meets."""

    OPEN = "open"  # wherever nothing else is known
    FAIRWAY = "fairway"  # both are in a charted fairway or traffic lane
    HARBOUR = "harbour"  # one of the two is in a harbour or lies moored


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the threshold table: how near, how soon, how fast together, to ask for a level."""

    pair: Pair
    context: Context
    level: Priority
    dcpa_nm: float  # of gear: how far to each side of it
    tcpa_min: float
    early_min: float  # so early already if the forecast is sure (``early_probability``); no less than tcpa_min
    closing_kn_min: float
    delay_s: float
    fast_min: float  # nearer in time than this it waits for nothing
    source: str


def _rows() -> tuple[Row, ...]:
    c, w, a = Priority.CAUTION, Priority.WARNING, Priority.ALARM
    mf, mm, ff, co, un, us, ot, se, gear, net = Pair
    sea, lane, port = Context
    fifty_m = 50.0 / nav.NM_M
    study, close, group = "study §2d", "study §2d, column harbour", "study §2d, column same group"
    like_harbour = "D: boats on one ground pass at 0.2 nm all day: close quarters as in a harbour"
    strangers = f"{like_harbour}, but the 3 kn of §2d are for harbours and groups: overtaking sinks boats at 2 kn"
    lead = "study §2d; D: 20 min where the forecast is sure, for 15 min and the delay cannot give 15 min of lead (§5)"
    ships = "D: the centre watches for its boats; ships have their own VTS"
    lanes = "D: ships follow each other along a lane at 0.2 nm"
    doubt = "D: may be a boat: between the lines of ships and of small craft"
    boats = (
        "as two fishing boats: §0.2, 72 % of Zhoushan's collisions; D: small craft that say nothing are mostly these"
    )
    trawl = "Ningbo MSA (study §2c): half a mile to each side of a trawler; D: 15 min"
    nets = "study §2c: buffer of a line of buoys; D: 15 min, and property, not life: it never outranks two hulls"
    return (
        Row(mf, sea, c, 1.0, 25.0, 25.0, 0.0, 30.0, 6.0, study),
        Row(mf, sea, w, 0.5, 15.0, 20.0, 0.0, 30.0, 6.0, lead),
        Row(mf, sea, a, 0.2, 8.0, 8.0, 0.0, 30.0, 6.0, study),
        Row(mf, lane, c, 0.5, 15.0, 15.0, 0.0, 20.0, 6.0, study),
        Row(mf, lane, w, 0.3, 10.0, 10.0, 0.0, 20.0, 6.0, study),
        Row(mf, lane, a, 0.15, 6.0, 6.0, 0.0, 20.0, 6.0, study),
        *(Row(pair, port, w, 0.1, 5.0, 5.0, 3.0, 20.0, 0.0, close) for pair in (mf, mm, ff, un, us, ot, se)),
        *(Row(pair, port, a, 0.05, 3.0, 3.0, 3.0, 20.0, 6.0, close) for pair in (mf, mm, ff, un, us, ot, se)),
        Row(mm, sea, w, 0.3, 10.0, 10.0, 3.0, 30.0, 0.0, ships),
        Row(mm, sea, a, 0.1, 5.0, 5.0, 1.0, 30.0, 6.0, ships),
        Row(mm, lane, w, 0.1, 6.0, 6.0, 3.0, 20.0, 0.0, lanes),
        Row(mm, lane, a, 0.05, 4.0, 4.0, 3.0, 20.0, 6.0, lanes),
        Row(gear, sea, w, 0.5, 15.0, 15.0, 0.0, 30.0, 6.0, trawl),
        Row(net, sea, c, 0.25, 15.0, 15.0, 0.0, 30.0, 0.0, nets),
        Row(un, sea, w, 0.2, 10.0, 10.0, 1.0, 30.0, 0.0, doubt),
        Row(un, sea, a, 0.1, 5.0, 5.0, 1.0, 30.0, 6.0, doubt),
        Row(un, lane, w, 0.1, 5.0, 5.0, 3.0, 20.0, 0.0, like_harbour),
        Row(un, lane, a, 0.05, 3.0, 3.0, 3.0, 20.0, 6.0, like_harbour),
        Row(ff, sea, w, 0.1, 5.0, 8.0, 1.0, 30.0, 0.0, f"{strangers}; 8 min where the forecast is sure"),
        Row(ff, sea, a, 0.05, 3.0, 3.0, 1.0, 30.0, 6.0, strangers),
        Row(ff, lane, w, 0.1, 5.0, 5.0, 3.0, 20.0, 0.0, like_harbour),
        Row(ff, lane, a, 0.05, 3.0, 3.0, 3.0, 20.0, 6.0, like_harbour),
        Row(us, sea, w, 0.1, 5.0, 8.0, 1.0, 30.0, 0.0, boats),
        Row(us, sea, a, 0.05, 3.0, 3.0, 1.0, 30.0, 6.0, boats),
        Row(us, lane, w, 0.1, 5.0, 5.0, 3.0, 20.0, 0.0, boats),
        Row(us, lane, a, 0.05, 3.0, 3.0, 3.0, 20.0, 6.0, boats),
        *(Row(ot, where, w, 0.1, 5.0, 5.0, 3.0, 30.0, 0.0, like_harbour) for where in (sea, lane)),
        *(Row(ot, where, a, 0.05, 3.0, 3.0, 3.0, 30.0, 6.0, like_harbour) for where in (sea, lane)),
        *(Row(se, where, w, 0.1, 5.0, 5.0, 3.0, 30.0, 0.0, like_harbour) for where in (sea, lane)),
        *(Row(se, where, a, 0.05, 3.0, 3.0, 3.0, 30.0, 6.0, like_harbour) for where in (sea, lane)),
        *(Row(co, where, w, 0.1, 5.0, 5.0, 3.0, 30.0, 0.0, group) for where in Context),
        *(Row(co, where, a, fifty_m, 3.0, 3.0, 1.0, 30.0, 6.0, f"{group}; D: 1 kn is no drift") for where in Context),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    rows: tuple[Row, ...] = setting(
        _rows(),
        "",
        "study §2d",
        key=("pair", "context", "level"),
        falling=("dcpa_nm", "tcpa_min", "early_min"),
        within=(("tcpa_min", "early_min"),),
    )
    radius_nm: float = setting(
        12.0, "nm", "study §2a: the plane errs by 10 m (p95) so far out; 25 min at 29 kn together", at_most=13.0
    )
    turn_deg_min_min: float = setting(5.0, "deg/min", "study §2a: a slower turn is noise of the sensor")
    turn_s_max: float = setting(60.0, "s", "study §2a: nobody turns on at one rate for longer")
    motion_kn_min: float = setting(0.5, "kn", "study §2d, where stopped ends: slower is drifting and its course noise")
    hold_factor: float = setting(
        1.5, "", "study §2d clear: of DCPA and TCPA, to keep a level once raised", at_least=1.0
    )
    passed_s: float = setting(60.0, "s", "study §2d: TCPA this far behind is past and clear")
    hold_s: float = setting(180.0, "s", "study §2d: gone so long before the alert resolves")
    set_probability: float = setting(0.5, "", "study §2a: P(miss < DCPA limit) to ask for a level", at_most=1.0)
    early_probability: float = setting(
        0.7,
        "",
        "D: more than ignorance alone can give (0.68): a first warning rests on knowledge",
        at_least="set_probability",
        at_most=1.0,
    )
    hold_probability: float = setting(0.2, "", "study §2a: and to keep it", at_most="set_probability")
    fresh_reports: int = setting(
        2, "", "study §2d: from each vessel before anything is raised that can wait", at_least=1
    )
    position_accurate_m: float = setting(10.0, "m", "ITU-R M.1371: standard error with the accuracy flag")
    position_m: float = setting(30.0, "m", "study §2a: and without")
    sog_error_kn: float = setting(0.2, "kn", "study §2a")
    cog_error_deg_min: float = setting(1.0, "deg", "study §2a table: a merchant ship on autopilot")
    cog_error_deg: float = setting(
        5.0, "deg", "study §2a table: a boat at work whose ring holds too few courses to tell"
    )
    cog_error_deg_max: float = setting(45.0, "deg", "D: beyond, the mean course itself means nothing")
    cog_fixes: int = setting(5, "", "study §2a: the last courses that the error is taken from", at_least=3, at_most=32)
    cog_window_s: float = setting(300.0, "s", "D: older courses speak of another manoeuvre")
    unseen_turn_m_s2: float = setting(0.02, "m/s²", "study §2a: acceleration nobody has reported yet, error ½·0.02·Δ²")
    unseen_m_max: float = setting(741.0, "m", "study §2a: 8 kn for 180 s, a start hidden by the slow report rate")
    head_on_deg: float = setting(
        10.0, "deg", "study §2b: off reciprocal courses and off either bow; practice varies to 22.5"
    )
    passing_deg: float = setting(
        22.5, "deg", "study §2b: the widest head-on in use: farther off the bow, both on one side"
    )
    abaft_deg: float = setting(112.5, "deg", "COLREG 13(b): 22.5 degrees abaft the beam")
    overtaking_doubt_deg: float = setting(2.0, "deg", "COLREG 13(c): in doubt she overtakes; D: yaw of a ship")
    company_range_nm_min: float = setting(0.05, "nm", "study §2d company", at_most="company_range_nm_max")
    company_range_nm_max: float = setting(1.0, "nm", "study §2d company")
    company_turn_deg: float = setting(20.0, "deg", "study §2d company")
    company_speed_kn: float = setting(1.0, "kn", "study §2d company")
    company_kn_min: float = setting(2.0, "kn", "study §2d company", at_most="company_kn_max")
    company_kn_max: float = setting(6.0, "kn", "study §2d company: who steams faster does not work")
    company_minutes: int = setting(15, "min", "D: what the ring surely holds", at_most=15)
    company_minutes_min: int = setting(10, "min", "D: minutes of which both are known", at_most="company_minutes")
    company_share: float = setting(0.7, "", "D: of these, in company; hauling and turning take the rest", at_most=1.0)
    close_nm: float = setting(
        0.1, "nm", "issue 5: moving vessels as near as this are told or accounted for", at_most=1.0
    )
    raft_m: float = setting(50.0, "m", "study §2d: rafted vessels")
    raft_kn: float = setting(0.5, "kn", "study §2d: rafted vessels")
    raft_minutes: int = setting(10, "min", "study §2d: rafted vessels", at_most=15)
    raft_share: float = setting(0.8, "", "D: of these minutes both must be known: who lies reports every three minutes")
    crowd_vessels: int = setting(
        20, "", "Global Fishing Watch (study §1.4): an anchorage is where 20 vessels have lain", at_least=5
    )
    crowd_m: float = setting(500.0, "m", "and within half a kilometre; D: of those that lie there now", at_most=1_000.0)
    crowd_kn_max: float = setting(10.0, "kn", "D: nobody enters a harbour at ten knots; who does runs into a fleet")
    gear_astern_nm: float = setting(1.0, "nm", "Ningbo MSA (study §2c): keep a mile astern of a trawler")
    gear_side_nm: float = setting(0.5, "nm", "Ningbo MSA (study §2c): and half a mile to each side")
    gear_ahead_nm: float = setting(0.3, "nm", "study §2c: ahead of a boat that tows alone")
    tow_kn_min: float = setting(1.9, "kn", "study §2e: any trawl, 1.94 kn at night", at_most="tow_kn_max")
    tow_kn_max: float = setting(5.6, "kn", "study §2e: any trawl, 5.64 kn by day")
    net_chain_nm: float = setting(1.0, "nm", "study §2f: buoys as near as this mark one net line", at_most=1.0)

"""What a centre may tune of the life of alerts, each number with its source."""

from dataclasses import dataclass

from fengqiao.model.setting import setting


@dataclass(frozen=True, slots=True)
class Params:
    silence_s: float = setting(30.0, "s", "IMO MSC.302(87) 7.3.5: the sound restarts after 30 s", at_most=30.0)
    # The study names two times for a warning (safety-watch §2d: 5 min, desk: 2 min), neither from a standard. Most
    # warnings at sea are over within 5 min or worsen by their own facts; at 2 min they would fill the alarm band.
    warning_unanswered_s: float = setting(
        300.0, "s", "safety-watch §2d, unverified; desk study: 120; IMO 6.2.2", at_least=30.0
    )
    alarm_unanswered_s: float = setting(
        120.0, "s", "safety-watch §2d: alarm to the shift leader after 2 min", at_least=30.0
    )
    shelf_min_max: int = setting(60, "min", "safety-watch §2d, after OpenCPN #4872", at_least=1, at_most=60)
    out_of_service_min_max: int = setting(1440, "min", "D: a day; what is broken longer is looked at again", at_least=1)
    reraise_guard_s: float = setting(600.0, "s", "safety-watch §2d: inside 10 min back only on a higher level")
    asking_keep_s: float = setting(600.0, "s", "D: a rule silent for 10 min no longer vouches for what it asked")
    closer_factor: float = setting(
        0.5, "", "safety-watch §2d: acknowledged until the closest distance halves", at_most=1.0
    )
    closer_from_nm: float = setting(0.05, "nm", "D: below 90 m half of it is within the error of two positions")
    flood_window_s: float = setting(600.0, "s", "ISA-18.2, EEMUA 191: alarms are counted by ten minutes")
    flood_raised_max: int = setting(10, "", "ISA-18.2, EEMUA 191: more than 10 in a window are a flood", at_least=1)
    fold_alerts_min: int = setting(2, "", "D: one alert is no shorter when folded", at_least=2)
    listed_max: int = setting(
        10_000,
        "",
        "D: far beyond what a seat can read; a flood must not grow our memory",
        at_least=100,
        at_most=100_000,
    )
    note_chars_max: int = setting(
        500, "", "D: half a page; longer text belongs in the duty log", at_least=20, at_most=10_000
    )
    name_chars_max: int = setting(64, "", "D: a person or a seat", at_least=8, at_most=1_000)

"""Positions as people say them: one form out, many forms in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.model.errors import UsageFault
from fengqiao.nav import parse_position, say_position

# Forms met in real notices, charts and on the telephone, with the position they mean (lon, lat).
READ = [
    ("122.305,30.208", 122.305, 30.208),
    ("30.208 122.305", 122.305, 30.208),
    ("30.208, 122.305", 122.305, 30.208),
    ("30.208°N 122.305°E", 122.305, 30.208),
    ("30°02′16″N/122°21′22″E", 122 + 21 / 60 + 22 / 3600, 30 + 2 / 60 + 16 / 3600),
    ("30°0051″N/122°2114″E", 122 + 21 / 60 + 14 / 3600, 30 + 51 / 3600),  # a notice that lost its minute marks
    ("28-55.75N 121-55.3E", 121 + 55.3 / 60, 28 + 55.75 / 60),
    ("28-55.75N121-55.3E", 121 + 55.3 / 60, 28 + 55.75 / 60),
    ("27-20N/120-45E", 120.75, 27 + 20 / 60),
    ("30-38-24N 123-03-01E", 123 + 3 / 60 + 1 / 3600, 30 + 38 / 60 + 24 / 3600),
    ("28 55.75N 121 55.3E", 121 + 55.3 / 60, 28 + 55.75 / 60),
    ("(东经123°03′1.367″,北纬30°38′24.180″)", 123 + 3 / 60 + 1.367 / 3600, 30 + 38 / 60 + 24.18 / 3600),
    ("东经123度51分、北纬32度37分", 123.85, 32 + 37 / 60),
    ("北纬30度12.5分 东经122度18.3分", 122.305, 30 + 12.5 / 60),
    ("北纬３０度１２．５分，东经１２２度１８．３分", 122.305, 30 + 12.5 / 60),
    ("北纬三十度四十四分、东经一百二十三度二十五分", 123 + 25 / 60, 30 + 44 / 60),
    ("北纬三十度十二点五分，东经一百零二度零八分", 102 + 8 / 60, 30 + 12.5 / 60),
    ("N30°12.5′ E122°18.3′", 122.305, 30 + 12.5 / 60),
    ("E122°18.3' N30°12.5'", 122.305, 30 + 12.5 / 60),
    ("30º12.5’n 122º18.3’e", 122.305, 30 + 12.5 / 60),
    ("30°12'30''N 122°18'18''E", 122.305, 30 + 12.5 / 60),
    ("30°12.5′ 122°18.3′", 122.305, 30 + 12.5 / 60),
    ("34°10.0′S 018°25.0′W", -(18 + 25 / 60), -(34 + 10 / 60)),
]


@pytest.mark.parametrize(("text", "lon", "lat"), READ)
def test_reads_what_notices_and_officers_write(text: str, lon: float, lat: float) -> None:
    """Every form means one position, to a tenth of a metre."""
    assert parse_position(text) == pytest.approx((lon, lat), abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "沈家门",
        "30°60.0′N 122°18.3′E",  # minutes of 60 do not exist
        "30°12′75″N 122°18′18″E",
        "28-95.75N 121-55.3E",
        "30.5°12′N 122°18′E",  # decimals belong to the last field
        "30°12.5′N 122°18.3′N",  # two latitudes
        "91°00.0′N 122°18.3′E",
        "30°00.0′N 181°00.0′E",
        "30.2 31.4",  # neither can be a longitude here
        "12.5 -70.1",
        "30 12.5 122 18.3",  # four numbers without a hemisphere: nobody can be sure
        "北纬三十度 东经百点五点度",
        "1857",
        "nan,nan",
        "30.208 122.305 " + "0" * 200,
    ],
)
def test_refuses_what_cannot_be_a_position(text: str) -> None:
    """A doubtful position is refused with an example of a good one, never guessed."""
    with pytest.raises(UsageFault) as refusal:
        parse_position(text)
    assert refusal.value.message == "error.position_unread"
    assert parse_position(refusal.value.facts["example"])


def test_says_degrees_and_decimal_minutes() -> None:
    """One form on every screen; rounding carries into the degree."""
    assert say_position(122.305, 30 + 12.5 / 60) == "30°12.5′N 122°18.3′E"
    assert say_position(121.999999, 29.999999) == "30°00.0′N 122°00.0′E"
    assert say_position(-5.5, -0.25) == "00°15.0′S 005°30.0′W"


@settings(max_examples=300, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_what_is_said_is_read_back(lon: float, lat: float) -> None:
    """Reading a said position gives it back to half of its last digit."""
    lon_back, lat_back = parse_position(say_position(lon, lat))
    assert (lon_back, lat_back) == pytest.approx((lon, lat), abs=0.05 / 60 + 1e-9)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.-°′″'\" NSEW北纬东经度分秒十百点零一,/()", max_size=60))
def test_noise_is_read_or_refused(text: str) -> None:
    """Whatever is typed ends in a position on the globe or in the one refusal."""
    try:
        lon, lat = parse_position(text)
    except UsageFault as refusal:
        assert refusal.message == "error.position_unread"
    else:
        assert abs(lon) <= 180
        assert abs(lat) <= 90

"""Faults of the headers that Slipway reads: the date and the quota."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

from tests.faults.effects import FEW_LEFT, FINE, NO_DATE, STRANGE, Fault
from tests.faults.plays import headers, kept
from tests.faults.server import Good, Play


def dated(*hours: float, form: str = "%a, %d %b %Y %H:%M:%S GMT") -> Play:
    """Send the date of the good answer, later by so many hours, in a form. Several numbers give several headers."""

    def make(good: Good) -> bytes:
        date = parsedate_to_datetime(good.headers["Date"])
        texts = [(date + timedelta(hours=one)).strftime(form) for one in hours]
        return good.bytes(Date="\r\nDate: ".join(texts))

    return kept(make)


CLOCKS: dict[str, Fault] = {
    "no date": Fault(headers(Date=None), NO_DATE),
    "a date of nonsense": Fault(headers(Date="\xffyesterday"), NO_DATE),
    "a date of the year 1": Fault(headers(Date="Mon, 01 Jan 0001 00:00:00 GMT"), STRANGE),
    "a date of the year 9999": Fault(headers(Date="Fri, 31 Dec 9999 23:59:59 GMT"), NO_DATE),
    "a date of tomorrow": Fault(dated(24), STRANGE),
    "a date of yesterday": Fault(dated(-24), STRANGE),
    "the date twice": Fault(dated(0, 0), FINE),
    "two dates": Fault(dated(0, 24), STRANGE),
    "a date as in RFC 850": Fault(dated(0, form="%A, %d-%b-%y %H:%M:%S GMT"), FINE),
    "a date as C writes it": Fault(dated(0, form="%a %b %e %H:%M:%S %Y"), FINE),
    "a date in a zone": Fault(headers(Date="Thu, 01 Jan 2026 00:00:00 +9959"), NO_DATE),
    "a quota of nonsense": Fault(headers(X_Rate_Limit="-1", X_Rate_Limit_Remaining="\xff"), FINE),
    "a quota of 10^400": Fault(headers(X_Rate_Limit="9" * 400, X_Rate_Limit_Remaining="9" * 400), FINE),
    "no quota left": Fault(headers(X_Rate_Limit="100", X_Rate_Limit_Remaining="0"), FEW_LEFT),
}

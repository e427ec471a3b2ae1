"""What is reported, where it comes from, and how it is added up."""
import datetime
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections import namedtuple

Line = namedtuple("Line", "item count cents total")
Report = namedtuple("Report", "date lines count total")


class BadOrder(Exception):
    """What the caller wants is not clear."""


class NoFigures(Exception):
    """The other function did not give what the report is made of."""


def order_in(body):
    """`{}`, `{"date": "2026-03-01"}` or `{"date": …, "sales": […]}`. Without a date it is yesterday, the last day that is complete."""
    try:
        order = json.loads(body or b"{}")
    except ValueError as error:
        raise BadOrder("the body is not JSON: %s" % error)
    if not isinstance(order, dict):
        raise BadOrder("the body is not a JSON object")
    yesterday = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
    try:
        date = datetime.date.fromisoformat(order.get("date", yesterday.isoformat()))
        return {**order, "date": date.isoformat()}
    except (TypeError, ValueError):
        raise BadOrder("date is not a day such as 2026-03-01")


def fetched(date):
    """Asks another function, through the gateway: the grant `functions` in stack.yaml opens this way and no other."""
    url = os.environ["source"] + "?" + urllib.parse.urlencode({"date": date})
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["sales"]
    except urllib.error.HTTPError as error:
        raise NoFigures("%s answered %d: %s" % (url, error.code, error.read(500).decode("utf-8", "replace")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoFigures("%s: %s" % (url, error))


def report_of(date, rows):
    """Money is counted in cents: sums of fractions such as 0.1 would not be exact."""
    if not isinstance(rows, list):
        raise BadOrder("sales is not a list")
    lines = [line_of(row) for row in rows]
    # In an order of their own, so that the order they came in makes no difference.
    lines = sorted(line for line in lines if line.count > 0)
    return Report(date, lines, sum(line.count for line in lines), sum(line.total for line in lines))


def line_of(row):
    try:
        item, count, cents = row["item"], row["count"], row["cents"]
    except (KeyError, TypeError):
        raise BadOrder("each of the sales has item, count and cents")
    if type(item) is not str or type(count) is not int or type(cents) is not int or count < 0:
        raise BadOrder("item is a text, count and cents are whole numbers")
    # In one line, whatever blanks and line ends are in it: else a name could look like a row of its own.
    return Line(" ".join(item.split()), count, cents, count * cents)

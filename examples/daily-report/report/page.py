"""The report as text and as HTML. Nothing in it says when it was made: that would make each one another."""
from html import escape


def money(cents):
    sign = "-" if cents < 0 else ""
    return "%s%d.%02d" % (sign, abs(cents) // 100, abs(cents) % 100)


def text(report):
    rows = [(line.item, str(line.count), money(line.cents), money(line.total)) for line in report.lines]
    rows.append(("Total", str(report.count), "", money(report.total)))
    item, count, price, total = (max(len(row[column]) for row in rows) for column in range(4))
    lines = [f"{row[0]:<{item}}  {row[1]:>{count}}  {row[2]:>{price}}  {row[3]:>{total}}" for row in rows]
    return "Sales of %s\n\n%s\n" % (report.date, "\n".join(lines))


def html(report):
    # Names come from elsewhere, so they are escaped: a `<` in one must not become part of the page.
    rows = "".join(
        f"<tr><td>{escape(line.item)}</td><td>{line.count}</td><td>{money(line.cents)}</td><td>{money(line.total)}</td></tr>\n"
        for line in report.lines
    )
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sales of {report.date}</title>
<h1>Sales of {report.date}</h1>
<table>
<tr><th>Item</th><th>Count</th><th>Price</th><th>Total</th></tr>
{rows}<tr><th>Total</th><th>{report.count}</th><th></th><th>{money(report.total)}</th></tr>
</table>
</html>
"""


STYLES = {"text": ("text/plain; charset=utf-8", text), "html": ("text/html; charset=utf-8", html)}

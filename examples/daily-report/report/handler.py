import hashlib
import json

import figures
import page


def handle(event, context):
    """The report of one day. The same day and the same figures make the same report, byte for byte, so calling again does no harm."""
    try:
        order = figures.order_in(event.body)
        style = event.query.get("format", "text")
        if style not in page.STYLES:
            raise figures.BadOrder("format is one of: " + ", ".join(page.STYLES))
        rows = order["sales"] if "sales" in order else figures.fetched(order["date"])
        report = figures.report_of(order["date"], rows)
    except figures.BadOrder as error:
        return problem(400, str(error))
    except figures.NoFigures as error:
        print("no report:", error)
        return problem(502, str(error))
    content_type, write = page.STYLES[style]
    text = write(report)
    # Whoever stores or sends reports sees by the tag that he has this one already.
    tag = '"%s"' % hashlib.sha256(text.encode()).hexdigest()[:16]
    print("report of %s: %d items, %s" % (report.date, len(report.lines), tag))
    return {"statusCode": 200, "headers": {"Content-Type": content_type, "ETag": tag}, "body": text}


def problem(status, message):
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps({"error": message}) + "\n"}

#!/usr/bin/env python3
"""A second calculator of fees, written from the rules in words, for comparison with the first.

Reads {"tables": [table, ...], "cases": [case, ...]} from standard input and writes one answer per
case as a JSON list. A case names its table by position and asks one of:

  {"table": 0, "ask": "fee", "amount": 20000000}
  {"table": 0, "ask": "difference", "old": 20000000, "new": 18000000}
  {"table": 0, "ask": "refund", "paid": 30000, "from": "2026-07-01", "until": "2027-03-31", "on": "2026-12-31"}

The rules:

* flat: the whole amount at the rate of the bracket it lies in (more than `over`, up to `up_to`);
  marginal: each part of the amount at the rate of the bracket that part lies in. Rates are parts of
  a million. The fixed fee of the bracket the amount lies in is added once.
* Parts of a yen go once, at the end: down, or half up. Then the minimum holds.
* Tax, where the table has one, is a part of the fee, rounded down.
* A change costs the new fee less the old one.
* 解約 gives back nothing; or the whole before the first day of the period; or the share of the days
  that are left after the day itself, out of all days, both ends counted, rounded down.

An answer: {"amount", "tax", "total", "lines": [[name, figure], ...]}, figures as text.
"""
import datetime, json, math, sys
from fractions import Fraction

MILLION = 1_000_000


def text(value):
    """A fraction whose denominator divides a million, as a decimal without needless zeros."""
    value = Fraction(value)
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value, 1)
    digits = str(int(rest * MILLION)).rjust(6, "0").rstrip("0")
    return sign + str(int(whole)) + ("." + digits if digits else "")


def round_once(value, how):
    return math.floor(value) if how == "floor" else math.floor(value + Fraction(1, 2))


def tax_on(table, fee):
    return math.floor(Fraction(fee * table.get("tax_ppm", 0), MILLION))


def fee(table, amount):
    lines = [("base", amount)]
    if amount == 0:
        return 0, 0, lines
    reached = [b for b in table["brackets"] if amount > b["over"]]
    home = reached[-1]
    terms = []
    if table["mode"] == "flat":
        portions = [(home, amount)]
    else:
        ends = [b["over"] for b in reached[1:]] + [amount]
        portions = [(b, end - b["over"]) for b, end in zip(reached, ends)]
    for bracket, portion in portions:
        part = Fraction(portion) * Fraction(bracket["rate_ppm"], MILLION)
        terms.append(part)
        lines += [("bracket", portion), ("rate", bracket["rate_ppm"]), ("product", part)]
    if home.get("base_fee", 0):
        terms.append(Fraction(home["base_fee"]))
        lines.append(("fixed", home["base_fee"]))
    total = sum(terms)
    if len(terms) > 1:
        lines.append(("sum", total))
    charged = round_once(total, table["rounding"])
    lines.append(("rounding", charged))
    if table.get("minimum", 0):
        charged = max(charged, table["minimum"])
        lines.append(("minimum", charged))
    tax = tax_on(table, charged)
    if table.get("tax_ppm", 0):
        lines.append(("tax", tax))
    return charged, tax, lines


def difference(table, old, new):
    (was, was_tax, before), (now, now_tax, after) = fee(table, old), fee(table, new)
    lines = [("side", "new"), *after, ("side", "old"), *before, ("difference", now - was)]
    if table.get("tax_ppm", 0):
        lines.append(("tax_difference", now_tax - was_tax))
    return now - was, now_tax - was_tax, lines


def refund(table, paid, start, end, on):
    start, end, on = (datetime.date.fromisoformat(day) for day in (start, end, on))
    policy = table["refund"]
    lines = [("paid", paid), ("policy", policy)]
    back = 0
    if policy == "full_until_start" and on < start:
        back = paid
    if policy == "pro_rata_days":
        days = [start + datetime.timedelta(n) for n in range((end - start).days + 1)]
        left = sum(1 for day in days if day > on)
        back = math.floor(Fraction(paid * left, len(days)))
        lines += [("days", f"{left}/{len(days)}"), ("share", back)]
    lines.append(("refund", back))
    tax = tax_on(table, back)
    if table.get("tax_ppm", 0):
        lines.append(("refund_tax", tax))
    return back, tax, lines


def answer(tables, case):
    table = tables[case["table"]]
    if case["ask"] == "fee":
        amount, tax, lines = fee(table, case["amount"])
    elif case["ask"] == "difference":
        amount, tax, lines = difference(table, case["old"], case["new"])
    else:
        amount, tax, lines = refund(table, case["paid"], case["from"], case["until"], case["on"])
    shown = [[name, figure if isinstance(figure, str) else text(figure)] for name, figure in lines]
    return {"amount": amount, "tax": tax, "total": amount + tax, "lines": shown}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump([answer(asked["tables"], case) for case in asked["cases"]], sys.stdout)

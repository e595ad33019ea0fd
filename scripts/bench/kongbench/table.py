"""The table that is printed: one line per row of the budget, with ship and aim."""
import json
import os

ROWS = []


def number(value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def row(name, value, unit="", ship=None, aim=None, higher=False, note=""):
    """One figure; `higher` says that more is better. Without a budget it is shown as information."""
    def within(bar):
        return value >= bar if higher else value <= bar
    if value is None or ship is None:
        verdict = ""
    else:
        verdict = "aim" if within(aim if aim is not None else ship) else "ship" if within(ship) else "MISS"
    ROWS.append({"name": name, "value": value, "unit": unit, "ship": ship, "aim": aim, "verdict": verdict, "note": note})
    show(ROWS[-1])


def skipped(name, why):
    ROWS.append({"name": name, "value": None, "unit": "", "ship": None, "aim": None, "verdict": "skipped", "note": why})
    show(ROWS[-1])


def show(r, width=62):
    print(f"{r['name']:<{width}} {number(r['value']):>10} {r['unit']:<6} {number(r['ship']):>7} {number(r['aim']):>7}"
          f"  {r['verdict']:<7} {r['note']}".rstrip(), flush=True)


def heading():
    print(f"{'figure':<62} {'measured':>10} {'':<6} {'ship':>7} {'aim':>7}  {'result':<7} note", flush=True)


def finish():
    """The whole table once more, in one piece; also as JSON if BENCH_JSON names a file."""
    print("\n== benchmark results")
    heading()
    for r in ROWS:
        show(r)
    missed = [r["name"] for r in ROWS if r["verdict"] == "MISS"]
    print(f"\n{len(ROWS)} rows, {len(missed)} below ship" + (": " + "; ".join(missed) if missed else ""))
    if target := os.environ.get("BENCH_JSON"):
        with open(target, "w", encoding="utf-8") as file:
            json.dump(ROWS, file, indent=1)

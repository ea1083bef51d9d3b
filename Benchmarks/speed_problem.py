#!/usr/bin/env python3
"""Makes the planning problems that speed is measured on: one bank over quarter-hours, half of the days with rigs in
mid-dwell, smooth or rough renewables, some negative prices, rig-hours loose or binding.

    speed_problem.py SEED [--slots N] [--rigs N] [--scenarios N] [--banks N]      prints one problem
"""
import argparse
import datetime
import json
import math
import random

PRICES = [8.2, 7.8, 7.4, 7.1, 7.3, 8.5, 11.2, 14.7, 16.3, 15.8, 14.1, 13.2, 12.9, 13.1, 13.8, 14.5, 16.0, 18.7, 19.4,
          17.3, 15.1, 13.2, 11.0, 9.3]


def problem(seed, slots=96, rigs=40, scenarios=1, banks=1, perturb=0.0, shift=0):
    """`shift` drops that many slots from the front and adds as many at the end; `perturb` disturbs renewables."""
    r = random.Random(seed)
    start = datetime.datetime(2025, 3, 10, tzinfo=datetime.timezone.utc)
    total = slots + shift
    power = rigs * 3.25 * (1 if banks == 1 else 0.8)
    peak, rough = power * r.uniform(0.3, 1.2), r.choice([0.03, 0.35])
    wind, drift = power * r.uniform(0, 0.4), r.uniform(0, 6.28)
    negative = r.random() < 0.3
    noise = [r.gauss(0, 1) for _ in range(total + 1)]
    level = [r.gauss(0, 0.8) for _ in range(total // 96 + 2)]
    members = [(r.uniform(0.7, 1.3), r.uniform(-1, 1)) for _ in range(scenarios)]
    disturbed = random.Random(seed * 1000 + shift + 1)
    made = []
    for t in range(total):
        hour = t / 4 % 24
        sun = max(0.0, math.sin((hour - 6) / 12 * math.pi)) if 6 < hour < 18 else 0.0
        base = peak * sun * (1 + rough * noise[t]) + wind * (1 + math.sin(hour / 24 * 6.28 + drift)) / 2 \
            * (1 + rough * noise[t + 1])
        base = max(0.0, base * (1 + perturb * disturbed.gauss(0, 1)))
        price = PRICES[int(hour)] + level[t // 96]
        if negative and 11 <= hour < 14:
            price -= 18
        each = [round(max(0.0, base * f + g * power * 0.03), 3) for f, g in members]
        made.append({
            "start": (start + datetime.timedelta(minutes=15 * t)).isoformat(), "minutes": 15,
            "import_price": round(price, 3), "export_price": 4, "carbon_g_per_kwh": 470,
            "renewable_kw": each if scenarios > 1 else round(base, 3), "import_cap_kw": power * 0.4})
    made = made[shift:]
    least = r.choice([0.05, 0.25, 0.45]) * rigs * 24
    running = r.random() < 0.5
    start_cost = r.choice([0, 20])
    made_banks = []
    for b in range(banks):
        count = rigs if banks == 1 else max(1, rigs // banks)
        made_banks.append({
            "name": f"bank{b}", "rigs": count, "rig_kw": 3.25 if banks == 1 else round(r.uniform(2.0, 3.6), 2),
            "minimum_on_minutes": 60, "minimum_off_minutes": 30, "start_cost": start_cost,
            "running_for_minutes": [r.randint(0, 90) for _ in range(count // 3)] if running else [],
            "stopped_for_minutes": [r.randint(0, 29) for _ in range(count // 8)] if running else []})
    limits = []
    for first in range(0, slots, 96):
        length = min(96, slots - first)
        limits.append({
            "start": made[first]["start"],
            "end": (datetime.datetime.fromisoformat(made[first]["start"])
                    + datetime.timedelta(minutes=15 * length)).isoformat(),
            "minimum": round(least * length / 96, 1), "maximum": round(0.8 * rigs * 24 * length / 96, 1)})
    return {
        "format": "rigshift-plan-problem/1", "currency": "JPY", "slots": made,
        "scenario_weights": [1 / scenarios] * scenarios, "banks": made_banks, "rig_hour_limits": limits,
        "limits": {"curtailable": True, "soft": False},
        "weights": {"carbon_price_per_kg": 5, "renewable_bonus_per_kwh": 8},
        "solver": {"integral": True, "relative_gap": 0.001, "time_limit_s": 60}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--slots", type=int, default=96)
    parser.add_argument("--rigs", type=int, default=40)
    parser.add_argument("--scenarios", type=int, default=1)
    parser.add_argument("--banks", type=int, default=1)
    print(json.dumps(problem(**vars(parser.parse_args()))))

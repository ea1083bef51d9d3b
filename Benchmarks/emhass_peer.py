#!/usr/bin/env python3
"""EMHASS as a peer of the planning benchmarks: its own `Optimization`, each rig a deferrable load of its own with the
minimum times of its bank. Runs in a virtual environment with EMHASS, one problem per line on standard input, one result
per line on standard output, like `peer.py`.

EMHASS knows neither caps that vary nor carbon nor bonus: it gets the first slot's cap, prices with their carbon, and
each rig its share of the rig-hours, and it stops at its own default gap of 1e-2, not at the 1e-3 of all others. What is
compared is the time for a problem of the same size and kind.
"""
import importlib.metadata
import json
import logging
import math
import pathlib
import sys
import time

import emhass
import pandas
from emhass.optimization import Optimization

QUIET = logging.getLogger("emhass")
QUIET.setLevel(logging.CRITICAL)
DEFAULTS = pathlib.Path(emhass.__file__).parent / "data" / "config_defaults.json"


def optimization(problem):
    slots, bank = problem["slots"], problem["banks"][0]
    minutes, rigs = slots[0]["minutes"], bank["rigs"]
    conf = json.loads(DEFAULTS.read_text())
    hours = math.floor(problem["rig_hour_limits"][0]["minimum"] / rigs * 60 / minutes) * minutes / 60
    conf.update({
        "optimization_time_step": pandas.Timedelta(minutes=minutes), "time_zone": "UTC", "num_threads": 1,
        "lp_solver_timeout": problem["solver"]["time_limit_s"],
        "delta_forecast_daily": pandas.Timedelta(minutes=minutes * len(slots)),
        "number_of_deferrable_loads": rigs, "nominal_power_of_deferrable_loads": [1000 * bank["rig_kw"]] * rigs,
        "minimum_power_of_deferrable_loads": [0.0] * rigs, "cost_forecast_per_deferrable_load": [None] * rigs,
        "is_electric_load": [True] * rigs, "operating_hours_of_each_deferrable_load": [hours] * rigs,
        "start_timesteps_of_each_deferrable_load": [0] * rigs, "end_timesteps_of_each_deferrable_load": [0] * rigs,
        "treat_deferrable_load_as_semi_cont": [True] * rigs, "set_deferrable_load_single_constant": [False] * rigs,
        "set_deferrable_startup_penalty": [0.0] * rigs, "deferrable_load_max_cost": [0.0] * rigs,
        "set_deferrable_max_startups": [0] * rigs,
        "def_minimum_on_time": [bank["minimum_on_minutes"] // minutes] * rigs,
        "def_minimum_off_time": [bank["minimum_off_minutes"] // minutes] * rigs,
        "set_use_pv": True, "compute_curtailment": True, "set_use_battery": False,
        "maximum_power_from_grid": 1000 * slots[0]["import_cap_kw"],
        "maximum_power_to_grid": 1000 * (1 + max(slot["renewable_kw"] for slot in slots)),
        "inverter_is_hybrid": False})
    carbon = problem["weights"]["carbon_price_per_kg"] / 1000
    data = pandas.DataFrame({
        "pv": [1000 * slot["renewable_kw"] for slot in slots], "load": [0.0] * len(slots),
        "unit_load_cost": [slot["import_price"] + carbon * slot["carbon_g_per_kwh"] for slot in slots],
        "unit_prod_price": [float(slot["export_price"]) for slot in slots],
    }, index=pandas.to_datetime([slot["start"] for slot in slots], utc=True))
    made = Optimization(conf, conf, conf, "unit_load_cost", "unit_prod_price", "profit", {}, QUIET)
    return made, data


def main():
    print(json.dumps({"version": importlib.metadata.version("emhass")}), flush=True)
    for line in sys.stdin:
        problem = json.loads(line)
        wall, cpu = time.perf_counter(), time.process_time()
        made, data = optimization(problem)
        made.perform_dayahead_forecast_optim(data, data["pv"], data["load"])
        print(json.dumps({
            "status": str(made.optim_status), "objective": None, "bound": None,
            "is_proved": str(made.optim_status) == "Optimal",
            "cpu_ms": 1000 * (time.process_time() - cpu), "wall_ms": 1000 * (time.perf_counter() - wall),
            "solver_ms": None}), flush=True)


if __name__ == "__main__":
    main()

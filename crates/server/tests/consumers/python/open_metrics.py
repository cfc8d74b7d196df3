"""Reads a file as OpenMetrics with Prometheus' Python library, and prints each metric's name and type.

Run as `python open_metrics.py FILE`. The library raises an error at the first thing that the format forbids.
"""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        for family in text_string_to_metric_families(file.read()):
            print(family.name, family.type)

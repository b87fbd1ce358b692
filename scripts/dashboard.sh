#!/usr/bin/env bash
# Makes Grafana's dashboard (deploy/helm/provnet/files/dashboard.json) from the metrics that the code declares. --check only says
# whether it is up to date.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 deploy/observability/dashboard.py "$@"

#!/usr/bin/env bash
# Measures what callers notice of new versions: errors, answers that mix two versions, the tail of their latency while versions
# are replaced without pause, the first answers of a server that has just become ready, what many reloads leave behind in
# memory, and how a bundle of 60,000 samples starts.
#
#   scripts/bench_reload.sh [--json=FILE] [--bundle=DIR] [--seconds=10] [--repeats=3] [--reloads=100] [--calls=0] [--concurrency=8] [--preset=release]
#
# Without --bundle: the reference model of scripts/bench.sh, random weights and 60,000 samples. --seconds: of each run of the
# load driver, whose callers --concurrency counts. --reloads, --calls: so many at least while memory is watched. Figures of a machine that does other things are worth their ratios at most.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bench_lib.sh"

json=
bundle=
seconds=10
repeats=3
reloads=100
calls=0
concurrency=8
preset=release
for argument in "$@"; do
  case $argument in
    --json=*) json=$(absolute "${argument#--json=}") ;;
    --bundle=*) bundle=$(absolute "${argument#--bundle=}") ;;
    --seconds=*) seconds=${argument#--seconds=} ;;
    --repeats=*) repeats=${argument#--repeats=} ;;
    --reloads=*) reloads=${argument#--reloads=} ;;
    --calls=*) calls=${argument#--calls=} ;;
    --concurrency=*) concurrency=${argument#--concurrency=} ;;
    --preset=*) preset=${argument#--preset=} ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown argument $argument; expected --json=FILE, --bundle=DIR, --seconds=N, --repeats=N, --reloads=N, --calls=N, --concurrency=N or --preset=NAME" ;;
  esac
done

scripts/setup.sh
targets=(provnet-server provnet)
[[ -n $bundle ]] || targets+=(provnet-reference-bundle)
build "$preset" "${targets[@]}"
bin=build/$preset/bin
fresh_runs bench_reload
[[ -n $bundle ]] || bundle=$(reference_bundle)
python_messages "$out/python"

say "reloading under load"
debian_python "$out/python" tests/benchmarks/reload/run.py --programs="$bin" \
  --bundle="$bundle" --folder="$out" --json="${json:-$out/report.json}" --seconds="$seconds" --repeats="$repeats" --reloads="$reloads" --calls="$calls" --concurrency="$concurrency"

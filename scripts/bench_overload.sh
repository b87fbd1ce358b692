#!/usr/bin/env bash
# Offers the server more than it can do, and measures what is left of what it could.
#
#   scripts/bench_overload.sh [--json=FILE] [--bundle=DIR] [--deadline=500ms] [--seconds=10] [--repeats=3]
#
# The peak is what 256 callers get who wait for their answers. What a machine gives varies from minute to minute, so it is measured
# before each scenario and after it, which is before the next; where the two differ by more than a twentieth, that scenario is run
# again, four times at most. In a scenario requests come at 1, 2 or 10 times that rate whatever the server does (a Poisson process), each with a deadline from when it was due: from callers who hold back as the client library does
# (client/adaptive_throttle.h), and from callers who don't. Ten times the rate from those comes last, since a flood
# may keep a server of small models busy when it is over. Without --bundle the reference model is served
# (tests/benchmarks/reference_network.h). Each figure is the median of the repeats.
#
# Server and load driver run on disjoint halves of the cores (taskset), in the peak as in the overload: what the driver costs is not
# taken from the server, and the server's peak is that of its half. On two cores that is one each. The server knows (--own-cores=true).
#
# Under "ratios", for each of 1x, 2x_throttled, 10x_throttled, 2x and 10x, over the mean of its two peaks:
#   goodput_*_over_peak          requests/s answered within their deadline, over the peak
#   sent_*_over_peak             requests/s that reached the server, over the peak
#   refusal_p99_*_over_deadline  how long a refusal took (99 % of them less), over the deadline
#   late_over_run_*              requests whose deadline passed while the model ran them, over all that it ran; none is begun later
#   driver_lag_p99_*_over_deadline  how late the driver sent: where this is not small, it and not the server was overloaded
#   peak_after_*_over_before     whether the machine gave the same all the time (the run that differs most)
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bench_lib.sh"

json='' bundle='' seconds=10 repeats=3 deadline=500ms top_k=10
for argument in "$@"; do
  case $argument in
    --json=*) json=$(absolute "${argument#--json=}") ;;
    --bundle=*) bundle=$(absolute "${argument#--bundle=}") ;;
    --deadline=*) deadline=${argument#--deadline=} ;;
    --seconds=*) seconds=${argument#--seconds=} ;;
    --repeats=*) repeats=${argument#--repeats=} ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown argument $argument; expected --json=FILE, --bundle=DIR, --deadline=TIME, --seconds=N or --repeats=N" ;;
  esac
done
cores=$(nproc)
((cores >= 2)) || die "this machine has one core; expected at least two, so that driver and server don't share one"

scripts/setup.sh
build release provnet-reference-bundle provnet-server provnet
fresh_runs bench_overload
[[ -n $bundle ]] || bundle=$(reference_bundle)

scenarios=(1x 2x_throttled 10x_throttled 2x 10x)
tries=4
half=$((cores / 2))
server_prefix="taskset -c 0-$((half - 1))"
driver_prefix="taskset -c $half-$((cores - 1))"

# measure_peak NAME: sets $peak, and $latest, where the run is.
measure_peak() {
  load "$1" $repeat --concurrency=256 --channels=16
  latest=$out/runs/$1.$repeat.json
  peak=$(jq .throughput_per_second "$latest")
}

overload() {
  local throttle=()
  [[ $scenario != *_throttled ]] || throttle=(--throttle)
  # Where nothing at all is answered, the driver says so by its exit status, and the report by a goodput of 0.
  load "$scenario" $repeat --rate="$(jq -n "$peak * ${scenario%%x*}")" --timeout="$deadline" --channels=16 "${throttle[@]}" || true
}

for ((repeat = 1; repeat <= repeats; ++repeat)); do
  say "run $repeat of $repeats"
  serve --executors=$half --own-cores=true
  measure_peak "before_${scenarios[0]}"
  for scenario in "${scenarios[@]}"; do
    for ((try = 1; try <= tries; ++try)); do
      before=$peak
      run=$out/runs/before_$scenario.$repeat.json
      [[ $latest == "$run" ]] || cp "$latest" "$run"
      overload
      measure_peak "after_$scenario"
      if jq -ne "($peak / $before - 1) | fabs <= 0.05" >/dev/null; then break; fi
      say "the machine's speed changed: $before requests/s before, $peak after (try $try of $tries)"
    done
  done
  stop
done

report=$(jq -n --arg date "$(date -u +%F)" --arg machine "$(machine)" --arg bundle "$bundle" --arg deadline "$deadline" '
  def median: sort | .[length / 2 | floor];
  reduce inputs as $run ({}; .[input_filename | split("/")[-1] | split(".")[0]] += [$run])
  | . as $runs
  | def of(name; path): [$runs[name][] | path] | median;
    def before(name): [$runs["before_\(name)"][].throughput_per_second];
    def after(name): [$runs["after_\(name)"][].throughput_per_second];
    def peaks(name): [before(name), after(name)] | transpose | map(add / 2);
    def over_peak(name; path): [[$runs[name][] | path], peaks(name)] | transpose | map(.[0] / .[1]) | median;
    ($ARGS.positional | map(peaks(.)[]) | median) as $peak
  | {date: $date, machine: $machine, bundle: $bundle, deadline: $deadline, repeats: ($runs["1x"] | length),
     peak_requests_per_second: $peak,
     ratios: ($ARGS.positional | map(. as $x | {
       "goodput_\($x)_over_peak": over_peak($x; .goodput_per_second),
       "sent_\($x)_over_peak": over_peak($x; (.requests_offered - .requests_held_back) / .window_seconds),
       "refusal_p99_\($x)_over_deadline": of($x; .refusal_latency_seconds.p99 / .deadline_seconds),
       "late_over_run_\($x)": of($x; if .server_requests_run > 0 then .server_requests_late / .server_requests_run else null end),
       "driver_lag_p99_\($x)_over_deadline": of($x; .send_lag_seconds.p99 / .deadline_seconds),
       "peak_after_\($x)_over_before": ([after($x), before($x)] | transpose | map(.[0] / .[1]) | max_by(. - 1 | fabs))}) | add),
     figures: $runs}' "$out"/runs/*.json --args "${scenarios[@]}")
if [[ -n $json ]]; then printf '%s\n' "$report" >"$json"; fi
jq 'del(.figures)' <<<"$report"

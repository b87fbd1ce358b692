#!/usr/bin/env bash
# Measures how long a fit of two ranks takes to end with its error when one of them is lost, and prints JSON.
#
#   scripts/bench_lost_rank.sh [--json=FILE] [--repeats=3]
#
# Under "seconds", from the signal to rank 1 until rank 0 has ended, of each repeat; fails where that is more than 30:
#   killed    SIGKILL: the kernel closes its connections
#   stopped   SIGSTOP: they stay open, and nothing comes any more
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bench_lib.sh"

json='' repeats=3
for argument in "$@"; do
  case $argument in
    --json=*) json=$(absolute "${argument#--json=}") ;;
    --repeats=*) repeats=${argument#--repeats=} ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown argument $argument; expected --json=FILE or --repeats=N" ;;
  esac
done

scripts/setup.sh
build release provnet-train
fresh_runs bench_lost_rank
command=("$bin/provnet-train" fit --dataset=glyphs:4000 --size=tiny --threads=1 --device=cpu --epochs=10000)

# seconds_after SIGNAL: one number.
seconds_after() {
  local port rank0 began status=0
  port=$(free_port)
  rm -rf "$out/models" "$out/rank0.log"
  as_rank 0 2 "$port"
  "${rank[@]}" "${command[@]}" --output="$out/models/lost" >"$out/rank0.log" 2>&1 &
  rank0=$!
  as_rank 1 2 "$port"
  "${rank[@]}" "${command[@]}" --output="$out/models/lost" >"$out/rank1.log" 2>&1 &
  pid=$!
  until grep -qs '^epoch 3/' "$out/rank0.log"; do
    kill -0 "$rank0" 2>/dev/null || { cat "$out/rank0.log" >&2; die "rank 0 ended before anything was done to rank 1"; }
    sleep 0.1
  done
  # So that bash does not report its end.
  disown "$pid"
  kill "-$1" "$pid"
  began=$EPOCHREALTIME
  wait "$rank0" || status=$?
  jq -n "$EPOCHREALTIME - $began"
  kill -KILL "$pid" 2>/dev/null || true
  ((status == 1)) || { cat "$out/rank0.log" >&2; die "rank 0 ended with $status, expected 1"; }
  tail -n 1 "$out/rank0.log" >&2
}

for ((repeat = 1; repeat <= repeats; ++repeat)); do
  say "run $repeat of $repeats"
  seconds_after KILL >>"$out/runs/killed"
  seconds_after STOP >>"$out/runs/stopped"
done
pid=''

report=$(jq -n --arg date "$(date -u +%F)" --arg machine "$(machine)" --slurpfile killed "$out/runs/killed" --slurpfile stopped "$out/runs/stopped" \
  '{date: $date, machine: $machine, seconds: {killed: $killed, stopped: $stopped}}')
if [[ -n $json ]]; then printf '%s\n' "$report" >"$json"; fi
printf '%s\n' "$report"
jq -e '[.seconds[][]] | max <= 30' <<<"$report" >/dev/null || die "a lost rank went unnoticed for more than 30 s"

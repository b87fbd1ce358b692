#!/usr/bin/env bash
# Measures the served system against named baselines on one model, in one run on one machine.
#
#   scripts/bench.sh [--json=FILE] [--bundle=DIR] [--seconds=5] [--repeats=3]
#
# Baselines: the same TorchScript model called in-process at batch 1, 8, 32 and 64; a bare gRPC echo behind the same contract;
# RocksDB's MultiGet alone. Without --bundle a model is trained first: on MNIST where PROVNET_DATA_DIR is set, else on generated
# digits. Each figure is the median of the repeats. Under "ratios", all of which say served over baseline:
#   throughput_64_over_1          requests/s of 64 concurrent callers over those of one
#   served_over_in_process        in-process CPU seconds an item at its best batch, over the server's CPU seconds a request
#   served_over_in_process_fp32   the same with the index search in fp32
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

json='' bundle='' seconds=5 repeats=3
for argument in "$@"; do
  case $argument in
    --json=*) json=$(absolute "${argument#--json=}") ;;
    --bundle=*) bundle=$(absolute "${argument#--bundle=}") ;;
    --seconds=*) seconds=${argument#--seconds=} ;;
    --repeats=*) repeats=${argument#--repeats=} ;;
    -h | --help) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown argument $argument; expected --json=FILE, --bundle=DIR, --seconds=N or --repeats=N" ;;
  esac
done

scripts/setup.sh
build release provnet-train provnet-server provnet provnet-baselines provnet-echo
bin=build/release/bin
out=out/bench
mkdir -p "$out/runs"
rm -f "$out"/runs/*

if [[ -z $bundle ]]; then
  bundle=$out/models/digits/1
  if [[ -n ${PROVNET_DATA_DIR:-} ]]; then dataset=(--dataset=idx:"$PROVNET_DATA_DIR/mnist" --subset=0.3); else dataset=(--dataset=glyphs:18000); fi
  [[ -d $bundle ]] || { say "training the model to measure"; "$bin/provnet-train" fit "${dataset[@]}" --seed=1 --output="$out/models/digits"; }
fi
repository=$(dirname "$(dirname "$bundle")")
model=$(basename "$(dirname "$bundle")")

pid=''
stop() { if [[ -n $pid ]]; then kill -TERM "$pid" 2>/dev/null && wait "$pid" || true; fi; pid=''; }
trap stop EXIT

# start COMMAND...: runs it until stop; sets $grpc and $http.
start() {
  rm -f "$out/ports"
  "$@" --port_file="$out/ports" 2>"$out/server.log" &
  pid=$!
  await_ports "$out/ports" "$pid" "$out/server.log"
}

# load NAME REPEAT ARGUMENT...: one run of the load driver against $grpc.
load() {
  local name=$1 repeat=$2
  shift 2
  "$bin/provnet" bench --server="$grpc" ${http:+--http="$http"} --model="$model" --duration="${seconds}s" --warmup=2s \
    --json="$out/runs/$name.$repeat.json" "$@" | sed "s/^/  $name: /" >&2
}

serve() { start "$bin/provnet-server" --model-repository="$repository" --listen=127.0.0.1:0 --http=127.0.0.1:0 --log-level=warning "$@"; }

for ((repeat = 1; repeat <= repeats; ++repeat)); do
  say "run $repeat of $repeats"
  "$bin/provnet-baselines" --bundle="$bundle" --seconds="$seconds" --threads="$(nproc)" >"$out/runs/in_process.$repeat.json"
  start "$bin/provnet-echo" --bundle="$bundle"
  load echo_1 $repeat --concurrency=1
  load echo_64 $repeat --concurrency=64
  stop
  serve --index-precision=fp32
  load served_fp32_1 $repeat --concurrency=1
  load served_fp32_64 $repeat --concurrency=64
  stop
  serve
  load served_1 $repeat --concurrency=1
  load served_64 $repeat --concurrency=64
  load served_exemplars_64 $repeat --concurrency=64 --include-exemplars
  stop
done

report=$(jq -n --arg date "$(date -u +%F)" --arg machine "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores" \
  --arg bundle "$bundle" --argjson manifest "$(<"$bundle/manifest.json")" '
  def median: sort | .[length / 2 | floor];
  reduce inputs as $run ({}; .[input_filename | split("/")[-1] | split(".")[0]] += [$run])
  | . as $runs
  | def of(name; path): [$runs[name][] | path] | median;
    def cpu(name): of(name; .server_cpu_seconds_per_request);
    def rate(name): of(name; .throughput_per_second);
    def p50(name): of(name; .latency_seconds.p50);
    ([["1", "8", "32", "64"][] as $b | of("in_process"; .model_forward_by_batch[$b].cpu_seconds_per_item)] | min) as $in_process
  | {date: $date, machine: $machine, model: {bundle: $bundle, samples: $manifest.sample_count, head: $manifest.index_head},
     repeats: ($runs.in_process | length),
     ratios: {
       throughput_64_over_1: (rate("served_64") / rate("served_1")),
       served_over_in_process: ($in_process / cpu("served_64")),
       served_over_in_process_fp32: ($in_process / cpu("served_fp32_64")),
       exemplars_cpu_over_without: (cpu("served_exemplars_64") / cpu("served_64")),
       p50_1_over_echo: (p50("served_1") / p50("echo_1")),
       p50_1_over_in_process: (p50("served_1") / of("in_process"; .model_forward_by_batch["1"].p50_call_seconds)),
       throughput_64_over_echo: (rate("served_64") / rate("echo_64"))},
     in_process_best_cpu_seconds_per_item: $in_process,
     figures: $runs}' "$out"/runs/*.json)
if [[ -n $json ]]; then printf '%s\n' "$report" >"$json"; fi
jq '{date, machine, model, ratios}' <<<"$report"

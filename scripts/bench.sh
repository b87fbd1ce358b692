#!/usr/bin/env bash
# Measures the served system against named baselines on one model, in one run on one machine.
#
#   scripts/bench.sh [--json=FILE] [--bundle=DIR | --reference] [--seconds=5] [--repeats=3]
#
# Baselines: the same TorchScript model called in-process at batch 1, 8, 32, 64 and 128; a bare gRPC echo behind the same contract;
# RocksDB's MultiGet alone; how fast this machine reads memory. Without --bundle a model is trained first: on MNIST where
# PROVNET_DATA_DIR is set, else on generated digits. --reference measures the reference model instead (random weights, 60,000
# samples; tests/benchmarks/reference_network.h), with ten exemplars a request, also against an ordinary Python server of the
# same model (tests/benchmarks/python_peer). Each figure is the median of the repeats. Under "ratios", which say served over baseline:
#   throughput_64_over_1               requests/s of 64 concurrent callers over those of one
#   served_over_in_process (.._auto)   in-process CPU seconds an item at its best batch, over the server's CPU seconds a request
#   served_over_in_process_fp32        the same with the index search in fp32 (.._int8: in int8, where the processor has AVX512-VNNI)
#   served_rate_over_in_process_*      the same in requests/s; here the load driver takes its share of the same cores
#   streamed_over_in_process_auto, streamed_rate_over_in_process_auto   both for 64 requests under way over one stream, as a bulk job sends them
#   p50_1_over_floor                   one caller's median over (that of the echo + the time to read the head's bytes once)
#   throughput_64_over_python_peer, p99_64_over_python_peer, p50_1_over_python_peer
#   exemplars_cpu_over_without         server CPU a request with the exemplars' contents over that without
#   p50_1_int8_over_auto               one caller's median in int8 over that in the automatic precision
#   top_k_overlap (.._int8)            share of the samples that fp32 names too, of those named in the automatic precision
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bench_lib.sh"

json='' bundle='' reference='' seconds=5 repeats=3 top_k=5
for argument in "$@"; do
  case $argument in
    --json=*) json=$(absolute "${argument#--json=}") ;;
    --bundle=*) bundle=$(absolute "${argument#--bundle=}") ;;
    --reference) reference=yes top_k=10 ;;
    --seconds=*) seconds=${argument#--seconds=} ;;
    --repeats=*) repeats=${argument#--repeats=} ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown argument $argument; expected --json=FILE, --bundle=DIR, --reference, --seconds=N or --repeats=N" ;;
  esac
done

[[ -z $bundle || -z $reference ]] || die "--bundle=$bundle and --reference name two models; expected one of them"

# Nothing but the peer needs Python.
scripts/setup.sh ${reference:+python3-numpy python3-torch}
model_maker=provnet-train
[[ -z $reference ]] || model_maker=provnet-reference-bundle
build release "$model_maker" provnet-server provnet provnet-baselines provnet-echo provnet-precision
fresh_runs bench

if [[ -n $reference ]]; then
  bundle=$(reference_bundle)
elif [[ -z $bundle ]]; then
  bundle=$out/models/digits/1
  if [[ -n ${PROVNET_DATA_DIR:-} ]]; then dataset=(--dataset=idx:"$PROVNET_DATA_DIR/mnist" --subset=0.3); else dataset=(--dataset=glyphs:18000); fi
  [[ -d $bundle ]] || { say "training the model to measure"; "$bin/provnet-train" fit "${dataset[@]}" --seed=1 --output="$out/models/digits"; }
fi
# The Python peer, with the BLAS kernels that our own programs choose for themselves (server/model/library_environment.h).
serve_python() {
  local stubs=$out/python_stubs kernels
  mkdir -p "$stubs"
  protoc -I proto --python_out="$stubs" --grpc_out="$stubs" --plugin=protoc-gen-grpc="$(command -v grpc_python_plugin)" proto/provnet/v1/*.proto
  kernels=$(grep -qw avx512vl /proc/cpuinfo && echo SKYLAKEX || echo HASWELL)
  http=''
  OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-$kernels} start /usr/bin/python3 tests/benchmarks/python_peer/server.py --stubs="$stubs" --bundle="$bundle"
}

say "comparing precisions"
"$bin/provnet-precision" --bundle="$bundle" --top_k=$top_k >"$out/runs/precision.1.json"
int8=''
if grep -qw avx512_vnni /proc/cpuinfo; then int8=yes; fi
[[ -z $int8 ]] || "$bin/provnet-precision" --bundle="$bundle" --top_k=$top_k --precision=int8 >"$out/runs/precision_int8.1.json"

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
  if [[ -n $int8 ]]; then
    serve --index-precision=int8
    load served_int8_1 $repeat --concurrency=1
    load served_int8_64 $repeat --concurrency=64
    stop
  fi
  serve
  load served_1 $repeat --concurrency=1
  load served_64 $repeat --concurrency=64
  load streamed_64 $repeat --concurrency=64 --streams=1
  load served_exemplars_64 $repeat --concurrency=64 --include-exemplars
  stop
  if [[ -n $reference ]]; then
    serve_python
    load python_1 $repeat --concurrency=1
    load python_64 $repeat --concurrency=64
    stop
  fi
done

report=$(jq -n --arg date "$(date -u +%F)" --arg machine "$(machine)" \
  --arg bundle "$bundle" --argjson manifest "$(<"$bundle/manifest.json")" '
  def median: sort | .[length / 2 | floor];
  reduce inputs as $run ({}; .[input_filename | split("/")[-1] | split(".")[0]] += [$run])
  | . as $runs
  | def of(name; path): [$runs[name][] | path] | median;
    def cpu(name): of(name; .server_cpu_seconds_per_request);
    def rate(name): of(name; .throughput_per_second);
    def p50(name): of(name; .latency_seconds.p50);
    def p99(name): of(name; .latency_seconds.p99);
    def in_process(field): [["1", "8", "32", "64", "128"][] as $b | of("in_process"; .model_forward_by_batch[$b][field])];
    (in_process("cpu_seconds_per_item") | min) as $in_process
    | (in_process("items_per_second") | max) as $in_process_rate
    | $runs.precision[0] as $precision
    # The rows of the head: [features; class] of each candidate, or a vector a sample.
    | (if $manifest.index_head.type == "HEAD_TYPE_EMBEDDING" then ($manifest.sample_count | tonumber) * $manifest.index_head.dim
       elif $manifest.index_head.type == "HEAD_TYPE_CLASS_CONDITIONAL" then $manifest.index_head.dim * ($manifest.feature_dim + ($manifest.class_names | length))
       else $manifest.index_head.dim * $manifest.feature_dim end
       * {fp32: 4, bf16: 2, int8: 1}[$precision.precision]) as $head_bytes
    | ($head_bytes / of("in_process"; .memory.read_bytes_per_second)) as $head_seconds
  | {date: $date, machine: $machine, model: {bundle: $bundle, samples: $manifest.sample_count, head: $manifest.index_head},
     repeats: ($runs.in_process | length),
     ratios: ({
       throughput_64_over_1: (rate("served_64") / rate("served_1")),
       served_over_in_process: ($in_process / cpu("served_64")),
       served_over_in_process_auto: ($in_process / cpu("served_64")),
       served_over_in_process_fp32: ($in_process / cpu("served_fp32_64")),
       served_rate_over_in_process_auto: (rate("served_64") / $in_process_rate),
       served_rate_over_in_process_fp32: (rate("served_fp32_64") / $in_process_rate),
       streamed_over_in_process_auto: ($in_process / cpu("streamed_64")),
       streamed_rate_over_in_process_auto: (rate("streamed_64") / $in_process_rate),
       p50_1_over_floor: (p50("served_1") / (p50("echo_1") + $head_seconds)),
       top_k_overlap: $precision.overlap,
       exemplars_cpu_over_without: (cpu("served_exemplars_64") / cpu("served_64")),
       p50_1_over_echo: (p50("served_1") / p50("echo_1")),
       p50_1_over_in_process: (p50("served_1") / of("in_process"; .model_forward_by_batch["1"].p50_call_seconds)),
       throughput_64_over_echo: (rate("served_64") / rate("echo_64"))}
       + (if $runs.served_int8_64 == null then {} else {
       served_over_in_process_int8: ($in_process / cpu("served_int8_64")),
       p50_1_int8_over_auto: (p50("served_int8_1") / p50("served_1")),
       top_k_overlap_int8: $runs.precision_int8[0].overlap} end)
       + (if $runs.python_64 == null then {} else {
       throughput_64_over_python_peer: (rate("served_64") / rate("python_64")),
       p99_64_over_python_peer: (p99("served_64") / p99("python_64")),
       p50_1_over_python_peer: (p50("served_1") / p50("python_1"))} end)),
     in_process_best_cpu_seconds_per_item: $in_process, in_process_best_items_per_second: $in_process_rate,
     head_bytes: $head_bytes, head_read_seconds: $head_seconds,
     figures: $runs}' "$out"/runs/*.json)
if [[ -n $json ]]; then printf '%s\n' "$report" >"$json"; fi
jq '{date, machine, model, ratios}' <<<"$report"

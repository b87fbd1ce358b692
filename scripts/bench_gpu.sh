#!/usr/bin/env bash
# Measures what a GPU gains: the same programs on it and on this machine's CPU, in turns.
#
#   scripts/bench_gpu.sh [--json=FILE] [--seconds=5] [--repeats=3] [--programs=DIR] [FIT_FLAG...]
#
# Needs a LibTorch with CUDA: the one that CMAKE_PREFIX_PATH leads to, or --programs, a folder of programs that are built already.
# The server answers 1, 64 and 256 callers with the reference model (tests/benchmarks/reference_network.h); the trainer fits MNIST where
# PROVNET_DATA_DIR is set, else generated digits, with the further flags, e.g. --epochs=2. The server's figures are medians of the repeats; the fits and the overlaps are of one run.
# Under "ratios", GPU over CPU unless they say otherwise:
#   throughput_64, throughput_256   requests/s of so many concurrent callers
#   p50_1                           one caller's median
#   fit_images_per_second
#   top_k_overlap_auto, top_k_overlap_bf16   share of the samples that the CPU names too in fp32, of those the GPU names in that precision
#   throughput_64_bf16_over_auto, p50_1_bf16_over_auto   on the GPU, where auto is fp32
# Under "differences", of the fit on the GPU from that on the CPU, in points: test_accuracy, index_top5
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bench_lib.sh"

json='' seconds=5 repeats=3 top_k=10 programs='' fit=()
for argument in "$@"; do
  case $argument in
    --json=*) json=$(absolute "${argument#--json=}") ;;
    --seconds=*) seconds=${argument#--seconds=} ;;
    --repeats=*) repeats=${argument#--repeats=} ;;
    --programs=*) programs=$(absolute "${argument#--programs=}") ;;
    -h | --help) usage; exit 0 ;;
    --*) fit+=("$argument") ;;
    *) die "unknown argument $argument; expected --json=FILE, --seconds=N, --repeats=N, --programs=DIR or flags of provnet-train fit" ;;
  esac
done

if [[ -n $programs ]]; then
  bin=$programs
else
  scripts/setup.sh
  build release provnet-train provnet-server provnet provnet-precision provnet-reference-bundle
fi
command -v nvidia-smi >/dev/null || die "there is no nvidia-smi: this machine has no NVIDIA driver"
fresh_runs bench_gpu
bundle=$(reference_bundle)
if [[ -n ${PROVNET_DATA_DIR:-} ]]; then dataset=idx:$PROVNET_DATA_DIR/mnist; else dataset=glyphs:18000; fi

for precision in auto bf16; do
  "$bin/provnet-precision" --bundle="$bundle" --top_k=$top_k --precision=$precision --device=cuda >"$out/runs/precision_$precision.1.json"
done
# measure NAME REPEAT FLAG...: a server with these flags, under 1, 64 and 256 callers.
measure() {
  serve "${@:3}"
  for callers in 1 64 256; do load "$1_$callers" "$2" --concurrency=$callers; done
  stop
}
for ((repeat = 1; repeat <= repeats; ++repeat)); do
  say "run $repeat of $repeats"
  measure cpu $repeat --device=cpu
  measure gpu $repeat --device=cuda
  measure gpu_bf16 $repeat --device=cuda --index-precision=bf16
done
for device in cpu cuda; do
  say "fitting on $device"
  rm -rf "$out/models/$device"
  "$bin/provnet-train" fit --dataset="$dataset" --device=$device --membership-reference=none --seed=1 --output="$out/models/$device" "${fit[@]}" >&2
  cp "$out/models/$device/1/manifest.json" "$out/runs/fit_$device.1.json"
done

report=$(jq -n --arg date "$(date -u +%F)" --arg machine "$(machine)" --arg gpu "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -n 1)" '
  def median: sort | .[length / 2 | floor];
  reduce inputs as $run ({}; .[input_filename | split("/")[-1] | split(".")[0]] += [$run])
  | . as $runs
  | def of(name; path): [$runs[name][] | path] | median;
    def rate(name): of(name; .throughput_per_second);
    def p50(name): of(name; .latency_seconds.p50);
    def images(name): $runs[name][0] | (.sample_count | tonumber) * (.training.epochs | tonumber) / .metrics.train_seconds;
    def points(field): 100 * ($runs.fit_cuda[0].metrics[field] - $runs.fit_cpu[0].metrics[field]);
  {date: $date, machine: $machine, gpu: $gpu, repeats: ($runs.cpu_1 | length),
   ratios: {
     throughput_64: (rate("gpu_64") / rate("cpu_64")), throughput_256: (rate("gpu_256") / rate("cpu_256")),
     p50_1: (p50("gpu_1") / p50("cpu_1")),
     fit_images_per_second: (images("fit_cuda") / images("fit_cpu")),
     top_k_overlap_auto: $runs.precision_auto[0].overlap, top_k_overlap_bf16: $runs.precision_bf16[0].overlap,
     throughput_64_bf16_over_auto: (rate("gpu_bf16_64") / rate("gpu_64")), p50_1_bf16_over_auto: (p50("gpu_bf16_1") / p50("gpu_1"))},
   differences: {test_accuracy: points("test_accuracy"), index_top5: points("index_top5")},
   images_per_second: {cpu: images("fit_cpu"), gpu: images("fit_cuda")},
   requests_per_second: ($runs | with_entries(select(.key | test("^(cpu|gpu)")) | .value |= ([.[].throughput_per_second] | median))),
   p50_seconds: ($runs | with_entries(select(.key | test("^(cpu|gpu)")) | .value |= ([.[].latency_seconds.p50] | median))),
   fits: {cpu: $runs.fit_cpu[0].metrics, gpu: $runs.fit_cuda[0].metrics}}' "$out"/runs/*.json)
if [[ -n $json ]]; then printf '%s\n' "$report" >"$json"; fi
jq . <<<"$report"

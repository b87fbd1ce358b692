#!/usr/bin/env bash
# Measures what a second process gains: two single-thread ranks against one single-thread process, same data, same --batch-size.
#
#   scripts/bench_distributed.sh [--json=FILE] [--repeats=3] [FIT_FLAG...]
#
# Each run is a whole `provnet-train fit` on MNIST where PROVNET_DATA_DIR is set, else on generated digits; further flags go to it, e.g.
# --epochs=2 --subset=0.1 for a quick look, or --head=single-branch. Images/s are the training samples times epochs over the seconds of
# training that the bundle's manifest names: with checkpoints, without reading and evaluating. The two take turns, with one seed for each
# repeat. Needs two idle cores: a busy machine is said in the report. Under "ratios":
#   images_per_second   two ranks over one process, the median of the repeats (aim: at least 1.7)
#   efficiency          that over the two cores
# Under "differences", of the means over the repeats, two ranks minus one process, in points:
#   test_accuracy, index_top5   (aim: at most 0.2), and index_top1
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bench_lib.sh"

json='' repeats=3 fit=()
for argument in "$@"; do
  case $argument in
    --json=*) json=$(absolute "${argument#--json=}") ;;
    --repeats=*) repeats=${argument#--repeats=} ;;
    -h | --help) usage; exit 0 ;;
    --*) fit+=("$argument") ;;
    *) die "unknown argument $argument; expected --json=FILE, --repeats=N or flags of provnet-train fit" ;;
  esac
done

scripts/setup.sh
build release provnet-train
fresh_runs bench_distributed
if [[ -n ${PROVNET_DATA_DIR:-} ]]; then dataset=idx:$PROVNET_DATA_DIR/mnist; else dataset=glyphs:18000; fi
command=("$bin/provnet-train" fit --dataset="$dataset" --threads=1 --device=cpu --membership-reference=none "${fit[@]}")

# keep NAME REPEAT: the manifest of the bundle just made, and how busy the machine was.
keep() {
  jq --arg load "$(cut -d' ' -f1 /proc/loadavg)" '. + {load_average: ($load | tonumber)}' "$out/models/$1/1/manifest.json" \
    >"$out/runs/$1.$2.json"
  rm -rf "$out/models/$1"
}

rm -rf "$out/models"
others=$(awk '$1 > 0.5 {print $1}' /proc/loadavg)
[[ -z $others ]] || say "the machine is busy (load average $others): the figures are only good for comparing these runs"
for ((repeat = 1; repeat <= repeats; ++repeat)); do
  say "run $repeat of $repeats"
  env -u MASTER_ADDR -u MASTER_PORT -u RANK -u WORLD_SIZE "${command[@]}" --seed=$repeat --output="$out/models/one" >&2
  keep one $repeat
  port=$(free_port)
  as_rank 1 2 "$port"
  "${rank[@]}" "${command[@]}" --seed=$repeat --output="$out/models/two" >"$out/rank1.log" 2>&1 &
  pid=$!
  as_rank 0 2 "$port"
  "${rank[@]}" "${command[@]}" --seed=$repeat --output="$out/models/two" >&2 || { cat "$out/rank1.log" >&2; die "rank 0 failed"; }
  wait "$pid" || { cat "$out/rank1.log" >&2; die "rank 1 failed"; }
  pid=''
  keep two $repeat
done

report=$(jq -n --arg date "$(date -u +%F)" --arg machine "$(machine)" --arg busy "${others:-}" --arg command "${command[*]}" '
  def median: sort | .[length / 2 | floor];
  def mean: add / length;
  reduce inputs as $run ({}; .[input_filename | split("/")[-1] | split(".")[0]] += [$run])
  | . as $runs
  | def rates(name): [$runs[name][] | (.sample_count | tonumber) * (.training.epochs | tonumber)
                      / .metrics.train_seconds];
    def points(field): 100 * (([$runs.two[].metrics[field]] | mean) - ([$runs.one[].metrics[field]] | mean));
    ((rates("two") | median) / (rates("one") | median)) as $ratio
  | {date: $date, machine: $machine, command: $command, repeats: ($runs.one | length),
     load_average_before: (if $busy == "" then "below 0.5" else $busy end),
     ratios: {images_per_second: $ratio, efficiency: ($ratio / 2)},
     differences: {test_accuracy: points("test_accuracy"), index_top1: points("index_top1"), index_top5: points("index_top5")},
     images_per_second: {one: rates("one"), two: rates("two")},
     metrics: {one: [$runs.one[].metrics], two: [$runs.two[].metrics]}}' "$out"/runs/*.json)
if [[ -n $json ]]; then printf '%s\n' "$report" >"$json"; fi
jq 'del(.metrics)' <<<"$report"

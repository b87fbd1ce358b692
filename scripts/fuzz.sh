#!/usr/bin/env bash
# Looks for inputs that break the readers of untrusted bytes, with libFuzzer under ASan and UBSan.
#
#   scripts/fuzz.sh [--seconds=600] [--merge] [TARGET...]
#
# TARGET: idx, image, manifest or request (tests/fuzz); all of them, one after the other, when none is named. Starts from the corpus
# in the repository, which the tests replay; new inputs go to out/fuzz/TARGET. A finding ends the run with an error that names its
# file. --merge then adds to the repository's corpus the inputs that reach code which it does not reach yet.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seconds=600 merge=''
targets=()
for argument in "$@"; do
  case $argument in
    --seconds=*) seconds=${argument#--seconds=} ;;
    --merge) merge=1 ;;
    -h | --help) usage; exit 0 ;;
    -*) die "unknown argument $argument; expected --seconds=N, --merge or a target" ;;
    *) [[ -d tests/fuzz/corpus/$argument ]] || die "unknown target $argument; expected one of: $(ls tests/fuzz/corpus | xargs)"
       targets+=("$argument") ;;
  esac
done
[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "--seconds=$seconds; expected a whole number from 1"
((${#targets[@]} > 0)) || mapfile -t targets < <(ls tests/fuzz/corpus)

scripts/setup.sh clang-14 libclang-rt-14-dev
build fuzz

for target in "${targets[@]}"; do
  found=out/fuzz/$target
  corpus=tests/fuzz/corpus/$target
  mkdir -p "$found"
  say "fuzzing $target for $seconds s"
  build/fuzz/tests/fuzz_"$target" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
    -artifact_prefix="out/fuzz/$target-finding-" "$found" "$corpus" 2>out/fuzz/"$target".log ||
    { tail -n 40 out/fuzz/"$target".log >&2; die "fuzz_$target has a finding; the whole log is in out/fuzz/$target.log"; }
  grep -E '^(Done|stat::)' out/fuzz/"$target".log
  if [[ -n $merge ]]; then
    build/fuzz/tests/fuzz_"$target" -merge=1 -max_len=4096 "$corpus" "$found" 2>>out/fuzz/"$target".log
    say "$corpus: $(ls "$corpus" | wc -l) inputs"
  fi
done

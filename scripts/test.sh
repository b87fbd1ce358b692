#!/usr/bin/env bash
# Set-up, build, all tests. scripts/test.sh [--preset=dev|release|asan|tsan] [ctest arguments...]
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

preset=dev
arguments=()
for argument in "$@"; do
  case $argument in
    --preset=*) preset=${argument#--preset=} ;;
    -h | --help) usage; exit 0 ;;
    *) arguments+=("$argument") ;;
  esac
done

scripts/setup.sh "${test_packages[@]}"
build "$preset"
say "testing ($preset)"
[[ -n ${PROVNET_DATA_DIR:-} ]] || echo "PROVNET_DATA_DIR is not set: tests that need MNIST are listed as skipped" >&2
exec ctest --preset "$preset" -j "$(nproc)" "${arguments[@]}"

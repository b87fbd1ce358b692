#!/usr/bin/env bash
# Injects faults into real servers under load, and says which promises of docs/reliability.md were kept.
#
#   scripts/faults.sh [--json=FILE] [--share=0.05 | --soak=HOURS] [--seed=N] [--only=NAME]...
#
# --share: how much of the full numbers (1 is all of them). --soak: again and again with the full numbers and
# another seed each time, for that long. --seed: of the plan of what goes wrong at once (1).
# Ends with 1 when a promise was broken, with 77 when none could be shown. Faults that need root (mounts) are listed as not shown without it.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

arguments=()
for argument in "$@"; do
  case $argument in
    --json=*) arguments+=(--json="$(absolute "${argument#--json=}")") ;;
    --share=* | --soak=* | --seed=* | --only=*) arguments+=("$argument") ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown argument $argument; expected --json=FILE, --share=X, --soak=HOURS, --seed=N or --only=NAME" ;;
  esac
done

scripts/setup.sh "${test_packages[@]}"
build release provnet-train provnet-server

out=out/faults
models=$out/models
[[ -d $models/digits/1 ]] || { say "training the model to serve"; build/release/bin/provnet-train fit --dataset=glyphs:2000 --size=tiny --seed=1 --output="$models/digits"; }
python_messages "$out/python"

say "injecting faults"
debian_python "$out/python" tests/faults/run.py --programs=build/release/bin --repository="$models" "${arguments[@]}"

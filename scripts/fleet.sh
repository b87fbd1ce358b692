#!/usr/bin/env bash
# Rolls, kills, scales and stops fleets of real servers on loopback addresses under load, and prints what their callers noticed:
# calls, failures, retries, seconds until the load was balanced again. docs/fleet.md has the promises.
#
#   scripts/fleet.sh [--json=FILE] [--only=NAME]... [--rate=100] [--callers=12] [--calm=5] [--keepalive=5,3] [--connection-age=5] \
#     [--preset=release]
#
# --only: a scenario's name, or the beginning of it. --calm: seconds of load before and after what is done. --keepalive: seconds of
# silence before a ping, and of waiting for its answer. Ends with 1 when a promise was broken.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

preset=release
arguments=()
for argument in "$@"; do
  case $argument in
    --json=*) arguments+=(--json="$(absolute "${argument#--json=}")") ;;
    --only=* | --rate=* | --callers=* | --calm=* | --keepalive=* | --connection-age=*) arguments+=("$argument") ;;
    --preset=*) preset=${argument#--preset=} ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown argument $argument; expected --json=FILE, --only=NAME, --rate=N, --callers=N, --calm=S, --keepalive=S,S, --connection-age=S or --preset=NAME" ;;
  esac
done

# find_haproxy: the balancer of connections; where it is not installed it is unpacked with the libraries that it lacks, since its
# installation would start a service. Appends to $arguments.
find_haproxy() {
  [[ ! -x /usr/sbin/haproxy ]] || { arguments+=(--haproxy=/usr/sbin/haproxy); return; }
  local folder=build/tools/unpacked/haproxy packages
  if [[ ! -x $folder/root/usr/sbin/haproxy ]]; then
    say "set-up: unpacking haproxy"
    rm -rf "$folder" && mkdir -p "$folder/root"
    mapfile -t packages < <(apt-get -s -qq --no-install-recommends install haproxy | awk '/^Inst/ {print $2}')
    (cd "$folder" && apt-get download -qq "${packages[@]}" 2>download.log) || { cat "$folder/download.log" >&2; die "apt-get download haproxy failed"; }
    for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder/root"; done
    rm "$folder"/*.deb
  fi
  arguments+=(--haproxy="$root/$folder/root/usr/sbin/haproxy" --haproxy-libraries="$(echo "$root/$folder"/root/usr/lib/*-linux-gnu)")
}

scripts/setup.sh
build "$preset" provnet-train provnet-server provnet-fleet-load
find_haproxy

out=out/fleet
models=$out/models
[[ -d $models/digits/1 ]] || { say "training the model to serve"; "build/$preset/bin/provnet-train" fit --dataset=glyphs:2000 --size=tiny --seed=1 --output="$models/digits"; }
python_messages "$out/python"

say "rolling, killing, scaling and stopping"
PYTHONPATH=$root/tests/faults debian_python "$out/python" tests/fleet/run.py --programs="build/$preset/bin" \
  --load="build/$preset/tests/provnet-fleet-load" --repository="$models" "${arguments[@]}"

# Sourced by the scripts beside it: where things are, and how they speak.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Resolve what the user typed against the folder they typed it in.
invoked_from=$PWD
cd "$root"

# What setup.sh is asked for where all tests are to run. Without these two faults of tests/faults are skipped: other networks, and a
# clock that jumps.
test_packages=(python3-torch libfaketime)

say() { printf '\n\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# What the script that sources this says about itself: the comment at its beginning.
usage() { sed -n '2,${/^#/!q;s/^# \{0,1\}//p}' "$root/scripts/$(basename "$0")"; }

absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$invoked_from" "$1" ;; esac; }

# Translation units with LibTorch need about 2 GiB each.
jobs() {
  local cores memory_gib
  cores=$(nproc)
  memory_gib=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
  local by_memory=$((memory_gib / 2))
  ((by_memory < 1)) && by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  say "building ($preset)"
  cmake --preset "$preset" >build/configure-"$preset".log 2>&1 || { cat build/configure-"$preset".log >&2; die "cmake --preset $preset failed"; }
  cmake --build --preset "$preset" -j "$(jobs)" ${@:+--target "$@"}
}

# python_messages FOLDER: the messages of our protos as Python modules, made anew.
python_messages() {
  mkdir -p "$1"
  protoc -I proto --python_out="$1" $(find proto -name "*.proto")
}

# debian_python MESSAGES PROGRAM ARGUMENT...: runs a program that uses those messages and tests/live. Debian's own Python: only
# that one sees Debian's modules.
debian_python() {
  local messages=$1
  shift
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/$messages:$root/tests/live${PYTHONPATH:+:$PYTHONPATH} /usr/bin/python3 "$@"
}

# await_ports FILE PID LOG: returns once the server PID has written its addresses to FILE; sets $grpc and $http.
await_ports() {
  local file=$1 server=$2 log=$3
  for ((i = 0; i < 600; ++i)); do
    [[ -s $file ]] && break
    kill -0 "$server" 2>/dev/null || { cat "$log" >&2; die "the server did not start"; }
    sleep 0.1
  done
  [[ -s $file ]] || die "the server was not ready within 60 s; its log is in $log"
  grpc=$(sed -n 's/^grpc=//p' "$file")
  http=$(sed -n 's/^http=//p' "$file")
}
mkdir -p build

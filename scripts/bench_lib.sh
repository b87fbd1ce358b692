# Sourced by the benchmarks beside it, after lib.sh: starting what is measured, loading it, keeping what the load driver found.
bin=build/release/bin
pid=''

# fresh_runs NAME: an empty folder for the results of this run; sets $out.
fresh_runs() {
  out=out/$1
  mkdir -p "$out/runs"
  rm -f "$out"/runs/*
}

# Prints the reference model's bundle, which is made when it is missing.
reference_bundle() {
  local models=out/bench/models
  [[ -d $models/reference/1 ]] || { say "making the reference model"; "$bin/provnet-reference-bundle" --output="$models/reference" >/dev/null; }
  printf '%s' "$models/reference/1"
}

stop() { if [[ -n $pid ]]; then kill -TERM "$pid" 2>/dev/null && wait "$pid" || true; fi; pid=''; }
trap stop EXIT

# start COMMAND...: runs it until stop; sets $grpc and $http. $server_prefix, if set, comes before the command.
start() {
  rm -f "$out/ports"
  ${server_prefix:-} "$@" --port_file="$out/ports" 2>"$out/server.log" &
  pid=$!
  await_ports "$out/ports" "$pid" "$out/server.log"
}

# serve FLAG...: starts the server on $bundle's repository.
serve() {
  start "$bin/provnet-server" --model-repository="$(dirname "$(dirname "$bundle")")" --listen=127.0.0.1:0 --http=127.0.0.1:0 \
    --log-level=warning "$@"
}

# load NAME REPEAT ARGUMENT...: one run of the load driver against $grpc. $driver_prefix, if set, comes before the command.
load() {
  local name=$1 repeat=$2
  shift 2
  ${driver_prefix:-} "$bin/provnet" bench --server="$grpc" ${http:+--http="$http"} --model="$(basename "$(dirname "$bundle")")" \
    --duration="${seconds}s" --warmup=2s --top-k=$top_k --json="$out/runs/$name.$repeat.json" "$@" | sed "s/^/  $name: /" >&2
}

machine() { echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"; }

# A port that nobody listens on.
free_port() {
  local port
  for ((port = 29500; port < 29600; ++port)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { printf '%s' "$port"; return; }
  done
  die "all of the ports 29500 to 29599 are in use"
}

# as_rank RANK OF PORT: sets $rank, the beginning of a command that is one of several processes which fit together through the
# loopback interface.
as_rank() { rank=(env GLOO_SOCKET_IFNAME=lo MASTER_ADDR=127.0.0.1 MASTER_PORT="$3" RANK="$1" WORLD_SIZE="$2"); }

#!/usr/bin/env bash
# prove.sh ROOT STATE DOCKERFILE: called by check.sh in mount and process namespaces of its own. Runs the programs in ROOT as a container of
# DOCKERFILE's image would.
set -euo pipefail
root=$1 state=$2 dockerfile=$3
source "$(dirname "$0")/dockerfile.sh"
view=$(mktemp -d)
trap '{ kill -KILL ${server:-} && wait "$server"; } 2>/dev/null || true; umount -R "$view" && rmdir "$view"' EXIT

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

mount --make-rprivate /
mount --bind "$root" "$view"
mount -t proc proc "$view/proc"
mount --bind "$state/tmp" "$view/tmp"
mount --bind "$state/models" "$view/models"
mount -o remount,bind,ro "$view"

IFS=: read -r user group <<<"$(said "$dockerfile" USER)"
mapfile -t entry_point < <(said "$dockerfile" ENTRYPOINT | jq -r '.[]')
read -ra environment <<<"$(said "$dockerfile" ENV | paste -sd' ')"
# As Kubernetes starts it under the chart's security context.
as_user=(chroot "$view" env -i "${environment[@]}" HOME=/nonexistent setpriv --reuid="$user" --regid="$group" --clear-groups --no-new-privs
  --bounding-set=-all --inh-caps=-all)

"${as_user[@]}" sh -c '! touch /usr/here 2>/dev/null' || fail "the root can be written"
# The number that the chart and the manifests know, and the name that finish.sh gives it.
[[ $("${as_user[@]}" id) == "uid=10001(provnet) gid=10001(provnet) groups=10001(provnet)" ]] || fail "programs run as $("${as_user[@]}" id)"
for program in provnet-server provnet provnet-train; do
  "${as_user[@]}" "$program" --help >/dev/null || fail "$program does not start"
done

"${as_user[@]}" provnet-train fit --dataset=glyphs:1200 --size=tiny --epochs=2 --seed=1 --threads=1 --output=/models/digits >"$state/train.log" 2>&1 ||
  { cat "$state/train.log" >&2; fail "the fit did not publish"; }

mount -o remount,bind,ro "$view/models"
"${as_user[@]}" "${entry_point[@]}" --model-repository=/models --listen=127.0.0.1:0 --http=127.0.0.1:0 --port-file=/tmp/ports --device=cpu 2>"$state/server.log" &
server=$!
for ((i = 0; i < 600; ++i)); do
  [[ -s $state/tmp/ports ]] && break
  kill -0 "$server" 2>/dev/null || { cat "$state/server.log" >&2; fail "the server did not start"; }
  sleep 0.1
done
[[ -s $state/tmp/ports ]] || fail "the server was not ready within 60 s"
address=$(sed -n 's/^grpc=//p' "$state/tmp/ports") http=$(sed -n 's/^http=//p' "$state/tmp/ports")

# chroot, env and setpriv have each become the next: the process is the server itself.
status=$(<"$view/proc/$server/status")
for line in $'Uid:\t10001\t10001\t10001\t10001' $'NoNewPrivs:\t1' $'CapEff:\t0000000000000000' $'CapBnd:\t0000000000000000'; do
  grep -qxF "$line" <<<"$status" || fail "the server's status lacks \"$line\""
done

version=$(curl -fsS "http://$http/metrics" | sed -n 's/^provnet_build_info{version="\([^"]*\)".*/\1/p')
label=$(label "$dockerfile" version)
[[ -n $version && ${label%-cuda} == "$version" ]] || fail "the server is of version $version, the image labelled $label"

"${as_user[@]}" provnet models --server="$address"
"${as_user[@]}" provnet bench --server="$address" --concurrency=2 --duration=2s --warmup=500ms --json >"$state/bench.json"
jq -e '.requests_succeeded > 0 and .requests_failed == 0' "$state/bench.json" >/dev/null || { cat "$state/bench.json" >&2; fail "calls failed"; }

kill -s "$(said "$dockerfile" STOPSIGNAL)" "$server"
wait "$server" || { cat "$state/server.log" >&2; fail "the server did not end cleanly"; }

#!/usr/bin/env bash
# stage.sh PROGRAMS OUT: what an image needs of a build, found where it was built. OUT/usr/bin gets the stripped programs,
# OUT/packages the Debian packages of the libraries that they are linked with, one a line; apt finds what those need. Libraries under
# $PROVNET_UNPACKAGED are of no package: whoever calls brings them along. NVIDIA's driver is the node's, and never in an image.
set -euo pipefail

programs=(provnet-server provnet provnet-train)
# libopenblas0-openmp: LibTorch would take the reference BLAS, which is 20 times slower. ca-certificates: model storage and tracing over TLS.
extra=(libopenblas0-openmp ca-certificates)
driver=(libcuda.so.1 libnvidia-ml.so.1)

from=$1 out=$2
mkdir -p "$out/usr/bin"
for program in "${programs[@]}"; do
  strip --strip-unneeded -o "$out/usr/bin/$program" "$from/$program"
done

# NEEDED NAMES: their files' packages. dpkg may know a library under /usr/lib that the loader finds under /lib.
package_of() {
  local path
  path=$(readlink -f "$1")
  dpkg-query -S "$path" "${path#/usr}" 2>/dev/null | head -n 1 | cut -d: -f1 || true
}

{
  printf '%s\n' "${extra[@]}"
  for program in "${programs[@]}"; do
    needed=$(objdump -p "$from/$program" | awk '$1 == "NEEDED" {print $2}')
    while read -r name _ path _; do
      grep -qxF "$name" <<<"$needed" || continue
      [[ " ${driver[*]} " != *" $name "* ]] || continue
      [[ -z ${PROVNET_UNPACKAGED:-} || $path != "$PROVNET_UNPACKAGED"/* ]] || continue
      package=$(package_of "$path")
      [[ -n $package ]] || { echo "stage.sh: no package has $path, which $program needs" >&2; exit 1; }
      echo "$package"
    done < <(ldd "$from/$program")
  done
} | sort -u >"$out/packages"

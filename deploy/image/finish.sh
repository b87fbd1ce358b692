#!/bin/sh
# finish.sh ROOT PACKAGES: what a root with programs and packages still lacks: the user, the mount points, the list of what is inside; and
# what it can do without. PACKAGES is the file that stage.sh wrote.
set -eu
root=${1%/}
here=$(dirname "$0")

xargs "$here/prune.sh" "${root:-/}" <"$2"

grep -q '^provnet:' "$root/etc/passwd" || {
  echo 'provnet:x:10001:10001:ProvNet:/nonexistent:/usr/sbin/nologin' >>"$root/etc/passwd"
  echo 'provnet:x:10001:' >>"$root/etc/group"
}
# Filled by mounts, since the root can't be written.
mkdir -p "$root/models" "$root/data" "$root/etc/provnet"

# What nobody reads in a container. Licences stay.
rm -rf "$root/var/lib/apt/lists" "$root/var/cache/apt" "$root/var/cache/debconf" "$root/usr/share/man" "$root/usr/share/locale" "$root/usr/share/info"
# LibTorch's side of Python, which is not here.
rm -f "$root"/usr/lib/*/libtorch_python.so*
find "$root/usr/share/doc" -mindepth 2 ! -name copyright -type f -delete
find "$root/var/log" -type f -delete
# Nothing in here may gain rights.
find "${root:-/}" -xdev \( -perm -4000 -o -perm -2000 \) -type f -exec chmod a-s {} +

"$here/sbom.sh" "${root:-/}" >"$root/usr/share/provnet.spdx.json"

#!/bin/sh
# finish.sh PACKAGES: what the image's root, in which it runs, still lacks when packages and programs are there: the user, the mount points,
# the list of what is inside; and what it can do without. PACKAGES is the file that stage.sh wrote. What runs after prune.sh may use
# programs of packages that Debian calls essential, no others.
set -eu
here=$(dirname "$0")
[ "$here" = /image ] || { echo "$0: it removes most of the system that it runs in: only for an image that is being made, with this folder at /image" >&2; exit 2; }

xargs "$here/prune.sh" <"$1"

grep -q '^provnet:' /etc/passwd || {
  echo 'provnet:x:10001:10001:ProvNet:/nonexistent:/usr/sbin/nologin' >>/etc/passwd
  echo 'provnet:x:10001:' >>/etc/group
}
# Filled by mounts, since the root can't be written.
mkdir -p /models /data /etc/provnet

# What nobody reads in a container. Licences stay.
rm -rf /var/lib/apt/lists /var/cache/apt /var/cache/debconf /usr/share/man /usr/share/locale /usr/share/info
# LibTorch's side of Python, which is not here.
rm -f /usr/lib/*/libtorch_python.so*
find /usr/share/doc -mindepth 2 ! -name copyright -type f -delete
find /var/log -type f -delete
# Nothing in here may gain rights.
find / -xdev \( -perm -4000 -o -perm -2000 \) -type f -exec chmod a-s {} +

"$here/sbom.sh" >/usr/share/provnet.spdx.json

# Sourced by check.sh: makes root file systems in $work for $suite. A root that is there already is kept.

mirror=http://deb.debian.org/debian

# The root in which ProvNet is built: the development packages, and this commit's source with local changes.
make_build_root() {
  if [[ ! -e $work/build-root/complete ]]; then
    say "making a build root of $suite"
    rm -rf --one-file-system "$work/build-root"
    mmdebstrap --quiet --variant=apt --include=ca-certificates "$suite" "$work/build-root" "$mirror"
    mkdir -p "$work/build-root/src"
    touch "$work/build-root/complete"
  fi
  # With the files' times, so that a second build compiles what has changed.
  local source=$work/build-root/src
  find "$source" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --ignore-failed-read -cf - | tar -xf - -C "$source"
  # An older root may lack what has come to be needed since.
  in_build_root "scripts/setup.sh"
  # What Debian does not have, and tests need: it runs on any.
  mkdir -p "$source/build/tools"
  if [[ -e build/tools/helm ]]; then cp -a build/tools/helm build/tools/kubernetes-schemas "$source/build/tools/"; fi
}

# in_build_root COMMAND: runs it in the source folder, with a compiler's cache that outlives the root, and this machine's data sets.
in_build_root() {
  local data=${PROVNET_DATA_DIR:-}
  unshare --mount --pid --fork --kill-child bash -euc '
    root=$1 cache=$2 data=$3 command=$4
    mkdir -p "$root/ccache" "$root/data" "$cache"
    mount -t proc proc "$root/proc"
    mount --bind "$cache" "$root/ccache"
    [[ -z $data ]] || mount --bind -o ro "$data" "$root/data"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive CCACHE_DIR=/ccache \
      ${data:+PROVNET_DATA_DIR=/data} chroot "$root" bash -euc "cd /src; $command"
  ' in_build_root "$work/build-root" "$work/ccache" "$data" "$1"
}

# The root of the image: what Dockerfile makes, of the same packages, programs and finishing touches.
make_runtime_root() {
  local packages
  packages=$(paste -sd, "$work/stage/packages")
  if [[ $(cat "$work/root.packages" 2>/dev/null) != "$packages" ]]; then
    say "making the image's root of $suite, of $(wc -l <"$work/stage/packages") packages and what they need"
    rm -rf --one-file-system "$work/root" "$work/root.packages"
    mmdebstrap --quiet --variant=apt --aptopt='APT::Install-Recommends "false"' --include="$packages" "$suite" "$work/root" "$mirror"
    echo "$packages" >"$work/root.packages"
  fi
  cp -a "$work/stage/usr/bin/." "$work/root/usr/bin/"
  deploy/image/finish.sh "$work/root" "$work/stage/packages"
}

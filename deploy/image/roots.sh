# Sourced by check.sh: makes root file systems in $work for $suite. The build root and the base are kept when they are there already.

mirror=http://deb.debian.org/debian

# make_build_root [PACKAGE...]: the root in which ProvNet is built: the development packages and those that are named, and this
# commit's source with local changes.
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
  in_build_root "scripts/setup.sh $*"
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

# What Docker calls debian:$suite-slim, as far as it matters here; with the packages that $work/stage asks for downloaded.
make_base_root() {
  if [[ ! -e $work/base.complete ]]; then
    say "making a base of $suite"
    rm -rf --one-file-system "$work/base"
    mmdebstrap --quiet --variant=minbase "$suite" "$work/base" "$mirror"
    # What it takes from this machine, and what that image has elsewhere.
    rm -f "$work/base/etc/hostname" "$work/base/etc/resolv.conf" "$work/base/etc/apt/sources.list"
    local keys=/usr/share/keyrings/debian-archive-keyring.gpg
    cat >"$work/base/etc/apt/sources.list.d/debian.sources" <<SOURCES
Types: deb
URIs: $mirror
Suites: $suite $suite-updates
Components: main
Signed-By: $keys

Types: deb
URIs: $mirror-security
Suites: $suite-security
Components: main
Signed-By: $keys
SOURCES
    touch "$work/base.complete"
  fi
  in_runtime_root "$work/base" "apt-get update -qq && xargs apt-get install -qq --download-only --no-install-recommends </stage/packages" \
    "$work/stage" /stage
}

# in_runtime_root ROOT COMMAND [FOLDER TARGET]...: as Docker runs a command of a Dockerfile, with each FOLDER at TARGET to read.
in_runtime_root() {
  unshare --mount --pid --fork --kill-child bash -euc '
    root=$1 command=$2
    shift 2
    mount -t proc proc "$root/proc"
    : >>"$root/etc/resolv.conf"
    mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
    for ((i = 1; i < $#; i += 2)); do
      target=$root${@:i+1:1}
      mkdir -p "$target"
      mount --bind -o ro "${@:i:1}" "$target"
    done
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$root" /bin/sh -c "$command"
  ' in_runtime_root "$@" </dev/null >"$work/runtime.log" 2>&1 || { tail -n 30 "$work/runtime.log" >&2; die "failed: $2; its log is $work/runtime.log"; }
  local i
  for ((i = 4; i <= $#; i += 2)); do rmdir "$1${!i}"; done
}

# run_instruction "[--mount=...] COMMAND": the Dockerfiles' RUN in $work/root.
run_instruction() {
  local rest=$1 mount source folders=()
  while [[ $rest == --mount=* ]]; do
    read -r mount rest <<<"$rest"
    source=$(sed -n 's/.*source=\([^,]*\).*/\1/p' <<<"$mount")
    case $source in
      /stage) folders+=("$work/stage") ;;
      /src/*) folders+=("$root/${source#/src/}") ;;
      *) die "$source of a build is not here" ;;
    esac
    folders+=("$(sed -n 's/.*target=\([^,]*\).*/\1/p' <<<"$mount")")
  done
  in_runtime_root "$work/root" "$rest" "${folders[@]}"
}

# make_image_root DOCKERFILE: does in $work/root what the Dockerfile's stage "runtime" says, with what stage.sh left in $work/stage.
# Begins with the base.
make_image_root() {
  local instruction arguments
  say "making the root of $(basename "$1") on $suite, of $(wc -l <"$work/stage/packages") packages and what they need"
  rm -rf --one-file-system "$work/root"
  cp -a --reflink=auto "$work/base" "$work/root"
  while read -r instruction arguments <&3; do
    case $instruction in
      RUN) run_instruction "$arguments" ;;
      # PyTorch's LibTorch is not here: an empty folder.
      COPY) mkdir -p "$work/root${arguments##* }" ;;
      *) die "the check does not know $instruction, which is in $1" ;;
    esac
  done 3< <(instructions "$1" | sed -n 's/^runtime //p')
}

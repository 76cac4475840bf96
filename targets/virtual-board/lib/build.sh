# Builds the image of the virtual board: Debian's kernel and packages, two modules of our own, one file system. Sourced by board.
# Every result stands in the cache under a name that says what it was made from, and comes there by a rename: a build that was
# interrupted goes on where it stopped.

suite=bookworm kernel_flavour=6.12
mirror=${LATCH_BOARD_MIRROR:-http://deb.debian.org}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

build() {
    if [ "${1:-}" != --refresh ] && [ -n "$(image_folder)" ]; then
        say "the image is built: $(image_folder) (--refresh looks for a newer kernel and newer packages)"
        return
    fi
    need qemu-system-aarch64 qemu-system-arm qemu-img qemu-utils qemu-aarch64-static qemu-user-static mmdebstrap mmdebstrap mke2fs e2fsprogs \
        cpio cpio ssh-keygen openssh-client aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu gcc gcc make make depmod kmod flock util-linux \
        xz xz-utils dpkg-deb dpkg apt-get apt unshare util-linux perl perl
    [ -f "$keyring" ] || fail "there is no $keyring; install debian-archive-keyring"
    mkdir -p "$cache"
    exec 9>"$cache/build.lock"
    flock -n 9 || { say "another build is running; waiting for it"; flock 9; }
    if [ "${1:-}" != --refresh ] && [ -n "$(image_folder)" ]; then return; fi

    local begin=$SECONDS
    prepare_apt
    local kernel
    kernel=$(kernel_version)
    [ -n "$kernel" ] || fail "the archive has no kernel linux-image-$kernel_flavour-arm64; apt's state is in $cache/apt"
    say "kernel $kernel"
    # The root file system needs one core, the modules the other.
    local root="$cache/rootfs-$(hash lib/rootfs.sh)-$(date +%Y%m).tar"
    make_root "$root" "${1:-}" &
    local root_job=$!
    local failed=
    make_modules "$kernel" || failed=modules
    wait $root_job || failed="root file system"
    [ -z "$failed" ] || fail "the build of the $failed failed; the log above and in $cache/*.log says why"
    make_image "$kernel" "$root" || fail "the image could not be made"
    say "built in $((SECONDS - begin)) s: $(image_folder)"
}

# Runs a step, prints its time, and on failure the end of its log. The step is a group of processes of its own, which ends when this script does,
# however that ends.
timed() {
    local name=$1 log="$cache/${1// /-}.log" begin=$SECONDS step watcher code=0
    shift
    say "$name ..."
    # A shell of its own: where a function's result is tested, "set -e" would not hold inside it.
    setsid bash -euo pipefail -c 'for part in common run build modules image; do . "$0/lib/$part.sh"; done; "$@"' "$home" "$@" >"$log" 2>&1 </dev/null &
    step=$!
    (
        trap '' HUP INT TERM
        while kill -0 $$ 2>/dev/null; do sleep 1; done
        kill -TERM -- -$step
        # unshare takes no TERM, and what is in its namespace ends with it.
        sleep 3
        kill -KILL -- -$step
    ) >/dev/null 2>&1 &
    watcher=$!
    wait $step || code=$?
    # Somebody ended the script: its group ends too, silently.
    kill -0 $$ 2>/dev/null || exit 1
    kill -KILL $watcher
    wait $watcher 2>/dev/null || true
    if [ $code -ne 0 ]; then
        say "$name failed after $((SECONDS - begin)) s; the end of $log:"
        tail -40 "$log" >&2
        return 1
    fi
    say "$name: $((SECONDS - begin)) s"
}

# A state of apt of our own, for two architectures; the host's stays as it is. Proxies and checks of the host's apt hold here too.
prepare_apt() {
    mkdir -p "$cache"/apt/{etc/apt.conf.d,etc/preferences.d,lists/partial,archives/partial}
    touch "$cache/apt/status"
    local entry="deb [signed-by=$keyring] $mirror"
    printf '%s\n' "$entry/debian $suite main" "$entry/debian $suite-updates main" "$entry/debian-security $suite-security main" >"$cache/sources.list"
    {
        apt-config dump | grep -E '^(Acquire::(http|https|ftp)::|Acquire::Check-)' || true
        cat <<CONF
Dir::State "$cache/apt"; Dir::State::lists "$cache/apt/lists"; Dir::State::status "$cache/apt/status";
Dir::Cache "$cache/apt"; Dir::Etc "$cache/apt/etc"; Dir::Etc::sourcelist "$cache/sources.list"; Dir::Etc::sourceparts "/dev/null";
APT::Architecture "arm64"; APT::Architectures { "arm64"; "$(dpkg --print-architecture)"; };
APT::Sandbox::User ""; Acquire::Languages "none"; Acquire::Retries "3";
CONF
    } >"$cache/apt/apt.conf"
    timed "package lists" env APT_CONFIG="$cache/apt/apt.conf" apt-get update -qq || exit 1
}

# The version that the archive's newest kernel of the flavour depends on, such as 6.12.117+deb12.
kernel_version() {
    APT_CONFIG="$cache/apt/apt.conf" apt-cache show linux-image-$kernel_flavour-arm64 2>/dev/null |
        sed -n 's/^Depends: linux-image-\([^ ,]*\)-arm64.*/\1/p' | head -1
}

make_root() {
    { [ -f "$1" ] && [ "$2" != --refresh ]; } || timed "root file system" make_root_tar "$1"
}

make_root_tar() {
    rm -f "$1".partial*
    bash "$home/lib/namespace.sh" bash "$home/lib/rootfs.sh" "$1.partial" "$cache/sources.list"
    mv "$1.partial" "$1"
}

# kernel-VERSION: image and modules as packed; modules-VERSION-HASH: our modules for it.
make_modules() {
    local kernel=$1
    [ -d "$cache/kernel-$kernel" ] || timed "kernel" unpack_kernel "$kernel" || return 1
    [ -d "$cache/modules-$kernel-$(modules_key)" ] || timed "modules" compile_modules "$kernel"
}

# The keys of this cache: the user's and the boards' own.
make_keys() {
    mkdir -p -m 700 "$cache/keys"
    local key
    for key in user host; do
        [ -f "$cache/keys/$key" ] || ssh-keygen -q -t ed25519 -N '' -C "latch-board-$key" -f "$cache/keys/$key"
    done
}

# A folder of its own for every build: boards go on on the image they were made from.
make_image() {
    local kernel=$1 root=$2 folder
    folder="$cache/image-$(image_key)-$kernel-$(date -u +%Y%m%d%H%M%S)"
    make_keys
    # What interrupted builds left; nobody else builds now.
    rm -rf "$cache"/image-*.partial "$cache"/boards.first.*
    timed "image" pack_image "$kernel" "$root" "$folder.partial" || return 1
    timed "first start" save_started "$folder.partial" || return 1
    mv "$folder.partial" "$folder"
}

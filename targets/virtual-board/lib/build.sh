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
    [ "${1:-}" != --refresh ] || rm -f "$root"
    make_root "$root" &
    local root_job=$!
    local failed=
    make_modules "$kernel" || failed=modules
    wait $root_job || failed="root file system"
    [ -z "$failed" ] || fail "the build of the $failed failed; the log above and in $cache/*.log says why"
    make_image "$kernel" "$root" "$cache/image-$(image_key)-$kernel" || fail "the image could not be made"
    say "built in $((SECONDS - begin)) s: $(image_folder)"
}

# Runs a step, prints its time, and on failure the end of its log.
timed() {
    local name=$1 log="$cache/${1// /-}.log" begin=$SECONDS
    shift
    say "$name ..."
    # A shell of its own: where a function's result is tested, "set -e" would not hold inside it.
    if ! bash -euo pipefail -c '. "$0/lib/common.sh"; . "$0/lib/run.sh"; . "$0/lib/build.sh"; "$@"' "$home" "$@" >"$log" 2>&1; then
        say "$name failed after $((SECONDS - begin)) s; the end of $log:"
        tail -20 "$log" >&2
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
    [ -f "$1" ] || timed "root file system" make_root_tar "$1"
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

modules_key() { hash lib/build.sh i2c-regsim spi-regsim; }

unpack_kernel() {
    local kernel=$1 work="$cache/kernel-$1.partial" host source
    host=$(dpkg --print-architecture)
    rm -rf "$work"
    mkdir -p "$work/debs"
    # Packages are put together from their parts, so that an interrupted download costs one of them.
    (cd "$work/debs" && APT_CONFIG="$cache/apt/apt.conf" apt-get -qq download "linux-image-$kernel-arm64" "linux-headers-$kernel-arm64" \
        "linux-headers-$kernel-common:arm64" "linux-kbuild-$kernel:$host" "linux-source-$kernel_flavour" busybox-static:arm64)
    local deb
    for deb in "$work"/debs/linux-{image,headers,kbuild}-*.deb "$work"/debs/busybox-static_*.deb; do dpkg-deb -x "$deb" "$work"; done
    # Two files of the kernel's source; the rest of the archive is not read once they are there.
    source="linux-source-$kernel_flavour"
    { dpkg-deb --fsys-tarfile "$work"/debs/linux-source-*.deb | tar -xO "./usr/src/$source.tar.xz" | xz -dc |
        tar -x -C "$work" --occurrence=1 "$source/drivers/gpio/gpio-sim.c" "$source/kernel/irq/irq_sim.c"; } 2>/dev/null || true
    mkdir "$work/source"
    mv "$work/$source/drivers/gpio/gpio-sim.c" "$work/$source/kernel/irq/irq_sim.c" "$work/source/"
    rm -rf "$work/debs" "${work:?}/$source"
    # The headers name their own place. Without the kernel's symbols no BTF is made, and pahole is not needed.
    local headers="$work/usr/src/linux-headers-$kernel-arm64"
    sed -i "s#/usr/src#$cache/kernel-$kernel/usr/src#g" "$headers/Makefile" "$headers/.kernelvariables"
    rm -f "$headers/vmlinux"
    mv "$work" "$cache/kernel-$kernel"
}

# Debian's kernel has the drivers of the chips, but no simulated GPIO chip and no buses of registers: gpio-sim comes from the kernel's
# source, i2c-regsim and spi-regsim are our own.
compile_modules() {
    local kernel=$1 tree="$cache/kernel-$1" target work
    target="$cache/modules-$kernel-$(modules_key)"
    work="$target.partial"
    rm -rf "$work"
    mkdir -p "$work/build"
    cp "$tree/source/"*.c "$home"/i2c-regsim/*.c "$home"/spi-regsim/*.c "$work/build/"
    # irq_sim is built into a kernel or not at all: as a module it needs a licence and an exported way to the descriptor.
    printf '\n#include <linux/module.h>\nMODULE_DESCRIPTION("simulated interrupts, as a module");\nMODULE_LICENSE("GPL");\n' >>"$work/build/irq_sim.c"
    sed -i 's/irq_to_desc(irqnum)/irq_data_to_desc(irq_get_irq_data(irqnum))/' "$work/build/irq_sim.c"
    printf '%s\n' 'obj-m += irq_sim.o gpio-sim.o i2c-regsim.o spi-regsim.o' 'ccflags-y += -DCONFIG_IRQ_SIM=1' >"$work/build/Kbuild"
    make -s -j2 -C "$tree/usr/src/linux-headers-$kernel-arm64" M="$work/build" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- modules
    aarch64-linux-gnu-strip --strip-debug "$work"/build/*.ko
    mkdir "$work/out"
    mv "$work"/build/*.ko "$work/out/"
    rm -rf "$target"
    mv "$work/out" "$target"
    rm -rf "$work"
}

# The keys of this cache: the user's and the boards' own.
make_keys() {
    mkdir -p -m 700 "$cache/keys"
    local key
    for key in user host; do
        [ -f "$cache/keys/$key" ] || ssh-keygen -q -t ed25519 -N '' -C "latch-board-$key" -f "$cache/keys/$key"
    done
}

make_image() {
    local kernel=$1 root=$2 folder=$3
    make_keys
    timed "image" pack_image "$kernel" "$root" "$folder.partial" || return 1
    timed "first start" save_started "$folder.partial" || return 1
    rm -rf "$folder"
    mv "$folder.partial" "$folder"
}

# base.qcow2, the kernel and the initial file system. Owners of files are only right inside the namespace.
pack_image() {
    local kernel=$1 root=$2 folder=$3
    rm -rf "$folder"
    mkdir -p "$folder"
    bash "$home/lib/namespace.sh" bash "$home/lib/pack.sh" "$root" "$cache/kernel-$kernel" "$cache/modules-$kernel-$(modules_key)" \
        "$cache/keys" "$home/overlay" "$folder"
    cp "$cache/kernel-$kernel/boot/vmlinuz-$kernel-arm64" "$folder/kernel"
    qemu-img convert -f raw -O qcow2 "$folder/disk.img" "$folder/base.qcow2"
    rm -f "$folder/disk.img"
}

# Boots the image once and saves the machine, its memory and its disk, for boards to go on from.
save_started() {
    local folder=$1
    board=$(mktemp -d "$cache/boards.first.XXXXXX")
    trap 'stop_machine "$board"; rm -rf "$board"' EXIT
    qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 "$folder/started.qcow2"
    start_machine "$board" "$folder" "$folder/started.qcow2" "$default_cpu" ""
    wait_for_ssh "$board" "$start_limit"
    in_board "$board" 'systemctl is-system-running --wait || { systemctl --failed; exit 1; }; sudo journalctl -q --sync; sync'
    save_machine "$board" "$folder/started.state"
    qemu-system-aarch64 --version | head -1 >"$folder/started.qemu"
}

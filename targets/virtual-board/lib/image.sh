# The image: one file system, the kernel, and a machine saved after its first start. Sourced by board; part of what names an image.

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
    first=$(mktemp -d "$cache/boards.first.XXXXXX")
    trap 'stop_machine "$first"; rm -rf "$first"' EXIT
    qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 "$folder/started.qcow2"
    start_machine "$first" "$folder" "$folder/started.qcow2" "$default_cpu" "" ""
    wait_for_ssh "$first" "$start_limit"
    in_board "$first" "$(declare -f started_well); started_well"
    save_machine "$first" "$folder/started.state"
    qemu-system-aarch64 --version | head -1 >"$folder/started.qemu"
}

# On the board: every unit is up, else what the journal says of those that are not.
started_well() {
    local state unit
    if ! state=$(systemctl is-system-running --wait); then
        echo "the board is $state"
        for unit in $(systemctl --failed --plain --no-legend | cut -d ' ' -f 1); do
            sudo journalctl -q -b --no-pager -o cat -u "$unit"
        done
        return 1
    fi
    sudo journalctl -q --sync
    sync
}

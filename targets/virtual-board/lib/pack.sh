#!/bin/bash
# pack.sh ROOT.tar KERNEL MODULES KEYS OVERLAY FOLDER: makes disk.img (ext4) and initrd.gz in FOLDER. Runs as root of a namespace.
set -euo pipefail
tar=$1 kernel=$2 modules=$3 keys=$4 overlay=$5 folder=$6
export PATH=$PATH:/usr/sbin:/sbin
umask 022
work=$(mktemp -d "$folder/work.XXXXXX")
root=$work/root
release=$(ls "$kernel/lib/modules")
trap 'rm -rf "$work"' EXIT

unpack() {
    mkdir "$root"
    tar -xpf "$tar" --numeric-owner -C "$root" --exclude='./dev/*'
    rm -f "$root"/etc/dpkg/dpkg.cfg.d/99mmdebstrap "$root"/etc/apt/apt.conf.d/99mmdebstrap
    cp -r --no-preserve=ownership "$overlay" "$work/overlay"
    chmod -R u=rwX,go=rX "$work/overlay"
    cp -r --preserve=mode "$work/overlay/." "$root/"
}

# The parts of Debian's modules that a board without a screen and a network card can use, and ours.
install_modules() {
    local from="$kernel/lib/modules/$release" to="$root/usr/lib/modules/$release" part
    mkdir -p "$to/extra"
    cp "$from"/modules.{order,builtin,builtin.modinfo} "$to/"
    for part in arch crypto lib fs/{autofs,ext4,jbd2,configfs,overlayfs,nls,fat,fuse} net/core \
        drivers/{base,block,char,gpio,hwmon,i2c,iio,leds,mfd,misc,pwm,regulator,rtc,spi,virtio,watchdog} drivers/net/{virtio_net,net_failover}.ko.xz; do
        [ -e "$from/kernel/$part" ] || continue
        mkdir -p "$to/kernel/$(dirname "$part")"
        cp -r "$from/kernel/$part" "$to/kernel/$part"
    done
    [ ! -e "$from/kernel/fs/mbcache.ko.xz" ] || cp "$from/kernel/fs/mbcache.ko.xz" "$to/kernel/fs/"
    cp "$modules"/*.ko "$to/extra/"
    depmod -b "$root" "$release"
}

configure() {
    local group
    for group in i2c gpio spi iio; do groupadd -P "$root" -f -r "$group"; done
    useradd -P "$root" -u 1000 -U -m -s /bin/bash -p '*' -G sudo,adm,dialout,video,i2c,gpio,spi,iio pi
    chmod 440 "$root/etc/sudoers.d/010_pi-nopasswd"
    install -d -m 700 -o 1000 -g 1000 "$root/home/pi/.ssh"
    install -m 600 -o 1000 -g 1000 "$keys/user.pub" "$root/home/pi/.ssh/authorized_keys"
    rm -f "$root"/etc/ssh/ssh_host_*
    install -m 600 "$keys/host" "$root/etc/ssh/ssh_host_ed25519_key"
    install -m 644 "$keys/host.pub" "$root/etc/ssh/ssh_host_ed25519_key.pub"
    echo "# This board has no way out: name a file: or a forwarded repository in sources.list.d." >"$root/etc/apt/sources.list"
    rm -f "$root"/etc/apt/sources.list.d/*
    : >"$root/etc/machine-id"
    mkdir -p "$root/var/log/journal"

    local units=$root/etc/systemd/system unit
    mkdir -p "$units/multi-user.target.wants"
    for unit in systemd-networkd ssh board-devices; do
        [ -e "$units/$unit.service" ] && ln -sf "/etc/systemd/system/$unit.service" "$units/multi-user.target.wants/" ||
            ln -sf "/lib/systemd/system/$unit.service" "$units/multi-user.target.wants/"
    done
    # Nothing runs that needs a network or a terminal: the start is short, times are steady.
    rm -f "$units"/timers.target.wants/* "$units"/multi-user.target.wants/{unattended-upgrades,e2scrub_reap}.service "$units"/getty.target.wants/*
    for unit in systemd-networkd-wait-online.service systemd-hwdb-update.service systemd-logind.service serial-getty@ttyAMA0.service \
        systemd-binfmt.service proc-sys-fs-binfmt_misc.automount; do ln -sf /dev/null "$units/$unit"; done
}

# What Debian's kernel needs to see its disk: two drivers, their dependencies in order, and busybox.
make_initrd() {
    local start=$work/initrd number=10 kind file
    mkdir -p "$start"/{bin,modules,proc,sys,dev,disk}
    cp "$kernel/bin/busybox" "$start/bin/"
    ln -s busybox "$start/bin/sh"
    while read -r kind file _; do
        [ "$kind" = insmod ] || continue
        number=$((number + 1))
        xz -dc "$file" >"$start/modules/$number.ko"
    done < <(modprobe -d "$root/usr" -S "$release" --show-depends -a crc32c_generic virtio_pci virtio_blk ext4 | awk '!seen[$0]++')
    [ "$number" -gt 10 ] || { echo "modprobe named no modules for the initial file system"; exit 1; }
    cat >"$start/init" <<'INIT'
#!/bin/sh
b=/bin/busybox
$b mount -t devtmpfs dev /dev
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
for module in /modules/*.ko; do $b insmod $module; done
for i in $($b seq 100); do [ -b /dev/vda ] && break; $b usleep 100000; done
$b mount -t ext4 -o ro /dev/vda /disk || { echo "the root file system cannot be mounted"; $b sleep 5; $b poweroff -f; }
$b mount --move /dev /disk/dev
$b umount /proc
$b umount /sys
exec $b switch_root /disk /lib/systemd/systemd
INIT
    chmod +x "$start/init"
    (cd "$start" && find . | cpio -o -H newc --owner 0:0 --quiet | gzip -1) >"$folder/initrd.gz"
}

unpack
install_modules
configure
make_initrd
du -sm "$root"
truncate -s 2G "$folder/disk.img"
mke2fs -q -t ext4 -L board -m 1 -E root_owner=0:0 -d "$root" "$folder/disk.img"

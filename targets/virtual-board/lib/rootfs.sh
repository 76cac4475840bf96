#!/bin/bash
# namespace.sh rootfs.sh OUTPUT.tar SOURCES.list: a Debian 12 arm64 root file system as a tar. Its programs run under an emulator that is
# registered in the namespace only.
set -euo pipefail
output=$1 sources=$2 emulator=/usr/bin/qemu-aarch64-static

packages=(
    systemd systemd-sysv udev dbus kmod procps iproute2 netbase e2fsprogs
    openssh-server sudo adduser ca-certificates libssl3
    gpiod libgpiod2 i2c-tools
    python3-minimal python3-apt unattended-upgrades
)

# The kernel asks the emulator for programs whose ELF header says AArch64.
register_emulator() {
    local magic='\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
    local mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
    if mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null &&
        printf ':latch-aarch64:M::%s:%s:%s:OCF' "$magic" "$mask" "$emulator" >/proc/sys/fs/binfmt_misc/register 2>/dev/null; then
        return
    fi
    grep -qs '^enabled' /proc/sys/fs/binfmt_misc/qemu-aarch64 && return
    echo "This kernel ($(uname -r)) gives a user namespace no binfmt_misc of its own (it needs 6.7), and the host has none for AArch64." >&2
    echo "Install qemu-user-static and binfmt-support on the host, or build on a newer kernel." >&2
    exit 1
}

[ -x "$emulator" ] || { echo "There is no $emulator: install qemu-user-static." >&2; exit 1; }
register_emulator
mmdebstrap --mode=root --variant=minbase --architectures=arm64 --format=tar --skip=check/qemu \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include="$(IFS=,; echo "${packages[*]}")" bookworm "$output" "$sources"

# The kernel as packed by Debian, and our modules compiled for it. Sourced by board; part of what names a build of modules.

modules_key() { hash lib/modules.sh i2c-regsim spi-regsim; }

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

# Runs boards: each is one QEMU process and a folder in the cache with its disk, its console's log and its port. Sourced by board.
default_cpu=cortex-a72
start_limit=${LATCH_BOARD_TIMEOUT:-600}

board_folder() { echo "$cache/boards/$1"; }

# The process of a board, if it runs: the number alone could be another program's by now.
machine_pid() {
    local pid
    pid=$(cat "$1/pid" 2>/dev/null) || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "path=$1/console.log" || return 1
    echo "$pid"
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# start_machine FOLDER IMAGE DISK CPU STATE [SESSION]: starts QEMU in the background; STATE is a saved machine to go on from, or empty.
# SESSION is the program that takes it out of this script's group of processes: setsid; or empty, and it ends with the group.
# Writes of the guest are only safe once it has flushed them (cache=writeback, and the disk's own tables in QEMU's memory): killing QEMU
# loses what a power cut loses.
start_machine() {
    local folder=$1 image=$2 disk=$3 cpu=$4 state=$5 session=${6-setsid} port incoming=()
    port=$(free_port)
    [ -z "$state" ] || incoming=(-incoming "exec:cat '$state'")
    echo "$port" >"$folder/port"
    write_ssh_config "$folder" "$port"
    rm -f "$folder"/monitor.{in,out}
    mkfifo "$folder"/monitor.{in,out}
    echo "-- start $(date -u +%FT%TZ)" >>"$folder/console.log"
    $session qemu-system-aarch64 -name "latch-board" -M virt -cpu "$cpu" -smp 2 -m 1024 -accel tcg,thread=multi \
        -kernel "$image/kernel" -initrd "$image/initrd.gz" \
        -append "console=ttyAMA0 quiet loglevel=4 panic=5 net.ifnames=0 systemd.show_status=0 initcall_blacklist=pl061_gpio_driver_init" \
        -drive "if=none,file=$disk,format=qcow2,id=disk,cache=writeback,discard=unmap" -device virtio-blk-pci,drive=disk \
        -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=net,romfile= \
        -device virtio-rng-pci -rtc base=utc,clock=host -display none \
        -chardev "file,id=console,append=on,path=$folder/console.log" -serial chardev:console \
        -chardev "pipe,id=monitor,path=$folder/monitor" -mon chardev=monitor,mode=readline \
        "${incoming[@]}" >"$folder/qemu.log" 2>&1 </dev/null 9>&- &
    echo $! >"$folder/pid"
    # Before it is QEMU the process is a copy of this script, which nobody takes for a machine: a busy host may leave it so for a while.
    while kill -0 $! 2>/dev/null && ! machine_pid "$folder" >/dev/null; do sleep 0.02; done
}

write_ssh_config() {
    local folder=$1 port=$2
    printf 'latch-board %s\n' "$(cut -d' ' -f1,2 "$cache/keys/host.pub")" >"$folder/known_hosts"
    cat >"$folder/ssh_config" <<CONF
Host latch-board ${folder##*/}
    HostName 127.0.0.1
    Port $port
    User pi
    IdentityFile "$cache/keys/user"
    IdentitiesOnly yes
    HostKeyAlias latch-board
    UserKnownHostsFile "$folder/known_hosts"
    StrictHostKeyChecking yes
    BatchMode yes
    ConnectTimeout 10
    ServerAliveInterval 5
    ServerAliveCountMax 6
    LogLevel ERROR
CONF
}

in_board() {
    local folder=$1
    shift
    ssh -F "$folder/ssh_config" latch-board "$@"
}

# wait_for_ssh FOLDER SECONDS [NAME]: waits until the board answers, and wakes it up when a name is given. Tells the reason when it does not.
wait_for_ssh() {
    local folder=$1 limit=$2 board=${3:-} begin=$SECONDS greeting=true
    while :; do
        [ -z "$board" ] || greeting="sudo /usr/lib/board/wake $(date +%s.%N) $board"
        if ssh -F "$folder/ssh_config" -o ConnectTimeout=3 latch-board "$greeting" 2>"$folder/ssh.log" </dev/null; then return; fi
        if ! machine_pid "$folder" >/dev/null; then
            say "QEMU ended:"
            tail -5 "$folder/qemu.log" >&2
            show_console "$folder"
            return 1
        fi
        if [ $((SECONDS - begin)) -ge "$limit" ]; then
            say "no answer over ssh within $limit s (LATCH_BOARD_TIMEOUT): $(tail -1 "$folder/ssh.log")"
            show_console "$folder"
            return 1
        fi
        sleep 0.1
    done
}

show_console() {
    say "the last lines of $1/console.log:"
    tail -15 "$1/console.log" >&2
}

# Writes the machine's memory to a file and ends it; its disk stays as it is at that moment.
save_machine() {
    local folder=$1 state=$2 pid
    pid=$(machine_pid "$folder")
    printf 'migrate "exec:cat > %s"\nquit\n' "$state.partial" >"$folder/monitor.in"
    timeout 120 tail --pid="$pid" -f /dev/null
    [ -s "$state.partial" ] || { cat "$folder/monitor.out" "$folder/qemu.log" >&2; return 1; }
    mv "$state.partial" "$state"
}

# seconds_since NANOSECONDS: with one decimal.
seconds_since() {
    local tenths=$((($(date +%s%N) - $1) / 100000000))
    echo "$((tenths / 10)).$((tenths % 10))"
}

up() {
    local cold= cpu=$default_cpu folder image state=
    while [ $# -gt 0 ]; do
        case $1 in
        --cold) cold=1 ;;
        --cpu) cpu=${2:?--cpu needs a name}; shift ;;
        *) fail "up has no option $1; it has --name, --cold, --cpu" ;;
        esac
        shift
    done
    need qemu-system-aarch64 qemu-system-arm qemu-img qemu-utils ssh openssh-client
    folder=$(board_folder "$name")
    mkdir -p "$folder"
    exec 8>"$folder/lock"
    flock 8
    if machine_pid "$folder" >/dev/null; then
        wait_for_ssh "$folder" "$start_limit" || exit 1
        say "$name is up already"
        return
    fi
    local begin
    if [ -f "$folder/disk.qcow2" ]; then
        image=$(cat "$folder/image")
        [ -f "$image/base.qcow2" ] || fail "the image of board $name is gone ($image); make the board anew: board reset --name $name"
    else
        [ -n "$(image_folder)" ] || build
        image=$(image_folder)
        new_disk
    fi
    begin=$(date +%s%N)
    start_machine "$folder" "$image" "$folder/disk.qcow2" "$cpu" "$state" 8>&-
    if ! wait_for_ssh "$folder" "$start_limit" "$name"; then
        stop_machine "$folder"
        exit 1
    fi
    say "$name is up after $(seconds_since "$begin") s; ssh -F $folder/ssh_config latch-board"
}

# A new disk over the image's: over the saved machine's when it can go on from there (same QEMU, same processor), else over the untouched one.
new_disk() {
    local base=base
    if [ -z "$cold" ] && [ "$cpu" = "$default_cpu" ] && [ "$(qemu-system-aarch64 --version | head -1)" = "$(cat "$image/started.qemu" 2>/dev/null)" ]; then
        base=started
        state=$image/started.state
    fi
    qemu-img create -q -f qcow2 -b "$image/$base.qcow2" -F qcow2 "$folder/disk.partial"
    echo "$image" >"$folder/image"
    : >"$folder/console.log"
    mv "$folder/disk.partial" "$folder/disk.qcow2"
}

# Ends QEMU at once: the power cut.
stop_machine() {
    local pid
    pid=$(machine_pid "$1") || return 0
    kill -9 "$pid" 2>/dev/null || true
    timeout 20 tail --pid="$pid" -f /dev/null
    rm -f "$1/pid"
}

running() {
    folder=$(board_folder "$name")
    machine_pid "$folder" >/dev/null || fail "board $name is not up; start it: board up --name $name"
}

down() {
    local folder pid
    folder=$(board_folder "$name")
    pid=$(machine_pid "$folder") || { say "$name is down"; return; }
    in_board "$folder" 'sudo systemctl poweroff' </dev/null >/dev/null 2>&1 || true
    if ! timeout 60 tail --pid="$pid" -f /dev/null; then
        say "$name did not power off within 60 s and is cut off"
        show_console "$folder"
        stop_machine "$folder"
        return 1
    fi
    rm -f "$folder/pid"
    say "$name is down"
}

cut_power() {
    local folder
    running
    stop_machine "$folder"
    say "$name has lost its power"
}

reboot() {
    local folder before begin=$SECONDS
    running
    before=$(in_board "$folder" cat /proc/sys/kernel/random/boot_id </dev/null) || fail "board $name does not answer"
    in_board "$folder" 'sudo systemctl reboot' </dev/null >/dev/null 2>&1 || true
    while [ $((SECONDS - begin)) -lt "$start_limit" ]; do
        sleep 0.5
        wait_for_ssh "$folder" $((start_limit - SECONDS + begin)) || exit 1
        if [ "$(in_board "$folder" cat /proc/sys/kernel/random/boot_id </dev/null 2>/dev/null || echo "$before")" != "$before" ]; then
            say "$name is up again after $((SECONDS - begin)) s"
            return
        fi
    done
    fail "board $name did not restart within $start_limit s"
}

status() {
    local folder pid found=
    for folder in "$cache"/boards/*/; do
        folder=${folder%/}
        [ -f "$folder/disk.qcow2" ] || continue
        found=1
        if pid=$(machine_pid "$folder"); then
            echo "${folder##*/}: up, port $(cat "$folder/port"), process $pid, disk $(du -hs "$folder/disk.qcow2" | cut -f1)"
        else
            echo "${folder##*/}: down, disk $(du -hs "$folder/disk.qcow2" | cut -f1)"
        fi
    done
    [ -n "$found" ] || echo "no boards"
    echo "image: $(image_folder | grep . || echo 'not built; board build')"
}

reset() {
    stop_machine "$(board_folder "$name")"
    rm -rf "$(board_folder "$name")"
    say "$name is new at its next start"
}

clean() {
    local folder
    for folder in "$cache"/boards/*/; do stop_machine "${folder%/}"; done
    if [ "${1:-}" = --all ]; then rm -rf "${cache:?}"; else rm -rf "${cache:?}/boards"; fi
}

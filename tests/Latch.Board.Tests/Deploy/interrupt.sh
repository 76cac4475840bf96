#!/bin/bash
# Runs on the board as root: installs two model packages of one version in turn, kills every process of the installation at a random moment, waits until the
# board has settled by itself, and installs to the end. One line for each interruption:
#   kill NUMBER DELAY WHAT old|new SECONDS   or   fault NUMBER TEXT
# usage: interrupt.sh FROM TO A.deb B.deb
set -u
from=$1 to=$2
packages=("$3" "$4")
lib=/var/lib/latch
RANDOM=$from
for n in 0 1; do
    rm -rf "/tmp/staged-$n"
    dpkg-deb -x "${packages[$n]}" "/tmp/staged-$n"
done

# holds: 0 or 1, whose model the current slot has, byte for byte; nothing when it is neither, or the agent is not whole.
holds() {
    cmp -s /usr/lib/latch/agent/latch-agent "$lib/current/latch-agent" || return
    for n in 0 1; do
        if diff -r "/tmp/staged-$n"/usr/share/latch/models/* "$lib/current/model/" >/dev/null 2>&1; then echo $n; fi
    done
}

# settled: no slot is on trial, the service runs from the current slot, and says that it is healthy.
settled() {
    [ ! -e "$lib/trial" ] && [ "$(systemctl is-active latch-agent.service)" = active ] &&
        [ "$(readlink "/proc/$(systemctl show -P MainPID latch-agent.service)/exe")" = "$(readlink -f "$lib/current/latch-agent")" ] &&
        setpriv --reuid=latch --regid=latch --init-groups "$lib/current/latch-agent" health --wait 5 >/dev/null
}

install() { dpkg -i "$1" >/tmp/install.log 2>&1 </dev/null; }

# wait_for_it: until it is settled, for 150 s at most.
wait_for_it() {
    local begin=$SECONDS
    until settled; do
        [ $((SECONDS - begin)) -le 150 ] || return 1
        sleep 0.2
    done
}

length=${LENGTH:-8000}
for ((i = from; i <= to; i++)); do
    old=$(holds)
    new=$((1 - old))
    delay=$((RANDOM % (length + length / 8)))
    kill=latch-install.service
    case $((i % 3)) in
        1) kill="$kill latch-health.service" ;;
        2) kill="$kill latch-health.service latch-agent.service" ;;
    esac
    systemd-run --quiet --collect --unit=latch-install dpkg -i "${packages[$new]}" </dev/null
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
    for unit in $kill; do systemctl kill -s KILL "$unit" 2>/dev/null; done
    begin=$SECONDS
    wait_for_it || echo "fault $i the board did not settle: $(systemctl is-active latch-agent.service), $(/usr/lib/latch/latch-slot status | tr '\n' ' ')"
    now=$(holds)
    case $now in
        "$old") word=old ;;
        "$new") word=new ;;
        *) echo "fault $i the slot in use is not whole, or neither the old nor the new one" ;;
    esac
    echo "kill $i $delay ${kill//.service/} $word $((SECONDS - begin))"
    # The next update works.
    begin=$(date +%s%3N)
    if install "${packages[$((1 - now))]}" && [ "$(holds)" = $((1 - now)) ] && wait_for_it; then
        length=$(($(date +%s%3N) - begin))
        echo "update $i $length"
    else
        echo "fault $i the next update failed: $(tail -n 3 /tmp/install.log | tr '\n' ' ')"
    fi
done

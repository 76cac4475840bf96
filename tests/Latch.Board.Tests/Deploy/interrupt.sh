#!/bin/bash
# Runs on the board as root: installs two model packages of one version in turn, kills every process of the installation at a random moment, and waits until the
# board has settled by itself. The last update of a call goes to its end. One line for each:
#   kill NUMBER DELAY MOMENT WHAT old|new SECONDS   or   update NUMBER MILLISECONDS   or   fault NUMBER TEXT
# usage: interrupt.sh FROM TO A.deb B.deb MILLISECONDS, which an update takes
set -u
from=$1 to=$2 length=$5
packages=("$(realpath "$3")" "$(realpath "$4")")
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

# moment: how far the update is.
moment() {
    if [ -e "$lib/trial" ]; then echo trial; elif systemctl is-active --quiet latch-install; then echo installing; else echo over; fi
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

for ((i = from; i <= to; i++)); do
    old=$(holds)
    new=$((1 - old))
    # A random moment of each part of the update; the first before it can have switched, however much faster than MILLISECONDS it is: it switches after a fifth to a third of its time.
    part=$((length * 9 / 8 / (to - from + 1)))
    delay=$(((i - from) * part + RANDOM % part))
    [ "$i" -ne "$from" ] || delay=$((part / 6 + delay / 6))
    kill=latch-install.service
    case $((i % 3)) in
        1) kill="$kill latch-health.service" ;;
        2) kill="$kill latch-health.service latch-agent.service" ;;
    esac
    systemd-run --quiet --collect --unit=latch-install dpkg -i "${packages[$new]}" </dev/null
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
    moment=$(moment)
    for unit in $kill; do systemctl kill -s KILL "$unit" 2>/dev/null; done
    begin=$SECONDS
    wait_for_it || echo "fault $i the board did not settle: $(systemctl is-active latch-agent.service), $(/usr/lib/latch/latch-slot status | tr '\n' ' ')"
    now=$(holds)
    case $now in
        "$old") word=old ;;
        "$new") word=new ;;
        *) echo "fault $i the slot in use is not whole, or neither the old nor the new one" ;;
    esac
    echo "kill $i $delay $moment ${kill//.service/} $word $((SECONDS - begin))"
done
# An update after all that works.
begin=$(date +%s%3N)
if install "${packages[$((1 - now))]}" && [ "$(holds)" = $((1 - now)) ] && wait_for_it; then
    echo "update $to $(($(date +%s%3N) - begin))"
else
    echo "fault $to the next update failed: $(tail -n 3 /tmp/install.log | tr '\n' ' ')"
fi

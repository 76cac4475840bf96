# Shared by the scripts of the virtual board: where things are, and how a failure is told.
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${LATCH_BOARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/latch/virtual-board}

say() { echo "board: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# need PROGRAM PACKAGE...: ends with the packages to install when programs are missing.
need() {
    local missing=()
    while [ $# -gt 0 ]; do
        command -v "$1" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null || missing+=("$2")
        shift 2
    done
    [ ${#missing[@]} -eq 0 ] || fail "missing programs; install: sudo apt-get install --no-install-recommends $(printf '%s\n' "${missing[@]}" | sort -u | tr '\n' ' ')"
}

# hash FILE|FOLDER...: twelve hex digits over names and contents below this folder.
hash() {
    (cd "$home" && find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)
}

# What an image is made of, the machine that it was started on included.
image_key() {
    {
        hash lib/image.sh lib/modules.sh lib/namespace.sh lib/pack.sh lib/rootfs.sh i2c-regsim spi-regsim overlay
        declare -f start_machine
    } | sha256sum | cut -c1-12
}

# The newest finished image of these scripts, or nothing.
image_folder() {
    local folder
    folder=$(ls -dt "$cache"/image-"$(image_key)"-*/ 2>/dev/null | grep -v '\.partial/$' | head -1) || true
    [ -z "$folder" ] || echo "${folder%/}"
}

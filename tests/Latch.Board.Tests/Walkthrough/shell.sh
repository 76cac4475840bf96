# What stands between the page's commands and this test: the programs that were built with it instead of 'dotnet run', a board of its own, and a browser that looks at
# /api/session and closes. LATCH_BOARD_AGENT is an agent that is compiled already. Everything else is run as it stands on the page.
set -euo pipefail

dotnet() {
    if [ "$1 $2" != "run --project" ]; then
        command dotnet "$@"
        return
    fi
    local project=$3
    [ "$4 $5 $6" = "-c Release --" ] || { echo "walkthrough: 'dotnet $*' is not as expected" >&2; return 64; }
    shift 6
    case "$project ${1:-}" in
    "samples/vibration/Simulator "*) command dotnet "$WALK_BIN/Simulator.dll" "$@" ;;
    "src/Latch.Cli studio") browse "$@" ;;
    "src/Latch.Cli board") command dotnet "$WALK_BIN/latch.dll" board "$2" --name "$WALK_BOARD" "${@:3}" ;;
    "src/Latch.Cli build") command dotnet "$WALK_BIN/latch.dll" "$@" ${LATCH_BOARD_AGENT:+--agent "$LATCH_BOARD_AGENT"} ;;
    "src/Latch.Cli "*) command dotnet "$WALK_BIN/latch.dll" "$@" ;;
    *) echo "walkthrough: $project is no project it knows" >&2; return 64 ;;
    esac
}

# Starts the page, asks it for its session until it holds steps, keeps the answer in session.json, and ends it as a service manager would.
browse() {
    command dotnet "$WALK_BIN/latch.dll" "$@" >studio.out 2>studio.err &
    local studio=$! address= begin=$SECONDS
    until address=$(grep -om1 '127\.0\.0\.1:[0-9]*' studio.out) && get "$address" >session.json && grep -q '"steps":[1-9]' session.json; do
        kill -0 "$studio" || { cat studio.err >&2; return 1; }
        [ $((SECONDS - begin)) -lt 180 ] || { echo "walkthrough: no steps in 180 s: $(cat studio.err session.json)" >&2; kill "$studio"; return 1; }
        sleep 0.5
    done
    kill "$studio"
    wait "$studio" || [ $? -lt 144 ]
    cat studio.out session.json
}

get() {
    exec 3<>"/dev/tcp/127.0.0.1/${1#*:}"
    printf 'GET /api/session HTTP/1.0\r\nHost: %s\r\n\r\n' "$1" >&3
    cat <&3
    exec 3>&-
}

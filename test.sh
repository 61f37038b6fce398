#!/usr/bin/env bash
# Builds everything and runs every test; the last line says how many passed and failed, and it is true.
# Needs the .NET 10 SDK (global.json names it). Peers that the end-to-end tests talk to are installed from Debian when they are missing.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

configuration=Release
log=$(mktemp)
trap 'rm -f "$log"' EXIT

fail() {
    echo "$*" >&2
    exit 1
}

# A peer is a Debian package and something that is there when it is installed.
missing=()
need() {
    "${@:2}" > /dev/null 2>&1 || missing+=("$1")
}
need mosquitto test -x /usr/sbin/mosquitto
need mosquitto-clients test -x /usr/bin/mosquitto_sub
need python3-paho-mqtt /usr/bin/python3 -c 'import paho.mqtt.client'
need nodejs node --version
need node-mqtt test -d /usr/share/nodejs/mqtt
need openssl openssl version
need libcoap3-bin test -x /usr/bin/coap-client-openssl -a -x /usr/bin/coap-client-gnutls
need gnutls-bin gnutls-cli --version
need systemd test -x /usr/bin/systemd-analyze
if [ ${#missing[@]} -gt 0 ]; then
    echo "Installing ${missing[*]}"
    sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
    { $sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qy --no-install-recommends "${missing[@]}"; } < /dev/null \
        || fail "Cannot install ${missing[*]}; the tests need them."
fi

dotnet build Edge.sln -c "$configuration" -m:2 --nologo -v q -warnaserror || fail "The build failed."

passed=0 failed=0 broken=()
for project in tests/*.Tests/*.csproj; do
    echo "== $project"
    dotnet test --project "$project" -c "$configuration" --no-build --no-ansi --no-progress < /dev/null 2>&1 | tee "$log"
    exit_code=${PIPESTATUS[0]}
    summary=$(awk '/^  total: /{t=$2} /^  failed: /{f=$2} /^  succeeded: /{s=$2} /^  skipped: /{k=$2} END{if (t > 0) print s, f, k}' "$log")
    read -r succeeded unsuccessful skipped <<< "${summary:-0 0 0}"
    passed=$((passed + succeeded)) failed=$((failed + unsuccessful))
    # No summary, no tests, a test left out, or a fault outside of any test: none of them may pass as success.
    if [ -z "$summary" ] || [ "$skipped" -gt 0 ] || { [ "$exit_code" -ne 0 ] && [ "$unsuccessful" -eq 0 ]; }; then
        broken+=("$project")
    fi
done

for project in "${broken[@]}"; do
    echo "$project did not run as it should: no summary, no tests, tests left out, or a fault outside of any test."
done
echo "$passed passed, $((failed + ${#broken[@]})) failed"
[ "$failed" -eq 0 ] && [ ${#broken[@]} -eq 0 ] && [ "$passed" -gt 0 ]

#!/bin/sh
# Starts the arm64 executable under qemu: version, check, and run, with a message of mosquitto's clients; then stops it.
#   packaging/test-arm64.sh [artifacts/linux-arm64/edge-gateway]
# The libraries it runs on come from Debian's arm64 packages, unpacked into artifacts/arm64-root; the machine itself is left alone.
set -eu
cd "$(dirname "$0")/.."

program=${1:-artifacts/linux-arm64/edge-gateway}
root=$PWD/artifacts/arm64-root
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v qemu-aarch64-static > /dev/null && command -v mosquitto_pub > /dev/null ||
    $( [ "$(id -u)" -eq 0 ] || echo sudo ) apt-get install -y --no-install-recommends qemu-user-static mosquitto-clients > /dev/null

if [ ! -e "$root/lib/aarch64-linux-gnu/libc.so.6" ]; then
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/debs" "$root"
    : > "$work/state/status"
    apt() {
        apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$work/state" \
            -o Dir::State::status="$work/state/status" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"
    }
    apt update
    (cd "$work/debs" && apt download libc6 libgcc-s1 libstdc++6 libssl3 zlib1g)
    for package in "$work"/debs/*.deb; do
        dpkg-deb -x "$package" "$root"
    done
fi

export QEMU_LD_PREFIX="$root"
export EDGE_GATEWAY_CONFIG=/dev/null

echo "== version"
qemu-aarch64-static "$program" version | tee "$work/version"
grep -q 'NativeAOT, linux-arm64' "$work/version"

echo "== check"
qemu-aarch64-static "$program" check --config packaging/gateway.toml
if qemu-aarch64-static "$program" check --set mqtt.max_inflight=0 > "$work/faults"; then
    echo "test-arm64.sh: a wrong configuration passed" >&2
    exit 1
fi
cat "$work/faults"

echo "== run"
qemu-aarch64-static "$program" run --set gateway.data_dir="$work/data" \
    --set listeners.mqtt.bind=127.0.0.1:0 --set listeners.ws.bind=127.0.0.1:0 --set listeners.mqttsn.bind=127.0.0.1:0 \
    --set listeners.coap.bind=127.0.0.1:0 2> "$work/log" &
gateway=$!
waited=0
until grep -q 'gateway ready' "$work/log"; do
    if [ "$waited" -ge 60 ] || ! kill -0 "$gateway" 2> /dev/null; then
        cat "$work/log" >&2
        echo "test-arm64.sh: the gateway did not become ready" >&2
        kill "$gateway" 2> /dev/null || true
        exit 1
    fi
    sleep 1
    waited=$((waited + 1))
done

echo "== publish, and subscribe to what was retained"
port=$(sed -n 's/.*MQTT listens on 127.0.0.1:\([0-9]*\) .*/\1/p' "$work/log")
mosquitto_pub -p "$port" -q 2 -r -t arm/64 -m works
[ "$(mosquitto_sub -p "$port" -t 'arm/#' -C 1 -W 30 -F '%t %p')" = 'arm/64 works' ]

kill -TERM "$gateway"
ended=0
wait "$gateway" || ended=$?
cat "$work/log"
echo "ended with $ended"
exit "$ended"

#!/usr/bin/env bash
# Runs the public MQTT interoperability suites of Eclipse Paho against the gateway, and prints what came of each test.
#
#   git clone https://github.com/eclipse/paho.mqtt.testing
#   tests/interop/run-paho.sh paho.mqtt.testing [TEST…]
#
# Takes the gateway that $EDGE_GATEWAY_PROGRAM names, else the Release build. The suites belong to their project and are not kept here.
set -euo pipefail
cd "$(dirname "$0")/../.."

suites=${1:?the checkout of paho.mqtt.testing}/interoperability
shift
gateway=${EDGE_GATEWAY_PROGRAM:-src/Gateway/bin/Release/net10.0/edge-gateway}
port=${PORT:-21883}
work=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null && wait "$pid" || true; rm -rf "$work"' EXIT

# What the suites want of a server beyond the standard: a small Receive Maximum and Maximum Packet Size, a Server Keep Alive of 60 s, and a
# topic that nobody may subscribe to, told without a reason: the suite for MQTT 5.0 knows 0x80 alone.
cat > "$work/acl.toml" <<TOML
[[rule]]
deny = "subscribe"
topics = "test/nosubscribe"
TOML
cat > "$work/gateway.toml" <<TOML
gateway.data_dir = "$work/data"
gateway.sys_interval = "0"
listeners.mqtt.bind = "127.0.0.1:$port"
listeners.ws.enabled = false
listeners.mqttsn.enabled = false
mqtt.max_inflight = 20
mqtt.max_packet_size = "32KiB"
mqtt.server_keep_alive = "60s"
auth.acl_file = "acl.toml"
auth.subscribe_refusal = "unspecified"
TOML

"$gateway" run --config "$work/gateway.toml" 2> "$work/log" &
pid=$!
until grep -q 'gateway ready' "$work/log"; do
    kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
done

for suite in client_test.py client_test5.py; do
    /usr/bin/python3 tests/interop/paho_suite.py "$suites/$suite" "$port" "$@" > "$work/$suite" 2>&1 || true
    grep -E '^(ok  |FAIL) ' "$work/$suite" || cat "$work/$suite" >&2
    sed -n '/^======/,$p' "$work/$suite" > "$work/$suite.failures"
done

cat "$work"/*.failures
if grep -E ' (error|fatal) ' "$work/log"; then
    echo "The gateway logged errors."
    exit 1
fi

results=$(cat "$work"/client_test.py "$work"/client_test5.py)
passed=$(grep -c '^ok  ' <<< "$results" || true)
failed=$(grep -c '^FAIL ' <<< "$results" || true)
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

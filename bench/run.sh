#!/bin/sh
# Publishes the gateway and the load generator (NativeAOT), then compares gateway and mosquitto.
# Arguments are handed to "edge-load compare": scenarios, --rounds N, … Without any, "edge-load forward" follows.
# RID=linux-arm64 for another machine; OUT for another place than artifacts/bench.
set -eu
cd "$(dirname "$0")/.."
rid=${RID:-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')}
out=${OUT:-artifacts/bench}

dotnet publish src/Gateway -c Release -r "$rid" -o "$out/gateway"
dotnet publish bench/Load -c Release -r "$rid" -o "$out/load"

"$out/load/edge-load" compare --gateway "$out/gateway/edge-gateway" "$@"
if [ $# -eq 0 ]; then
    "$out/load/edge-load" forward --gateway "$out/gateway/edge-gateway"
fi

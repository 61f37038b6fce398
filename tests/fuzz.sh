#!/bin/sh
# Feeds every parser of network, line and disk with good octets made bad, each for a time, one after the other:
#   tests/fuzz.sh 10m [PROJECT…]    all projects that have FuzzTests unless named, such as Protocols.Mqtt
# What a run finds is told with its octets and with the EDGE_FUZZ_SEED that begins with them.
set -eu
cd "$(dirname "$0")/.."
export EDGE_FUZZ="${1:?how long for each parser, such as 10m or 30s}"
shift

failed=0
for project in ${*:-Messaging Transports LocalBroker Protocols.Mqtt Protocols.MqttSn Protocols.Coap Storage Hardware Gateway EndToEnd}; do
    dotnet build "tests/$project.Tests" -c Release -m:1 --nologo -v q
    "tests/$project.Tests/bin/Release/net10.0/Edge.$project.Tests" -class '*.FuzzTests' -showLiveOutput -noColor || failed=1
done

exit $failed

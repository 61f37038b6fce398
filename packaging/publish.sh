#!/bin/sh
# Publishes the gateway as one native executable for each platform named, both unless told:
#   packaging/publish.sh [linux-x64] [linux-arm64]
# Leaves artifacts/PLATFORM/{edge-gateway,libe_sqlite3.so}, and the symbols in artifacts/PLATFORM-symbols.
# On Debian it installs the compilers that are missing. Any warning of the trimmer or the compiler is an error.
set -eu
cd "$(dirname "$0")/.."

platforms=${*:-linux-x64 linux-arm64}

need() { # need COMMAND PACKAGE…
    command -v "$1" > /dev/null && return
    shift
    echo "installing $*" >&2
    $( [ "$(id -u)" -eq 0 ] || echo sudo ) apt-get install -y --no-install-recommends "$@" > /dev/null
}

need clang clang
need llvm-objcopy llvm
need readelf binutils
[ -e /usr/include/zlib.h ] || need no-such-command zlib1g-dev

for platform in $platforms; do
    case $platform in
        linux-x64) ;;
        linux-arm64) need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
        *) echo "publish.sh: no such platform: $platform" >&2; exit 2 ;;
    esac

    out=artifacts/$platform
    log=artifacts/$platform.log
    rm -rf "$out" "$out-symbols" "src/Gateway/obj/Release/net10.0/$platform/native"
    mkdir -p artifacts "$out-symbols"
    if ! dotnet publish src/Gateway -c Release -r "$platform" -p:RestoreLockedMode=true -o "$out" --nologo > "$log" 2>&1 || grep -E 'warning (IL|CS|NU|MSB)' "$log"; then
        cat "$log" >&2
        echo "publish.sh: $platform was not published" >&2
        exit 1
    fi

    mv "$out"/*.dbg "$out"/*.pdb "$out-symbols"/
    rm -f "$out"/*.xml

    # libe_sqlite3.so uses libm without saying so: it loads only into a program that brings libm along.
    if ! readelf -d "$out/edge-gateway" | grep -q 'NEEDED.*libm\.so\.6'; then
        echo "publish.sh: $out/edge-gateway does not link libm.so.6, so the store would not load" >&2
        exit 1
    fi

    echo "$out: $(du -h "$out/edge-gateway" | cut -f1) edge-gateway, $(du -h "$out/libe_sqlite3.so" | cut -f1) libe_sqlite3.so"
done

#!/usr/bin/env bash
# with-keyring.sh COMMAND...: runs COMMAND on a private bus with an unlocked key store that is thrown away afterwards.
set -euo pipefail
home=$(mktemp -d)
chmod 700 "$home"
trap 'rm -rf "$home"' EXIT
export XDG_DATA_HOME="$home/data" XDG_RUNTIME_DIR="$home/run" XDG_CONFIG_HOME="$home/config"
mkdir -m 700 -p "$XDG_DATA_HOME" "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME"
dbus-run-session -- bash -c '
  printf "test\n" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1
  exec "$@"' sh "$@"

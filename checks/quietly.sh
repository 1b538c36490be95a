#!/bin/sh
# Runs a command, and shows what it said only where it fails: what a script prints is then its program's alone.
export TURBO_TELEMETRY_DISABLED=1
said=$("$@" 2>&1) || {
  status=$?
  printf '%s\n' "$said" >&2
  exit "$status"
}

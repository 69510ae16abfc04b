#!/bin/sh
# An engine for fault injection: of Terraform's language as much as a unit with one resource needs. Its world is
# $HOME/engine: for each unit ENV/COMPOSITION/MODULE a file `.lines` that is only appended to – one line for each time the
# unit's thing was really made – and `.starts`, one line for each apply that was begun. What it knows is in its state file.
# `$HOME/engine/mode` may hold one word: the fault to show.
set -u
PATH=/usr/bin:/bin
say() { printf '{"@message":"%s","type":"%s"%s}\n' "$2" "$1" "${3-}"; }
fail() { say diagnostic "$1" ',"diagnostic":{"severity":"error","summary":"'"$1"'","detail":""}'; exit 1; }
hook() { say "$1" "$1" ',"hook":{"resource":{"addr":"scripted_thing.this","resource_type":"scripted_thing"},"action":"create"}'; }

world=$HOME/engine
mode=
if [ -f "$world/mode" ]; then read -r mode < "$world/mode"; fi
for last in "$@"; do :; done
if [ "$1" = version ]; then
    echo '{"terraform_version":"1.11.4"}'
    exit 0
fi
state=$(sed -n 's/.*"path": *"\([^"]*\)".*/\1/p' xcf_backend_override.tf.json)
unit=${state#*/units/}
unit=${unit%/terraform.tfstate}
own=$world/$unit
serial=0
if [ -f "$state" ]; then serial=$(sed -n 's/.*"serial":\([0-9]*\).*/\1/p' "$state"); fi

# Faults are told by `VERB-FAULT`.
case "$1-${mode#*-}" in
"${mode%%-*}-exit") echo 'scripted: no such luck' >&2; exit 1 ;;
"${mode%%-*}-garbage") head -c 4096 /dev/urandom; exit 0 ;;
"${mode%%-*}-flood") head -c 52428800 /dev/zero | tr '\0' 'x' | fold -w 4095; exit 0 ;;
"${mode%%-*}-deluge") while :; do head -c 1048576 /dev/zero | tr '\0' 'x' | fold -w 4095; done ;;
esac

case $1 in
init) say version 'Scripted 1.11.4' ',"terraform":"1.11.4"' ;;
plan)
    how=
    for word in "$@"; do case $word in -out=*) out=${word#-out=} ;; -destroy) how=destroy ;; esac done
    echo "$serial $how" > "$out"
    say version 'Scripted 1.11.4' ',"terraform":"1.11.4"'
    ;;
show)
    read -r planned how < "$last"
    action='"create"'
    if [ "$serial" -gt 0 ]; then action='"no-op"'; fi
    if [ "$how" = destroy ]; then action='"delete"'; fi
    printf '{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[{"address":"scripted_thing.this","mode":"managed","type":"scripted_thing","name":"this","change":{"actions":[%s],"before":null,"after":{"of":"%s"},"after_unknown":{}}}]}\n' "$action" "$unit"
    ;;
apply)
    read -r planned how < "$last"
    say version 'Scripted 1.11.4' ',"terraform":"1.11.4"'
    [ "$planned" = "$serial" ] || fail 'Saved plan is stale'
    mkdir -p "${own%/*}"
    if [ "$how" = destroy ]; then
        echo "$unit" >> "$own.destroyed"
        printf '{"version":4,"serial":%d,"lineage":"%s","outputs":{},"resources":[]}\n' $((serial + 1)) "$unit" > "$state"
        exit 0
    fi
    # Nothing to do: all of it is there.
    if [ "$serial" -gt 0 ]; then exit 0; fi
    echo started >> "$own.starts"
    case $mode in
    # Whoever opens the other end knows that the engine is here, and lets it go on by closing.
    apply-gate) read -r _ < "$world/gate" ;;
    apply-gate-deaf) trap '' INT; hook apply_start; read -r _ < "$world/gate" ;;
    esac
    hook apply_start
    echo "$unit" >> "$own.lines"
    printf '{"version":4,"serial":%d,"lineage":"%s","outputs":{"made":{"value":"%s","type":"string"}},"resources":[{"mode":"managed","type":"scripted_thing","name":"this","instances":[{}]}]}\n' $((serial + 1)) "$unit" "$unit" > "$state.new"
    mv "$state.new" "$state"
    if [ "$mode" = apply-half ]; then fail 'half of it is there'; fi
    hook apply_complete
    ;;
*) fail "scripted: what is $1?" ;;
esac

# Runs scripts in subshells of this small shell: a fork of a process of tests, which has a gigabyte, costs more than most commands.
# In scripts the commands of `in-process.cjs` run in its process, or where they end in `&process` in processes of their own.
# Arguments: the folder of the named pipes, Node.
set -o pipefail
folder=$1 node=$2
here=${BASH_SOURCE[0]%/*}

"$node" "$here/in-process.cjs" "$folder" </dev/null >/dev/null 2>&1 &

# What a script calls `blkring` where it shares a process.
shared_blkring() {
  local name status variables=()
  for name in FORCE_COLOR NO_COLOR COLUMNS STRIP_COLOUR; do [[ ! -v $name ]] || variables+=("$name=${!name}"); done
  {
    printf '%s\0' "$PWD" /proc/$BASHPID/fd/{7,8,9} "${#variables[@]}" "${variables[@]}" $# "$@" >"$folder/requests"
    # Whoever waits for another that asks as well would wait for ever.
    read -r -t 100 -u "$replies" status || { echo 'no answer from in-process.cjs' && status=125; } >&2
  } 7<&0 8>&1 9>&2
  return "$status"
}

exec {scripts}<"$folder/scripts" {ended}>"$folder/ended" {replies}<"$folder/replies"
while IFS= read -r -d '' -u "$scripts" cwd && IFS= read -r -d '' -u "$scripts" script; do
  (
    exec {scripts}<&- {ended}>&- </dev/null >>"$folder/output" 2>>"$folder/errors"
    cd "$cwd" && eval "$script"
  )
  echo $? >&"$ended"
done
rm -rf "$folder"

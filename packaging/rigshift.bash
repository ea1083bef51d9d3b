# Completion of rigshift for bash.
_rigshift() {
  local word=${COMP_WORDS[COMP_CWORD]} commands
  if [ "$COMP_CWORD" -eq 1 ]; then
    commands=$(rigshift help | sed -n 's/^  *\([a-z][a-z-]*\)  *.*/\1/p' | sort -u)
    COMPREPLY=($(compgen -W "$commands" -- "$word"))
  elif [ "${COMP_WORDS[COMP_CWORD-1]}" = --site ] || [[ $word != -* ]]; then
    COMPREPLY=($(compgen -f -- "$word"))
  else
    COMPREPLY=($(compgen -W "--site --data --json --seed --faults --for --at --from --to" -- "$word"))
  fi
}
complete -F _rigshift rigshift

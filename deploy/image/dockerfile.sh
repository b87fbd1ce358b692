# Sourced: reads the Dockerfiles beside it, as far as they use Docker's language.

# instructions FILE: one a line, after the name of their stage: "global" before the first, "image" where it has none.
instructions() {
  sed -e '/^[[:space:]]*#/d; /^[[:space:]]*$/d' "$1" | sed -e ':join' -e '/\\$/{N; s/\\\n[[:space:]]*/ /; b join' -e '}' |
    awk -v stage=global '$1 == "FROM" {stage = $3 == "AS" ? $4 : "image"; next} {print stage, $0}'
}

# said FILE INSTRUCTION: what the image itself is said to be with it, with build arguments at their defaults.
said() {
  local text argument
  text=$(instructions "$1" | sed -n "s/^image $2 //p")
  while read -r argument; do text=${text//"\${${argument%%=*}}"/${argument#*=}}; done < <(instructions "$1" | sed -n 's/^image ARG //p')
  printf '%s\n' "$text"
}

# label FILE NAME: one of the Open Container Initiative's.
label() { said "$1" LABEL | sed -n "s/.*org\.opencontainers\.image\.$2=\"\([^\"]*\)\".*/\1/p"; }

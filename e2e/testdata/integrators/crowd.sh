# For each line, a number: that many calls, one after the other. Answers with their statuses, or what went wrong.
. ./system.sh

while read -r n; do
  answers=
  for _ in $(seq "$n"); do
    code=
    call "$1" >/dev/null 2>said
    answers="$answers $(jq -Rs "if . == \"\" then ${code:-0} else . end" <said)"
  done
  printf '%s' "$answers" | jq -cs .
done

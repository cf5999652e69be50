#!/bin/sh
# Reviews a change of a configuration in Git: formatting, findings, and what the
# change would do to hosts that follow the branch to merge into.
#
#   review.sh FOLDER BASE [FILE]
#
# FOLDER is the configuration, BASE a commit such as origin/main; the plan is
# written to FILE as Markdown, by default to stdout. HACTL names the program,
# GITHUB_ACTIONS=true makes findings annotations. It exits with 0 when the
# configuration is formatted and valid, with 1 when it is not.
set -eu
folder=${1:?usage: review.sh FOLDER BASE [FILE]}
base=${2:?usage: review.sh FOLDER BASE [FILE]}
out=${3:-/dev/stdout}
hactl=${HACTL:-hactl}
failed=0

"$hactl" fmt --check "$folder" || failed=1
if [ "${GITHUB_ACTIONS:-}" = true ]; then
	"$hactl" validate --json "$folder" | jq -r '.diagnostics[]
		| (if .severity == "info" then "notice" else .severity end) as $kind
		| "::\($kind) file=\(.range.filename // ""),line=\(.range.start.line // 1),title=\(.code) \(.summary)::\(.detail | gsub("%"; "%25") | gsub("\n"; "%0A"))"'
fi
"$hactl" validate "$folder" || exit 1

old=$(mktemp -d)
trap 'git -C "$folder" worktree remove --force "$old/base" 2>/dev/null || true; rm -rf "$old"' EXIT
git -C "$folder" worktree add --quiet --detach "$old/base" "$base"
inside=$(git -C "$folder" rev-parse --show-prefix)
if "$hactl" validate "$old/base/$inside" >/dev/null 2>&1; then
	"$hactl" plan "$folder" --against "$old/base/$inside" --markdown | sed "s|the configuration in $old/base/.*|$base|" >"$out"
else
	echo "The configuration of $base is not valid or not there: what changes cannot be told." >"$out"
fi
exit $failed

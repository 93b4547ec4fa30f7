#!/usr/bin/env bash
# oasdiff v1.38.0: a response field that disappears is no breaking change, a new enum value in a response is
#
# Expected: "oasdiff breaking" fails when a field that clients read is removed from a response.
# Seen:     it passes, and the changelog calls it info, unless the field was required. Few vendors list required
#           fields of a response; iyzico's init lists none.
# Meaning:  when invalidItems vanishes, which names those who are not paid, the build that should warn stays green.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off
GOBIN=$dir go install github.com/oasdiff/oasdiff@v1.38.0
oasdiff=./oasdiff

cat >base.json <<'JSON'
{
  "openapi": "3.0.3", "info": {"title": "payout", "version": "1"},
  "paths": {"/init": {"post": {"responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {
    "type": "object", "properties": {
      "status": {"type": "string", "enum": ["success", "failure"]},
      "invalidItems": {"type": "array", "items": {"type": "string"}}}}}}}}}}}
}
JSON
sed '/"invalidItems"/d; s/"failure"\]},/"failure"]}}}}}}}}}}/' base.json >gone.json
sed 's/"failure"\]/"failure", "partial"]/' base.json >partial.json
for changed in gone partial; do
  "$oasdiff" changelog -f singleline base.json $changed.json | sed -n "s/^\([a-z]*\) at .*\[\(.*\)\].*/$changed: \1 \2/p"
  "$oasdiff" breaking -o ERR base.json $changed.json >/dev/null && echo "$changed: breaking passes" ||
    echo "$changed: breaking fails"
done >seen
diff -u - seen <<'OUTPUT'
gone: info response-optional-property-removed
gone: breaking passes
partial: error response-property-enum-value-added
partial: breaking fails
OUTPUT

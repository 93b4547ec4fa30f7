#!/usr/bin/env bash
# Prism (@stoplight/prism-cli 5.16.0): one "type": "decimal" turns off every check of the body; a refusal says
# "success"
#
# Expected: a type that Prism does not know is refused when it starts, or is not checked, and the rest of the body is.
# Seen:     nothing of the body is checked any more: a missing description and a currency TL are accepted with 200.
#           With "number" in its place both are refused, by HTTP 400 and a body that says "status":"success".
# Meaning:  tests of a client against a mock of iyzico's published document pass whatever the client sends.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts @stoplight/prism-cli@5.16.0 >/dev/null

cat >decimal.json <<'JSON'
{
  "openapi": "3.0.3", "info": {"title": "payout", "version": "1"},
  "paths": {"/init": {"post": {
    "requestBody": {"required": true, "content": {"application/json": {"schema": {
      "type": "object", "required": ["description", "value", "currency"], "properties": {
        "description": {"type": "string"},
        "value": {"type": "decimal"},
        "currency": {"type": "string", "enum": ["TRY", "USD", "EUR"]}}}}}},
    "responses": {
      "200": {"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Response"}}}},
      "400": {"description": "no", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Response"}}}}
    }}}},
  "components": {"schemas": {"Response": {"type": "object",
    "required": ["status"], "properties": {"status": {"type": "string", "enum": ["success", "failure"]}}}}}
}
JSON
sed 's/"decimal"/"number"/' decimal.json >number.json
for document in decimal number; do
  node_modules/.bin/prism mock -p 0 -h 127.0.0.1 "$document.json" >log 2>&1 &
  prism=$!
  trap 'kill $prism 2>/dev/null || :; rm -rf "$dir"' EXIT
  for _ in $(seq 300); do
    url=$(grep -o 'http://127.0.0.1:[0-9]*' log | tail -1) && break
    sleep 0.1
  done
  for body in '{"description":"d","value":100.50,"currency":"TRY"}' '{"description":"d","value":100.50,"currency":"TL"}' \
    '{"value":100.50,"currency":"TRY"}'; do
    echo "$document, $body: $(curl -sS -w ' %{http_code}' -H 'Content-Type: application/json' -d "$body" "$url/init")"
  done
  kill $prism
  wait $prism 2>/dev/null || :
done >seen
diff -u - seen <<'OUTPUT'
decimal, {"description":"d","value":100.50,"currency":"TRY"}: {"status":"success"} 200
decimal, {"description":"d","value":100.50,"currency":"TL"}: {"status":"success"} 200
decimal, {"value":100.50,"currency":"TRY"}: {"status":"success"} 200
number, {"description":"d","value":100.50,"currency":"TRY"}: {"status":"success"} 200
number, {"description":"d","value":100.50,"currency":"TL"}: {"status":"success"} 400
number, {"value":100.50,"currency":"TRY"}: {"status":"success"} 400
OUTPUT

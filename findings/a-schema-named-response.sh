#!/bin/sh
# Version: openapi-python-client 0.29.1
# Date: 2026-11-28
# Input: a valid description of one operation that answers with a component called Response
# Expected: a client, or an error: the generator refuses names that it cannot use
# Seen: it ends with success and without a warning; importing the operation raises
#       TypeError: type 'Response' is not subscriptable
# Why: the module imports its own generic Response, then the model of the same name over it. A build that looks
#      at the exit code alone ships a client of which single operations cannot be imported
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q openapi-python-client==0.29.1 2>/dev/null
cd "$work"
cat >schema.json <<'END'
{
  "openapi": "3.0.3",
  "info": {"title": "Answers", "version": "1"},
  "paths": {
    "/answers": {
      "get": {
        "operationId": "answers_list",
        "tags": ["answers"],
        "responses": {
          "200": {
            "description": "One answer.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Response"}}}
          }
        }
      }
    }
  },
  "components": {"schemas": {"Response": {"type": "object", "properties": {"text": {"type": "string"}}}}}
}
END
printf 'package_name_override: answers\npost_hooks: []\n' >settings.yml
"$work/env/bin/openapi-python-client" generate --path schema.json --output-path client --meta none --config settings.yml \
    >generated.txt 2>&1
echo "generated, exit code $?; warnings: $(grep -ci warning generated.txt || true)"
mv client answers
seen=$("$work/env/bin/python" -c "import answers.api.answers.answers_list" 2>&1 | tail -n 1)
echo "$seen"
test "$seen" = "TypeError: type 'Response' is not subscriptable"

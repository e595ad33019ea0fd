#!/usr/bin/env bash
# seed.sh ADMIN_URL: one entity of each kind, named "seed".
set -euo pipefail
admin="$1"
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT

# put METHOD PATH CURL-OPTION…: a request that has to succeed.
put() {
  local method="$1" path="$2" status
  shift 2
  status="$(curl -s -m 10 -o "$dir/answer" -w '%{http_code}' -X "$method" "$admin$path" "$@")"
  case "$status" in 2??) ;; *) echo "fuzz: $method $path: $status $(cat "$dir/answer")" >&2; return 1 ;; esac
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/key" -out "$dir/cert" -days 3650 -subj /CN=seed.test \
  -addext basicConstraints=critical,CA:TRUE 2> /dev/null
put PUT /services/seed -d url=http://127.0.0.1:9/
put PUT /services/seed/routes/seed -d 'paths[]=/seed'
put PUT /consumers/seed -d custom_id=seed
put PUT /upstreams/seed
put POST /upstreams/seed/targets -d target=127.0.0.1:9
put PUT /key-sets/seed
put POST /keys -d name=seed -d kid=seed -d set.name=seed --data-urlencode 'jwk={"kty":"EC","crv":"P-256","kid":"seed",
  "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}'
put PUT /vaults/seed -d name=env -d config.prefix=SEED_
put POST /routes/seed/plugins -d name=key-auth -d instance_name=seed
put POST /consumers/seed/key-auth -d key=seed
put POST /consumers/seed/basic-auth -d username=seed -d password=seed
put POST /consumers/seed/hmac-auth -d username=seed -d secret=seed
put POST /consumers/seed/jwt -d key=seed
put POST /consumers/seed/oauth2 -d name=seed -d client_id=seed -d 'redirect_uris[]=http://seed.test'
put POST /consumers/seed/acls -d group=seed
put POST /certificates --data-urlencode "cert@$dir/cert" --data-urlencode "key@$dir/key" -d 'snis[]=seed.test'
put POST /ca_certificates --data-urlencode "cert@$dir/cert"

#!/bin/sh
# This stands in for your company's CA, whose key you would not have here.
set -eu
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
  -keyout company-ca.key -out company-ca.crt -days 3650 -subj "/CN=Company CA" \
  -addext "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"

#!/bin/sh
# Puts the keys that Vestibule signs with where uc-services.cfg looks for them: 1.pem has the one that signs now, 2.pem the
# one that will or did, or the same where there is one alone. Then runs the command, if anything has changed. From a timer,
# on the machine of HAProxy, every five minutes (a new key is published fifteen minutes before it signs):
#
#   vestibule-server keys export --pem | haproxy-keys.sh /etc/haproxy/vestibule-keys systemctl reload haproxy
set -eu
folder=$1
shift
mkdir -p "$folder"
new=$(mktemp -d "$folder/.new.XXXXXX")
trap 'rm -rf "$new"' EXIT
awk -v folder="$new" '/^-----BEGIN PUBLIC KEY-----$/ { number++ } number { print > (folder "/" number ".pem") }'
# Without a key, or with half a one, everything stays as it is.
for key in 1 2; do
  [ "$key" = 1 ] || [ -e "$new/$key.pem" ] || cp "$new/1.pem" "$new/$key.pem"
  [ "$(tail -n 1 "$new/$key.pem")" = '-----END PUBLIC KEY-----' ]
done
cmp -s "$new/1.pem" "$folder/1.pem" && cmp -s "$new/2.pem" "$folder/2.pem" && exit
chmod 644 "$new/1.pem" "$new/2.pem"
mv "$new/1.pem" "$new/2.pem" "$folder"
"$@"

#!/usr/bin/env bash
# cargo-deny 0.20.2: a database of advisories on this machine can't be given by a file URL.
#
# Guess before the first run: `db-urls` takes what git takes, so that `file:///PATH` of a checkout works without a network.
# Seen: "advisory database url doesn't have a domain name". What works without a network is a checkout in `db-path`, in the folder
# whose name cargo-deny makes of a URL with a domain, together with `--offline`: that URL is never asked.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! cargo install --list | grep -q '^cargo-deny v0.20.2:'; then
    cargo install --quiet --locked --root "$folder/tools" cargo-deny@0.20.2
    PATH=$folder/tools/bin:$PATH
fi
mkdir -p "$folder/lamp/src" "$folder/databases" "$folder/database/crates/bulb"
cd "$folder"
git init --quiet database
printf '%s\n' '```toml' '[advisory]' 'id = "RUSTSEC-2000-0001"' 'package = "bulb"' 'date = "2000-01-01"' '[versions]' 'patched = []' \
    '```' '# A made-up advisory' >database/crates/bulb/RUSTSEC-2000-0001.md
git -C database add .
git -C database -c user.name=a -c user.email=a@example.com commit --quiet --message 'An advisory'
# cargo-deny reads the time of the last fetch, also of a checkout that was never fetched.
git -C database fetch --quiet .
cd lamp
printf '[package]\nname = "lamp"\nversion = "0.1.0"\nedition = "2021"\n' > Cargo.toml
touch src/lib.rs
cargo generate-lockfile --quiet

check() {
    printf '[advisories]\ndb-path = "%s"\ndb-urls = ["%s"]\n' "$folder/databases" "$1" > deny.toml
    cargo deny --offline check advisories >messages 2>&1 || true
    grep --only-matching --max-count 1 -e 'advisory database url .*' -e 'advisories ok' messages || cat messages
}

echo 'cargo-deny 0.20.2:'
by_file=$(check "file://$folder/database")
ln -s "$folder/database" "$folder/databases/database-1726700007e5ac09"
by_domain=$(check https://advisories.invalid/database)
echo "file URL:                    $by_file"
echo "domain, and a linked folder: $by_domain"
[[ $by_file == *"doesn't have a domain name"* ]] || { echo 'changed: the file URL is read, or fails in another way'; exit 1; }
[ "$by_domain" = 'advisories ok' ] || { echo 'changed: the folder is not read'; exit 1; }

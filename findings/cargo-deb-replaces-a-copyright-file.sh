#!/usr/bin/env bash
# cargo-deb 3.8.0: a file `copyright` of one's own is in the package only if the asset names it in full.
#
# Guess before the first run: an asset whose destination is the folder of the package's documents puts the file there under its own
# name, as for every other asset, and cargo-deb then writes no `copyright` itself.
# Seen: the package has the text that cargo-deb makes from Cargo.toml. One's own is left out without a warning. With the destination
# `usr/share/doc/lamp/copyright` it is kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! cargo install --list | grep -q '^cargo-deb v3.8.0:'; then
    cargo install --quiet --locked --root "$folder/tools" cargo-deb@3.8.0
    PATH=$folder/tools/bin:$PATH
fi
mkdir -p "$folder/lamp/src" "$folder/lamp/debian"
cd "$folder/lamp"
echo 'fn main() {}' > src/main.rs
echo 'The text of the authors.' > debian/copyright

copyright_of_package() {
    cat > Cargo.toml <<TOML
[package]
name = "lamp"
version = "0.1.0"
edition = "2021"
license = "MIT"
description = "A lamp"

[package.metadata.deb]
maintainer = "A Name <name@example.com>"
assets = [["target/release/lamp", "usr/bin/", "755"], ["debian/copyright", "$1", "644"]]
TOML
    cargo deb --quiet --output lamp.deb >messages 2>&1
    ! grep -i -e warning -e copyright messages
    dpkg-deb --fsys-tarfile lamp.deb | tar --extract --to-stdout ./usr/share/doc/lamp/copyright | head -n 1
}

echo 'cargo-deb 3.8.0:'
by_folder=$(copyright_of_package usr/share/doc/lamp/)
by_file=$(copyright_of_package usr/share/doc/lamp/copyright)
echo "to usr/share/doc/lamp/:          $by_folder"
echo "to usr/share/doc/lamp/copyright: $by_file"
[ "$by_file" = 'The text of the authors.' ] || { echo 'changed: the full name is replaced as well'; exit 1; }
[ "$by_folder" != "$by_file" ] || { echo 'changed: the file is kept'; exit 1; }

#!/usr/bin/env bash
# cargo-shear 1.13.0 takes a dev-dependency for unused that only the examples of the README use, although the crate includes the
# README as its documentation.
#
# Guess before the first run: cargo-shear reads what rustdoc compiles: the examples in comments, and those of a file in
# `#[doc = include_str!("...")]`.
# Seen: for the example in a comment it finds the dependency; for the one in the included file it reports the dependency as
# unused. If it is removed, as the report advises, the example does not compile any more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo install --quiet --locked --root tools cargo-shear@1.13.0
version=$(cargo install --list --root tools | head -1 | tr -d :)

# A library with an example that needs the crate `itoa`, in a comment or in the README.
library() {
  mkdir -p "$1/src"
  cat > "$1/Cargo.toml" <<TOML
[package]
name = "$1"
version = "0.1.0"
edition = "2024"

[dev-dependencies]
itoa = "=1.0.15"
TOML
}
example='assert_eq!(itoa::Buffer::new().format(1), "1");'
library in-comment
printf '//! ```\n//! %s\n//! ```\n' "$example" > in-comment/src/lib.rs
library in-readme
printf '# Example\n\n```rust\n%s\n```\n' "$example" > in-readme/README.md
printf '#![doc = include_str!("../README.md")]\n' > in-readme/src/lib.rs

for name in in-comment in-readme; do
  (cd "$name" && cargo test --quiet --doc >/dev/null) || { echo "the example of $name does not run"; exit 1; }
  if (cd "$name" && ../tools/bin/cargo-shear shear >"../$name.out" 2>&1); then found=used; else found=unused; fi
  echo "$version: itoa, $name: $found"
  echo "$found" > "$name.found"
done
[ "$(cat in-comment.found) $(cat in-readme.found)" = "used unused" ] || { echo "changed"; cat ./*.out; exit 1; }
echo "the dependency of the README's example is reported, as seen"

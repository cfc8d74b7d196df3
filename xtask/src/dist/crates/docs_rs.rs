//! The documentation of the crates as docs.rs makes it: with the features of their metadata, and a note at each item that needs
//! a feature.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, ensure};
use test_support::workspace_root;
use toml_edit::DocumentMut;

use crate::{
    api,
    cargo::cargo,
    dist::Report,
    process::all_output,
    publish::{CRATES, Published, target},
    semver_check::features,
};

/// Pages that have to say which feature an item needs.
const NOTES: [(&str, &str); 3] = [
    ("group_dispatch_types/signing/index.html", "signing"),
    ("group_dispatch_types/struct.StatusTime.html", "jiff"),
    ("group_dispatch_client/struct.Query.html", "blocking"),
];

/// Returns the features with which docs.rs shows a crate.
///
/// # Errors
/// If its metadata leaves one out that adds to the API.
fn shown_features(krate: &Published) -> Result<BTreeSet<String>> {
    let path = workspace_root().join("crates").join(krate.folder).join("Cargo.toml");
    let manifest = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let all: BTreeSet<_> = features(&manifest)?.into_iter().collect();
    let manifest: DocumentMut = manifest.parse()?;
    let metadata = manifest["package"].get("metadata").and_then(|metadata| metadata.get("docs")?.get("rs"));
    let shows_all = metadata.and_then(|metadata| metadata.get("all-features")?.as_bool()) == Some(true);
    let named = metadata.and_then(|metadata| metadata.get("features")?.as_array());
    let named = named.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned));
    let shown = if shows_all { all.clone() } else { named.collect() };
    ensure!(shown == all, "{}: docs.rs shows the features {shown:?}; expected {all:?}", krate.name);
    Ok(shown)
}

pub fn check(report: &mut Report) -> Result<()> {
    let mut command = cargo();
    command.args(["doc", "--quiet", "--no-deps", "--lib"]);
    // The command is a program: docs.rs shows no more than its README's place.
    for krate in CRATES.iter().filter(|krate| krate.folder != "cli") {
        command.arg(format!("--package={}", krate.name));
        command.args(shown_features(krate)?.iter().map(|feature| format!("--features={}/{feature}", krate.name)));
    }
    command.env("RUSTDOCFLAGS", "--cfg docsrs -D warnings");
    all_output(api::with_unstable_rustdoc(&mut command)?)?;
    for (page, feature) in NOTES {
        let path = target().join("doc").join(page);
        let html = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(
            html.contains(&format!("Available on <strong>crate feature <code>{feature}</code>")),
            "{page} does not say that the feature {feature} is needed"
        );
    }
    report.check("docs.rs shows every feature but native-tls, and which items need one");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_of_each_library_has_every_feature() {
        for krate in CRATES.iter().filter(|krate| krate.folder != "cli") {
            shown_features(krate).unwrap();
        }
    }
}

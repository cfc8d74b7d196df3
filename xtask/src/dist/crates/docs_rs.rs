//! The documentation of the crates as docs.rs makes it: with the features of their metadata, and a note at each item that needs
//! a feature.

use std::fs;

use anyhow::{Context, Result, ensure};

use super::command::run;
use crate::{
    api,
    cargo::cargo,
    dist::Report,
    publish::{CRATES, target},
};

/// All features of the types, and those in the metadata of the client.
const FEATURES: &str = "utoipa,schemars,signing,jiff,chrono,rustls,http2,gzip,blocking";

/// Pages that have to say which feature an item needs.
const NOTES: [(&str, &str); 3] = [
    ("group_dispatch_types/signing/index.html", "signing"),
    ("group_dispatch_types/struct.StatusTime.html", "jiff"),
    ("group_dispatch_client/struct.Query.html", "blocking"),
];

pub fn check(report: &mut Report) -> Result<()> {
    let mut command = cargo();
    command.args(["doc", "--quiet", "--no-deps", "--lib", "--features", FEATURES]);
    // The command is a program: docs.rs shows no more than its README's place.
    let libraries = CRATES.iter().filter(|krate| krate.folder != "cli");
    command.args(libraries.map(|krate| format!("--package={}", krate.name)));
    command.env("RUSTDOCFLAGS", "--cfg docsrs -D warnings");
    run(api::with_unstable_rustdoc(&mut command)?)?;
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

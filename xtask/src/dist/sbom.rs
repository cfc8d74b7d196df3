//! The bill of materials of the static program, in CycloneDX's JSON: what it is made from, with licenses.

use std::{collections::BTreeSet, fs, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use test_support::copy_workspace;

use super::{
    Report,
    binary::{self, NAME},
};
use crate::{
    process::output,
    tools::{cargo_tool, install_for_packaging},
};

const CYCLONEDX: &str = "0.5.9";

/// Its inputs beyond the program.
pub const INPUTS: &[&str] = &["packaging/tools"];

pub fn build(report: &mut Report) -> Result<()> {
    let binary = binary::build(report)?;
    // The tool writes a file beside each manifest.
    let copy = tempfile::tempdir()?;
    let copy = copy.path().canonicalize()?;
    copy_workspace(&copy)?;
    let mut tool = Command::new(cargo_tool("cargo-cyclonedx", CYCLONEDX)?);
    tool.args(["cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5", "--describe", "binaries"]);
    tool.args(["--target", &binary.target, "--manifest-path"]).arg(copy.join("crates/cli/Cargo.toml"));
    // Otherwise the file has the time in it, and a random number.
    output(tool.current_dir(&copy).env("SOURCE_DATE_EPOCH", "0"))?;
    let text = fs::read_to_string(copy.join(format!("crates/cli/{NAME}_bin.cdx.json")))?;
    let text = text.replace(&copy.display().to_string(), "/group-dispatch");
    let mut bom: Value = serde_json::from_str(&text).context("the bill of materials is not JSON")?;
    let inside = binary.dependencies()?;
    let not_inside = keep_only(&mut bom, &inside)?;
    let path = report.folder().join(format!("{}.cdx.json", binary.full_name()));
    fs::write(&path, serde_json::to_string_pretty(&bom)? + "\n")?;
    report.artifact(&path)?;

    let listed: BTreeSet<_> = components(&bom).filter_map(name_and_version).collect();
    let missing: Vec<_> = inside.difference(&listed).filter(|(name, _)| name != NAME).collect();
    if !missing.is_empty() {
        bail!("the program contains packages that the bill of materials does not have: {missing:?}");
    }
    report.check(format!(
        "the bill of materials has the {} packages that the program lists; {not_inside} others were removed from it",
        listed.len()
    ));
    if report.is_checking() {
        match install_for_packaging()? {
            Some(tools) => {
                output(
                    Command::new(tools.join("python"))
                        .arg(test_support::workspace_root().join("packaging/tools/sbom.py"))
                        .arg(&path),
                )?;
                report.check("the bill of materials is valid by the schema of CycloneDX 1.5");
            }
            None => report.skip("the schema of CycloneDX, because its package can't be installed from PyPI"),
        }
    }
    Ok(())
}

fn components(bom: &Value) -> impl Iterator<Item = &Value> {
    bom["components"].as_array().into_iter().flatten()
}

fn name_and_version(component: &Value) -> Option<(String, String)> {
    Some((component["name"].as_str()?.to_owned(), component["version"].as_str()?.to_owned()))
}

/// Removes the components that are not in the program: cargo-cyclonedx unites the features of all packages of the workspace,
/// and lists what only macros use as well. Returns how many these are.
fn keep_only(bom: &mut Value, inside: &BTreeSet<(String, String)>) -> Result<usize> {
    let mut removed = BTreeSet::new();
    let components = bom["components"].as_array_mut().context("the bill of materials has no components")?;
    components.retain(|component| {
        let is_inside = name_and_version(component).is_some_and(|it| inside.contains(&it));
        if !is_inside {
            removed.extend(component["bom-ref"].as_str().map(str::to_owned));
        }
        is_inside
    });
    let is_kept = |reference: &Value| !reference.as_str().is_some_and(|reference| removed.contains(reference));
    let dependencies = bom["dependencies"].as_array_mut().context("the bill of materials has no dependencies")?;
    dependencies.retain(|dependency| is_kept(&dependency["ref"]));
    for dependency in dependencies {
        if let Some(on) = dependency.get_mut("dependsOn").and_then(Value::as_array_mut) {
            on.retain(is_kept);
        }
    }
    Ok(removed.len())
}

//! A client in Rust. The dependencies of all that is compiled here are fetched with the tools.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::harness::works_as_documented;
use crate::other_tools::toolbox::{Toolbox, prepared, run};

/// Every run has the same folder, so that what the client needs is compiled once.
fn folder(tools: &Toolbox) -> PathBuf {
    let folder = tools.folder.join("program");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn program(tools: &Toolbox, document: &Path) -> Result<Command, String> {
    let generator = Toolbox::openapi_generator().ok_or("openapi-generator is gone")?;
    let folder = folder(tools);
    for file in ["Cargo.toml", "Cargo.lock", "main.rs"] {
        fs::copy(tools.source.join(file), folder.join(file)).unwrap();
    }
    run(generator.generate("rust", document, &folder.join("client")).args(["--package-name", "client"]))?;
    let target = tools.folder.join("target");
    let mut build = prepared(env!("CARGO"));
    build.args(["build", "--offline", "--quiet", "--target-dir"]).arg(&target).current_dir(&folder);
    // As if it were run by hand: the variables of the cargo that runs this test are about another package.
    build.env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
    run(&mut build)?;
    // The next document's program takes the place of this one.
    let program = folder.join("program");
    fs::copy(target.join("debug/program"), &program).unwrap();
    Ok(prepared(program))
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_generator_rust() {
    let (Some(tools), Some(_)) = (Toolbox::rust(), Toolbox::openapi_generator()) else { return };
    let build = |document: &Path, _: &Path| program(&tools, document);
    works_as_documented("openapi-generator, rust", || tools.scratch(), &build).await;
}

//! A client in Go, compiled by Debian's Go. `consumers/go/src` has the one module that a client needs beside the standard
//! library.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::harness::{edition, notices_faults, works_as_documented};
use crate::other_tools::toolbox::{Toolbox, prepared, run};

const FLAGS: &str =
    "--additional-properties=disallowAdditionalPropertiesIfNotPresent=false,enumUnknownDefaultCase=true";

struct Go {
    go: Toolbox,
    generator: Toolbox,
}

impl Go {
    fn installed() -> Option<Self> {
        let (go, generator) = (Toolbox::go(), Toolbox::openapi_generator());
        Some(Self { go: go?, generator: generator? })
    }

    /// The folder becomes a `GOPATH`, together with the consumer's: in that mode the go command asks no registry for modules.
    fn program(&self, document: &Path, folder: &Path) -> Result<Command, String> {
        let source = folder.join("src");
        run(self.generator.generate("go", document, &source.join("client")).arg(FLAGS))?;
        let program = source.join("program");
        fs::create_dir(&program).unwrap();
        for file in [PathBuf::from("main.go"), Path::new(edition(document)).join("edition.go")] {
            fs::copy(self.go.source.join(&file), program.join(file.file_name().unwrap())).unwrap();
        }
        let binary = folder.join("program");
        let mut build = prepared("go");
        build
            .args(["build", "-o"])
            .arg(&binary)
            .arg("program")
            .env("GO111MODULE", "off")
            .env("GOPATH", env::join_paths([folder, &self.go.source]).unwrap())
            .env("GOCACHE", self.go.folder.join("cache"))
            .env("GOFLAGS", "")
            .env("CGO_ENABLED", "0");
        run(&mut build)?;
        Ok(prepared(binary))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_generator() {
    let Some(go) = Go::installed() else { return };
    let build = |document: &Path, folder: &Path| go.program(document, folder);
    works_as_documented("openapi-generator, go", || go.go.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_notices_other_types_and_other_answers() {
    let Some(go) = Go::installed() else { return };
    let build = |document: &Path, folder: &Path| go.program(document, folder);
    notices_faults(|| go.go.scratch(), &build).await;
}

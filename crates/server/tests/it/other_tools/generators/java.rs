//! A client in Java over the JDK's own HTTP client. Jackson comes from openapi-generator's jar: Debian has no version of it
//! with support for `java.time`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::harness::{edition, notices_faults, works_as_documented};
use crate::other_tools::toolbox::{Toolbox, prepared, run};

const ANNOTATIONS: &str = "/usr/share/java/jakarta-annotation-api.jar";

const FLAGS: [&str; 2] =
    ["--library=native", "--additional-properties=enumUnknownDefaultCase=true,openApiNullable=false,useJakartaEe=true"];

struct Java {
    generator: Toolbox,
    java: Toolbox,
}

impl Java {
    fn installed() -> Option<Self> {
        Toolbox::openapi_generator().and_then(|generator| Some(Self { generator, java: Toolbox::java()? }))
    }

    fn program(&self, document: &Path, folder: &Path) -> Result<Command, String> {
        let client = folder.join("client");
        run(self.generator.generate("java", document, &client).args(FLAGS))?;
        let classes = folder.join("classes");
        let libraries = [self.generator.openapi_generator_jar(), ANNOTATIONS.into()];
        let mut javac = prepared("javac");
        javac.args(["-Xlint:none", "-proc:none", "-encoding", "UTF-8", "-d"]).arg(&classes);
        javac.arg("-cp").arg(env::join_paths(&libraries).unwrap());
        javac.args(java_files(&client.join("src/main/java")));
        javac.arg(self.java.source.join("Program.java"));
        run(javac.arg(self.java.source.join(edition(document)).join("Edition.java")))?;
        let mut program = prepared("java");
        program.arg("-cp").arg(env::join_paths([classes].iter().chain(&libraries)).unwrap()).arg("Program");
        Ok(program)
    }
}

fn java_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path {
            path if path.is_dir() => java_files(&path),
            path if path.extension().is_some_and(|extension| extension == "java") => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_generator_native() {
    let Some(java) = Java::installed() else { return };
    let build = |document: &Path, folder: &Path| java.program(document, folder);
    works_as_documented("openapi-generator, java native", || java.java.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_notices_other_types_and_other_answers() {
    let Some(java) = Java::installed() else { return };
    let build = |document: &Path, folder: &Path| java.program(document, folder);
    notices_faults(|| java.java.scratch(), &build).await;
}

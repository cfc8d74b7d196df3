//! Clients in Python, checked by mypy with `--strict`.

use std::{fs, path::Path, process::Command};

use super::harness::works_as_documented;
use crate::other_tools::toolbox::{Toolbox, run};

/// The program of that name over a client that `generate` puts into a folder, as the package or the module `client`.
fn program(
    tools: &Toolbox,
    name: &str,
    folder: &Path,
    generate: impl FnOnce(&Path) -> Result<String, String>,
) -> Result<Command, String> {
    fs::copy(tools.source.join("conversation.py"), folder.join("conversation.py")).unwrap();
    let program = folder.join("program.py");
    fs::copy(tools.source.join(name).with_extension("py"), &program).unwrap();
    generate(folder)?;
    let mut mypy = tools.tool("mypy");
    mypy.args(["--strict", "--follow-imports=silent", "--cache-dir"]).arg(folder.join("mypy_cache"));
    run(mypy.arg(&program).env("MYPYPATH", folder))?;
    let mut command = tools.tool("python");
    command.arg(program);
    Ok(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_python_client() {
    let Some(tools) = Toolbox::python() else { return };
    let build = |document: &Path, folder: &Path| {
        program(&tools, "openapi_python_client", folder, |folder| {
            let mut generate = tools.tool("openapi-python-client");
            generate.args(["generate", "--meta", "none", "--fail-on-warning", "--path"]).arg(document);
            generate.arg("--config").arg(tools.source.join("generator.yaml"));
            run(generate.arg("--output-path").arg(folder.join("client")))
        })
    };
    works_as_documented("openapi-python-client", || tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_generator_python() {
    let Some(tools) = Toolbox::openapi_generator() else { return };
    let build = |document: &Path, folder: &Path| {
        program(&tools, "openapi_generator", folder, |folder| {
            run(tools.generate("python", document, folder).args(["--package-name", "client"]))
        })
    };
    works_as_documented("openapi-generator, python", || tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn datamodel_code_generator() {
    let Some(tools) = Toolbox::python() else { return };
    let build = |document: &Path, folder: &Path| {
        program(&tools, "datamodel_code_generator", folder, |folder| {
            let mut generate = tools.tool("datamodel-codegen");
            generate.args(["--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel"]);
            generate.args(["--strict-nullable", "--collapse-root-models", "--formatters", "builtin", "--input"]);
            run(generate.arg(document).arg("--output").arg(folder.join("client.py")))
        })
    };
    works_as_documented("datamodel-code-generator", || tools.scratch(), &build).await;
}

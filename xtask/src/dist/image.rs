//! The image for containers, from scratch, with the static program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use test_support::workspace_root;

use super::{
    Report,
    binary::{self, Binary, NAME},
    licenses,
    run::{Running, free_port, get, is_root, wait_until},
};
use crate::{
    process::output,
    tools::{install_for_packaging, require},
};

/// Its inputs beyond the program.
pub const INPUTS: &[&str] = &["packaging/container", "packaging/tools"];

const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

fn dockerfile() -> PathBuf {
    workspace_root().join("packaging/container/Dockerfile")
}

pub fn build(report: &mut Report) -> Result<()> {
    if report.is_checking() {
        lint(report)?;
    }
    if let Err(why) = prepare_buildah() {
        report.skip(format!("the image, because buildah can't be used: {why:#}"));
        return Ok(());
    }
    let binary = binary::build(report)?;
    let context = report.folder().join("context");
    fill_context(&context, &binary)?;
    let storage = Buildah { folder: report.folder().join("storage") };
    // Docker's full form of `NAME:VERSION`: buildah 1.28 writes a name that differs into the archive as a second one.
    let name = format!("docker.io/library/{NAME}:{}", binary.version);
    let mut build = storage.command("build");
    // The format of Docker has health checks, that of OCI has none.
    build.args(["--isolation", "chroot", "--format", "docker", "--build-arg", "PROGRAM=archive", "--timestamp", "0"]);
    build.args(["--build-arg", &format!("VERSION={}", binary.version), "--tag", &name, "--file"]).arg(dockerfile());
    output(build.arg(&context))?;
    let archive = report.folder().join(format!("{}-image.tar", binary.full_name()));
    output(
        storage
            .command("push")
            .args([&name, &format!("docker-archive:{}:{NAME}:{}", archive.display(), binary.version)]),
    )?;
    report.artifact(&archive)?;
    if report.is_checking() {
        check_name(report, &archive, &binary.version)?;
        check(report, &storage, &name)?;
        report.skip(
            "the stage that compiles, because its image comes from a registry of images; the archive's program is in its place",
        );
    }
    storage.remove()?;
    fs::remove_dir_all(&context)?;
    Ok(())
}

fn lint(report: &mut Report) -> Result<()> {
    let Some(tools) = install_for_packaging()? else {
        report.skip("hadolint, because it can't be installed from PyPI");
        return Ok(());
    };
    output(Command::new(tools.join("hadolint")).args(["--failure-threshold", "style"]).arg(dockerfile()))?;
    report.check("hadolint has no findings in the Dockerfile");
    Ok(())
}

fn prepare_buildah() -> Result<()> {
    if !is_root() {
        bail!("without root it needs user namespaces");
    }
    require("buildah", "buildah")
}

/// Writes what the stage `archive` of the Dockerfile copies.
fn fill_context(context: &Path, binary: &Binary) -> Result<()> {
    let image = context.join("image");
    let certificates = image.join(CERTIFICATES.trim_start_matches('/'));
    for folder in [image.join("licenses"), context.join("folders/data"), context.join("folders/tmp")] {
        fs::create_dir_all(folder)?;
    }
    fs::create_dir_all(certificates.parent().context("a file without a folder")?)?;
    fs::copy(&binary.path, image.join(NAME))?;
    fs::copy(CERTIFICATES, certificates).with_context(|| format!("{CERTIFICATES}: install ca-certificates"))?;
    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(workspace_root().join(license), image.join("licenses").join(license))?;
    }
    fs::write(image.join("licenses").join(licenses::FILE), licenses::collect(binary)?)?;
    Ok(())
}

/// Buildah with images of its own, without what the machine has.
struct Buildah {
    folder: PathBuf,
}

impl Buildah {
    fn command(&self, name: &str) -> Command {
        let mut buildah = Command::new("buildah");
        buildah.args(["--storage-driver", "vfs", "--root"]).arg(self.folder.join("root"));
        buildah.arg("--runroot").arg(self.folder.join("run")).arg(name);
        buildah
    }

    /// Starts the program in a new container, as its user, with its variables and this address.
    fn run(&self, container: &str, listen: &str, arguments: &[&str]) -> Command {
        let mut run = self.command("run");
        run.args(["--isolation", "chroot", "--env", &format!("GROUP_DISPATCH_LISTEN={listen}"), container, "--"]);
        run.arg(format!("/{NAME}")).args(arguments);
        run
    }

    fn remove(&self) -> Result<()> {
        output(self.command("rm").arg("--all"))?;
        output(self.command("rmi").args(["--all", "--force"]))?;
        fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}

/// Docker loads the image under the name that the documents and the compose file use.
fn check_name(report: &mut Report, archive: &Path, version: &str) -> Result<()> {
    let manifest =
        output(Command::new("tar").args(["--extract", "--to-stdout", "--file"]).arg(archive).arg("manifest.json"))?;
    let manifest: Value = serde_json::from_str(&manifest)?;
    let name = format!("docker.io/library/{NAME}:{version}");
    let short = format!("{NAME}:{version}");
    let tags = &manifest[0]["RepoTags"];
    if tags != &serde_json::json!([name]) && tags != &serde_json::json!([short]) {
        bail!("the image would be loaded as {tags}, and not as {short}");
    }
    report.check(format!("`docker load` names the image {short}"));
    Ok(())
}

fn check(report: &mut Report, storage: &Buildah, name: &str) -> Result<()> {
    let inspected: Value = serde_json::from_str(&output(storage.command("inspect").args(["--type", "image", name]))?)?;
    let config = &inspected["Docker"]["config"];
    let health = &config["Healthcheck"]["Test"];
    if config["User"] != "65532:65532" || health != &serde_json::json!(["CMD", "/group-dispatch", "probe"]) {
        bail!("the image has another user or health check: {config}");
    }
    report.check("the image has a numeric user that is not root, and a health check without a shell");

    let container = output(storage.command("from").arg(name))?;
    let container = container.trim();
    let folder = PathBuf::from(output(storage.command("mount").arg(container))?.trim());
    let mut files: Vec<_> =
        fs::read_dir(&folder)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    files.sort();
    if files != ["data", "etc", NAME, "licenses", "tmp"] {
        bail!("the image contains {files:?}");
    }
    report.check("the image has nothing but the program, licenses, certificates and two empty folders");

    let listen = format!("127.0.0.1:{}", free_port()?);
    output(&mut storage.run(container, &listen, &["tenant", "add", "500766"]))?;
    let mut serve = storage.run(container, &listen, &["serve"]);
    let server = Running(serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let probed =
        wait_until("the health check of the image", || output(&mut storage.run(container, &listen, &["probe"])));
    let answered = get(listen.parse()?, "/readyz");
    // Also after a failure: it would go on without buildah.
    stop(&listen)?;
    probed?;
    if answered?.0 != 200 {
        bail!("/readyz does not respond with 200");
    }
    report.check(
        "run by buildah with chroot isolation as its user, `tenant add` and `serve` work, and its health check passes",
    );
    drop(server);
    let failed = output(&mut storage.run(container, &listen, &["probe"])).is_err();
    if !failed {
        bail!("the health check passes without a server");
    }
    report.check("its health check fails when the server has stopped");
    Ok(())
}

/// Stops the server of a container, which has an address of its own: buildah does not pass signals on.
fn stop(listen: &str) -> Result<()> {
    let variable = format!("GROUP_DISPATCH_LISTEN={listen}");
    let is_server = |process: &Path| {
        let variables = fs::read_to_string(process.join("environ")).unwrap_or_default();
        let program = fs::read_link(process.join("exe")).unwrap_or_default();
        program.ends_with(NAME) && variables.split('\0').any(|one| one == variable)
    };
    wait_until("the end of the server in the container", || {
        let processes = fs::read_dir("/proc")?.flatten().filter(|process| is_server(&process.path()));
        let processes: Vec<_> = processes.map(|process| process.file_name()).collect();
        if processes.is_empty() {
            return Ok(());
        }
        output(Command::new("kill").args(&processes))?;
        bail!("{} processes still run", processes.len())
    })
}

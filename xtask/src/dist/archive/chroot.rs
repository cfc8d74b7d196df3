//! Tries the archive where nothing else is: in a root folder with only what was unpacked.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};
use test_support::workspace_root;

use super::dns::{KNOWN_NAME, NameServer};
use crate::{
    dist::{
        Report,
        binary::{Binary, NAME},
        run::{Running, is_root},
        server::{TENANT, listening_address},
    },
    process::output,
};

const HOST_NAME: &str = "listed.example";
const SAMPLE: &str = "crates/cli/src/generated/sample.snap.ndjson";
const DATABASE: &str = "sqlite:///events.db";

/// A folder that is the root folder of processes.
struct Root {
    folder: PathBuf,
    program: String,
    /// The path of `chroot`: without variables, it is not found by its name.
    chroot: String,
}

impl Root {
    /// Returns the unpacked program, without any variable of this process.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.chroot);
        command.arg(&self.folder).arg(&self.program).args(arguments).env_clear();
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        output(&mut self.command(arguments))
    }

    fn write(&self, path: &str, content: &str) -> Result<()> {
        let path = self.folder.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, content)?;
        Ok(())
    }
}

pub fn check(report: &mut Report, archive: &Path, binary: &Binary) -> Result<()> {
    if !is_root() {
        report.skip("the archive in an empty root folder, because only root may change its root folder");
        return Ok(());
    }
    let folder = report.folder().join("root");
    fs::create_dir(&folder)?;
    output(Command::new("tar").arg("--extract").arg("--file").arg(archive).arg("--directory").arg(&folder))?;
    let chroot = output(Command::new("sh").args(["-c", "PATH=$PATH:/usr/sbin:/sbin command -v chroot"]))?;
    let root = Root { folder, program: format!("/{}/{NAME}", binary.full_name()), chroot: chroot.trim().to_owned() };

    let version = root.run(&["--version"])?;
    if version.trim() != format!("{NAME} {}", binary.version) {
        bail!("--version prints {version}");
    }
    // There is not even a folder for temporary files.
    let shown = output(root.command(&["demo", "--once"]).env("TMPDIR", "/"))?;
    if !shown.contains("WhatsApp") {
        bail!("the demo prints no accounts:\n{shown}");
    }
    report.check("unpacked into an empty root folder, `--version` and `demo --once` succeed");
    check_names(report, &root)?;
    check_certificates(report, &root)?;
    fs::remove_dir_all(&root.folder)?;
    Ok(())
}

/// Serves the sample, and queries it by the names of a file and of a name server.
fn check_names(report: &mut Report, root: &Root) -> Result<()> {
    fs::copy(workspace_root().join(SAMPLE), root.folder.join("sample.ndjson"))?;
    let key = root.run(&["tenant", "add", TENANT, "--database", DATABASE])?;
    root.run(&["import", "/sample.ndjson", "--tenant", TENANT, "--database", DATABASE])?;
    let mut serve = root.command(&["serve", "--listen", "127.0.0.1:0", "--database", DATABASE]);
    let mut server = Running(serve.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?);
    let mut log = BufReader::new(server.0.stderr.take().context("no standard error")?);
    let port = listening_address(&mut log)?.port();
    thread::spawn(move || log.lines().for_each(drop));
    let query = |host: &str, words: &[&str]| {
        let mut command = root.command(words);
        command.env("GROUP_DISPATCH_URL", format!("http://{host}:{port}"));
        command.env("GROUP_DISPATCH_TENANT_ID", TENANT).env("GROUP_DISPATCH_API_KEY", key.trim());
        output(&mut command)
    };
    let all: &[&str] = &["all", "--output", "ndjson"];
    let expected = query("127.0.0.1", all)?;
    if expected.lines().count() < 2 {
        bail!("nobody is online in the sample: {expected}");
    }
    report.check("there, `serve` answers queries from a SQLite file");

    root.write("etc/hosts", &format!("127.0.0.1 {HOST_NAME}\n"))?;
    if query(HOST_NAME, all)? != expected {
        bail!("the answer by a name in /etc/hosts is another one");
    }
    report.check("there, a query finds the server by a name in /etc/hosts");
    let names = NameServer::start()?;
    root.write("etc/resolv.conf", &format!("nameserver {}\n", names.address))?;
    if query(KNOWN_NAME, all)? != expected || names.answered() == 0 {
        bail!("the answer by a name of the name server is another one");
    }
    let error = query("unknown.example", all).err().context("an unknown name was resolved")?.to_string();
    if !error.contains("unknown.example") {
        bail!("the error does not name the host: {error}");
    }
    report.check("there, a query finds the server by a name server (DNS), and the error names an unknown host");

    let mut log = root.command(&["log", "--source", "mobile"]);
    log.env("GROUP_DISPATCH_URL", format!("http://127.0.0.1:{port}")).env("GROUP_DISPATCH_TENANT_ID", TENANT);
    output(log.env("GROUP_DISPATCH_API_KEY", key.trim()).env("TZ", "Europe/Berlin"))?;
    report.check("there, `log` prints times although the system has no time zones");
    server.stop()?;
    let status = server.0.wait()?;
    if !status.success() {
        bail!("the server stopped with {status}");
    }
    Ok(())
}

/// Without certificates of authorities, https fails with an error that says so.
fn check_certificates(report: &mut Report, root: &Root) -> Result<()> {
    let mut query = root.command(&["all", "--url", "https://127.0.0.1:9", "--tenant-id", "1", "--timeout", "5s"]);
    let error = output(query.env("GROUP_DISPATCH_API_KEY", "key")).err().context("a query by https succeeded")?;
    let error = format!("{error:#}");
    if !error.contains("SSL_CERT_FILE") {
        bail!("the error of a query by https does not say how to name certificates: {error}");
    }
    report.check("there, https fails with an error that names SSL_CERT_FILE, because there are no certificates");
    Ok(())
}

//! Installs the package as its user does, and tries what its README.Debian says: first as the unit would start the server, but
//! without systemd, then by systemd itself; at last an upgrade, a removal and a purge.

use std::{
    fs,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    path::Path,
    process::{Command, Stdio, id},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use test_support::workspace_root;

use super::{
    booted::Booted,
    root::{Root, clear_variables},
};
use crate::{
    dist::{report::Report, run::wait_until},
    process::output,
};

/// How long the server may take for anything. The machine may be slow.
const LIMIT: Duration = Duration::from_secs(60);
const CONFIG: &str = "/etc/group-dispatch/group-dispatch.toml";
const DATABASE: &str = "/var/lib/group-dispatch/group-dispatch.db";
const UNIT: &str = "/lib/systemd/system/group-dispatch.service";
const TENANT: &str = "500766";
const USER: &str = "group-dispatch";
/// A change that an administrator made to the settings.
const CHANGE: &str = "\nkeep-days = 36500\n";

/// The system in which the package is tried.
struct Trial<'a> {
    root: &'a Root,
    booted: Option<Booted>,
    /// The API key of the tenant.
    key: String,
}

/// Tries the package, and then the next one as its upgrade.
pub fn run(report: &mut Report, root: &Root, package: &Path, next: &Path) -> Result<()> {
    for (from, to) in [(package, "/root/first.deb"), (next, "/root/next.deb")] {
        fs::copy(from, root.path(to)).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let mut trial = Trial { root, booted: None, key: String::new() };
    trial.install(report)?;
    trial.set_up(report)?;
    trial.start_by_hand(report)?;
    match Booted::boot(root) {
        Ok(booted) => {
            trial.booted = Some(booted);
            trial.start_by_systemd(report)?;
            trial.fail_as_documented(report)?;
        }
        Err(why) => report.skip(format!("the service under systemd itself, because {why:#}")),
    }
    trial.upgrade(report)?;
    trial.remove(report)
}

impl Trial<'_> {
    fn command(&self, words: &[&str]) -> Command {
        match &self.booted {
            Some(booted) => booted.command(words),
            None => self.root.command(words),
        }
    }

    fn run(&self, words: &[&str]) -> Result<String> {
        output(&mut self.command(words)).map(|text| text.trim().to_owned())
    }

    fn apt(&self, words: &[&str]) -> Result<String> {
        self.run(&[&["apt-get", "--quiet", "--quiet", "--yes"], words].concat())
    }

    fn install(&self, report: &mut Report) -> Result<()> {
        self.apt(&["install", "--no-install-recommends", "/root/first.deb"])?;
        for (path, expected) in [
            ("/var/lib/group-dispatch", "group-dispatch:group-dispatch 750"),
            (CONFIG, "root:group-dispatch 640"),
            ("/usr/bin/group-dispatch", "root:root 755"),
            ("/usr/share/man/man1/group-dispatch-serve.1.gz", "root:root 644"),
            ("/usr/share/doc/group-dispatch/README.Debian", "root:root 644"),
            ("/usr/share/bash-completion/completions/group-dispatch", "root:root 644"),
        ] {
            let found = self.run(&["stat", "--format=%U:%G %a", path])?;
            ensure!(found == expected, "{path}: expected {expected}, found {found}");
        }
        let state = self.command(&["systemctl", "is-enabled", USER]).output().context("systemctl can't be run")?;
        ensure!(String::from_utf8_lossy(&state.stdout).trim() == "disabled", "the service is enabled without a tenant");
        report.check(
            "apt installs it in a minimal Debian, with a system user, its directory and settings for its group alone",
        );
        let verified = self.command(&["systemd-analyze", "verify", "--man=no", UNIT]).output();
        let verified = verified.context("systemd-analyze can't be run")?;
        let said = [verified.stdout, verified.stderr].concat();
        ensure!(verified.status.success() && said.is_empty(), "verify: {}", String::from_utf8_lossy(&said));
        report.check("systemd-analyze verify says nothing about the installed unit");
        Ok(())
    }

    /// Does what README.Debian says before the start.
    fn set_up(&mut self, report: &mut Report) -> Result<()> {
        let readme = workspace_root().join("packaging/debian/README.Debian");
        let readme = fs::read_to_string(&readme).with_context(|| format!("cannot read {}", readme.display()))?;
        let add = format!(" tenant add {TENANT}");
        let as_user = readme.lines().find_map(|line| line.trim().strip_suffix(&add));
        let as_user: Vec<_> = as_user.context("README.Debian does not say how to add a tenant")?.split(' ').collect();
        let settings = self.run(&[&as_user[..], &["serve", "--config", CONFIG, "--check-config"]].concat())?;
        ensure!(settings.contains("# default") && !settings.contains("# line"), "unexpected settings: {settings}");
        report.check("serve --check-config accepts the settings of the package, as the user of the service");
        self.key = self.run(&[&as_user[..], &["tenant", "add", TENANT]].concat())?;
        let sample = workspace_root().join("crates/cli/src/generated/sample.snap.ndjson");
        let sample = fs::File::open(&sample).with_context(|| format!("cannot open {}", sample.display()))?;
        let mut import = self.command(&[&as_user[..], &["import", "-", "--tenant", TENANT]].concat());
        let imported = import.stdin(sample).stderr(Stdio::null()).status().context("import can't be run")?;
        ensure!(imported.success(), "import failed");
        Ok(())
    }

    /// Runs `ExecStart` of the unit as its user, with a socket of our own in the place of systemd's.
    fn start_by_hand(&self, report: &mut Report) -> Result<()> {
        let unit = fs::read_to_string(self.root.path(UNIT)).context("no unit")?;
        let field = |name: &str| {
            let line = unit.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.with_context(|| format!("the unit has no {name}="))
        };
        let (user, group, folder) = (field("User")?, field("Group")?, field("WorkingDirectory")?);
        let name = format!("group-dispatch-dist-{}", id());
        let socket = SocketAddr::from_abstract_name(&name).and_then(|address| UnixDatagram::bind_addr(&address));
        let socket = socket.context("cannot make a socket")?;
        socket.set_read_timeout(Some(LIMIT)).context("cannot set a timeout")?;
        let userspec = format!("--userspec={user}:{group}");
        let mut server = Command::new("chroot");
        server.arg(userspec).arg(&self.root.folder).args(["env", "--chdir", folder]);
        server.args(field("ExecStart")?.split(' '));
        clear_variables(&mut server);
        server.env("NOTIFY_SOCKET", format!("@{name}")).env("GROUP_DISPATCH_LISTEN", "127.0.0.1:0");
        let mut server = server.stdin(Stdio::null()).stderr(Stdio::null()).spawn().context("chroot can't be run")?;
        let tried = (|| {
            let status = receive(&socket, "READY=1")?;
            let address = status.lines().find_map(|line| line.strip_prefix("STATUS=serving at "));
            self.query(&format!("http://{}", address.context("no address in the status")?))?;
            output(Command::new("kill").args(["-TERM", &server.id().to_string()]))?;
            receive(&socket, "STOPPING=1")
        })();
        if tried.is_err() {
            let _ = server.kill();
        }
        let ended = server.wait().context("cannot wait for the server")?;
        tried?;
        ensure!(ended.success(), "the server ended with {ended}");
        report.check(
            "ExecStart as the user of the unit: READY=1, a query is answered, STOPPING=1 after SIGTERM, exit status 0",
        );
        Ok(())
    }

    fn query(&self, url: &str) -> Result<()> {
        let url = format!("GROUP_DISPATCH_URL={url}");
        let (tenant, key) =
            (format!("GROUP_DISPATCH_TENANT_ID={TENANT}"), format!("GROUP_DISPATCH_API_KEY={}", self.key));
        let answer = self.run(&["env", &url, &tenant, &key, "group-dispatch", "all", "--output", "json"])?;
        ensure!(answer.contains("whatsApp"), "nobody is online: {answer}");
        Ok(())
    }

    fn state(&self, property: &str) -> Result<String> {
        self.run(&["systemctl", "show", "--value", "--property", property, USER])
    }

    fn wait_for(&self, property: &str, expected: &str) -> Result<()> {
        let waited = wait_until(&format!("{property} {expected:?}"), || {
            let found = self.state(property)?;
            ensure!(found == expected, "found {found:?}");
            Ok(())
        });
        waited.or_else(|error| {
            let log = self.run(&["journalctl", "--unit", USER, "--lines", "20", "--output", "cat"])?;
            bail!("{error:#}; the log says:\n{log}")
        })
    }

    fn start_by_systemd(&self, report: &mut Report) -> Result<()> {
        if let Err(error) = self.run(&["systemctl", "enable", "--now", USER]) {
            let log = self.run(&["journalctl", "--unit", USER, "--lines", "20", "--output", "cat"])?;
            bail!("{error:#}; the log says:\n{log}");
        }
        self.wait_for("StatusText", "serving at 127.0.0.1:8080")?;
        self.query("http://127.0.0.1:8080")?;
        report
            .check("systemd starts the unit with all of its restrictions, waits for READY=1, and a query is answered");
        self.run(&["systemctl", "kill", "--signal=KILL", USER])?;
        self.wait_for("NRestarts", "1")?;
        self.wait_for("StatusText", "serving at 127.0.0.1:8080")?;
        self.query("http://127.0.0.1:8080")?;
        report.check("systemd starts a server again that was killed");
        Ok(())
    }

    /// Tries the ends after which systemd must not start the server again.
    fn fail_as_documented(&self, report: &mut Report) -> Result<()> {
        let settings = self.root.path(CONFIG);
        let valid = fs::read_to_string(&settings).context("no settings")?;
        fs::write(&settings, format!("{valid}\nlisen = 1\n")).context("cannot write the settings")?;
        ensure!(self.run(&["systemctl", "restart", USER]).is_err(), "a server with invalid settings starts");
        self.wait_for("ActiveState", "failed")?;
        ensure!(self.state("ExecMainStatus")? == "2", "invalid settings do not end with status 2");
        fs::write(&settings, &valid).context("cannot write the settings")?;
        self.run(&["systemctl", "restart", USER])?;

        let database = self.root.path(DATABASE);
        fs::remove_file(&database).context("no database")?;
        self.wait_for("ActiveState", "failed")?;
        ensure!(self.state("ExecMainStatus")? == "5", "a lost file does not end with status 5");
        let beside = fs::read_dir(self.root.path("/var/lib/group-dispatch")).context("no directory")?;
        let copies =
            beside.flatten().map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains(".rescued-"));
        let copies: Vec<_> = copies.collect();
        let [copy] = copies.as_slice() else { bail!("expected one copy of the database, found {}", copies.len()) };
        fs::rename(copy, &database).context("cannot move the copy")?;
        self.run(&["systemctl", "restart", USER])?;
        self.query("http://127.0.0.1:8080")?;
        report.check("it stays down after exit status 2 and 5, and the copy that it rescued is served");
        Ok(())
    }

    fn upgrade(&self, report: &mut Report) -> Result<()> {
        let settings = self.root.path(CONFIG);
        let changed = fs::read_to_string(&settings).context("no settings")? + CHANGE;
        fs::write(&settings, &changed).context("cannot write the settings")?;
        let before = self.booted.as_ref().map(|_| self.state("MainPID")).transpose()?;
        self.apt(&["install", "--no-install-recommends", "/root/next.deb"])?;
        let version = self.run(&["dpkg-query", "--show", "--showformat=${Version}", USER])?;
        ensure!(version.ends_with("-2"), "the upgrade left version {version}");
        ensure!(fs::read_to_string(&settings).context("no settings")? == changed, "the upgrade changed the settings");
        if let Some(before) = before {
            ensure!(self.state("MainPID")? != before, "the upgrade did not restart the server");
            self.query("http://127.0.0.1:8080")?;
            report.check("an upgrade keeps changed settings, and restarts the server");
        } else {
            report.check("an upgrade keeps changed settings");
        }
        Ok(())
    }

    fn remove(&self, report: &mut Report) -> Result<()> {
        let exists = |path: &str| self.root.path(path).exists();
        self.apt(&["remove", USER])?;
        ensure!(!exists("/usr/bin/group-dispatch"), "the program is still there");
        ensure!(exists(CONFIG) && exists(DATABASE), "a removal deletes settings or the database");
        if self.booted.is_some() {
            ensure!(self.state("ActiveState")? != "active", "the server still runs");
        }
        self.apt(&["purge", USER])?;
        ensure!(!exists("/etc/group-dispatch") && !exists(UNIT), "a purge leaves settings or the unit");
        ensure!(exists(DATABASE), "a purge deletes the database");
        let left = self.run(&["dpkg-query", "--show", "--showformat=${db:Status-Abbrev}", USER]);
        ensure!(left.is_err() || left.is_ok_and(|state| state.starts_with("un")), "the package is still known");
        report.check("a removal keeps settings and database, a purge keeps the database alone");
        Ok(())
    }
}

/// Returns the first message with this line.
fn receive(socket: &UnixDatagram, line: &str) -> Result<String> {
    let mut buffer = [0; 4096];
    loop {
        let length = socket.recv(&mut buffer).with_context(|| format!("the server does not say {line}"))?;
        let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if message.lines().any(|said| said == line) {
            return Ok(message);
        }
    }
}

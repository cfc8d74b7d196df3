//! `cargo xtask release` in clones of the workspace: what a release consists of, and that a failure changes nothing.
#![cfg(unix)]

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::ExitStatusExt},
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use semver::Version;
use tempfile::TempDir;
use test_support::copy_workspace;
use xtask::{contract::CONTRACTS, release::stale_versions};

/// The workspace with a repository of its own. Nothing is compiled in it.
struct Clone {
    folder: TempDir,
}

impl Clone {
    fn new() -> Self {
        let clone = Self { folder: tempfile::tempdir().unwrap() };
        copy_workspace(&clone.root()).unwrap();
        // Half of all files are those of tests. A release reads none of them.
        fs::remove_dir_all(clone.root().join("crates/fuzz/corpus")).unwrap();
        for entry in fs::read_dir(clone.root().join("crates")).unwrap() {
            let _ = fs::remove_dir_all(entry.unwrap().path().join("tests"));
        }
        clone.git(&["init", "--quiet", "--initial-branch=trunk"]);
        for (name, value) in [("user.name", "nobody"), ("user.email", "nobody@localhost")] {
            clone.git(&["config", name, value]);
        }
        clone.commit("Begin");
        clone
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    fn run(&self, program: &mut Command) -> Output {
        let nobody = self.folder.path().join("no-settings");
        program
            .current_dir(self.root())
            .env("CARGO_MANIFEST_DIR", self.root())
            .env("GIT_CONFIG_GLOBAL", nobody)
            .env("GIT_CONFIG_NOSYSTEM", "1");
        program.output().unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = self.run(Command::new("git").args(arguments));
        assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// Runs the task, without what compiles.
    fn release(&self, arguments: &[&str]) -> Output {
        self.run(Command::new(env!("CARGO_BIN_EXE_xtask")).args(["release", "--unchecked"]).args(arguments))
    }

    fn released(&self, arguments: &[&str]) -> String {
        let output = self.release(arguments);
        assert!(output.status.success(), "{}", said(&output));
        said(&output)
    }

    /// Returns why the crates can't be published to crates.io.
    fn publishing(&self) -> String {
        let output = self.run(Command::new(env!("CARGO_BIN_EXE_xtask")).arg("publish"));
        assert!(!output.status.success());
        said(&output)
    }

    /// Everything that a release may change.
    fn state(&self) -> String {
        let packages = self.root().join("target/packages").exists();
        let commands: [&[&str]; 4] =
            [&["rev-parse", "HEAD"], &["tag"], &["status", "--porcelain"], &["worktree", "list"]];
        commands.map(|command| self.git(command)).join("\n") + &format!("\npackages: {packages}")
    }

    /// Runs the task, which must fail, say why and leave everything as it was.
    fn fails(&self, arguments: &[&str], reasons: &[&str]) {
        let before = self.state();
        let output = self.release(arguments);
        let said = said(&output);
        assert!(!output.status.success(), "{said}");
        for reason in reasons {
            assert!(said.contains(reason), "expected {reason:?}: {said}");
        }
        assert_eq!(self.state(), before, "{said}");
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).unwrap();
    }

    /// Makes a hook of git that fails or does something.
    fn hook(&self, name: &str, script: &str) {
        let path = self.root().join(".git/hooks").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn sha256(path: &Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

#[test]
fn the_first_release_and_the_next() {
    let clone = Clone::new();
    let before = clone.state();
    assert!(clone.publishing().contains("HEAD does not have the tag of the version in Cargo.toml"));
    let dry = clone.released(&["--dry-run"]);
    assert!(dry.contains("version    0.1.0 (in Cargo.toml: 0.1.0; last release: none)"), "{dry}");
    assert!(dry.contains("crates/client/CHANGELOG.md") && dry.contains("nothing has changed"), "{dry}");
    assert_eq!(
        clone.state().replace("packages: true", "packages: false"),
        before.replace("packages: true", "packages: false")
    );

    let version = |text: &str| text.lines().find_map(|line| line.strip_prefix("  version: ")).unwrap().to_owned();
    let versions = CONTRACTS.map(|entry| version(&clone.text(entry.path)));
    clone.released(&[]);
    assert_eq!(clone.git(&["log", "-1", "--format=%s", "trunk"]), "Release 0.1.0");
    assert_eq!(clone.git(&["status", "--porcelain"]), "");
    let tags = clone.git(&["tag", "--points-at", "HEAD"]);
    let mut expected = vec!["v0.1.0".to_owned()];
    expected.extend(CONTRACTS.iter().zip(&versions).map(|(entry, version)| format!("{}-{version}", entry.name)));
    expected.sort();
    assert_eq!(tags, expected.join("\n"));
    for (entry, version) in CONTRACTS.iter().zip(&versions) {
        let released = format!("{}/{version}.yaml", entry.released);
        assert_eq!(clone.text(&released), clone.text(entry.path));
        let line = format!("  {}\n", released.trim_start_matches("openapi/"));
        assert!(clone.text("openapi/released.sha256").contains(&line), "{line}");
    }
    let changes = clone.text("crates/client/CHANGELOG.md");
    assert!(changes.contains("\n## Unreleased\n\n## 0.1.0 - 2"), "{changes}");
    assert_eq!(clone.git(&["worktree", "list"]).lines().count(), 1);

    // The archive is that of the tag, and its sum is right.
    let packages = clone.root().join("target/packages");
    let archive = packages.join("source/group-dispatch-0.1.0.tar.gz");
    let sums = fs::read_to_string(packages.join("SHA256SUMS")).unwrap();
    assert_eq!(sums, format!("{}  source/group-dispatch-0.1.0.tar.gz\n", sha256(&archive)));
    let again = clone.folder.path().join("again.tar.gz");
    let output = format!("--output={}", again.display());
    clone.git(&["archive", "--format=tar.gz", "--prefix=group-dispatch-0.1.0/", &output, "v0.1.0"]);
    assert_eq!(sha256(&again), sha256(&archive));

    // What remains to be set is the address of the repository.
    assert!(clone.publishing().contains("set `repository` in Cargo.toml first"));
    clone.fails(&[], &["version 0.1.0 is released: name major, minor, patch or a version"]);
    clone.fails(&["minor"], &["no CHANGELOG.md has an entry under \"## Unreleased\": say what is new"]);
    clone.write(
        "crates/client/CHANGELOG.md",
        &changes.replace("## Unreleased\n", "## Unreleased\n\n- Something new.\n"),
    );
    clone.commit("Add something");
    clone.released(&["minor"]);
    // The contracts did not change, and have their tags.
    assert_eq!(clone.git(&["tag", "--points-at", "HEAD"]), "v0.2.0");
    assert!(clone.text("crates/client/CHANGELOG.md").contains("## 0.2.0 - 2"));
    assert!(clone.text("crates/types/CHANGELOG.md").contains("\n\nNo changes.\n\n## 0.1.0 - 2"));
    // The files for users have no other version any more.
    for (path, expected) in [
        ("README.md", "group-dispatch-0.2.0-x86_64-unknown-linux-musl.tar.gz"),
        ("README.md", "group-dispatch-client = { version = \"0.2\", registry"),
        ("packaging/README.md", "group-dispatch_0.2.0-1_amd64.deb"),
        ("packaging/crates.md", "--tag v0.2.0"),
        ("packaging/container/Dockerfile", "\nARG VERSION=0.2.0\n"),
        ("packaging/container/compose.yaml", "group-dispatch:0.2.0"),
        ("packaging/helm/group-dispatch/Chart.yaml", "\nversion: 0.2.0\nappVersion: 0.2.0\n"),
        ("crates/server/docs/operating.md", "group-dispatch_0.2.0-1_amd64.deb"),
    ] {
        assert!(clone.text(path).contains(expected), "{path}: expected {expected}");
    }
    let old = clone.run(
        Command::new("git").args(["grep", "--word-regexp", "0\\.1\\.0\\|v0\\.1\\.0\\|\"0\\.1\"", "--"]).args([
            "README.md",
            "packaging",
            "crates/*/README.md",
            "crates/*/docs",
        ]),
    );
    assert_eq!(said(&old), "");
    assert_eq!(stale_versions(&clone.root(), &Version::new(0, 2, 0)).unwrap(), [""; 0]);
    assert!(!stale_versions(&clone.root(), &Version::new(0, 1, 0)).unwrap().is_empty());
    let manifest = clone.text("Cargo.toml");
    assert!(!manifest.contains("version = \"0.1.0\", path"), "{manifest}");
    let files = clone.git(&["show", "--stat", "--format="]);
    for file in ["Cargo.toml", " Cargo.lock", "crates/fuzz/cargo-fuzz/Cargo.lock", "CHANGELOG.md"] {
        assert!(files.contains(file), "{file}: {files}");
    }
}

#[test]
fn a_checkout_that_is_not_ready_is_refused_with_every_reason() {
    let clone = Clone::new();
    clone.write("README.md", "# Changed\n");
    clone.write("new.txt", "new\n");
    let elsewhere = clone.git(&["commit-tree", "-m", "Elsewhere", "HEAD^{tree}"]);
    clone.git(&["tag", "v0.1.0", &elsewhere]);
    // Somebody else has pushed.
    clone.git(&["config", "remote.origin.url", "."]);
    clone.git(&["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"]);
    clone.git(&["update-ref", "refs/remotes/origin/trunk", &elsewhere]);
    clone.git(&["branch", "--quiet", "--set-upstream-to", "origin/trunk"]);
    clone.fails(&[], &["trunk does not have all commits of origin/trunk: git pull --rebase", "the tag v0.1.0 exists"]);
    clone.git(&["checkout", "--quiet", "--detach"]);
    let reasons = ["files are not committed: README.md, new.txt", "no branch is checked out", "the tag v0.1.0 exists"];
    clone.fails(&[], &reasons);
    clone.fails(&["--dry-run"], &reasons);
    clone.fails(&["newest"], &["expected major, minor, patch or a version such as 1.2.3, found \"newest\""]);
}

#[test]
fn a_released_contract_that_changed_is_refused() {
    let clone = Clone::new();
    let released = clone.text("openapi/released/1.0.0.yaml");
    clone.write("openapi/released/1.0.0.yaml", &(released + "# a remark\n"));
    fs::remove_file(clone.root().join("openapi/released/ingest/1.0.0.yaml")).unwrap();
    clone.write("openapi/released/1.5.0.yaml", &clone.text("openapi/released/2.0.0.yaml"));
    clone.commit("Change what is released");
    let reasons = [
        "openapi/released/1.0.0.yaml has changed: a released contract stays as it is",
        "openapi/released/ingest/1.0.0.yaml is gone",
        "openapi/released.sha256 does not have released/1.5.0.yaml",
    ];
    clone.fails(&[], &reasons);
}

#[test]
fn a_contract_that_changed_under_its_released_version_is_refused() {
    let clone = Clone::new();
    clone.released(&[]);
    let contract = clone.text("openapi/group-dispatch.yaml");
    clone.write("openapi/group-dispatch.yaml", &(contract + "# a remark\n"));
    // The sum of a released contract is edited with it.
    let sums = clone.text("openapi/released.sha256");
    clone.write("openapi/released.sha256", &sums.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>());
    clone.commit("Change the contract");
    clone.fails(
        &["minor"],
        &["openapi/group-dispatch.yaml is not what the tag openapi-", "of the tag ingest-", "is gone"],
    );
}

#[test]
fn a_step_that_fails_leaves_everything_as_it_was() {
    let clone = Clone::new();
    // The commit.
    clone.hook("pre-commit", "echo 'no commit today'; exit 1");
    clone.fails(&[], &["no commit today"]);
    fs::remove_file(clone.root().join(".git/hooks/pre-commit")).unwrap();
    // A tag: git asks this hook about each change of a reference.
    clone.hook("reference-transaction", "if [ \"$1\" = prepared ] && grep -q refs/tags/openapi-; then exit 1; fi");
    clone.fails(&[], &["git update-ref --stdin"]);
    // The branch.
    clone.hook("reference-transaction", "if [ \"$1\" = prepared ] && grep -q refs/heads/trunk; then exit 1; fi");
    clone.fails(&[], &["git update-ref --stdin"]);
    // A file, after the branch was moved: one that is written meanwhile is not overwritten.
    clone.hook(
        "reference-transaction",
        "if [ \"$1\" = committed ] && grep -q refs/heads/trunk; then echo mine >CHANGELOG.md; fi",
    );
    let output = clone.release(&[]);
    assert!(said(&output).contains("git read-tree -"), "{}", said(&output));
    assert_eq!(clone.text("CHANGELOG.md"), "mine\n");
    clone.git(&["checkout", "--", "CHANGELOG.md"]);
    assert_eq!(clone.git(&["status", "--porcelain"]) + &clone.git(&["tag"]), "");
    fs::remove_file(clone.root().join(".git/hooks/reference-transaction")).unwrap();
    // A signature without a key.
    clone.git(&["config", "gpg.format", "ssh"]);
    clone.git(&["config", "user.signingKey", "/no/such/key"]);
    clone.fails(&["--sign"], &["git commit "]);
    // A lock file that does not fit.
    let lock = clone.text("Cargo.lock");
    clone.write("Cargo.lock", &lock.replacen("name = \"group-dispatch-client\"", "name = \"group-dispatch-other\"", 1));
    clone.commit("Break the lock file");
    clone.fails(&[], &["Cargo.toml and Cargo.lock don't fit version 0.1.0"]);
    clone.git(&["revert", "--no-edit", "HEAD"]);
    // A release that is killed in the middle of the change leaves no tags, and its work tree does not hinder the next.
    let before = clone.git(&["rev-parse", "HEAD"]);
    clone.hook(
        "reference-transaction",
        "if [ \"$1\" = prepared ] && grep -q refs/heads/trunk; then kill -9 \"$(cat ../pid)\"; exit 1; fi",
    );
    let script = "echo $$ >../pid; exec \"$0\" release --unchecked";
    let killed = clone.run(Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_xtask")]));
    assert_eq!(killed.status.signal(), Some(9), "{}", said(&killed));
    let locks = [".git/refs/heads/trunk.lock", ".git/refs/tags/v0.1.0.lock"].map(|path| clone.root().join(path));
    let began = Instant::now();
    while locks.iter().any(|lock| lock.exists()) && began.elapsed() < Duration::from_secs(60) {
        thread::yield_now();
    }
    assert_eq!(clone.git(&["tag"]) + &clone.git(&["rev-parse", "HEAD"]), before);
    fs::remove_file(clone.root().join(".git/hooks/reference-transaction")).unwrap();
    clone.released(&[]);
}

#[test]
fn a_signed_release_can_be_verified() {
    let clone = Clone::new();
    let key = clone.folder.path().join("key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).output();
    if !made.is_ok_and(|made| made.status.success()) {
        test_support::skip("signed releases, because there is no ssh-keygen");
        return;
    }
    let signers = clone.folder.path().join("signers");
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    fs::write(&signers, format!("nobody@localhost {public}")).unwrap();
    clone.git(&["config", "gpg.format", "ssh"]);
    clone.git(&["config", "gpg.ssh.allowedSignersFile", signers.to_str().unwrap()]);
    clone.git(&["config", "user.signingKey", key.with_extension("pub").to_str().unwrap()]);
    clone.released(&["--sign"]);
    clone.git(&["verify-tag", "v0.1.0"]);
    clone.git(&["verify-commit", "HEAD"]);
    let packages = clone.root().join("target/packages");
    let mut verify = Command::new("ssh-keygen");
    verify.args(["-Y", "verify", "-n", "file", "-I", "nobody@localhost", "-s"]).arg(packages.join("SHA256SUMS.sig"));
    let output =
        verify.arg("-f").arg(&signers).stdin(fs::File::open(packages.join("SHA256SUMS")).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

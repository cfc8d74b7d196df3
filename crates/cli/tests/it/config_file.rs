//! The configuration file of `serve`: what takes precedence, what errors say, and what `--check-config` prints.

use std::{fs, path::PathBuf, process::Command};

use tempfile::TempDir;

use crate::common::{RunResult, TestStore, command, run};

struct ConfigFile {
    folder: TempDir,
}

impl ConfigFile {
    fn new(text: &str) -> Self {
        let file = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(file.path(), text).unwrap();
        file
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("serve.toml")
    }

    fn checking(&self) -> Command {
        let mut checking = command();
        checking.args(["serve", "--check-config", "--config"]).arg(self.path()).current_dir(self.folder.path());
        checking
    }

    /// Returns what `--check-config` prints, with `FILE` in the place of the path.
    fn check(&self, arguments: &[&str]) -> RunResult {
        self.shown(self.checking().args(arguments))
    }

    fn shown(&self, checking: &mut Command) -> RunResult {
        let RunResult { status, out, err } = run(checking);
        let hide = |text: String| text.replace(&self.path().display().to_string(), "FILE");
        RunResult { status, out: hide(out), err: hide(err) }
    }
}

/// Returns the line of a setting, with single blanks.
fn line(result: &RunResult, flag: &str) -> String {
    assert_eq!(result.status, 0, "{}", result.err);
    let is_of = |line: &&str| line.trim_start_matches("# ").starts_with(&format!("{flag} ="));
    let line = result.out.lines().find(is_of).unwrap_or_else(|| panic!("{flag}: {}", result.out));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_flag_takes_precedence_over_a_variable_and_that_over_the_file() {
    let file = ConfigFile::new("# limits\n\nkeep-days = 90\n");
    let by_file = file.check(&[]);
    assert_eq!(line(&by_file, "keep-days"), "keep-days = 90 # line 3 of FILE");
    assert_eq!(line(&by_file, "listen"), "listen = \"127.0.0.1:8080\" # default");
    assert_eq!(line(&by_file, "otlp"), "# otlp = # not set");
    let by_variable = file.shown(file.checking().env("GROUP_DISPATCH_KEEP_DAYS", "30"));
    assert_eq!(line(&by_variable, "keep-days"), "keep-days = 30 # GROUP_DISPATCH_KEEP_DAYS");
    let by_flag = file.shown(file.checking().args(["--keep-days", "7"]).env("GROUP_DISPATCH_KEEP_DAYS", "30"));
    assert_eq!(line(&by_flag, "keep-days"), "keep-days = 7 # --keep-days");
    // An empty variable counts as not set, for the file as well.
    let empty = file.shown(file.checking().env("GROUP_DISPATCH_KEEP_DAYS", ""));
    assert_eq!(line(&empty, "keep-days"), "keep-days = 90 # line 3 of FILE");
    let by_variable = file.shown(command().args(["serve", "--check-config"]).env("GROUP_DISPATCH_CONFIG", file.path()));
    assert_eq!(line(&by_variable, "keep-days"), "keep-days = 90 # line 3 of FILE");
}

#[test]
fn switches_and_lists_have_values_of_toml() {
    let file = ConfigFile::new("create = true\ntrusted-proxy = ['10.0.0.0/8', '::1']\nmax-wait = '250ms'\n");
    let checked = file.check(&[]);
    assert_eq!(line(&checked, "create"), "create = true # line 1 of FILE");
    assert_eq!(line(&checked, "trusted-proxy"), "trusted-proxy = [\"10.0.0.0/8\", \"::1\"] # line 2 of FILE");
    assert_eq!(line(&checked, "max-wait"), "max-wait = \"250ms\" # line 3 of FILE");
    let by_variable = file.shown(file.checking().env("GROUP_DISPATCH_CREATE", "no"));
    assert_eq!(line(&by_variable, "create"), "create = false # GROUP_DISPATCH_CREATE");
    // A list of a flag or a variable replaces that of the file.
    let replaced = file.shown(file.checking().env("GROUP_DISPATCH_TRUSTED_PROXY", "10.1.1.1,10.2.2.2"));
    assert_eq!(
        line(&replaced, "trusted-proxy"),
        "trusted-proxy = [\"10.1.1.1\", \"10.2.2.2\"] # GROUP_DISPATCH_TRUSTED_PROXY"
    );
}

/// What is printed can be used as a file.
#[test]
fn the_settings_are_printed_as_a_configuration_file() {
    let first = ConfigFile::new("create = true\ntrusted-proxy = ['10.0.0.0/8', '::1']\nkeep-days = 9\n").check(&[]);
    let second = ConfigFile::new(&first.out).check(&[]);
    let values = |result: &RunResult| -> Vec<String> {
        assert_eq!(result.status, 0, "{}", result.err);
        result.out.lines().map(|line| line.rsplit_once(" # ").unwrap().0.trim().to_owned()).collect()
    };
    assert_eq!(values(&first), values(&second));
    assert!(values(&first).len() > 25);
}

#[test]
fn errors_name_the_line_and_the_key() {
    for (text, problem) in [
        ("\n\nlisen = 'x'\n", "unknown key `lisen` in line 3 of FILE; did you mean `listen`?"),
        ("keep_days = 9\n", "unknown key `keep_days` in line 1 of FILE; did you mean `keep-days`?"),
        ("zzz = 9\n", "unknown key `zzz` in line 1 of FILE; expected the name of a flag that `serve --help` lists"),
        ("config = 'x'\n", "`config` in line 1 of FILE can be set only on the command line; remove the line"),
        ("color = 'never'\n", "`color` in line 1 of FILE can be set only on the command line; remove the line"),
        ("[limits]\nmax-feeds = 1\n", "line 1 of FILE begins a section or a key with parts; expected keys"),
        ("limits.max-feeds = 1\n", "line 1 of FILE begins a section or a key with parts; expected keys"),
        ("listen = '127.0.0.1:1'\nlisten = '127.0.0.1:2'\n", "line 2 of FILE is not valid TOML: duplicate key"),
        ("listen = \n", "line 1 of FILE is not valid TOML: "),
        ("create = 'yes'\n", "`create` in line 1 of FILE: expected true or false, found a string"),
        ("keep-days = true\n", "`keep-days` in line 1 of FILE: expected a text or a whole number, found a boolean"),
        ("keep-days = [1]\n", "`keep-days` in line 1 of FILE: expected a text or a whole number, found an array"),
        ("keep-days = 1.5\n", "`keep-days` in line 1 of FILE: expected a text or a whole number, found a float"),
        (
            "database = 'file://localhost/etc/address'\n",
            "invalid value 'file://localhost/etc/address' for 'database (line 1 of FILE)': expected file:/// and",
        ),
        (
            "trusted-proxy = [1.5]\n",
            "`trusted-proxy` in line 1 of FILE: expected a text, or a list of texts, found an array",
        ),
        ("\nkeep-days = 0\n", "invalid value '0' for 'keep-days (line 2 of FILE)': 0 is not in 1"),
        ("max-wait = '0'\n", "invalid value '0' for 'max-wait (line 1 of FILE)': expected a duration longer than zero"),
        ("log = 'a=b=c'\n", "invalid value 'a=b=c' for 'log (line 1 of FILE)': expected a filter"),
        (
            "feed-signing = 'hmc'\n",
            "invalid value 'hmc' for 'feed-signing (line 1 of FILE)'; [possible values: both, hmac]",
        ),
        (
            "\nmetrics-listen = '127.0.0.1:8080'\n",
            "metrics-listen (line 2 of FILE) 127.0.0.1:8080 and --listen 127.0.0.1:8080 use the same port",
        ),
        ("rescue-dir = '/nonexistent/folder'\n", "rescue-dir (line 1 of FILE): no file can be created in it"),
    ] {
        let result = ConfigFile::new(text).check(&[]);
        assert_eq!((result.status, result.out.as_str()), (2, ""), "{text}");
        assert!(result.err.starts_with(&format!("error: {problem}")), "{text}: {}", result.err);
        assert!(result.err.ends_with("\n\nFor more information, try '--help'.\n"), "{}", result.err);
    }
    let missing = run(command().args(["serve", "--config", "/nonexistent/serve.toml"]));
    let expected = "error: cannot read the configuration file /nonexistent/serve.toml: entity not found\n";
    assert_eq!(missing.status, 2);
    assert!(missing.err.starts_with(expected), "{}", missing.err);
}

/// Without `--check-config` the errors are the same, so that a server does not start with a faulty file.
#[test]
fn a_server_does_not_start_with_a_faulty_file() {
    let file = ConfigFile::new("lisen = 'x'\n");
    let result = file.shown(command().args(["serve", "--config"]).arg(file.path()));
    assert_eq!(result.status, 2);
    assert!(result.err.starts_with("error: unknown key `lisen` in line 1 of FILE"), "{}", result.err);
}

#[test]
fn a_variable_of_a_proxy_that_is_invalid_is_found_before_the_start() {
    let file = ConfigFile::new("otlp = 'http://collector.example:4318'\n");
    let checked = file.shown(file.checking().env("http_proxy", "ftp://127.0.0.1:9"));
    assert_eq!(checked.status, 2, "{}", checked.out);
    assert!(checked.err.starts_with("error: otlp (line 1 of FILE): "), "{}", checked.err);
}

/// Neither an error nor what is printed repeats a value that may be a secret.
#[test]
fn no_secret_of_the_file_is_printed() {
    for (text, status) in [
        ("database = 'postgres://me:s3cret@host/db'\n", 0),
        ("database = 'postgres://host/db?password=s3cret'\n", 0),
        ("database = 'postgres://me:s3cret@host'\n", 2),
        ("database = 'postgress://me:s3cret@host/db'\n", 2),
        ("database = 'postgres://me:s3cret@host/db\n", 2),
        ("database = postgres://me:s3cret@host/db\n", 2),
        ("database = ['postgres://me:s3cret@host/db']\n", 2),
        ("databse = 'postgres://me:s3cret@host/db'\n", 2),
        ("s3cret = 'postgres://me:s3cret@host/db'\n", 2),
        ("'me:s3cret@host' = 1\n", 2),
        ("s3cret\n", 2),
        ("otlp = 'http://me:s3cret@here:4318'\n", 2),
        ("public-url = 'http://me:s3cret@here'\n", 2),
        ("listen = 's3cret'\n", 2),
        ("rescue-dir = 'postgres://me:s3cret@host/db'\n", 2),
    ] {
        let result = ConfigFile::new(text).check(&[]);
        assert_eq!(result.status, status, "{text}: {}", result.err);
        for shown in [&result.out, &result.err] {
            assert!(!shown.contains("s3cret"), "{text}: {shown}");
        }
    }
    let file = ConfigFile::new("");
    for url in ["postgres://me:s3cret@host/db", "postgres://host/db?password=s3cret"] {
        let checked = file.shown(file.checking().env("GROUP_DISPATCH_DATABASE", url));
        let expected = "database = \"postgres://host:5432/db\" # GROUP_DISPATCH_DATABASE; user, password and parameters are \
                        not shown";
        assert_eq!(line(&checked, "database"), expected);
    }
}

/// A directory may have an @ in its name.
#[test]
fn paths_are_printed_unchanged() {
    let file = ConfigFile::new("");
    let folder = file.folder.path().join("inst@main");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("address"), "postgres://me:s3cret@host/db").unwrap();
    let folder = folder.display().to_string();
    for (flag, value) in [
        ("rescue-dir", folder.clone()),
        ("database", format!("sqlite://{folder}/x.db")),
        ("database", format!("file://{folder}/address")),
    ] {
        let checked = file.check(&[&format!("--{flag}"), &value]);
        assert_eq!(line(&checked, flag), format!("{flag} = \"{value}\" # --{flag}"));
    }
}

/// Only `serve` reads the file, so that another command could silently use another database.
#[test]
fn other_commands_warn_that_they_do_not_read_the_file() {
    let store = TestStore::new();
    let file = ConfigFile::new(&format!("database = '{}'\n", store.database()));
    let list = |database: &str| {
        let mut list = command();
        list.args(["tenant", "list"]).env("GROUP_DISPATCH_CONFIG", file.path()).current_dir(file.folder.path());
        run(list.env("GROUP_DISPATCH_DATABASE", database))
    };
    let by_default = list("");
    let warning = "warning: only `serve` reads the configuration file that GROUP_DISPATCH_CONFIG names; --database has its \
                   default here\n";
    assert!(by_default.err.starts_with(warning), "{}", by_default.err);
    // A variable of its own is read by each command.
    let by_variable = list(&store.database());
    assert_eq!((by_variable.status, by_variable.err.as_str()), (0, ""));
    let probe = run(command().arg("probe").args(["--timeout", "1ms"]).env("GROUP_DISPATCH_CONFIG", file.path()));
    assert!(probe.err.contains("--listen has its default here\n"), "{}", probe.err);
    let completions = run(command().args(["completions", "bash"]).env("GROUP_DISPATCH_CONFIG", file.path()));
    assert_eq!(completions.err, "");
}

#[cfg(unix)]
#[test]
fn a_password_that_everybody_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;

    let warnings = |text: &str, mode: u32| {
        let file = ConfigFile::new(text);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
        let checked = file.check(&[]);
        assert_eq!(checked.status, 0, "{}", checked.err);
        checked.err
    };
    let text = "\ndatabase = 'postgres://me:s3cret@host/db'\n";
    let warning = warnings(text, 0o644);
    assert!(warning.starts_with("warning: line 2 of FILE has a password, and every user"), "{warning}");
    assert_eq!(warnings(text, 0o640), "");
    assert_eq!(warnings("database = 'postgres://me@host/db'\n", 0o644), "");
    assert_eq!(warnings("keep-days = 9\n", 0o644), "");
}

#[test]
fn a_server_uses_the_file() {
    let store = TestStore::new();
    let file = ConfigFile::new(&format!("listen = '127.0.0.1:0'\ndatabase = '{}'\n", store.database()));
    let mut serve = command();
    serve.args(["serve", "--config"]).arg(file.path());
    let server = TestStore::serve_by(&mut serve);
    assert_eq!(server.json(&["online", "--source", "mobile"]), serde_json::json!([]));
}

/// Neither the database is opened nor an address.
#[test]
fn a_check_opens_nothing() {
    let occupied = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap();
    let file = ConfigFile::new(&format!("listen = '{address}'\ndatabase = 'sqlite://new.db'\ncreate = true\n"));
    assert_eq!(line(&file.check(&[]), "listen"), format!("listen = \"{address}\" # line 1 of FILE"));
    assert!(!file.folder.path().join("new.db").exists());
}

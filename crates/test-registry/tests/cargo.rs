//! cargo itself publishes a crate to the registry and takes it from there.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// The program, which ends when this is dropped.
struct Registry {
    program: Child,
    index: String,
}

impl Registry {
    fn start() -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_test-registry"))
            .arg("the-token")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut index = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut index).unwrap();
        Self { program, index: index.trim().to_owned() }
    }

    /// Runs cargo in a folder, with an empty home and this token.
    fn cargo(&self, folder: &Path, token: &str, arguments: &str) -> Output {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap());
        cargo.args(arguments.split(' ')).current_dir(folder);
        cargo.env("CARGO_HOME", folder.join("home")).env("CARGO_TARGET_DIR", folder.join("target"));
        cargo.env("CARGO_REGISTRIES_OURS_INDEX", &self.index).env("CARGO_REGISTRIES_OURS_TOKEN", token);
        // Without a provider cargo sends no token to a registry that asks for it at each request.
        cargo.env("CARGO_REGISTRIES_OURS_CREDENTIAL_PROVIDER", "cargo:token");
        // The registry is on this machine, and a proxy is not asked for it.
        cargo.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        cargo.output().unwrap()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}

fn package(folder: &Path, manifest: &str, code: &str) {
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), code).unwrap();
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn cargo_publishes_a_crate_and_takes_it_from_there() {
    let (registry, folder) = (Registry::start(), tempfile::tempdir().unwrap());
    let metadata = "version = \"0.1.0\"\nedition = \"2024\"\ndescription = \"d\"\nlicense = \"MIT\"\n\
                    documentation = \"https://docs.rs/base\"\n";
    let base = folder.path().join("base");
    package(&base, &format!("[package]\nname = \"base\"\n{metadata}[workspace]\n"), "pub const NAME: &str = \"base\";");
    let dependency = "[dependencies]\nbase = { version = \"0.1\", registry = \"ours\" }\n[workspace]\n";
    let top = folder.path().join("top");
    package(&top, &format!("[package]\nname = \"top\"\n{metadata}{dependency}"), "pub use base::NAME;");

    let publish = "publish --registry ours --allow-dirty";
    let rejected = registry.cargo(&top, "the-token", publish);
    assert!(stderr(&rejected).contains("no matching package named `base`"), "{}", stderr(&rejected));
    let rejected = registry.cargo(&base, "another", publish);
    assert!(stderr(&rejected).contains("expected the token of the registry"), "{}", stderr(&rejected));

    for folder in [&base, &top] {
        let published = registry.cargo(folder, "the-token", publish);
        assert!(published.status.success(), "{}", stderr(&published));
        assert!(!stderr(&published).contains("warning"), "{}", stderr(&published));
    }
    let again = registry.cargo(&base, "the-token", publish);
    assert!(!again.status.success() && stderr(&again).contains("already"), "{}", stderr(&again));

    let consumer = folder.path().join("consumer");
    let manifest = format!("[package]\nname = \"consumer\"\nedition = \"2024\"\n{}", dependency.replace("base", "top"));
    package(&consumer, &manifest, "#[test]\nfn it_is_there() { assert_eq!(top::NAME, \"base\"); }");
    let tested = registry.cargo(&consumer, "the-token", "test");
    assert!(tested.status.success(), "{}", stderr(&tested));
}

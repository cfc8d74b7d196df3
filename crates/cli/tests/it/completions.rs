//! Shell completions, requested as shells do.

use std::{fs, process::Command};

use crate::common::{command, run};

#[test]
fn completion_scripts_run_the_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let result = run(command().args(["completions", shell]));
        assert_eq!(result.status, 0, "{}", result.err);
        for word in ["group-dispatch", "GROUP_DISPATCH_COMPLETE"] {
            assert!(result.out.contains(word), "{shell} does not know {word}");
        }
    }
}

/// Runs a real bash. The last word is the one to complete.
#[test]
fn bash_completes_commands_flags_sources_and_profiles() {
    const COMPLETE: &str = r#"source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
        _clap_complete_group_dispatch "$1" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"; printf '%s\n' "${COMPREPLY[@]}""#;
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("skipped: there is no bash here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("group-dispatch.bash");
    fs::write(&script, run(command().args(["completions", "bash"])).out).unwrap();
    let profiles = folder.path().join("group-dispatch").join("config.toml");
    fs::create_dir(profiles.parent().unwrap()).unwrap();
    fs::write(&profiles, "[profiles.work]\n[profiles.home]\napi_key = 'secret'\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&profiles, fs::Permissions::from_mode(0o600)).unwrap();
    }
    for (words, expected) in [
        ("tenant ", &["add", "list", "remove", "end-mirror"][..]),
        ("tenant add --rep", &["--replace-key"]),
        ("all --output ", &["table", "json", "ndjson", "csv", "excel"]),
        ("watch --so", &["--source"]),
        ("online --source ", &["pc", "mobile", "cloud"]),
        ("log --source m", &["mobile"]),
        ("recent --source ", &["pc", "mobile", "cloud"]),
        ("watch --source ", &["pc", "mobile"]),
        ("account 1 --source ", &["pc", "mobile", "cloud"]),
        ("log --source pc --status ", &["online", "disconnected", "offline", "banned"]),
        ("history --source c", &["cloud"]),
        ("history --status ", &["online", "disconnected", "offline", "banned"]),
        ("history --detail-status perm", &["permanently-banned"]),
        ("history --provenance ", &["fed", "logged", "observed"]),
        ("history --order ", &["newest-first", "oldest-first"]),
        ("mirror ", &["status"]),
        ("mirror status --source ", &["pc", "mobile", "cloud"]),
        ("all --profile ", &["home", "work"]),
        ("doctor --profile w", &["work"]),
        ("logout --profile ", &["home", "work"]),
        ("profile use ", &["home", "work"]),
        ("profile show h", &["home"]),
    ] {
        let mut bash = command();
        let mut asked = Command::new("bash");
        asked.envs(
            bash.env("XDG_CONFIG_HOME", folder.path()).get_envs().filter_map(|(name, value)| Some((name, value?))),
        );
        asked.args(["--norc", "-c", COMPLETE, "bash"]).arg(&script).arg("group-dispatch").args(words.split(' '));
        let result = run(&mut asked);
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{words}");
        let completed: Vec<_> = result.out.lines().collect();
        assert!(expected.iter().all(|word| completed.contains(word)), "{words}: {completed:?}");
        assert!(!words.starts_with("watch") || !completed.contains(&"cloud"), "{completed:?}");
    }
}

//! Other people's libraries accept the signatures: those of Standard Webhooks for Node.js and for Python.
//!
//! `cargo xtask tools` installs them, in the versions that `tests/consumers` pins. Where they are not installed the tests are
//! skipped.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use test_support::{skip, workspace_root};

use crate::webhooks::{
    message_id::MessageId,
    outgoing::MessageBody,
    secret::{SigningSecrets, WebhookSecret},
};

const BODY: &str = r#"{"type":"account.banned","timestamp":"2026-11-29T10:15:00.000Z","data":{"name":"陈 é \"\\"}}"#;

/// The folder where the libraries of a kind are installed and the one with what uses them here, if they are installed in the
/// versions that are pinned.
fn installed(kind: &str, versions: &str) -> Option<(PathBuf, PathBuf)> {
    let folder = workspace_root().join("target/tools").join(kind);
    let source = workspace_root().join("crates/server/tests/consumers").join(kind);
    let pinned = fs::read(source.join(versions)).unwrap();
    if fs::read(folder.join("installed")).is_ok_and(|installed| installed == pinned) {
        return Some((folder, source));
    }
    skip(&format!("the tools of {kind} are not installed in the pinned versions; `cargo xtask tools` installs them"));
    None
}

/// Webhooks, and whether a receiver has to accept each.
fn webhooks() -> Vec<(Value, bool)> {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let [new, old, other] = [(); 3].map(|()| WebhookSecret::generate().unwrap());
    let long: WebhookSecret =
        "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXpBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWjAxMjM0NTY3ODkrLw=="
            .parse()
            .unwrap();
    let (id, body) = (MessageId::of(&[b"one"]), MessageBody::new(BODY.into()).unwrap());
    let webhook = |secret: &WebhookSecret, secrets: &SigningSecrets, timestamp: u64, sent: &str| {
        let signature = secrets.signature(&id, timestamp, &body);
        json!({
            "secret": secret.expose(),
            "headers": {
                "webhook-id": id.as_str(),
                "webhook-timestamp": timestamp.to_string(),
                "webhook-signature": signature,
            },
            "body": sent,
        })
    };
    let alone = SigningSecrets::new(new.clone(), None);
    let both = SigningSecrets::new(old.clone(), None).rotate(new.clone(), timestamp + 3600);
    let changed = BODY.replace("banned", "gone");
    vec![
        (webhook(&new, &alone, timestamp, BODY), true),
        (webhook(&new, &both, timestamp, BODY), true),
        (webhook(&old, &both, timestamp, BODY), true),
        (webhook(&long, &SigningSecrets::new(long.clone(), None), timestamp, BODY), true),
        (webhook(&other, &both, timestamp, BODY), false),
        (webhook(&new, &both, timestamp, &changed), false),
        (webhook(&new, &alone, timestamp - 3600, BODY), false),
    ]
}

/// Runs a program that reads the webhooks, and compares what it says about each.
fn verify(program: &Path, script: &Path) {
    let webhooks = webhooks();
    let lines: String = webhooks.iter().map(|(webhook, _)| format!("{webhook}\n")).collect();
    let mut command = Command::new(program);
    command.arg(script).env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let accepted: Vec<_> = said.lines().map(|line| line == "accepted").collect();
    let expected: Vec<_> = webhooks.iter().map(|(_, is_accepted)| *is_accepted).collect();
    assert_eq!(accepted, expected, "{said}");
}

#[test]
fn the_library_for_node_accepts_the_signatures() {
    let Some((folder, source)) = installed("webhooks-node", "package-lock.json") else { return };
    // Node.js looks for packages beside the script.
    let script = folder.join("verify.mjs");
    fs::copy(source.join("verify.mjs"), &script).unwrap();
    verify(Path::new("node"), &script);
}

#[test]
fn the_library_for_python_accepts_the_signatures() {
    let Some((folder, source)) = installed("webhooks-python", "requirements.txt") else { return };
    verify(&folder.join("bin/python"), &source.join("verify.py"));
}

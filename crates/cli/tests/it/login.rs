//! `group-dispatch login` on a terminal: its prompts.
#![cfg(unix)]

use std::{fs, process::Command};

use crate::common::{TestStore, command, run, terminal::Terminal};

fn login(folder: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = command();
    command.arg("login").args(arguments).env("XDG_CONFIG_HOME", folder.path()).env("APPDATA", folder.path());
    command
}

fn stored(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join("group-dispatch").join("config.toml")).unwrap_or_default()
}

/// Counts how often the terminal shows a text.
fn count(terminal: &Terminal, text: &str) -> usize {
    terminal.text().matches(text).count()
}

/// Waits for the `number`th prompt for a key. What is typed is hidden by then.
fn await_key_prompt(terminal: &mut Terminal, number: usize) {
    while count(terminal, "API key (not shown): ") < number {
        terminal.await_more();
    }
    assert!(!terminal.echoes(), "the prompt came before the key was hidden");
}

#[test]
fn invalid_values_are_prompted_for_again() {
    let store = TestStore::new();
    let server = store.serve();
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::with(&login(&folder, &[]), 40, 160);
    terminal.await_text(&["Address [https://api.socialepoch.com]: "]);
    for (answer, problem) in [
        ("ftp://127.0.0.1".to_owned(), "the address begins with ftp://; expected http:// or https://"),
        ("127.0.0.1:8080".to_owned(), "the address must begin with http:// or https://; did you mean"),
        (format!("{}/docs", server.url), "the address ends in /docs"),
        ("http://me:pw@127.0.0.1".to_owned(), "the address must not contain a user or a password"),
        ("http://127.0.0.1/?x=1".to_owned(), "the address must not contain a query"),
    ] {
        let asked = count(&terminal, "Address [");
        terminal.press(&format!("{answer}\r"));
        terminal.await_text(&[problem]);
        while count(&terminal, "Address [") == asked {
            terminal.await_more();
        }
    }
    terminal.press(&format!("{}\r", server.url));
    terminal.await_text(&["Tenant id: "]);
    for wrong in ["seven\r", "-7\r", "\r"] {
        let asked = count(&terminal, "Tenant id: ");
        terminal.press(wrong);
        while count(&terminal, "Tenant id: ") == asked {
            terminal.await_more();
        }
    }
    assert_eq!(count(&terminal, "expected a tenant id"), 3, "{}", terminal.text());
    terminal.press("7\r");
    await_key_prompt(&mut terminal, 1);
    terminal.press(" \r");
    terminal.await_text(&["the key is empty; enter the key of the tenant"]);
    await_key_prompt(&mut terminal, 2);
    terminal.press("hidden-wrong\r");
    // The service rejects the key, and all values are prompted for again.
    terminal.await_text(&["the service rejects this tenant and key; enter them again"]);
    let asked = count(&terminal, "Address [");
    while count(&terminal, "Address [") == asked - 1 {
        terminal.await_more();
    }
    terminal.press(&format!("{}\r7\r", server.url));
    await_key_prompt(&mut terminal, 3);
    terminal.press("k\r");
    let (status, text) = terminal.left();
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("profile default is stored in") && !text.contains("hidden-wrong"), "{text}");
    assert!(stored(&folder).contains("tenant_id = \"7\"\napi_key = \"k\""), "{}", stored(&folder));
}

#[test]
fn an_invalid_flag_is_rejected_before_any_prompt() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, problem, status) in [
        (&["--url", "ftp://127.0.0.1"][..], "the address given by --url begins with ftp://", 1),
        (&["--url", "http://127.0.0.1:1/docs"], "the address given by --url ends in /docs", 1),
        (&["--tenant-id", "seven"], "invalid value '***' for '--tenant-id <ID>'", 2),
    ] {
        let mut terminal = Terminal::with(&login(&folder, arguments), 24, 160);
        terminal.await_text(&[problem]);
        let (ended, text) = terminal.left();
        assert!(text.contains(problem) && !text.contains("Address ["), "{arguments:?}: {text}");
        assert_eq!(ended, status, "{arguments:?}");
        // The same without a terminal, before the key is read.
        let result = run(&mut login(&folder, arguments));
        assert!(result.status == i32::try_from(status).unwrap() && result.err.contains(problem), "{}", result.err);
    }
    let no_terminal = run(&mut login(&folder, &[]));
    let expected =
        "error: the key is missing, and standard input is not a terminal; pass the key with --api-key-stdin\n";
    assert_eq!((no_terminal.status, no_terminal.err.as_str()), (1, expected));
    assert_eq!(stored(&folder), "");
}

#[test]
fn login_ends_after_three_rejected_keys() {
    let store = TestStore::new();
    let server = store.serve();
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::with(&login(&folder, &["--url", &server.url, "--tenant-id", "7"]), 40, 160);
    for tries in 1..=3 {
        await_key_prompt(&mut terminal, tries);
        terminal.press("wrong\r");
    }
    let (status, text) = terminal.left();
    assert_eq!(status, 1);
    assert!(text.contains("error: the service rejects this tenant and key; nothing was stored"), "{text}");
    assert_eq!(stored(&folder), "");
}

#[test]
fn login_ends_at_the_end_of_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::with(&login(&folder, &[]), 24, 120);
    terminal.await_text(&["Address ["]);
    terminal.press("\x04");
    let (status, text) = terminal.left();
    assert_eq!(status, 1);
    assert!(text.contains("error: Address is missing; nothing was stored"), "{text}");
}

#[test]
fn a_workbook_is_not_printed_on_a_terminal() {
    // No request is sent to the address.
    let mut all = command();
    all.args(["all", "--output", "excel", "--url", "http://nobody.invalid", "--tenant-id", "7", "--api-key", "k"]);
    let (status, text) = Terminal::with(&all, 24, 120).left();
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("redirect it to a file: --output excel > response.xlsx"), "{text}");
}

#[test]
fn tenant_add_prompts_for_the_key_on_a_terminal() {
    let store = TestStore::new();
    let mut terminal = Terminal::with(&store.command(&["tenant", "add", "8", "--api-key-stdin"]), 24, 120);
    await_key_prompt(&mut terminal, 1);
    // As a paste ends, on most systems.
    terminal.press("hidden-key\n");
    let (status, text) = terminal.left();
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("added tenant 8") && !text.contains("hidden-key"), "{text}");
}

#[test]
fn ctrl_c_at_the_prompt_for_a_key_restores_the_terminal() {
    let store = TestStore::new();
    let mut terminal = Terminal::with(&store.command(&["tenant", "add", "8", "--api-key-stdin"]), 24, 120);
    await_key_prompt(&mut terminal, 1);
    terminal.press("hidden\x03");
    terminal.child.wait().unwrap();
    assert!(terminal.echoes(), "what is typed afterwards stays hidden");
    let (status, text) = terminal.left();
    assert_eq!(status, 130, "{text}");
    assert!(!text.contains("hidden-") && !text.contains("added"), "{text}");
}

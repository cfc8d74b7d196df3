//! `tenant key`: keys are added, listed and removed by name, also while a server runs.

use std::time::{Duration, Instant};

use crate::common::{RunResult, TestStore, run};

fn tenant(store: &TestStore, line: &str) -> RunResult {
    let words: Vec<_> = line.split(' ').collect();
    run(&mut store.command(&[&["tenant"], &words[..]].concat()))
}

fn rows(result: &RunResult) -> Vec<String> {
    result.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn keys_have_names_and_are_not_shown_again() {
    let store = TestStore::new();
    let first = tenant(&store, "add 8");
    assert_eq!(rows(&tenant(&store, "key list 8")), ["KEY MAY", "key-1 ask and feed"]);
    let second = tenant(&store, "key add 8 --may ask-and-feed");
    assert_eq!((second.status, second.out.len()), (0, 33), "the key alone is on standard output");
    assert_eq!(
        second.err,
        "added key key-2 of tenant 8, which may ask and feed; its API key, which is not shown again:\n"
    );
    let given = tenant(&store, "key add 8 --name dashboard --may ask --api-key s3cret");
    assert_eq!((given.out.as_str(), given.err.as_str()), ("added key dashboard of tenant 8, which may ask\n", ""));
    let listed = tenant(&store, "key list 8");
    assert_eq!(rows(&listed), ["KEY MAY", "dashboard ask", "key-1 ask and feed", "key-2 ask and feed"]);
    for key in [first.out.trim(), second.out.trim(), "s3cret"] {
        assert!(!listed.out.contains(key), "{}", listed.out);
    }

    let replaced = tenant(&store, "add 8 --replace-key");
    let expected = "error: tenant 8 has several keys; add a new one with `group-dispatch tenant key add`, and remove the old one \
                    with `tenant key remove`\n";
    assert_eq!((replaced.status, replaced.err.as_str()), (1, expected));
    assert_eq!(tenant(&store, "key remove 8 key-1").out, "removed key key-1 of tenant 8\n");
    let last_feeding = tenant(&store, "key remove 8 key-2");
    let expected = "error: it is the only key of tenant 8 that may feed events; add another one first, or pass --yes to remove \
                    it\n";
    assert_eq!((last_feeding.status, last_feeding.err.as_str()), (1, expected));
    assert_eq!(rows(&tenant(&store, "key list 8")), ["KEY MAY", "dashboard ask", "key-2 ask and feed"]);
    assert_eq!(tenant(&store, "key remove 8 key-2 --yes").out, "removed key key-2 of tenant 8\n");
    let last = tenant(&store, "key remove 8 dashboard");
    let expected = "error: it is the only key of tenant 8; add another one first, or remove the tenant with `group-dispatch \
                    tenant remove 8`\n";
    assert_eq!((last.status, last.err.as_str()), (1, expected));
}

/// A key may be typed in the place of a name.
#[test]
fn errors_say_what_to_do_and_repeat_no_name() {
    let store = TestStore::new();
    let generated = tenant(&store, "add 8").out.trim().to_owned();
    for (line, status, expected) in [
        ("key list 9", 1, "error: there is no tenant 9; `group-dispatch tenant list` lists the tenants"),
        ("key add 9 --may ask", 1, "error: there is no tenant 9; `group-dispatch tenant list` lists the tenants"),
        ("key remove 9 key-1", 1, "error: there is no tenant 9; `group-dispatch tenant list` lists the tenants"),
        (
            "key remove 8 s3cret",
            1,
            "error: tenant 8 has no key with this name; `group-dispatch tenant key list 8` lists the names",
        ),
        (
            "key add 8 --name key-1 --may ask",
            1,
            "error: tenant 8 has a key with this name; choose another name with --name",
        ),
        ("key add 8", 2, "--may <MAY>"),
        ("key add 8 --may feed", 2, "[possible values: ask, ask-and-feed]"),
        ("key add 8 --may ask --name S3CRET", 2, "expected the name of a key: 1 to 24 lower-case letters"),
        (&format!("key remove 8 {generated}"), 2, "expected the name of a key: 1 to 24 lower-case letters"),
        (
            &format!("key add 8 --may ask --api-key {generated}"),
            1,
            "error: tenant 8 has the same key under another name; give another key, or none to generate one",
        ),
    ] {
        let result = tenant(&store, line);
        assert_eq!(result.status, status, "{line}: {}", result.err);
        assert!(result.err.contains(expected), "{line}: {}", result.err);
        for secret in ["s3cret", "S3CRET", &generated] {
            assert!(!result.err.contains(secret), "{line}: {}", result.err);
        }
    }
}

#[test]
fn a_key_is_replaced_while_a_server_runs() {
    let store = TestStore::new();
    let server = store.serve();
    assert_eq!(server.ask(&["all"]).status, 0);
    // The tenant of the server in these tests.
    let key = tenant(&store, "key add 7 --may ask-and-feed").out.trim().to_owned();
    let asks_with_new_key = || run(server.command(&["all"]).env("GROUP_DISPATCH_API_KEY", &key)).status == 0;
    let soon = |what: &str, see: &dyn Fn() -> bool| {
        let start = Instant::now();
        while !see() {
            assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        }
    };
    soon("the new key", &asks_with_new_key);
    assert_eq!(server.ask(&["all"]).status, 0, "the old key is still valid");
    assert_eq!(tenant(&store, "key remove 7 key-1").status, 0);
    soon("the old key", &|| server.ask(&["all"]).status != 0);
    assert!(asks_with_new_key());
}

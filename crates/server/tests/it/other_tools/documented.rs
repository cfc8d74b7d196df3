//! The docs page "Clients in other languages" names the versions that are tested here.

use std::fs;

use group_dispatch_docs::clients;
use serde_json::Value;
use test_support::workspace_root;

#[test]
fn the_page_on_clients_names_the_versions_that_are_pinned() {
    let consumers = workspace_root().join("crates/server/tests/consumers");
    let rows = clients::rows().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let pinned = fs::read_to_string(consumers.join(&row.pin)).unwrap();
        let pinned_version = if row.pin.ends_with(".json") {
            let package: Value = serde_json::from_str(&pinned).unwrap();
            package["dependencies"][&row.package].as_str().map(str::to_owned)
        } else {
            let line = pinned.lines().find_map(|line| line.strip_prefix(&format!("{}==", row.package)));
            line.map(str::to_owned)
        };
        assert_eq!(pinned_version.as_deref(), Some(row.version.as_str()), "{} in {}", row.package, row.pin);
    }
}

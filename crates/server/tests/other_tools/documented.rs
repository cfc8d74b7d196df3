//! The docs page "Clients in other languages" names the generators and versions that are tested here.

use std::{fs, path::Path};

use group_dispatch_docs::clients;
use serde_json::Value;

#[test]
fn the_page_on_clients_names_the_versions_that_are_pinned() {
    let consumers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/consumers");
    let rows: Vec<Value> = serde_json::from_str(clients::JSON).unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let [generator, version, pin] = ["generator", "version", "pin"].map(|member| row[member].as_str().unwrap());
        let pinned = fs::read_to_string(consumers.join(pin)).unwrap();
        let pinned_version = if pin.ends_with(".json") {
            let package: Value = serde_json::from_str(&pinned).unwrap();
            package["dependencies"][generator].as_str().map(str::to_owned)
        } else {
            let line = pinned.lines().find_map(|line| line.strip_prefix(&format!("{generator}==")));
            line.map(str::to_owned)
        };
        assert_eq!(pinned_version.as_deref(), Some(version), "{generator} in {pin}");
    }
}

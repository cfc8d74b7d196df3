//! The address of the changes, and headers that sign a request of them.

use std::{
    env,
    time::{SystemTime, UNIX_EPOCH},
};

use md5::{Digest, Md5};

pub fn address() -> String {
    variable("URL") + "/history/v1/changes"
}

/// Each connection needs new ones.
pub fn headers(position: &str) -> Vec<(&'static str, String)> {
    let (tenant_id, api_key) = (variable("TENANT_ID"), variable("API_KEY"));
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
    let digest = Md5::digest(format!("{tenant_id}{timestamp}{api_key}"));
    let token = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        ("tenant_id", tenant_id),
        ("timestamp", timestamp),
        ("token", token),
        ("accept", "text/event-stream".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("last-event-id", position.to_owned()),
    ]
}

fn variable(name: &str) -> String {
    env::var(format!("GROUP_DISPATCH_{name}")).unwrap()
}

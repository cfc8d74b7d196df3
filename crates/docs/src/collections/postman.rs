//! Collections for Postman in its format v2.1, and an environment for each service of the contract.

use serde_json::{Value, json};

use super::collection::{Collection, Request, Service};
use crate::File;

const SIGN: &str = include_str!("../../collections/postman-sign.js");
const SIGN_BY_HMAC: &str = include_str!("../../collections/postman-sign-by-hmac.js");
const CHECK: &str = include_str!("../../collections/postman-check.js");

/// Makes a collection, without environments: Postman has files of their own for these.
pub fn file(collection: &Collection) -> File {
    let sign = if collection.is_signed_by_hmac { SIGN_BY_HMAC } else { SIGN };
    let content = json!({
        "info": {
            "name": collection.title,
            "description": collection.description,
            "version": collection.version,
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "item": collection.requests.iter().map(item).collect::<Vec<_>>(),
        "event": [event("prerequest", sign), event("test", CHECK)],
    });
    json_file(format!("{}.postman_collection.json", collection.name), &content)
}

/// Makes an environment. The reader sets the tenant and its key; Postman hides a value of the type `secret`.
pub fn environment(service: &Service) -> File {
    let content = json!({
        "name": service.description,
        "values": [
            { "key": "base_url", "value": service.url, "type": "default", "enabled": true },
            { "key": "tenant_id", "value": "", "type": "default", "enabled": true },
            { "key": "api_key", "value": "", "type": "secret", "enabled": true },
        ],
        "_postman_variable_scope": "environment",
    });
    json_file(format!("{}.postman_environment.json", service.host()), &content)
}

fn json_file(path: String, content: &Value) -> File {
    File::new(path, format!("{content:#}\n"))
}

fn item(request: &Request) -> Value {
    let path: Vec<&str> = request.path.split('/').skip(1).collect();
    let responses = request.responses.iter().map(|(summary, body)| {
        json!({
            "name": summary,
            "status": "OK",
            "code": 200,
            "_postman_previewlanguage": "json",
            "header": [{ "key": "Content-Type", "value": "application/json" }],
            "body": format!("{body:#}"),
        })
    });
    json!({
        "name": request.id,
        "request": {
            "method": "POST",
            "header": [{ "key": "Content-Type", "value": "application/json" }],
            "body": { "mode": "raw", "raw": format!("{:#}", request.body), "options": { "raw": { "language": "json" } } },
            "url": { "raw": format!("{{{{base_url}}}}{}", request.path), "host": ["{{base_url}}"], "path": path },
            "description": request.description,
        },
        "response": responses.collect::<Vec<_>>(),
    })
}

fn event(listen: &str, script: &str) -> Value {
    json!({ "listen": listen, "script": { "type": "text/javascript", "exec": script.lines().collect::<Vec<_>>() } })
}

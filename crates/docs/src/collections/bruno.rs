//! Collections for Bruno: a folder with a file for each request, and an environment for each service of the contract.
//!
//! The key is a secret variable, whose value Bruno keeps outside these files.

use serde_json::json;

use super::collection::{Collection, Request, Service};
use crate::File;

const SIGN: &str = include_str!("../../collections/bruno-sign.js");
const SIGN_BY_HMAC: &str = include_str!("../../collections/bruno-sign-by-hmac.js");
const CHECK: &str = include_str!("../../collections/bruno-check.js");

/// Makes the files of a collection, in a folder of its name.
pub fn files(collection: &Collection) -> Vec<File> {
    let file = |name: String, text: String| File::new(format!("{}/{name}", collection.name), text);
    let settings = json!({ "version": "1", "name": collection.title, "type": "collection" });
    let mut files = vec![
        file("bruno.json".to_owned(), format!("{settings:#}\n")),
        file("collection.bru".to_owned(), main(collection)),
    ];
    files.extend(
        collection
            .services
            .iter()
            .map(|service| file(format!("environments/{}.bru", service.host()), environment(service))),
    );
    let requests = collection.requests.iter().zip(1..);
    files.extend(requests.map(|(request, place)| file(format!("{}.bru", request.id), request_file(request, place))));
    files
}

fn main(collection: &Collection) -> String {
    [
        block("auth", "mode: none"),
        block("script:pre-request", if collection.is_signed_by_hmac { SIGN_BY_HMAC } else { SIGN }),
        block("tests", CHECK),
        block("docs", &collection.description),
    ]
    .join("\n")
}

fn request_file(request: &Request, place: usize) -> String {
    [
        block("meta", &format!("name: {}\ntype: http\nseq: {place}", request.id)),
        block("post", &format!("url: {{{{base_url}}}}{}\nbody: json\nauth: inherit", request.path)),
        block("body:json", &format!("{:#}", request.body)),
        block("docs", &request.description),
    ]
    .join("\n")
}

fn environment(service: &Service) -> String {
    let variables = block("vars", &format!("base_url: {}\ntenant_id:", service.url));
    format!("{variables}vars:secret [\n  api_key\n]\n")
}

/// Makes a block of Bruno's language. A brace at the start of a line ends a block, so all lines in it are indented.
fn block(name: &str, text: &str) -> String {
    let lines =
        text.trim_end().lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
    format!("{name} {{\n{}}}\n", lines.collect::<String>())
}

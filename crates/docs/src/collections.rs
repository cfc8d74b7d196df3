//! Collections for Postman and Bruno in the downloads: every operation with the contract's example, and a script that
//! signs.
//!
//! Each program gets a collection for each contract, so that a run of the queries changes no data. No file contains a key: the script reads it from a variable of the environment.

use std::{
    collections::BTreeMap,
    io::{self, Cursor, Write},
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{File, contract};

mod bruno;
mod collection;
mod postman;

use self::collection::{Collection, Service, read};

/// The folder of the files on the site.
const FOLDER: &str = "collections/";

/// Makes all files, in the folder `collections`.
///
/// # Errors
/// If an archive can't be written.
pub fn files() -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    for collection in all() {
        let name = collection.name;
        files.push(postman::file(&collection));
        files.push(File { path: format!("{name}.bruno.zip"), bytes: archive(&bruno::files(&collection))?.into() });
    }
    files.extend(postman_environments());
    for file in &mut files {
        file.path.insert_str(0, FOLDER);
    }
    Ok(files)
}

/// Returns the paths of the environments for Postman.
pub fn environments() -> Vec<String> {
    postman_environments().map(|file| format!("{FOLDER}{}", file.path)).collect()
}

/// Makes an environment for each service. All contracts list the server on this machine; it gets one environment.
fn postman_environments() -> impl Iterator<Item = File> {
    let services = all().flat_map(|collection| collection.services);
    let services: BTreeMap<String, Service> = services.map(|service| (service.host(), service)).collect();
    services.into_values().map(|service| postman::environment(&service))
}

fn all() -> impl Iterator<Item = Collection> {
    contract::ALL.into_iter().map(read)
}

/// Makes a zip archive. Its entries have a fixed time, so that the same files make the same archive.
fn archive(files: &[File]) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        archive.start_file(&*file.path, options)?;
        archive.write_all(&file.bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn every_operation_is_in_both_formats_with_its_example_and_no_key() {
        let files = files().unwrap();
        for contract in contract::ALL {
            let (name, document) = (contract.collection.name, contract.document());
            let find = |end: &str| files.iter().find(|file| file.path == format!("collections/{name}{end}")).unwrap();
            let postman: Value = serde_json::from_slice(&find(".postman_collection.json").bytes).unwrap();
            let items = postman["item"].as_array().unwrap();
            let paths = document["paths"].as_object().unwrap();
            assert_eq!(items.len(), paths.len());
            let mut bruno = zip::ZipArchive::new(Cursor::new(find(".bruno.zip").bytes.clone())).unwrap();
            for ((path, operation), item) in paths.iter().zip(items) {
                let examples = &operation["post"]["requestBody"]["content"]["application/json"]["examples"];
                let expected =
                    examples.as_object().map_or(json!({}), |all| all.values().next().unwrap()["value"].clone());
                let sent: Value = serde_json::from_str(item["request"]["body"]["raw"].as_str().unwrap()).unwrap();
                assert_eq!(sent, expected, "{path}");
                assert_eq!(item["request"]["url"]["raw"], format!("{{{{base_url}}}}{path}"));
                let mut text = String::new();
                let file = format!("{name}/{}.bru", item["name"].as_str().unwrap());
                bruno.by_name(&file).unwrap().read_to_string(&mut text).unwrap();
                assert!(text.contains(&format!("url: {{{{base_url}}}}{path}\n")), "{text}");
                let body = text.split_once("body:json {\n").unwrap().1.split_once("\n}\n").unwrap().0;
                assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected, "{text}");
            }
            let mut environment = String::new();
            let file = format!("{name}/environments/127.0.0.1.bru");
            bruno.by_name(&file).unwrap().read_to_string(&mut environment).unwrap();
            assert!(environment.ends_with("vars:secret [\n  api_key\n]\n"), "{environment}");
        }
        let environments = files.iter().filter(|file| file.path.contains("environment")).count();
        assert!(environments >= 2, "each service has an environment");
        for file in files.iter().filter(|file| file.path.contains("environment")) {
            let environment: Value = serde_json::from_slice(&file.bytes).unwrap();
            let key = &environment["values"][2];
            assert_eq!((&key["key"], &key["value"], &key["type"]), (&json!("api_key"), &json!(""), &json!("secret")));
        }
    }
}

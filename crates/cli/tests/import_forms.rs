//! `group-dispatch import`: which files it takes, and what it says of others.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{io::Write, path::PathBuf};

use common::{Place, run};
use flate2::{Compression, write::GzEncoder};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/generated/sample.snap.ndjson");

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A file whose name says nothing.
fn file(place: &Place, bytes: &[u8]) -> PathBuf {
    let path = place.file("file", "");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn without_empty_names(mut log: serde_json::Value) -> serde_json::Value {
    let agents = log.as_array_mut().into_iter().flatten();
    for record in agents.flat_map(|agent| agent["whatsAppList"].as_array_mut().unwrap()) {
        record.as_object_mut().unwrap().retain(|member, value| member != "name" || value != "");
    }
    log
}

/// What `log` prints of one server makes the same log in another one.
#[test]
fn what_log_prints_can_be_imported() {
    let origin = Place::new();
    let mut events: Vec<String> =
        std::fs::read_to_string(SAMPLE).unwrap().lines().take(60).map(str::to_owned).collect();
    for (n, name) in
        ["=SUM(A1), \"or so\"", "'quoted", "-1", "+49", "夜班", "＋49 Bob", " =x", "'-x", "'"].into_iter().enumerate()
    {
        let name = name.replace('"', "\\\"");
        events.push(format!(
            r#"{{"userId": 1, "agentAccount": "@a", "whatsApp": "{}", "name": "{name}", "source": 2, "detailStatus": 13, "createTime": 1720437931}}"#,
            9000 + n
        ));
    }
    assert_eq!(origin.import(&origin.file("events", &events.join("\n"))).status, 0);
    let server = origin.serve();
    let sources = ["pc", "mobile"];
    let logs = sources.map(|source| server.json(&["log", "--source", source]));
    assert!(logs.iter().all(|log| !log.as_array().unwrap().is_empty()));
    for form in ["ndjson", "json", "csv"] {
        for packed in [false, true] {
            let place = Place::new();
            for source in sources {
                let printed = server.ask(&["log", "--source", source, "--output", form]).out.into_bytes();
                let printed = if packed { gzip(&printed) } else { printed };
                let said = place.import(&file(&place, &printed));
                assert_eq!(said.status, 0, "{form}: {}", said.err);
            }
            let again = place.serve();
            for (source, log) in sources.iter().zip(&logs) {
                let imported = again.json(&["log", "--source", source]);
                // An empty field says neither that a name is empty nor that there is none.
                let comparable = |log| if form == "csv" { without_empty_names(log) } else { log };
                assert_eq!(comparable(imported), comparable(log.clone()), "{form}, packed: {packed}");
            }
        }
    }
}

const EVENT: &str =
    r#"{"userId": 1, "agentAccount": "a", "whatsApp": "1", "source": 2, "detailStatus": 13, "createTime": 1720437931}"#;
const RECORD: &str = r#"{"whatsApp": "1", "status": 10, "source": 2, "countryCode": "China", "detailStatus": 13, "createTime": "2024-07-08 19:25:31"}"#;

#[test]
fn json_documents_are_imported() {
    let group = format!(r#"{{"userId": 1, "agentAccount": "a", "whatsAppList": [{RECORD}]}}"#);
    let answer = format!(r#"{{"code": 200, "message": "success", "data": [{group}]}}"#);
    let pretty = format!("{:#}", serde_json::from_str::<serde_json::Value>(&answer).unwrap());
    for text in [
        format!("[{EVENT}]"),
        format!("\u{feff}[\n  {EVENT}\n]\n"),
        format!("{:#}", serde_json::from_str::<serde_json::Value>(EVENT).unwrap()),
        format!("[{group}]"),
        answer.clone(),
        pretty.clone(),
        format!("{answer}\n{answer}\n"),
        format!("[{answer}, {pretty}]"),
        answer.replace("200", "\"0\""),
    ] {
        let place = Place::new();
        let said = place.import(&file(&place, text.as_bytes()));
        assert!(said.err.starts_with("1 stored, "), "{text}: {}", said.err);
        assert_eq!(said.status, 0);
    }
}

#[test]
fn what_is_something_else_is_named() {
    let place = Place::new();
    for (bytes, found) in [
        (&b"PK\x03\x04\x14\0"[..], "a zip archive, such as an .xlsx workbook (save the sheet as CSV)"),
        (b"\xff\xfe{\0\"\0", "UTF-16 text (save it as UTF-8)"),
        (b"<!doctype html><html>", "an HTML page"),
        (b"SQLite format 3\0\x10", "an SQLite database (`serve --database` serves one of group-dispatch)"),
        (b"{\"openapi\": \"3.0.3\"}", "an OpenAPI document"),
        (b"openapi: 3.0.3\n", "an OpenAPI document"),
    ] {
        for bytes in [bytes.to_vec(), gzip(bytes)] {
            let path = file(&place, &bytes);
            let said = place.import(&path);
            assert_eq!(said.status, 1);
            assert_eq!(
                said.err,
                format!(
                    "error: {}: found {found}; expected status events: JSON lines, a JSON array, CSV, or a \
                     queryUserStatusLog answer, as UTF-8 text, also packed by gzip\n",
                    path.display()
                )
            );
        }
    }
    for (text, reason) in [
        (
            r#"{"code": 522, "message": "accessToken is error", "data": null}"#,
            "expected a queryUserStatusLog answer, found an error answer with code 522",
        ),
        (
            r#"{"code": 200, "data": {"source": 1, "userId": "1"}}"#,
            "expected a queryUserStatusLog answer, found one of queryWhatsAppInfo",
        ),
        (
            r#"{"code": 200, "data": [{"source": 1, "list": []}]}"#,
            "expected a queryUserStatusLog answer, found one of queryAllOlWhatsAppInfo",
        ),
        (
            r#"{"code": 200, "data": [{"userId": 1, "agentAccount": "a", "whatsAppList": [{"whatsApp": "1"}]}]}"#,
            "expected a queryUserStatusLog answer, found one of queryUserStatus or getLatestOnlineWhatsAccount",
        ),
    ] {
        let said = place.import(&file(&place, text.as_bytes()));
        assert_eq!(said.err, format!("line 1: {reason}\n0 stored, 0 there already, 1 refused\n"), "{text}");
        assert_eq!(said.status, 3);
    }
    let cut = file(&place, format!("[{EVENT},\n{{").as_bytes());
    let said = place.import(&cut);
    assert!(said.err.contains("line 2: the JSON ends before its last bracket"), "{}", said.err);
    assert_eq!((said.status, place.events()), (1, 1), "what came before it is stored");
    let packed = gzip(EVENT.repeat(5_000).as_bytes());
    assert_eq!(place.import(&file(&place, &packed[..packed.len() / 2])).status, 1, "gzip that is cut off");
}

#[test]
fn csv_errors_name_line_and_column() {
    let place = Place::new();
    let text = "userId;agentAccount;whatsApp;source;detailStatus;createTime;name\r\n\
                1;a;1;2;13;1720437931;\"two\r\nlines\"\r\n\
                1;a;x;2;13;1720437931;\r\n\
                1;a;1;2;13\r\n\
                \r\n\
                ;a;1;2;13;1720437931;\r\n";
    let said = place.import(&file(&place, text.as_bytes()));
    assert_eq!(
        said.err.lines().collect::<Vec<_>>(),
        [
            "line 4, column 3: whatsApp: expected a WhatsApp account: a phone number of 1 to 15 digits with its country calling code, such as 8618217331411; found a character that is not part of a phone number",
            "line 5, column 6: expected 7 columns, found 5",
            "line 7, column 1: userId: missing, expected an agent id: an integer of up to 18 digits",
            "1 stored, 0 there already, 3 refused",
        ]
    );
    let said = place.import(&file(&place, b"userId,whatsApp,source\n1,1,1\n"));
    assert_eq!(said.status, 1);
    assert!(said.err.contains("missing: agentAccount, detailStatus, createTime"), "{}", said.err);
}

#[test]
fn an_unclosed_quote_does_not_lose_the_rest_silently() {
    let place = Place::new();
    let record = "1,a,1,2,13,1720437931,n\n";
    let text = format!(
        "userId,agentAccount,whatsApp,source,detailStatus,createTime,name\n{record}1,a,2,2,13,1720437931,\"open\n{}",
        record.repeat(10_000)
    );
    for bytes in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
        let said = place.import(&file(&place, &bytes));
        assert_eq!((said.status, place.events()), (1, 1), "{}", said.err);
        assert!(said.err.contains("line 3: expected a record of at most 65536 bytes"), "{}", said.err);
        assert!(said.err.contains("a quote is probably not closed"), "{}", said.err);
    }
}

#[test]
fn a_packed_pipe_is_imported_as_well() {
    let place = Place::new();
    let path = file(&place, &gzip(EVENT.as_bytes()));
    let input = std::fs::File::open(path).unwrap();
    let mut command = place.command(&["import", "-", "--tenant", "7"]);
    let said = common::said(command.stdin(input).output().unwrap());
    assert_eq!(said.err, "1 stored, 0 there already, 0 refused\n");
    let said = run(&mut place.command(&["import", "-", "--tenant", "7"]));
    assert_eq!(said.err, "0 stored, 0 there already, 0 refused\n", "nothing at all");
}

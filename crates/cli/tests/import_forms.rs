//! `group-dispatch import`: which files it takes, and what it says of others.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{io::Write, path::PathBuf};

use common::{Place, run, sample};
use flate2::{Compression, write::GzEncoder};

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

/// What `log` prints of one server makes the same log in another one.
#[test]
fn what_log_prints_can_be_imported() {
    let origin = Place::new();
    let mut events: Vec<String> =
        std::fs::read_to_string(sample()).unwrap().lines().take(60).map(str::to_owned).collect();
    for (n, name) in
        ["=SUM(A1), \"or so\"", "'quoted", "-1", "+49", "夜班", "＋49 Bob", " =x", "'-x", "'"].into_iter().enumerate()
    {
        let name = name.replace('"', "\\\"");
        events.push(format!(
            r#"{{"userId": 1, "agentAccount": "@a", "whatsApp": "{}", "name": "{name}", "source": 2, "detailStatus": 13, "createTime": 1720437931}}"#,
            9000 + n
        ));
    }
    // Texts that are absent, empty and present; an empty login account is one as well.
    for (n, members) in
        [r#""userName": "Uma""#, r#""name": "", "countryCode": """#, r#""name": "n", "countryCode": "China""#]
            .into_iter()
            .enumerate()
    {
        events.push(format!(
            r#"{{"userId": 2, "agentAccount": "", "whatsApp": "{}", "source": 2, "detailStatus": 13, "createTime": 1720437931, {members}}}"#,
            9100 + n
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
                assert_eq!(&imported, log, "{form}, packed: {packed}");
            }
        }
    }
}

/// An event is the same one in each form, texts that are empty or absent included. CSV replaces control characters, and no
/// form has fractions of seconds: README's table says so.
#[test]
fn one_log_in_several_forms_is_stored_once() {
    let origin = Place::new();
    let event = |number: u64, time: &str, members: &str| {
        format!(
            r#"{{"userId": 1, "agentAccount": "a", "whatsApp": "{number}", "source": 2, "detailStatus": 13, "createTime": {time}{members}}}"#
        )
    };
    let whole = [
        event(1, "1720437931", ""),
        event(2, "1720437931", r#", "name": """#),
        event(3, "1720437931", r#", "name": "'=x, \"y\"""#),
        event(3, "1720437931", ""),
        event(3, "1720437931", r#", "name": """#),
    ];
    let with_control = event(4, "1720437931", r#", "name": "a\tb\nc""#);
    let with_fraction = event(5, "1720437931250", "");
    let all = [&whole[..], &[with_control, with_fraction]].concat();
    assert_eq!(origin.import(&origin.file("events", &all.join("\n"))).status, 0);
    assert_eq!(origin.events(), 7);
    let server = origin.serve();
    let printed = |form: &str| server.ask(&["log", "--source", "mobile", "--output", form]).out.into_bytes();
    let place = Place::new();
    for (form, counts) in [
        ("ndjson", "7 stored, 0 there already"),
        ("json", "0 stored, 7 there already"),
        ("csv", "1 stored, 6 there already"),
        ("csv", "0 stored, 7 there already"),
    ] {
        let said = place.import(&file(&place, &printed(form)));
        assert!(said.err.ends_with(&format!("{counts}, 0 refused\n")), "{form}: {}", said.err);
    }
    // Beside their origin, the event with a fraction is another one.
    let said = origin.import(&file(&origin, &printed("ndjson")));
    assert!(said.err.ends_with("1 stored, 6 there already, 0 refused\n"), "{}", said.err);
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
        (b"\xff\xfe{\0\"\0", "UTF-16 text (save it as UTF-8; in Excel, as \"CSV UTF-8\")"),
        (b"u\0s\0e\0r\0I\0d\0,\0", "UTF-16 text (save it as UTF-8; in Excel, as \"CSV UTF-8\")"),
        (
            b"userId,agentAccount,whatsApp,source,detailStatus,createTime,name\n1,a,1,2,13,1720437931,\xd2\xb9\xb0\xe0\n1,a,2,2,13,1720437931,x\n",
            "text that is not UTF-8 but probably GB18030 or GBK (save it as UTF-8; in Excel, as \"CSV UTF-8\")",
        ),
        (
            b"userId;agentAccount;whatsApp;source;detailStatus;createTime;name\n1;a;1;2;13;1720437931;Jos\xe9\n",
            "text that is not UTF-8 but probably Windows-1252 or another Windows-125x (save it as UTF-8; in Excel, as \"CSV UTF-8\")",
        ),
        (b"<!doctype html><html>", "an HTML page"),
        (b"SQLite format 3\0\x10", "an SQLite database (`serve --database` serves one of group-dispatch)"),
        (b"{\"openapi\": \"3.0.3\"}", "an OpenAPI document"),
        (b"openapi: 3.0.3\n", "an OpenAPI document"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
        (
            b"2026-11-29T10:00:00Z INFO started\n2026-11-29T10:00:01Z INFO listening\n",
            "text that is neither JSON nor a table of status events",
        ),
        (b"[2026-11-29 10:00:00] INFO started\n", "text that is neither JSON nor a table of status events"),
        (b"1,a,1,2,13,1720437931\n", "text that is neither JSON nor a table of status events"),
        (b"id,name\n1,jack\n", "text that is neither JSON nor a table of status events"),
        (
            b"{\"level\": \"info\", \"userId\": 7}\n{\"level\": \"warn\", \"userId\": 8}\n",
            "JSON without the members of status events",
        ),
        (b"[{\"level\": \"info\"}]", "JSON without the members of status events"),
        (b"\x7fELF\x02\x01\x01", "binary data"),
    ] {
        for bytes in [bytes.to_vec(), gzip(bytes)] {
            let path = file(&place, &bytes);
            let said = place.import(&path);
            assert_eq!(said.status, 1);
            assert_eq!(
                said.err,
                format!(
                    "error: {}: found {found}; expected status events as UTF-8 text: JSON lines, a JSON array, a \
                     queryUserStatusLog answer, or CSV with a header line that names userId, agentAccount, whatsApp, \
                     source, detailStatus, createTime; also packed by gzip\n",
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
}

#[test]
fn a_csv_header_that_no_event_fits_is_one_error() {
    let place = Place::new();
    for (text, problem) in [
        (
            "userId,whatsApp,source\n1,1,1\n",
            "line 1: these columns are missing: agentAccount, detailStatus, createTime",
        ),
        (
            "\u{feff}\n\nuserId;agentAccount;whatsApp;source;status;createTime\n1;a;1;2;10;1720437931\n",
            "line 3: these columns are missing: detailStatus",
        ),
        (
            "userId,agentAccount,whatsApp,source,detailStatus,createTime,name,Name\n",
            "line 1, column 8: name is there twice",
        ),
    ] {
        let expected = format!(
            "error: {problem}; expected the columns userId, agentAccount, whatsApp, source, detailStatus, createTime, \
             optionally eventId, userName, name, status, countryCode; others are ignored\n"
        );
        let path = file(&place, text.as_bytes());
        let said = place.import(&path);
        assert_eq!((said.status, said.err), (1, expected.clone()));
        let mut pipe = place.command(&["import", "-", "--tenant", "7"]);
        let said = common::said(pipe.stdin(std::fs::File::open(path).unwrap()).output().unwrap());
        assert_eq!((said.status, said.err), (1, expected));
    }
}

/// Twenty lines of a pipe show what it holds; fewer may be a banner that events follow.
#[test]
fn a_pipe_with_something_else_is_one_error_as_well() {
    let place = Place::new();
    let piped = |text: &str| {
        let path = file(&place, text.as_bytes());
        let mut command = place.command(&["import", "-", "--tenant", "7"]);
        common::said(command.stdin(std::fs::File::open(path).unwrap()).output().unwrap())
    };
    let said = piped(&"not an event\n".repeat(20));
    assert_eq!((said.status, said.err.lines().count()), (1, 1), "{}", said.err);
    assert!(said.err.contains("found text that is neither JSON nor a table of status events"), "{}", said.err);
    let said = piped(&format!("connected\n{EVENT}\n"));
    assert_eq!(said.err.lines().last(), Some("1 stored, 0 there already, 1 refused"), "{}", said.err);
}

#[test]
fn events_before_gzip_that_is_cut_off_are_stored() {
    let place = Place::new();
    // Numbers that don't compress well, so that half of the file has about half of the events.
    let line = |n: u64| EVENT.replace("\"1\"", &format!("\"{}\"", 100_000 + n * 7919 % 899_981)) + "\n";
    let packed = gzip((0..300).map(line).collect::<String>().as_bytes());
    let said = place.import(&file(&place, &packed[..packed.len() / 2]));
    assert!(said.err.starts_with("error: the input broke off; what came before it is stored"), "{}", said.err);
    assert!(said.err.contains("the gzip data ends in the middle"), "{}", said.err);
    assert_eq!(said.status, 1);
    assert!(place.events() > 0);
    let mut damaged = packed;
    let middle = damaged.len() / 2;
    damaged[middle..middle + 50].fill(0xff);
    let said = place.import(&file(&place, &damaged));
    assert!(said.err.contains("the gzip data is damaged"), "{}", said.err);
    assert_eq!(said.status, 1);
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

//! `group-dispatch import`: the formats that it accepts, and errors about other content.

use std::{io::Write, path::PathBuf};

use crate::common::{TestStore, run, sample, to_result};
use flate2::{Compression, write::GzEncoder};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Writes a file without an extension.
fn file(store: &TestStore, bytes: &[u8]) -> PathBuf {
    let path = store.file("file", "");
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The output of `log` of one server creates the same log in another one.
#[test]
fn the_output_of_log_can_be_imported() {
    let origin = TestStore::new();
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
    // Texts that are absent, empty and present, and an empty login account.
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
            let store = TestStore::new();
            for source in sources {
                let printed = server.ask(&["log", "--source", source, "--output", form]).out.into_bytes();
                let printed = if packed { gzip(&printed) } else { printed };
                let result = store.import(&file(&store, &printed));
                assert_eq!(result.status, 0, "{form}: {}", result.err);
            }
            let again = store.serve();
            for (source, log) in sources.iter().zip(&logs) {
                let imported = again.json(&["log", "--source", source]);
                assert_eq!(&imported, log, "{form}, compressed: {packed}");
            }
        }
    }
}

/// An event is the same in each format, even with empty or absent texts. CSV replaces control characters, and no format
/// has fractions of seconds, as the table in README.md says.
#[test]
fn one_log_in_several_forms_is_stored_once() {
    let origin = TestStore::new();
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
    let store = TestStore::new();
    for (form, counts) in [
        ("ndjson", "7 stored, 0 already stored"),
        ("json", "0 stored, 7 already stored"),
        ("csv", "1 stored, 6 already stored"),
        ("csv", "0 stored, 7 already stored"),
    ] {
        let result = store.import(&file(&store, &printed(form)));
        assert!(result.err.ends_with(&format!("{counts}, 0 rejected\n")), "{form}: {}", result.err);
    }
    // The event with a fraction differs from the printed one.
    let result = origin.import(&file(&origin, &printed("ndjson")));
    assert!(result.err.ends_with("1 stored, 6 already stored, 0 rejected\n"), "{}", result.err);
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
        let store = TestStore::new();
        let result = store.import(&file(&store, text.as_bytes()));
        assert!(result.err.starts_with("1 stored, "), "{text}: {}", result.err);
        assert_eq!(result.status, 0);
    }
}

#[test]
fn other_content_is_rejected_by_name() {
    let store = TestStore::new();
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
            let path = file(&store, &bytes);
            let result = store.import(&path);
            assert_eq!(result.status, 1);
            assert_eq!(
                result.err,
                format!(
                    "error: {}: found {found}; expected status events as UTF-8 text: JSON lines, a JSON array, a \
                     queryUserStatusLog response, or CSV with a header line that names userId, agentAccount, whatsApp, \
                     source, detailStatus, createTime; gzip of these is accepted as well\n",
                    path.display()
                )
            );
        }
    }
    for (text, reason) in [
        (
            r#"{"code": 522, "message": "accessToken is error", "data": null}"#,
            "expected a queryUserStatusLog response, found an error response with code 522",
        ),
        (
            r#"{"code": 200, "data": {"source": 1, "userId": "1"}}"#,
            "expected a queryUserStatusLog response, found a response of queryWhatsAppInfo",
        ),
        (
            r#"{"code": 200, "data": [{"source": 1, "list": []}]}"#,
            "expected a queryUserStatusLog response, found a response of queryAllOlWhatsAppInfo",
        ),
        (
            r#"{"code": 200, "data": [{"userId": 1, "agentAccount": "a", "whatsAppList": [{"whatsApp": "1"}]}]}"#,
            "expected a queryUserStatusLog response, found a response of queryUserStatus or getLatestOnlineWhatsAccount",
        ),
    ] {
        let result = store.import(&file(&store, text.as_bytes()));
        assert_eq!(result.err, format!("line 1: {reason}\n0 stored, 0 already stored, 1 rejected\n"), "{text}");
        assert_eq!(result.status, 3);
    }
    let cut = file(&store, format!("[{EVENT},\n{{").as_bytes());
    let result = store.import(&cut);
    assert!(result.err.contains("line 2: unexpected end of the JSON, a bracket is not closed"), "{}", result.err);
    assert_eq!((result.status, store.events()), (1, 1), "events before the error are stored");
    let packed = gzip(EVENT.repeat(5_000).as_bytes());
    assert_eq!(store.import(&file(&store, &packed[..packed.len() / 2])).status, 1, "incomplete gzip data");
}

#[test]
fn csv_errors_name_line_and_column() {
    let store = TestStore::new();
    let text = "userId;agentAccount;whatsApp;source;detailStatus;createTime;name\r\n\
                1;a;1;2;13;1720437931;\"two\r\nlines\"\r\n\
                1;a;x;2;13;1720437931;\r\n\
                1;a;1;2;13\r\n\
                \r\n\
                ;a;1;2;13;1720437931;\r\n";
    let result = store.import(&file(&store, text.as_bytes()));
    assert_eq!(
        result.err.lines().collect::<Vec<_>>(),
        [
            "line 4, column 3: whatsApp: expected a WhatsApp account: a phone number of 1 to 15 digits with its country calling code, such as 8618217331411; found a character that is not part of a phone number",
            "line 5, column 6: expected 7 columns, found 5",
            "line 7, column 1: userId: missing, expected an agent id: an integer of up to 18 digits",
            "1 stored, 0 already stored, 3 rejected",
        ]
    );
}

#[test]
fn an_invalid_csv_header_is_one_error() {
    let store = TestStore::new();
    for (text, problem) in [
        ("userId,whatsApp,source\n1,1,1\n", "line 1: missing columns: agentAccount, detailStatus, createTime"),
        (
            "\u{feff}\n\nuserId;agentAccount;whatsApp;source;status;createTime\n1;a;1;2;10;1720437931\n",
            "line 3: missing columns: detailStatus",
        ),
        (
            "userId,agentAccount,whatsApp,source,detailStatus,createTime,name,Name\n",
            "line 1, column 8: duplicate column name",
        ),
    ] {
        let expected = format!(
            "error: {problem}; expected the columns userId, agentAccount, whatsApp, source, detailStatus, createTime, \
             optionally eventId, userName, name, status, countryCode; others are ignored\n"
        );
        let path = file(&store, text.as_bytes());
        let result = store.import(&path);
        assert_eq!((result.status, result.err), (1, expected.clone()));
        let mut pipe = store.command(&["import", "-", "--tenant", "7"]);
        let result = to_result(pipe.stdin(std::fs::File::open(path).unwrap()).output().unwrap());
        assert_eq!((result.status, result.err), (1, expected));
    }
}

/// Twenty lines of a pipe show its content. Fewer lines may be a banner before events.
#[test]
fn a_pipe_with_other_content_is_one_error() {
    let store = TestStore::new();
    let piped = |text: &str| {
        let path = file(&store, text.as_bytes());
        let mut command = store.command(&["import", "-", "--tenant", "7"]);
        to_result(command.stdin(std::fs::File::open(path).unwrap()).output().unwrap())
    };
    let result = piped(&"not an event\n".repeat(20));
    assert_eq!((result.status, result.err.lines().count()), (1, 1), "{}", result.err);
    assert!(result.err.contains("found text that is neither JSON nor a table of status events"), "{}", result.err);
    let result = piped(&format!("connected\n{EVENT}\n"));
    assert_eq!(result.err.lines().last(), Some("1 stored, 0 already stored, 1 rejected"), "{}", result.err);
}

#[test]
fn events_before_invalid_gzip_data_are_stored() {
    let store = TestStore::new();
    // Numbers that compress badly, so that half of the file contains about half of the events.
    let line = |n: u64| EVENT.replace("\"1\"", &format!("\"{}\"", 100_000 + n * 7919 % 899_981)) + "\n";
    let packed = gzip((0..300).map(line).collect::<String>().as_bytes());
    let result = store.import(&file(&store, &packed[..packed.len() / 2]));
    assert!(
        result.err.starts_with("error: cannot read the rest of the input; the lines before it are stored"),
        "{}",
        result.err
    );
    assert!(result.err.contains("the gzip data is incomplete"), "{}", result.err);
    assert_eq!(result.status, 1);
    assert!(store.events() > 0);
    let mut damaged = packed;
    let middle = damaged.len() / 2;
    damaged[middle..middle + 50].fill(0xff);
    let result = store.import(&file(&store, &damaged));
    assert!(result.err.contains("the gzip data is invalid"), "{}", result.err);
    assert_eq!(result.status, 1);
}

#[test]
fn an_unclosed_quote_is_an_error() {
    let store = TestStore::new();
    let record = "1,a,1,2,13,1720437931,n\n";
    let text = format!(
        "userId,agentAccount,whatsApp,source,detailStatus,createTime,name\n{record}1,a,2,2,13,1720437931,\"open\n{}",
        record.repeat(10_000)
    );
    for bytes in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
        let result = store.import(&file(&store, &bytes));
        assert_eq!((result.status, store.events()), (1, 1), "{}", result.err);
        assert!(result.err.contains("line 3: expected a record of at most 65536 bytes"), "{}", result.err);
        assert!(result.err.contains("a quote is probably not closed"), "{}", result.err);
    }
}

#[test]
fn a_compressed_pipe_is_imported() {
    let store = TestStore::new();
    let path = file(&store, &gzip(EVENT.as_bytes()));
    let input = std::fs::File::open(path).unwrap();
    let mut command = store.command(&["import", "-", "--tenant", "7"]);
    let result = to_result(command.stdin(input).output().unwrap());
    assert_eq!(result.err, "1 stored, 0 already stored, 0 rejected\n");
    let result = run(&mut store.command(&["import", "-", "--tenant", "7"]));
    assert_eq!(result.err, "0 stored, 0 already stored, 0 rejected\n", "empty input");
}

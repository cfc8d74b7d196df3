//! `group-dispatch import`: stored and rejected lines, acknowledgments, and interruptions.

use std::{
    io::{Read, Write},
    process::Stdio,
    sync::mpsc,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::common::{Importer, TestStore, feed, next_line, run, sample, to_result};

fn event(n: usize) -> String {
    format!(
        r#"{{"eventId": "e{n}", "userId": 12, "agentAccount": "u1", "userName": "Uma", "whatsApp": "{}", "name": "jack", "status": 10, "source": 2, "countryCode": "Nowhere", "detailStatus": 13, "createTime": {}}}"#,
        861_821_371_000 + n,
        1_720_437_931 + n,
    )
}

fn events(range: std::ops::Range<usize>) -> String {
    range.map(|n| event(n) + "\n").collect()
}

/// As a server refuses them.
#[test]
fn long_texts_and_events_of_the_future_are_rejected() {
    let store = TestStore::new();
    let tomorrow = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 25 * 3600;
    let future = event(3).replace(&(1_720_437_931 + 3).to_string(), &tomorrow.to_string());
    let lines =
        [event(1), event(2).replace("Uma", &"u".repeat(257)), future.clone(), event(4).replace("e4", &"e".repeat(129))];
    let result = store.import(&store.file("events.ndjson", &lines.join("\n")));
    assert_eq!(result.status, 3);
    assert_eq!(
        result.err,
        "line 2: userName: expected at most 256 characters\n\
         line 3: createTime: further in the future than --max-ahead allows\n\
         line 4: eventId: expected at most 128 characters\n\
         1 stored, 0 already stored, 3 rejected\n"
    );
    let file = store.file("future.ndjson", &future);
    let result = run(&mut store.command(&["import", file.to_str().unwrap(), "--tenant", "7", "--max-ahead", "26h"]));
    assert_eq!((result.status, result.err.as_str()), (0, "1 stored, 0 already stored, 0 rejected\n"));
}

#[test]
fn importing_twice_changes_nothing() {
    let store = TestStore::new();
    let first = store.import(&sample());
    assert_eq!((first.status, first.err.as_str()), (0, "3452 stored, 0 already stored, 0 rejected\n"));
    let dump = |store: &TestStore| {
        let server = store.serve();
        ["online --source pc", "all", "log --source mobile", "recent --source pc"]
            .map(|question| server.json(&question.split(' ').collect::<Vec<_>>()))
    };
    let before = dump(&store);
    let second = store.import(&sample());
    assert_eq!((second.status, second.err.as_str()), (0, "0 stored, 3452 already stored, 0 rejected\n"));
    assert_eq!(store.events(), 3452);
    assert_eq!(dump(&store), before);
}

#[test]
fn invalid_lines_are_reported_and_the_others_stored() {
    let store = TestStore::new();
    let long = format!(r#"{{"name": "{}"}}"#, "x".repeat(70_000));
    let file = store.file(
        "events.ndjson",
        &[
            "\u{feff}".to_owned() + &event(1),
            String::new(),
            "not json at all 8618217331411".to_owned(),
            event(2).replace("\"861821371002\"", "\"secret-861821371002\"") + "\r",
            event(3) + "\r",
            event(4).replace("\"detailStatus\": 13", "\"detailStatus\": 99").replace("\"status\": 10, ", ""),
            event(5).replace("\"userId\": 12, ", ""),
            event(6).replace("1720437937", "\"2024-02-30 00:00:00\""),
            long,
            "[]".to_owned(),
            event(7).replace("\"status\": 10, ", ""),
        ]
        .join("\n"),
    );
    let result = store.import(&file);
    assert_eq!(
        result.err.lines().collect::<Vec<_>>(),
        [
            "line 3: event: expected JSON, but it is malformed at column 2",
            "line 4: whatsApp: expected a WhatsApp account: a phone number of 1 to 15 digits with its country calling code, such as 8618217331411; found a character that is not part of a phone number",
            "line 6: status: missing, and it does not follow from an unknown detailStatus",
            "line 7: userId: missing, expected an agent id: an integer of up to 18 digits",
            "line 8: createTime: expected a time such as 2024-07-08 19:25:31 or 2024-07-08T19:25:31+08:00, or Unix epoch seconds or milliseconds; found a day that its month does not have",
            "line 9: expected at most 65536 bytes",
            "line 10: event: expected a JSON object",
            "3 stored, 0 already stored, 7 rejected",
        ]
    );
    assert_eq!(result.status, 3, "the exit status reports rejected lines");
    assert_eq!(store.events(), 3);
    let again = store.import(&file);
    assert_eq!(again.err.lines().last(), Some("0 stored, 3 already stored, 7 rejected"));
}

#[test]
fn event_id_and_status_are_optional() {
    let store = TestStore::new();
    let line = r#"{"userId": "12", "agentAccount": "u1", "whatsapp": 861821371272, "source": "2", "detailStatus": "42", "createTime": "2024-07-08 19:25:31"}"#;
    let file = store.file("events.ndjson", line);
    assert_eq!(store.import(&file).err, "1 stored, 0 already stored, 0 rejected\n");
    assert_eq!(store.import(&file).err, "0 stored, 1 already stored, 0 rejected\n");
    let log = store.serve().json(&["log", "--source", "mobile"]);
    let record = &log[0]["whatsAppList"][0];
    assert_eq!((&record["status"], &record["createTime"]), (&40.into(), &"2024-07-08T11:25:31+00:00".into()));
}

#[test]
fn clock_times_are_read_at_the_given_offset() {
    let store = TestStore::new();
    let line = r#"{"userId": 12, "agentAccount": "u1", "whatsApp": "1", "source": 2, "detailStatus": 13, "createTime": "2024-07-08 19:25:31"}"#;
    let file = store.file("events.ndjson", line);
    let result = run(store.command(&["import", "--tenant", "7", "--utc-offset", "-03:00"]).arg(file));
    assert_eq!(result.status, 0, "{}", result.err);
    let log = store.serve().json(&["log", "--source", "mobile"]);
    assert_eq!(log[0]["whatsAppList"][0]["createTime"], "2024-07-08T22:25:31+00:00", "the clock time is at UTC-3");
}

#[test]
fn errors_about_the_tenant_and_the_file_name_what_to_do() {
    let store = TestStore::new();
    let file = store.file("events.ndjson", &event(1));
    let result = run(store.command(&["import", "--tenant", "8"]).arg(&file));
    assert_eq!(result.status, 1);
    assert_eq!(result.err, "error: tenant 8 is not known; `group-dispatch tenant add 8` makes it known\n");
    // The tenant is checked before the first line is read.
    let result = run(store.command(&["import", "--tenant", "8"]).arg(store.file("empty.ndjson", "")));
    assert_eq!(result.status, 1);
    assert_eq!(result.err, "error: tenant 8 is not known; `group-dispatch tenant add 8` makes it known\n");
    let folder = file.parent().unwrap();
    let result = store.import(folder);
    assert_eq!(result.status, 1);
    let expected = format!("error: {} is a directory; expected a file with status events\n", folder.display());
    assert_eq!(result.err, expected);
    let result = store.import("/nowhere/events.ndjson".as_ref());
    assert_eq!(result.status, 1);
    assert!(result.err.starts_with("error: cannot read /nowhere/events.ndjson: "), "{}", result.err);
}

#[test]
fn only_the_first_invalid_lines_are_reported() {
    let store = TestStore::new();
    let result = store.import(&store.file("other.txt", &(event(1) + &"\nnot an event".repeat(2_345))));
    let lines: Vec<_> = result.err.lines().collect();
    assert_eq!(lines.len(), 22);
    assert!(lines[19].starts_with("line 21: "), "{}", lines[19]);
    assert_eq!(lines[20..], ["… and 2325 more", "1 stored, 0 already stored, 2345 rejected"]);
    assert_eq!(result.status, 3);
}

/// The longest valid line, within and at the end of a file, and a line that is a byte longer.
#[test]
fn a_line_has_at_most_65536_bytes() {
    let of_length = |n, length: usize| {
        let event = event(n);
        event.replacen('{', &format!("{{{}", " ".repeat(length - event.len())), 1)
    };
    for end in ["", "\n"] {
        let store = TestStore::new();
        let lines = [of_length(1, 65_536), of_length(2, 65_537), event(3), of_length(4, 65_536)];
        let result = store.import(&store.file("events.ndjson", &(lines.join("\n") + end)));
        assert_eq!(result.err, "line 2: expected at most 65536 bytes\n3 stored, 0 already stored, 1 rejected\n");
        let result = store.import(&store.file("events.ndjson", &(of_length(5, 65_537) + end)));
        assert_eq!(result.err, "line 1: expected at most 65536 bytes\n0 stored, 0 already stored, 1 rejected\n");
    }
}

/// `import --acknowledge | head -1` stores all events.
#[test]
fn an_import_continues_without_a_reader_of_acknowledgments() {
    let store = TestStore::new();
    let Importer { child, mut input, mut acknowledgements } = store.import_pipe();
    feed(&mut input, &events(0..1));
    assert_eq!(next_line(&mut acknowledgements), "1\n");
    drop(acknowledgements);
    feed(&mut input, &(events(1..2_500) + "not an event\n" + &events(2_500..5_000)));
    drop(input);
    let result = to_result(child.wait_with_output().unwrap());
    assert_eq!(
        result.err.lines().collect::<Vec<_>>(),
        [
            "acknowledgments stopped: standard output is closed",
            "line 2501: event: expected JSON, but it is malformed at column 2",
            "5000 stored, 0 already stored, 1 rejected",
        ]
    );
    assert_eq!(result.status, 3);
    assert_eq!(store.events(), 5_000);
}

#[test]
fn an_import_continues_without_a_reader_of_errors() {
    let store = TestStore::new();
    let file = store.file("events.ndjson", &(events(0..1) + &"not an event\n".repeat(30_000) + &events(1..1_500)));
    let mut import = store.command(&["import", "--tenant", "7"]).arg(file).stderr(Stdio::piped()).spawn().unwrap();
    drop(import.stderr.take());
    assert_eq!(import.wait().unwrap().code(), Some(3));
    assert_eq!(store.events(), 1_500);
}

/// Lines are stored even if a pipe neither pauses nor fills a batch.
#[test]
fn lines_that_arrive_slowly_are_stored_as_they_arrive() {
    let store = TestStore::new();
    let Importer { mut child, mut input, mut acknowledgements } = store.import_pipe();
    let (sender, acknowledged) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut rest = String::new();
        sender.send(next_line(&mut acknowledgements)).unwrap();
        acknowledgements.read_to_string(&mut rest).unwrap();
    });
    // Fewer lines than a batch, without a pause.
    let first = (0..900).find_map(|n| {
        feed(&mut input, &events(n..n + 1));
        acknowledged.recv_timeout(Duration::from_millis(20)).ok()
    });
    assert!(first.is_some(), "nothing was stored");
    drop(input);
    reader.join().unwrap();
    assert!(child.wait().unwrap().success());
}

/// The lines of a pipe that pauses are stored and acknowledged before more lines arrive.
#[test]
fn a_pipe_is_stored_as_it_arrives() {
    let store = TestStore::new();
    let Importer { mut child, mut input, mut acknowledgements } = store.import_pipe();
    let mut stored = 0;
    for end in [3, 4, 1500] {
        feed(&mut input, &events(stored..end));
        while stored < end {
            stored = next_line(&mut acknowledgements).trim().parse().unwrap();
        }
        assert_eq!(stored, end);
        assert_eq!(store.events(), end, "acknowledged events are visible to other processes");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

/// Acknowledged events are stored after server and importer were killed, and importing the whole file again
/// stores no event twice.
#[cfg(unix)]
#[test]
fn sigkill_during_an_import_loses_no_acknowledged_event() {
    const WHOLE: usize = 20_000;
    /// The events before the kill. The pipe stays open, so that the import can't end.
    const PART: usize = 5_000;
    let store = TestStore::new();
    let mut server = store.serve();
    let Importer { mut child, mut input, mut acknowledgements } = store.import_pipe();
    let feeder = thread::spawn(move || {
        // The importer may be killed before it read all lines.
        let _ = input.write_all(events(0..PART).as_bytes());
        input
    });
    let mut acknowledged: usize = 0;
    while acknowledged < 3000 {
        acknowledged = next_line(&mut acknowledgements).trim().parse().unwrap();
    }
    // `Child::kill` is SIGKILL.
    child.kill().unwrap();
    server.child.kill().unwrap();
    child.wait().unwrap();
    drop(feeder.join().unwrap());
    // Acknowledgments before the kill count, even if they are read after it.
    let mut rest = String::new();
    acknowledgements.read_to_string(&mut rest).unwrap();
    let whole_lines = rest.rsplit_once('\n').map_or("", |(lines, _)| lines);
    if let Some(last) = whole_lines.lines().last() {
        acknowledged = last.parse().unwrap();
    }

    let there = store.events();
    assert!(there >= acknowledged, "{acknowledged} were acknowledged, {there} are stored");
    assert!(there <= PART);
    let file = store.file("whole.ndjson", &events(0..WHOLE));
    let again = store.import(&file);
    assert_eq!(again.err, format!("{} stored, {there} already stored, 0 rejected\n", WHOLE - there));
    let online = store.serve().json(&["online", "--source", "mobile"]);
    assert_eq!(online[0]["whatsAppList"].as_array().unwrap().len(), WHOLE);
}

//! `group-dispatch import`: what is stored, what is refused, and what survives.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{
    io::{Read, Write},
    process::Stdio,
    sync::mpsc,
    thread,
    time::Duration,
};

use common::{Importer, Place, feed, next_line, run, said, sample};

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

#[test]
fn importing_twice_changes_nothing() {
    let place = Place::new();
    let first = place.import(&sample());
    assert_eq!((first.status, first.err.as_str()), (0, "3452 stored, 0 there already, 0 refused\n"));
    let dump = |place: &Place| {
        let server = place.serve();
        ["online --source pc", "all", "log --source mobile", "recent --source pc"]
            .map(|question| server.json(&question.split(' ').collect::<Vec<_>>()))
    };
    let before = dump(&place);
    let second = place.import(&sample());
    assert_eq!((second.status, second.err.as_str()), (0, "0 stored, 3452 there already, 0 refused\n"));
    assert_eq!(place.events(), 3452);
    assert_eq!(dump(&place), before);
}

#[test]
fn bad_lines_are_reported_and_the_good_ones_kept() {
    let place = Place::new();
    let long = format!(r#"{{"name": "{}"}}"#, "x".repeat(70_000));
    let file = place.file(
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
    let said = place.import(&file);
    assert_eq!(
        said.err.lines().collect::<Vec<_>>(),
        [
            "line 3: event: expected JSON, but it is malformed at column 2",
            "line 4: whatsApp: expected a WhatsApp account: a phone number of 1 to 15 digits with its country calling code, such as 8618217331411; found a character that is not part of a phone number",
            "line 6: status: missing, and it does not follow from an unknown detailStatus",
            "line 7: userId: missing, expected an agent id: an integer of up to 18 digits",
            "line 8: createTime: expected a time such as 2024-07-08 19:25:31 or 2024-07-08T19:25:31+08:00, or Unix epoch seconds or milliseconds; found a day that its month does not have",
            "line 9: expected at most 65536 bytes",
            "line 10: event: expected a JSON object",
            "3 stored, 0 there already, 7 refused",
        ]
    );
    assert_eq!(said.status, 3, "the exit status says that lines were refused");
    assert_eq!(place.events(), 3);
    let again = place.import(&file);
    assert_eq!(again.err.lines().last(), Some("0 stored, 3 there already, 7 refused"));
}

#[test]
fn an_event_goes_in_without_an_id_and_without_a_status() {
    let place = Place::new();
    let line = r#"{"userId": "12", "agentAccount": "u1", "whatsapp": 861821371272, "source": "2", "detailStatus": "42", "createTime": "2024-07-08 19:25:31"}"#;
    let file = place.file("events.ndjson", line);
    assert_eq!(place.import(&file).err, "1 stored, 0 there already, 0 refused\n");
    assert_eq!(place.import(&file).err, "0 stored, 1 there already, 0 refused\n");
    let log = place.serve().json(&["log", "--source", "mobile"]);
    let record = &log[0]["whatsAppList"][0];
    assert_eq!((&record["status"], &record["createTime"]), (&40.into(), &"2024-07-08T11:25:31+00:00".into()));
}

#[test]
fn clock_times_are_read_in_the_zone_that_is_named() {
    let place = Place::new();
    let line = r#"{"userId": 12, "agentAccount": "u1", "whatsApp": "1", "source": 2, "detailStatus": 13, "createTime": "2024-07-08 19:25:31"}"#;
    let file = place.file("events.ndjson", line);
    let said = run(place.command(&["import", "--tenant", "7", "--utc-offset", "-03:00"]).arg(file));
    assert_eq!(said.status, 0, "{}", said.err);
    let log = place.serve().json(&["log", "--source", "mobile"]);
    assert_eq!(log[0]["whatsAppList"][0]["createTime"], "2024-07-08T22:25:31+00:00", "the clock stood at UTC-3");
}

#[test]
fn an_unknown_tenant_and_a_missing_file_say_what_to_do() {
    let place = Place::new();
    let file = place.file("events.ndjson", &event(1));
    let said = run(place.command(&["import", "--tenant", "8"]).arg(&file));
    assert_eq!(said.status, 1);
    assert_eq!(said.err, "error: tenant 8 is not known; `group-dispatch tenant add 8` makes it known\n");
    // A feeder that has nothing to say yet is told at once.
    let said = run(place.command(&["import", "--tenant", "8"]).arg(place.file("empty.ndjson", "")));
    assert_eq!(said.status, 1);
    assert_eq!(said.err, "error: tenant 8 is not known; `group-dispatch tenant add 8` makes it known\n");
    let folder = file.parent().unwrap();
    let said = place.import(folder);
    assert_eq!(said.status, 1);
    let expected =
        format!("error: {} is a directory; expected a file of status events, one a line\n", folder.display());
    assert_eq!(said.err, expected);
    let said = place.import("/nowhere/events.ndjson".as_ref());
    assert_eq!(said.status, 1);
    assert!(said.err.starts_with("error: cannot read /nowhere/events.ndjson: "), "{}", said.err);
}

#[test]
fn many_bad_lines_do_not_flood_the_terminal() {
    let place = Place::new();
    let said = place.import(&place.file("other.txt", &(event(1) + &"\nnot an event".repeat(2_345))));
    let lines: Vec<_> = said.err.lines().collect();
    assert_eq!(lines.len(), 22);
    assert!(lines[19].starts_with("line 21: "), "{}", lines[19]);
    assert_eq!(lines[20..], ["… and 2325 more", "1 stored, 0 there already, 2345 refused"]);
    assert_eq!(said.status, 3);
}

/// The longest line there may be, whether or not it is the last one, and one that is a byte longer.
#[test]
fn a_line_may_have_65536_bytes() {
    let of_length = |n, length: usize| {
        let rest = event(n).len() - "jack".len();
        event(n).replace("jack", &"x".repeat(length - rest))
    };
    for end in ["", "\n"] {
        let place = Place::new();
        let lines = [of_length(1, 65_536), of_length(2, 65_537), event(3), of_length(4, 65_536)];
        let said = place.import(&place.file("events.ndjson", &(lines.join("\n") + end)));
        assert_eq!(said.err, "line 2: expected at most 65536 bytes\n3 stored, 0 there already, 1 refused\n");
        let said = place.import(&place.file("events.ndjson", &(of_length(5, 65_537) + end)));
        assert_eq!(said.err, "line 1: expected at most 65536 bytes\n0 stored, 0 there already, 1 refused\n");
    }
}

/// `import --acknowledge | head -1` stores everything.
#[test]
fn an_import_goes_on_when_nobody_reads_its_acknowledgements() {
    let place = Place::new();
    let Importer { child, mut input, mut acknowledgements } = place.import_pipe();
    feed(&mut input, &events(0..1));
    assert_eq!(next_line(&mut acknowledgements), "1\n");
    drop(acknowledgements);
    feed(&mut input, &(events(1..2_500) + "not an event\n" + &events(2_500..5_000)));
    drop(input);
    let said = said(child.wait_with_output().unwrap());
    assert_eq!(
        said.err.lines().collect::<Vec<_>>(),
        [
            "no more lines are acknowledged: nobody reads standard output any more",
            "line 2501: event: expected JSON, but it is malformed at column 2",
            "5000 stored, 0 there already, 1 refused",
        ]
    );
    assert_eq!(said.status, 3);
    assert_eq!(place.events(), 5_000);
}

#[test]
fn an_import_goes_on_when_nobody_reads_its_complaints() {
    let place = Place::new();
    let file = place.file("events.ndjson", &(events(0..1) + &"not an event\n".repeat(30_000) + &events(1..1_500)));
    let mut import = place.command(&["import", "--tenant", "7"]).arg(file).stderr(Stdio::piped()).spawn().unwrap();
    drop(import.stderr.take());
    assert_eq!(import.wait().unwrap().code(), Some(3));
    assert_eq!(place.events(), 1_500);
}

/// A pipe that never pauses, but never fills a batch either, has its lines stored.
#[test]
fn a_steady_drip_is_stored_as_it_comes() {
    let place = Place::new();
    let Importer { mut child, mut input, mut acknowledgements } = place.import_pipe();
    let (sender, acknowledged) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut rest = String::new();
        sender.send(next_line(&mut acknowledgements)).unwrap();
        acknowledgements.read_to_string(&mut rest).unwrap();
    });
    // Fewer lines than a batch; who waits for a pause sees none.
    let first = (0..900).find_map(|n| {
        feed(&mut input, &events(n..n + 1));
        acknowledged.recv_timeout(Duration::from_millis(20)).ok()
    });
    assert!(first.is_some(), "nothing was stored");
    drop(input);
    reader.join().unwrap();
    assert!(child.wait().unwrap().success());
}

/// A pipe that pauses has its lines stored and acknowledged without waiting for more of them.
#[test]
fn a_pipe_is_stored_as_it_comes() {
    let place = Place::new();
    let Importer { mut child, mut input, mut acknowledgements } = place.import_pipe();
    let mut stored = 0;
    for end in [3, 4, 1500] {
        feed(&mut input, &events(stored..end));
        while stored < end {
            stored = next_line(&mut acknowledgements).trim().parse().unwrap();
        }
        assert_eq!(stored, end);
        assert_eq!(place.events(), end, "what is acknowledged is there, for another process as well");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

/// What was acknowledged is there after server and importer are killed in the middle, and nothing is doubled by
/// importing the whole again.
#[cfg(unix)]
#[test]
fn sigkill_during_an_import_loses_nothing_that_was_acknowledged() {
    const WHOLE: usize = 20_000;
    /// What is fed before the kill; the pipe stays open for more, so that the import can't have ended.
    const PART: usize = 5_000;
    let place = Place::new();
    let mut server = place.serve();
    let Importer { mut child, mut input, mut acknowledgements } = place.import_pipe();
    let feeder = thread::spawn(move || {
        // The importer may be killed before it has read all of it.
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
    // What it still said before it died counts as acknowledged.
    let mut rest = String::new();
    acknowledgements.read_to_string(&mut rest).unwrap();
    let whole_lines = rest.rsplit_once('\n').map_or("", |(lines, _)| lines);
    if let Some(last) = whole_lines.lines().last() {
        acknowledged = last.parse().unwrap();
    }

    let there = place.events();
    assert!(there >= acknowledged, "{acknowledged} were acknowledged, {there} are there");
    assert!(there <= PART);
    let file = place.file("whole.ndjson", &events(0..WHOLE));
    let again = place.import(&file);
    assert_eq!(again.err, format!("{} stored, {there} there already, 0 refused\n", WHOLE - there));
    let online = place.serve().json(&["online", "--source", "mobile"]);
    assert_eq!(online[0]["whatsAppList"].as_array().unwrap().len(), WHOLE);
}

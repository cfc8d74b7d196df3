//! `group-dispatch report` and `history --sessions`: what they ask for, and how they show it.

use crate::common::{
    RunResult, Server, TestStore, command,
    mirrored::{START, gap, logged, observed},
    run,
};
use group_dispatch_client::types::AccountStatus;
use group_dispatch_server::store::{MirroredFacts, time_zone_data_version};
use insta::assert_snapshot;
use serde_json::{Value, json};

/// Agent 34 is online at mobile from 23:00 to 01:00, in UTC.
const FED: &str = r#"
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "491713920011", "source": 2, "countryCode": "Deutschland", "detailStatus": 13, "createTime": "2024-07-08T23:00:00Z"}
{"userId": 34, "agentAccount": "u34", "userName": "Udo", "whatsApp": "491713920011", "source": 2, "countryCode": "Deutschland", "detailStatus": 42, "createTime": "2024-07-09T01:00:00.500Z"}
"#;

/// Returns a server with a fed session, and a session of agent 12 of 30 s that was seen to have ended, with a gap before it.
fn filled() -> (TestStore, Server) {
    let store = TestStore::new();
    assert_eq!(store.import(&store.file("events.ndjson", FED)).status, 0);
    let events = vec![logged(0), observed(AccountStatus::Offline, Some(25_000), 30_000)];
    let gaps = vec![gap(12, Some(START - 60_000), START)];
    store.mirror(MirroredFacts { events, gaps, ..MirroredFacts::default() });
    let server = store.serve();
    (store, server)
}

fn report(server: &Server, arguments: &[&str]) -> RunResult {
    server.ask(&[&["report"], arguments].concat())
}

const NOTE: &str =
    "not all is known: gaps touch 1 row, whose sums are \"at least\"; `group-dispatch history --gaps` lists the gaps\n";

#[test]
fn a_report_is_printed_in_each_format() {
    let (_store, server) = filled();
    let csv = report(&server, &["--day", "2024-07-08", "--by", "agent", "--output", "csv"]);
    let header = "day,userId,agentAccount,userName,whatsApp,onlineMilliseconds,longestAbsenceMilliseconds,sessions,disconnects,\
                  bans,flaps,atLeast";
    let expected = [header, ",12,u12,Uma,,30000,45239000,1,0,0,0,true", ",34,u34,Udo,,3600000,82800000,1,0,0,0,false"];
    assert_eq!((csv.status, csv.out.lines().collect::<Vec<_>>(), csv.err.as_str()), (0, expected.to_vec(), NOTE));
    let texts = ["agent", "account", "day", "agent-day", "account-day"].map(|by| {
        let result = report(&server, &["--from", "2024-07-08", "--to", "2024-07-09", "--by", by]);
        assert_eq!(result.status, 0, "{}", result.err);
        format!("$ report --by {by}\n{}{}", result.out, result.err)
    });
    assert_snapshot!(texts.join("\n"));
    let json = report(&server, &["--day", "2024-07-09", "--by", "day", "--output", "json"]);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["timeZoneData"], time_zone_data_version());
    assert_eq!(json["rows"][0]["bans"], 1);
    let ndjson = report(&server, &["--day", "2024-07-09", "--by", "day", "--output", "ndjson"]);
    let row: Value = serde_json::from_str(&ndjson.out).unwrap();
    assert_eq!((&row["day"], &row["onlineMilliseconds"]), (&json!("2024-07-09"), &json!(3_600_500)));
}

#[test]
fn a_report_is_restricted_by_each_filter() {
    let (_store, server) = filled();
    let agents = |arguments: &[&str]| {
        let result = report(&server, &[&["--output", "ndjson"], arguments].concat());
        assert_eq!(result.status, 0, "{arguments:?}: {}", result.err);
        let rows = result.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| (row["userId"].as_u64().unwrap(), row["onlineMilliseconds"].as_u64().unwrap()))
            .collect::<Vec<_>>()
    };
    for (arguments, expected) in [
        (&["--day", "2024-07-08"][..], &[(12, 30_000), (34, 3_600_000)][..]),
        // There, everything is on one day.
        (&["--day", "2024-07-09", "--time-zone", "asia/shanghai"], &[(34, 7_200_500)]),
        (&["--day", "2024-07-08", "--source", "pc"], &[(12, 30_000)]),
        (&["--day", "2024-07-08", "--user-id", "34"], &[(34, 3_600_000)]),
        (&["--day", "2024-07-08", "--agent-account", "u34"], &[(34, 3_600_000)]),
        (&["--day", "2024-07-08", "--user-name", "u12"], &[(12, 30_000)]),
        (&["--day", "2024-07-08", "--whatsapp", "+49 171 392-0011"], &[(34, 3_600_000)]),
        (&["--from", "2024-07-08", "--to", "2024-07-09", "--source", "mobile"], &[(34, 7_200_500)]),
        (&["--day", "2024-07-07"], &[]),
    ] {
        assert_eq!(agents(arguments), expected, "{arguments:?}");
    }
    let empty = report(&server, &["--day", "2024-07-07", "--exit-code"]);
    assert_eq!((empty.status, empty.out.as_str()), (4, "nobody was online\n"));
}

#[test]
fn what_is_no_day_or_no_zone_is_named() {
    let (_store, server) = filled();
    for (arguments, status, expected) in [
        (&[][..], 2, "--day <DAY>"),
        (&["--day", "8 July"], 2, "expected a day as YYYY-MM-DD"),
        (&["--from", "2024-07-08"], 2, "--to <DAY>"),
        (&["--day", "2024-07-08", "--to", "2024-07-09"], 2, "cannot be used with"),
        (&["--day", "2024-07-08", "--time-zone", "../UTC"], 2, "expected the name of a time zone"),
        (&["--day", "2024-07-08", "--time-zone", "Mars/Olympus"], 1, "timeZone: expected the name of a time zone"),
        (&["--day", "2023-02-29"], 1, "firstDay: expected a day of the calendar"),
        (&["--from", "2024-07-08", "--to", "2024-07-07"], 1, "lastDay: expected firstDay or a later day"),
    ] {
        let result = report(&server, arguments);
        assert!(
            result.status == status && result.err.contains(expected),
            "{arguments:?}: {} {}",
            result.status,
            result.err
        );
    }
}

#[test]
fn sessions_are_listed_with_how_they_ended() {
    let (_store, server) = filled();
    let texts = ["table", "json", "ndjson", "csv"].map(|form| {
        let result = server.ask(&["history", "--sessions", "--output", form]);
        assert_eq!((result.status, result.err.as_str()), (0, ""));
        format!("$ history --sessions --output {form}\n{}", result.out)
    });
    // The time of the answer differs, and is in no format of a list.
    assert_snapshot!(texts.join("\n"));
    for (arguments, expected) in [
        (&["--since", "2024-07-08T12:00:00Z"][..], 1),
        (&["--until", "2024-07-08T12:00:00Z"], 1),
        (&["--source", "pc"], 1),
        (&["--limit", "1"], 1),
        (&["--user-id", "7"], 0),
    ] {
        let result = server.ask(&[&["history", "--sessions", "--output", "ndjson"], arguments].concat());
        assert_eq!((result.status, result.out.lines().count()), (0, expected), "{arguments:?}");
    }
}

#[test]
fn the_version_names_that_of_the_time_zones() {
    let result = run(command().arg("--version"));
    let expected = format!("time zone database: {}", time_zone_data_version());
    assert!(
        result.out.starts_with("group-dispatch ") && result.out.lines().any(|line| line == expected),
        "{}",
        result.out
    );
}

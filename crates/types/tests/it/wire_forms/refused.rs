//! Errors of rejected values name the expected forms and never repeat the value.

use group_dispatch_types::*;
use serde_json::{Value, json};

use super::forms::*;

#[test]
fn d4_both_spellings_at_once_are_refused() {
    let twice = json!({ "whatsApp": "8618217331412", "whatsapp": "8618217331412" });
    all_pass([
        ("an answer", refuses::<OnlineAccount>(&twice, &json!("8618217331412"), "duplicate field")),
        ("a request", refuses::<QueryWhatsAppInfoRequest>(&twice, &json!("8618217331412"), "duplicate field")),
    ]);
}

const AGENT_ID: &str = "expected an agent id: an integer of up to 18 digits";
const WHATSAPP: &str = "expected a WhatsApp account: a phone number of 1 to 15 digits with its country calling code";
const SOURCE: &str = "expected a source: 1 (pc), 2 (mobile) or 3 (cloud)";
const STATUS: &str = "expected a status: 10 (online), 20 (disconnected), 30 (offline) or 40 (banned)";
const DETAIL: &str = "expected a behavior code, such as 12 (pc-online)";
const TIME: &str =
    "expected a time such as 2024-07-08 19:25:31 or 2024-07-08T19:25:31+08:00, or Unix epoch seconds or milliseconds";
const CODE: &str = "expected a code: an integer";

/// Returns values that are invalid for all scalars.
fn wrong_for_all() -> [(&'static str, Value); 7] {
    [
        ("letters", json!("quince")),
        ("a fraction", json!(7.5)),
        ("a fraction in text", json!("7.5")),
        ("true", json!(true)),
        ("an object", json!({ "number": "quince" })),
        ("a list", json!(["quince"])),
        ("an integer beyond 64 bits", json!(9.8e20)),
    ]
}

#[test]
fn refused_scalars_say_what_was_expected_and_never_what_was_given() {
    type Refuses = fn(&Value, &Value, &str) -> Result<(), String>;
    type Scalar = (&'static str, Refuses, &'static str, Vec<(&'static str, Value)>);
    let scalars: [Scalar; 9] = [
        (
            "UserId",
            refuses::<UserId>,
            AGENT_ID,
            vec![
                ("negative", json!(-12)),
                ("negative, in text", json!("-12")),
                ("19 digits", json!(1_234_567_890_123_456_789_u64)),
                ("19 digits, in text", json!("1234567890123456789")),
                ("beyond i64", json!(u64::MAX)),
                ("empty", json!("")),
            ],
        ),
        ("UserIdText", refuses::<UserIdText>, AGENT_ID, vec![("negative", json!(-12)), ("empty", json!(""))]),
        (
            "WhatsAppNumber",
            refuses::<WhatsAppNumber>,
            WHATSAPP,
            vec![
                ("16 digits", json!(1_234_567_890_123_456_u64)),
                ("16 digits, in text", json!("1234567890123456")),
                ("negative", json!(-8_618_217_331_499_i64)),
                ("negative, in text", json!("8618217331499-x")),
                ("zero", json!("0")),
                ("a leading zero", json!("08618217331499")),
                ("00 for +", json!("008618217331499")),
                ("the id of a group", json!("8618217331499-1581234048@g.us")),
                ("a hidden id", json!("8618217331499@lid")),
                ("an invisible character", json!("8618217331499\u{202e}")),
                ("a plus in the middle", json!("86+18217331499")),
                ("a decimal number", json!("8618217331499.0")),
                ("a decimal number of two places", json!("8618217331499.00")),
                ("a zero that is not dialed", json!("+44 (0)20 7946 0958")),
                ("digits of two scripts", json!("٨٦182١٧٣٣١٤")),
                ("empty", json!("")),
            ],
        ),
        (
            "WhatsAppNumberInteger",
            refuses::<WhatsAppNumberInteger>,
            WHATSAPP,
            vec![
                ("16 digits", json!(1_234_567_890_123_456_u64)),
                ("negative", json!(-8_618_217_331_499_i64)),
                ("empty", json!("")),
            ],
        ),
        ("Source", refuses::<Source>, SOURCE, vec![("beyond i32", json!(3_000_000_000_u64)), ("empty", json!(""))]),
        ("AccountStatus", refuses::<AccountStatus>, STATUS, vec![("beyond i32", json!(3_000_000_000_u64))]),
        ("StatusDetail", refuses::<StatusDetail>, DETAIL, vec![("beyond i32", json!("3000000000"))]),
        (
            "StatusTime",
            refuses::<StatusTime>,
            TIME,
            vec![
                ("a day that does not exist", json!("2023-02-29 00:00:00")),
                ("a month that does not exist", json!("2023-13-01 00:00:00")),
                ("an hour that does not exist", json!("2023-01-01 24:00:00")),
                ("a date alone", json!("2023-01-01")),
                ("a minute without its second", json!("2023-01-01T00:00Z")),
                ("a leap second", json!("2016-12-31T23:59:60Z")),
                ("an offset that does not exist", json!("2023-01-01T00:00:00+19:00")),
                ("a float beyond the year 9999", json!(2.6e14)),
                ("beyond the year 9999", json!(i64::MAX)),
                ("beyond i64", json!(u64::MAX)),
                ("empty", json!("")),
            ],
        ),
        ("BusinessCode", refuses::<BusinessCode>, CODE, vec![("beyond i32", json!(3_000_000_000_u64))]),
    ];
    let rows = scalars.into_iter().flat_map(|(name, refuses, expected, wrong)| {
        // A time may have a fraction.
        let for_all =
            wrong_for_all().into_iter().filter(move |(what, _)| name != "StatusTime" || !what.contains("fraction"));
        wrong.into_iter().chain(for_all).map(move |(what, value)| {
            (name, refuses(&value, &value, expected).map_err(|error| format!("{what}: {error}")))
        })
    });
    all_pass(rows);
}

#[test]
fn refused_members_say_what_was_expected_and_never_what_was_given() {
    let rows = wrong_for_all().into_iter().flat_map(|(what, value)| {
        let asked = |member: &str| with(json!({ "source": 1 }), member, value.clone());
        [
            ("userId", refuses::<QueryUserStatusRequest>(&asked("userId"), &value, AGENT_ID)),
            ("source", refuses::<QueryUserStatusRequest>(&asked("source"), &value, SOURCE)),
            ("whatsApp", refuses::<QueryUserStatusLogRequest>(&asked("whatsApp"), &value, WHATSAPP)),
        ]
        .map(|(member, outcome)| (member, outcome.map_err(|error| format!("{what}: {error}"))))
    });
    all_pass(rows);
    all_pass(wrong_for_all().into_iter().filter(|(what, _)| !what.contains("fraction")).map(|(what, value)| {
        (what, refuses::<StatusRecord>(&with(record(), "createTime", value.clone()), &value, TIME))
    }));
}

#[test]
fn refused_lists_and_objects_say_what_was_expected_and_never_what_was_given() {
    let wrong = || {
        [
            ("a number", json!(8_618_217_331_499_u64)),
            ("a negative number", json!(-42)),
            ("a fraction", json!(7.5)),
            ("a text", json!("8618217331499")),
            ("true", json!(true)),
        ]
    };
    let agent = |list: Value| json!({ "userId": 1, "agentAccount": "u1", "whatsAppList": list });
    let rows = wrong().into_iter().flat_map(|(what, value)| {
        [
            ("data", refuses::<QueryUserStatusResponse>(&listed(value.clone()), &value, "expected a list")),
            ("whatsAppList", refuses::<OnlineAgent>(&agent(value.clone()), &value, "expected a list")),
            ("an account", refuses::<OnlineAgent>(&agent(json!([value])), &value, "expected an object")),
            (
                "data of queryWhatsAppInfo",
                refuses::<QueryWhatsAppInfoResponse>(&located(value.clone()), &value, "expected an object"),
            ),
            (
                "data of queryWhatsAppInfo, in a list",
                refuses::<QueryWhatsAppInfoResponse>(&located(json!([value])), &value, "expected an object"),
            ),
        ]
        .map(|(member, outcome)| (member, outcome.map_err(|error| format!("{what}: {error}"))))
    });
    all_pass(rows);
    all_pass([
        (
            "an object for a list",
            refuses::<OnlineAgent>(&agent(json!({ "a": "jack" })), &json!("jack"), "expected a list"),
        ),
        (
            "an object that lacks members",
            refuses::<QueryWhatsAppInfoResponse>(
                &located(json!({ "agentAccount": "jack" })),
                &json!("jack"),
                "missing field",
            ),
        ),
        (
            "a list for an object",
            refuses::<OnlineAgent>(&agent(json!([["jack", "1"]])), &json!("jack"), "expected an object"),
        ),
    ]);
}

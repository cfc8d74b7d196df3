//! Each row has another form and the contract's form of the same value. Both must be deserialized to equal values and
//! serialized in the contract's form.

use group_dispatch_types::*;
use serde_json::{Value, json};

use super::forms::*;

#[test]
fn d1_an_online_agent_has_its_id() {
    let agent = json!({ "userId": 868024, "agentAccount": "202503101", "userName": "chen", "whatsAppList": [] });
    all_pass([
        ("an integer", reads_as::<NamedOnlineAgent>(agent.clone(), agent.clone())),
        ("digits", reads_as::<NamedOnlineAgent>(with(agent.clone(), "userId", json!("868024")), agent.clone())),
        ("absent", refuses::<NamedOnlineAgent>(&with(agent, "userId", None), &json!("chen"), "missing field `userId`")),
    ]);
}

#[test]
fn d3_user_ids() {
    let asked = |id: Value| json!({ "userId": id, "source": 2 });
    let asks = reads_as::<QueryUserStatusRequest>;
    all_pass([
        ("an integer", asks(asked(json!(12)), json!({ "userId": 12, "source": 2 }))),
        ("digits", asks(asked(json!("12")), json!({ "userId": 12, "source": 2 }))),
        ("an empty text", asks(asked(json!("")), json!({ "source": 2 }))),
        ("blanks", asks(asked(json!("  ")), json!({ "source": 2 }))),
        ("null", asks(asked(json!(null)), json!({ "source": 2 }))),
        ("the largest", asks(asked(json!("999999999999999999")), asked(json!(999_999_999_999_999_999_u64)))),
        ("zero", asks(asked(json!("0")), asked(json!(0)))),
        (
            "an empty text, in getLatestOnlineWhatsAccount",
            reads_as::<GetLatestOnlineWhatsAccountRequest>(asked(json!("")), json!({ "source": 2 })),
        ),
        (
            "digits, in getLatestOnlineWhatsAccount",
            reads_as::<GetLatestOnlineWhatsAccountRequest>(asked(json!("12")), asked(json!(12))),
        ),
        (
            "digits, in an answer",
            reads_as::<OnlineAgent>(
                json!({ "userId": "12", "agentAccount": "u1", "whatsAppList": [] }),
                json!({ "userId": 12, "agentAccount": "u1", "whatsAppList": [] }),
            ),
        ),
        (
            "an integer, where the contract has text",
            reads_as::<AccountLocation>(with(location(), "userId", json!(868024)), location()),
        ),
    ]);
}

#[test]
fn d4_whatsapp_accounts() {
    let info = |name: &str, account: Value| with(json!({ "source": 1 }), name, account);
    let asks = reads_as::<QueryWhatsAppInfoRequest>;
    let asked = || info("whatsapp", json!(8618217331412_u64));
    let log = |name: &str, account: Value| with(json!({ "source": 2 }), name, account);
    let logs = reads_as::<QueryUserStatusLogRequest>;
    let logged = || log("whatsApp", json!("8618217331412"));
    let account = |name: &str, account: Value| with(json!({ "name": "chen" }), name, account);
    let answers = reads_as::<OnlineAccount>;
    let answered = || account("whatsApp", json!("8618217331412"));
    all_pass([
        ("queryWhatsAppInfo: an integer", asks(info("whatsapp", json!(8618217331412_u64)), asked())),
        ("queryWhatsAppInfo: a text", asks(info("whatsapp", json!("8618217331412")), asked())),
        ("queryWhatsAppInfo: whatsApp, an integer", asks(info("whatsApp", json!(8618217331412_u64)), asked())),
        ("queryWhatsAppInfo: whatsApp, a text", asks(info("whatsApp", json!("8618217331412")), asked())),
        ("queryWhatsAppInfo: as people write it", asks(info("whatsapp", json!("+86 182-1733-1412")), asked())),
        ("queryWhatsAppInfo: an account id", asks(info("whatsapp", json!("8618217331412:12@s.whatsapp.net")), asked())),
        (
            "queryUserStatusLog: as a phone copies it",
            logs(log("whatsApp", json!("\u{202d}+86 182‑1733‑1412\u{202c}")), logged()),
        ),
        ("queryUserStatusLog: a text", logs(log("whatsApp", json!("8618217331412")), logged())),
        ("queryUserStatusLog: an integer", logs(log("whatsApp", json!(8618217331412_u64)), logged())),
        ("queryUserStatusLog: whatsapp, a text", logs(log("whatsapp", json!("8618217331412")), logged())),
        ("queryUserStatusLog: whatsapp, an integer", logs(log("whatsapp", json!(8618217331412_u64)), logged())),
        ("queryUserStatusLog: an empty text", logs(log("whatsApp", json!("")), json!({ "source": 2 }))),
        ("queryUserStatusLog: null", logs(log("whatsApp", json!(null)), json!({ "source": 2 }))),
        ("an answer: an integer", answers(account("whatsApp", json!(8618217331412_u64)), answered())),
        ("an answer: whatsapp, an integer", answers(account("whatsapp", json!(8618217331412_u64)), answered())),
        ("an answer: as people write it", answers(account("whatsApp", json!("+86 (182) 1733.1412")), answered())),
        ("an answer: with points", answers(account("whatsApp", json!("+86.18217331412")), answered())),
        (
            "15 digits",
            answers(account("whatsApp", json!(999_999_999_999_999_u64)), account("whatsApp", json!("999999999999999"))),
        ),
        ("1 digit", answers(account("whatsApp", json!(1)), account("whatsApp", json!("1")))),
        (
            "a location: whatsapp",
            reads_as::<AccountLocation>(
                with(with(location(), "whatsApp", None), "whatsapp", json!("8618217331411")),
                location(),
            ),
        ),
        (
            "a record: whatsapp",
            reads_as::<StatusRecord>(
                with(with(record(), "whatsApp", None), "whatsapp", json!(573125704139_u64)),
                record(),
            ),
        ),
        (
            "a recent account: whatsapp",
            reads_as::<RecentAccount>(
                json!({ "whatsapp": 234567892, "status": 10 }),
                json!({ "whatsApp": "234567892", "status": 10 }),
            ),
        ),
    ]);
}

#[test]
fn d5_sources() {
    let asks = reads_as::<QueryUserStatusRequest>;
    let info = |source: Value| json!({ "whatsapp": 8618217331412_u64, "source": source });
    let infos = reads_as::<QueryWhatsAppInfoRequest>;
    let group = |source: Value| json!({ "source": source, "list": [] });
    let groups = reads_as::<SourceGroup>;
    all_pass([
        ("digits, 1", asks(json!({ "source": "1" }), json!({ "source": 1 }))),
        ("digits, 2", asks(json!({ "source": "2" }), json!({ "source": 2 }))),
        ("queryWhatsAppInfo: 3", infos(info(json!(3)), info(json!(3)))),
        ("queryWhatsAppInfo: digits", infos(info(json!("3")), info(json!(3)))),
        ("queryWhatsAppInfo: an empty text", infos(info(json!("")), json!({ "whatsapp": 8618217331412_u64 }))),
        ("queryWhatsAppInfo: null", infos(info(json!(null)), json!({ "whatsapp": 8618217331412_u64 }))),
        ("an answer: digits", groups(group(json!("1")), group(json!(1)))),
        ("an answer: an unknown code", groups(group(json!(4)), group(json!(4)))),
        ("an answer: an unknown code in digits", groups(group(json!("77")), group(json!(77)))),
        (
            "a record: an unknown code",
            reads_as::<StatusRecord>(with(record(), "source", json!("9")), with(record(), "source", json!(9))),
        ),
        ("a location: digits", reads_as::<AccountLocation>(with(location(), "source", json!("1")), location())),
    ]);
}

#[test]
fn d6_data_of_query_whats_app_info() {
    let reads = reads_as::<QueryWhatsAppInfoResponse>;
    let other = with(location(), "source", json!(2));
    all_pass([
        ("an object", reads(located(location()), located(location()))),
        ("a list of one", reads(located(json!([location()])), located(location()))),
        ("a list of two: the first", reads(located(json!([location(), other])), located(location()))),
        ("an empty list", reads(located(json!([])), located(json!(null)))),
        ("an empty object", reads(located(json!({})), located(json!(null)))),
        ("an empty text", reads(located(json!("")), located(json!(null)))),
        ("null", reads(located(json!(null)), located(json!(null)))),
        ("absent", reads(located(None), located(json!(null)))),
    ]);
}

#[test]
fn d7_data_of_an_error() {
    let reads = reads_as::<ErrorResponse>;
    let nothing = || failed(json!(null));
    all_pass([
        ("null", reads(failed(json!(null)), nothing())),
        ("absent", reads(failed(None), nothing())),
        ("an empty text", reads(failed(json!("")), nothing())),
        ("an empty list", reads(failed(json!([])), nothing())),
        ("an empty object", reads(failed(json!({})), nothing())),
        ("an object, passed over", reads(failed(json!({ "trace": [1, 2] })), nothing())),
    ]);
}

#[test]
fn d7_lists_that_are_nothing() {
    let reads = reads_as::<QueryUserStatusResponse>;
    let group = |list: Option<Value>| with(json!({ "source": 2 }), "list", list);
    let empty = || listed(json!([]));
    all_pass([
        ("an empty list", reads(listed(json!([])), empty())),
        ("null", reads(listed(json!(null)), empty())),
        ("absent", reads(listed(None), empty())),
        ("an empty text", reads(listed(json!("")), empty())),
        ("an empty object", reads(listed(json!({})), empty())),
        ("a group's list: an empty text", reads_as::<SourceGroup>(group(Some(json!(""))), group(Some(json!([]))))),
        ("a group's list: null", reads_as::<SourceGroup>(group(Some(json!(null))), group(Some(json!([]))))),
        ("a group's list: absent", reads_as::<SourceGroup>(group(None), group(Some(json!([]))))),
        (
            "an agent's accounts: null",
            reads_as::<AgentStatusLog>(
                json!({ "userId": 1, "agentAccount": "u1", "whatsAppList": null }),
                json!({ "userId": 1, "agentAccount": "u1", "whatsAppList": [] }),
            ),
        ),
        ("queryAllOlWhatsAppInfo: null", reads_as::<QueryAllOlWhatsAppInfoResponse>(listed(json!(null)), empty())),
        ("queryUserStatusLog: null", reads_as::<QueryUserStatusLogResponse>(listed(json!(null)), empty())),
        (
            "getLatestOnlineWhatsAccount: null",
            reads_as::<GetLatestOnlineWhatsAccountResponse>(listed(json!(null)), empty()),
        ),
    ]);
}

#[test]
fn d8_create_times() {
    let reads = |time: Value| reads_as::<StatusRecord>(with(record(), "createTime", time), record());
    let at = |time: Value, text: &str| {
        reads_as::<StatusRecord>(with(record(), "createTime", time), with(record(), "createTime", json!(text)))
    };
    all_pass([
        ("text", reads(json!("2024-07-08 19:25:31"))),
        ("text with blanks", reads(json!(" 2024-07-08 19:25:31 "))),
        ("epoch seconds", reads(json!(1_720_437_931))),
        ("epoch seconds in digits", reads(json!("1720437931"))),
        ("epoch milliseconds", reads(json!(1_720_437_931_000_u64))),
        ("epoch milliseconds, cut", reads(json!(1_720_437_931_999_u64))),
        ("epoch milliseconds in digits", reads(json!("1720437931123"))),
        ("epoch seconds as a float", reads(json!(1_720_437_931.0))),
        ("epoch seconds as a float, cut", reads(json!(1_720_437_931.999))),
        ("epoch seconds with a fraction in text", reads(json!("1720437931.0"))),
        ("epoch milliseconds as a float", reads(json!(1_720_437_931_999.5))),
        ("text with a fraction", reads(json!("2024-07-08 19:25:31.0"))),
        ("RFC 3339 without an offset", reads(json!("2024-07-08T19:25:31.999"))),
        ("RFC 3339", reads(json!("2024-07-08T11:25:31Z"))),
        ("RFC 3339 with an offset", reads(json!("2024-07-08t07:55:31.5-03:30"))),
        ("the epoch", at(json!(0), "1970-01-01 08:00:00")),
        ("the last of the seconds", at(json!(99_999_999_999_u64), "5138-11-16 17:46:39")),
        ("the first of the milliseconds", at(json!(100_000_000_000_u64), "1973-03-03 17:46:40")),
        ("a leap day", at(json!("2024-02-29 00:00:00"), "2024-02-29 00:00:00")),
    ]);
}

#[test]
fn d9_countries() {
    let reads = |country: &str| {
        let record = with(record(), "countryCode", json!(country));
        reads_as::<StatusRecord>(record.clone(), record)
    };
    all_pass([
        ("a name in Chinese", reads("哥伦比亚")),
        ("a name in English", reads("Colombia")),
        ("a code", reads("CO")),
        ("a calling code", reads("57")),
        ("empty", reads("")),
    ]);
}

#[test]
fn d10_statuses() {
    let reads = |status: Value, detail: Value, contract: (i32, i32)| {
        reads_as::<StatusRecord>(
            with(with(record(), "status", status), "detailStatus", detail),
            with(with(record(), "status", json!(contract.0)), "detailStatus", json!(contract.1)),
        )
    };
    let recent = reads_as::<RecentAccount>;
    let account = |status: Value| json!({ "whatsApp": "234567892", "status": status });
    all_pass([
        ("20 with 42, as on the page", reads(json!(20), json!(42), (20, 42))),
        ("digits", reads(json!("30"), json!("37"), (30, 37))),
        ("an unknown status", reads(json!(50), json!(11), (50, 11))),
        ("an unknown detail", reads(json!(40), json!(44), (40, 44))),
        ("unknown in digits", reads(json!("-1"), json!("99"), (-1, 99))),
        ("a recent account: unknown", recent(account(json!("0")), account(json!(0)))),
        ("a recent account: an empty text", recent(account(json!("")), json!({ "whatsApp": "234567892" }))),
        ("a recent account: null", recent(account(json!(null)), json!({ "whatsApp": "234567892" }))),
    ]);
}

#[test]
fn d11_codes() {
    let reads = |code: Value, contract: i32| {
        let answer = |code: Value| json!({ "code": code, "message": "", "data": [] });
        reads_as::<QueryUserStatusResponse>(answer(code), answer(json!(contract)))
    };
    let error = |code: Value| json!({ "code": code, "message": "", "data": null });
    all_pass([
        ("an integer", reads(json!(200), 200)),
        ("digits", reads(json!("200"), 200)),
        ("zero", reads(json!(0), 0)),
        ("zero in digits", reads(json!("0"), 0)),
        ("an unknown code", reads(json!(60_001), 60_001)),
        ("an error's in digits", reads_as::<ErrorResponse>(error(json!("522")), error(json!(522)))),
        ("an error's, unknown", reads_as::<ErrorResponse>(error(json!(-3)), error(json!(-3)))),
    ]);
}

#[test]
fn d11_success_is_200_and_0() {
    let successful: Vec<i32> = (-1000..1000).filter(|code| BusinessCode::from(*code).is_success()).collect();
    assert_eq!(successful, [0, 200]);
}

#[test]
fn d12_messages_are_any_text() {
    all_pass(["success", "Success ", "Success", "", "成功"].map(|message| {
        let answer = with(listed(json!([])), "message", json!(message));
        (message, reads_as::<QueryUserStatusResponse>(answer.clone(), answer))
    }));
}

#[test]
fn d13_bodies_of_query_all_ol_whats_app_info() {
    let reads = |body: Value| reads_as::<NoParameters>(body, json!({}));
    all_pass([("an empty object", reads(json!({}))), ("any object", reads(json!({ "source": 1, "userId": "" })))]);
    for body in [json!(null), json!([]), json!([1]), json!(""), json!(1)] {
        assert!(serde_json::from_value::<NoParameters>(body.clone()).is_err(), "{body} is no object");
    }
}

#[test]
fn d20_members_that_may_be_absent() {
    let reads = |record: Value| reads_as::<StatusRecord>(record.clone(), record);
    all_pass([
        ("a name", reads(record())),
        ("no name", reads(with(record(), "name", None))),
        ("a name of null", reads_as::<StatusRecord>(with(record(), "name", json!(null)), with(record(), "name", None))),
        (
            "no status, in getLatestOnlineWhatsAccount",
            reads_as::<RecentAccount>(json!({ "whatsApp": "234567892" }), json!({ "whatsApp": "234567892" })),
        ),
    ]);
    for member in ["whatsApp", "status", "source", "countryCode", "detailStatus", "createTime"] {
        assert!(serde_json::from_value::<StatusRecord>(with(record(), member, None)).is_err(), "{member}");
    }
    for member in ["userId", "agentAccount", "whatsApp", "source"] {
        assert!(serde_json::from_value::<AccountLocation>(with(location(), member, None)).is_err(), "{member}");
    }
}

#[test]
fn d24_new_members() {
    let new = |value: Value| with(with(value, "zone", json!({ "a": [1] })), "Name", json!(7));
    all_pass([
        ("a request", reads_as::<QueryUserStatusRequest>(new(json!({ "source": 1 })), json!({ "source": 1 }))),
        ("an answer", reads_as::<QueryUserStatusResponse>(new(listed(json!([]))), listed(json!([])))),
        ("a record", reads_as::<StatusRecord>(new(record()), record())),
        ("an object in data", reads_as::<QueryWhatsAppInfoResponse>(located(new(location())), located(location()))),
        ("an error", reads_as::<ErrorResponse>(new(failed(json!(null))), failed(json!(null)))),
    ]);
}

#[test]
fn d25_another_account_than_the_one_asked_for() -> Result<(), serde_json::Error> {
    let asked: QueryWhatsAppInfoRequest =
        serde_json::from_value(json!({ "source": 3, "whatsapp": 8618217331412_u64 }))?;
    let answer: QueryWhatsAppInfoResponse = serde_json::from_value(located(location()))?;
    let found = answer.data.map(|found| (found.whats_app, found.source));
    assert!(found.is_some_and(|(account, source)| account != asked.whatsapp.into() && Some(source) != asked.source));
    Ok(())
}

#[test]
fn d28_filters_and_nicknames_of_nothing() {
    let asks = reads_as::<QueryUserStatusRequest>;
    let logs = reads_as::<QueryUserStatusLogRequest>;
    let account = reads_as::<OnlineAccount>;
    let (empty_name, no_name) = (json!({ "userName": "", "source": 2 }), json!({ "source": 2 }));
    let (empty_account, no_account) = (json!({ "agentAccount": "", "source": 2 }), json!({ "source": 2 }));
    let nickname = |name: Option<Value>| with(json!({ "whatsApp": "8618217331412" }), "name", name);
    all_pass([
        ("userName: empty", asks(empty_name.clone(), empty_name)),
        ("userName: null", asks(json!({ "userName": null, "source": 2 }), no_name.clone())),
        ("userName: absent", asks(no_name.clone(), no_name)),
        ("agentAccount: empty", logs(empty_account.clone(), empty_account)),
        ("agentAccount: null", logs(json!({ "agentAccount": null, "source": 2 }), no_account.clone())),
        ("agentAccount: absent", logs(no_account.clone(), no_account)),
        ("name: empty", account(nickname(Some(json!(""))), nickname(Some(json!(""))))),
        ("name: null", account(nickname(Some(json!(null))), nickname(None))),
        ("name: absent", account(nickname(None), nickname(None))),
    ]);
}

#[test]
fn d31_order_of_members() -> Result<(), serde_json::Error> {
    let first: ErrorResponse = serde_json::from_str(r#"{"code": 522, "message": "no", "data": null}"#)?;
    let last: ErrorResponse = serde_json::from_str(r#"{"data": null, "message": "no", "code": 522}"#)?;
    assert_eq!(first, last);
    let object = |text: &str| serde_json::from_str::<QueryWhatsAppInfoResponse>(text);
    assert_eq!(
        object(
            r#"{"code": 200, "data": {"userId": 1, "source": 1, "whatsApp": "1", "agentAccount": "u1"}, "message": ""}"#
        )?,
        object(
            r#"{"message": "", "data": {"agentAccount": "u1", "whatsApp": "1", "source": 1, "userId": 1}, "code": 200}"#
        )?,
    );
    Ok(())
}

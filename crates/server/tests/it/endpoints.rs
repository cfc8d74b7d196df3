//! The five answers, asked for over real HTTP through the generated client.
#![allow(clippy::panic, clippy::unwrap_used, missing_docs)]

use crate::common::{TestServer, start};
use group_dispatch_client::types::*;
use serde_json::json;

/// One event line; `at` is the last part of a time on 2024-07-08.
fn line(agent: u32, account: u64, source: i32, detail: i32, at: &str) -> String {
    json!({
        "userId": agent, "agentAccount": format!("agent{agent}"), "userName": format!("Agent {agent}"),
        "whatsApp": account.to_string(), "name": format!("n{account}"), "source": source,
        "countryCode": "Nowhere", "detailStatus": detail, "createTime": format!("2024-07-08 {at}"),
    })
    .to_string()
}

async fn feed(server: &TestServer, tenant: u64, lines: &[String]) {
    server.feed(tenant, &lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

fn status(source: Source) -> QueryUserStatusRequest {
    QueryUserStatusRequest { source, user_id: None, user_name: None }
}

fn log(source: Source) -> QueryUserStatusLogRequest {
    QueryUserStatusLogRequest { source, agent_account: None, whats_app: None }
}

fn recent(source: Source) -> GetLatestOnlineWhatsAccountRequest {
    GetLatestOnlineWhatsAccountRequest { source, user_id: None }
}

fn place(account: u64, source: Option<Source>) -> QueryWhatsAppInfoRequest {
    QueryWhatsAppInfoRequest { whatsapp: WhatsAppNumber::new(account).unwrap().into(), source }
}

/// `agent: accounts` of an answer, for short comparisons.
fn online(agents: &[OnlineAgent]) -> Vec<(u64, Vec<u64>)> {
    agents
        .iter()
        .map(|agent| (agent.user_id.get(), agent.whats_app_list.iter().map(|a| a.whats_app.get()).collect()))
        .collect()
}

#[tokio::test]
async fn an_empty_store_gives_empty_answers() {
    let server = start().await;
    let client = server.client(1);
    assert_eq!(client.query(status(Source::Pc)).await.unwrap(), []);
    let groups = client.all_online().await.unwrap();
    assert_eq!(
        groups,
        [Source::Pc, Source::Mobile].map(|source| SourceGroup { source, list: vec![] }),
        "always two groups, PC and then mobile"
    );
    assert_eq!(client.query(place(8_618_217_331_411, None)).await.unwrap(), None);
    assert_eq!(client.query(log(Source::Mobile)).await.unwrap(), []);
    assert_eq!(client.query(recent(Source::Pc)).await.unwrap(), []);
    // The client would read other forms of nothing as well.
    for (operation, body, data) in [
        ("queryUserStatus", r#"{"source": 1}"#, json!([])),
        ("queryAllOlWhatsAppInfo", "{}", json!([{ "source": 1, "list": [] }, { "source": 2, "list": [] }])),
        ("queryWhatsAppInfo", r#"{"whatsapp": 1}"#, json!(null)),
        ("queryUserStatusLog", r#"{"source": 1}"#, json!([])),
        ("getLatestOnlineWhatsAccount", r#"{"source": 1}"#, json!([])),
    ] {
        assert_eq!(server.ask(operation, body).await.1["data"], data, "{operation}");
    }
}

#[tokio::test]
async fn online_agents_by_source_and_filter() {
    let server = start().await;
    feed(
        &server,
        1,
        &[
            line(30, 103, 1, 12, "10:00:00"),
            line(20, 102, 1, 12, "10:00:00"),
            line(20, 101, 1, 11, "10:00:00"),
            line(20, 104, 2, 13, "10:00:00"),
            line(40, 105, 1, 12, "10:00:00"),
            line(40, 105, 1, 32, "10:00:01"),
            line(50, 106, 3, 12, "10:00:00"),
        ],
    )
    .await;
    let client = server.client(1);
    let ask = async |question: QueryUserStatusRequest| online(&client.query(question).await.unwrap());
    let pc = status(Source::Pc);
    assert_eq!(ask(pc.clone()).await, [(20, vec![101, 102]), (30, vec![103])]);
    assert_eq!(ask(status(Source::Mobile)).await, [(20, vec![104])]);

    let by_id = |id: u32| QueryUserStatusRequest { user_id: Some(id.into()), ..pc.clone() };
    assert_eq!(ask(by_id(30)).await, [(30, vec![103])]);
    assert_eq!(ask(by_id(40)).await, [], "agent 40 has gone offline");
    assert_eq!(ask(by_id(99)).await, [], "there is no agent 99");

    let by_name = |name: &str| QueryUserStatusRequest { user_name: Some(name.to_owned()), ..pc.clone() };
    assert_eq!(ask(by_name("agent20")).await, [(20, vec![101, 102])], "userName is the login account");
    assert_eq!(ask(by_name("Agent 20")).await, [], "and not the agent's name");
    assert_eq!(ask(by_name("")).await.len(), 2, "an empty filter is no filter");
    let both = QueryUserStatusRequest { user_name: Some("agent20".to_owned()), ..by_id(30) };
    assert_eq!(ask(both).await, [], "both filters have to fit");
}

/// D22: the vendor's table has a code 530 for an unknown userName; an empty list says as much.
#[tokio::test]
async fn a_filter_that_matches_nobody_gives_an_empty_list() {
    let server = start().await;
    feed(&server, 1, &[line(20, 102, 1, 12, "10:00:00")]).await;
    for (operation, body) in [
        ("queryUserStatus", r#"{"source": 1, "userName": "nobody"}"#),
        ("queryUserStatus", r#"{"source": 1, "userName": "AGENT20"}"#),
        ("queryUserStatus", r#"{"source": 1, "userName": "agent2"}"#),
        ("queryUserStatus", r#"{"source": 1, "userId": 21}"#),
        ("queryUserStatusLog", r#"{"source": 1, "agentAccount": "nobody"}"#),
        ("queryUserStatusLog", r#"{"source": 1, "agentAccount": "AGENT20"}"#),
        ("queryUserStatusLog", r#"{"source": 1, "whatsApp": 103}"#),
        ("getLatestOnlineWhatsAccount", r#"{"source": 1, "userId": 21}"#),
    ] {
        let (status, body) = server.ask(operation, body).await;
        assert_eq!((status.as_u16(), &body["code"], &body["data"]), (200, &json!(200), &json!([])), "{operation}");
    }
}

/// D28: callers send empty texts for what they don't ask for.
#[tokio::test]
async fn an_empty_filter_gives_the_same_answer_as_none() {
    let server = start().await;
    feed(&server, 1, &[line(20, 102, 1, 12, "10:00:00"), line(30, 103, 1, 12, "10:00:00")]).await;
    for (operation, filters) in [
        ("queryUserStatus", ["userId", "userName"].as_slice()),
        ("queryUserStatusLog", &["agentAccount", "whatsApp", "whatsapp"]),
        ("getLatestOnlineWhatsAccount", &["userId"]),
    ] {
        let (status, none) = server.ask(operation, r#"{"source": 1}"#).await;
        assert_eq!((status.as_u16(), none["data"].as_array().unwrap().len()), (200, 2), "{operation}");
        for filter in filters {
            for empty in [json!(""), json!("  "), json!(null)] {
                let body = json!({ "source": 1, *filter: empty }).to_string();
                assert_eq!(server.ask(operation, &body).await, (status, none.clone()), "{operation} {body}");
            }
        }
    }
}

#[tokio::test]
async fn all_online_agents_come_in_two_groups_with_their_names() {
    let server = start().await;
    feed(
        &server,
        1,
        &[line(20, 102, 1, 12, "10:00:00"), line(30, 103, 2, 13, "10:00:00"), line(40, 104, 3, 12, "10:00:00")],
    )
    .await;
    let groups = server.client(1).all_online().await.unwrap();
    let [pc, mobile] = groups.as_slice() else { panic!("{} groups", groups.len()) };
    assert_eq!((pc.source, mobile.source), (Source::Pc, Source::Mobile));
    let [agent] = pc.list.as_slice() else { panic!("{} agents on PC", pc.list.len()) };
    assert_eq!(
        (agent.user_id.get(), agent.agent_account.as_str(), agent.user_name.as_str()),
        (20, "agent20", "Agent 20")
    );
    assert_eq!(mobile.list.len(), 1, "cloud computers are not in it");
}

/// D13: the page gives no parameters.
#[tokio::test]
async fn the_body_of_query_all_may_be_left_out() {
    let server = start().await;
    feed(&server, 1, &[line(20, 102, 1, 12, "10:00:00"), line(30, 103, 2, 13, "10:00:00")]).await;
    let (_, expected) = server.ask("queryAllOlWhatsAppInfo", "{}").await;
    assert_eq!(expected["data"][1]["list"][0]["userId"], 30);
    for body in
        ["", "  ", "null", " null\n", "\u{feff}", "\u{feff}{}", r#"{"source": 1}"#, r#"{"userId": 20, "page": {}}"#]
    {
        let (status, answer) = server.ask("queryAllOlWhatsAppInfo", body).await;
        assert_eq!((status.as_u16(), &answer), (200, &expected), "{body:?}");
    }
    let without_type = server.request("queryAllOlWhatsAppInfo", "").header("content-type", "text/plain");
    let mut without_type = without_type.build().unwrap();
    without_type.headers_mut().remove("content-type");
    let answer = crate::common::http().execute(without_type).await.unwrap();
    assert_eq!(answer.status(), 200, "without a body there is no content type either");
}

/// D16: without a source PC and mobile are looked at, the latest first; 3 only when it is asked for.
#[tokio::test]
async fn where_an_account_is_online() {
    let server = start().await;
    feed(
        &server,
        1,
        &[
            line(20, 500, 1, 12, "10:00:00"),
            line(30, 500, 2, 13, "11:00:00"),
            line(40, 500, 3, 12, "12:00:00"),
            line(40, 600, 3, 12, "12:00:00"),
            line(50, 700, 1, 12, "10:00:00"),
            line(50, 700, 2, 13, "11:00:00"),
            line(50, 700, 2, 35, "11:30:00"),
        ],
    )
    .await;
    let client = server.client(1);
    let at = async |account, source| {
        let location = client.query(place(account, source)).await.unwrap();
        location.map(|location| {
            assert_eq!(location.whats_app.get(), account, "the account that was asked for");
            (location.user_id.0.get(), location.source)
        })
    };
    assert_eq!(at(500, None).await, Some((30, Source::Mobile)), "mobile came last");
    assert_eq!(at(500, Some(Source::Pc)).await, Some((20, Source::Pc)));
    assert_eq!(at(500, Some(Source::Cloud)).await, Some((40, Source::Cloud)));
    assert_eq!(at(600, None).await, None, "cloud computers only when asked for");
    assert_eq!(at(700, None).await, Some((50, Source::Pc)), "mobile was last but is offline");
    assert_eq!(at(700, Some(Source::Mobile)).await, None);
    assert_eq!(at(800, None).await, None);
    // Online at two sources at once, with an agent at each.
    assert_eq!(online(&client.query(status(Source::Pc)).await.unwrap())[0], (20, vec![500]));
    assert_eq!(online(&client.query(status(Source::Mobile)).await.unwrap()), [(30, vec![500])]);
}

/// D5, D33: cloud computers have a source of their own, which each query but queryAllOlWhatsAppInfo can be asked for.
#[tokio::test]
async fn cloud_computers_are_asked_for_with_source_3() {
    let server = start().await;
    for (n, detail) in [11, 13, 22, 37, 42, 12].into_iter().enumerate() {
        feed(&server, 1, &[line(20, 500, 3, detail, &format!("10:00:0{n}"))]).await;
    }
    let client = server.client(1);
    for source in [Source::Pc, Source::Mobile] {
        assert_eq!(client.query(status(source)).await.unwrap(), []);
        assert_eq!(client.query(log(source)).await.unwrap(), []);
        assert_eq!(client.query(recent(source)).await.unwrap(), []);
        assert_eq!(client.query(place(500, Some(source))).await.unwrap(), None);
    }
    assert!(client.all_online().await.unwrap().iter().all(|group| group.list.is_empty()));
    assert_eq!(client.query(place(500, None)).await.unwrap(), None);
    let found = client.query(place(500, Some(Source::Cloud))).await.unwrap().unwrap();
    assert_eq!((found.source, found.user_id.0.get()), (Source::Cloud, 20));
    assert_eq!(online(&client.query(status(Source::Cloud)).await.unwrap()), [(20, vec![500])]);
    assert_eq!(client.query(log(Source::Cloud)).await.unwrap()[0].whats_app_list.len(), 6);
    let recent = client.query(recent(Source::Cloud)).await.unwrap();
    assert_eq!(recent[0].whats_app_list[0].status, Some(AccountStatus::Online));
}

/// D16: the latest event at a source decides, whoever the agent.
#[tokio::test]
async fn an_account_that_moved_is_the_new_agents() {
    let server = start().await;
    feed(&server, 1, &[line(20, 500, 1, 12, "10:00:00"), line(30, 500, 1, 12, "11:00:00")]).await;
    let client = server.client(1);
    assert_eq!(online(&client.query(status(Source::Pc)).await.unwrap()), [(30, vec![500])]);
    // An older event that comes late changes nothing.
    feed(&server, 1, &[line(20, 500, 1, 32, "10:30:00")]).await;
    assert_eq!(online(&client.query(status(Source::Pc)).await.unwrap()), [(30, vec![500])]);
    // Nor does the end of the former agent's session, though it is newer.
    feed(&server, 1, &[line(20, 500, 1, 32, "11:30:00")]).await;
    assert_eq!(online(&client.query(status(Source::Pc)).await.unwrap()), [(30, vec![500])]);
    feed(&server, 1, &[line(20, 500, 1, 43, "11:40:00")]).await;
    assert_eq!(online(&client.query(status(Source::Pc)).await.unwrap()), [], "a ban is of the account");
}

/// D16: an event's id alone decides whether it was fed before; without one, all members do.
#[tokio::test]
async fn of_events_with_one_id_the_first_stays() {
    let server = start().await;
    let with_id = |id: &str, line: String| line.replacen('{', &format!(r#"{{"eventId": "{id}","#), 1);
    feed(
        &server,
        1,
        &[
            with_id("a", line(20, 500, 1, 12, "10:00:00")),
            with_id("a", line(30, 500, 1, 32, "11:00:00")),
            line(20, 600, 1, 12, "10:00:00"),
            line(20, 600, 1, 12, "10:00:00"),
            with_id("", line(20, 600, 1, 12, "10:00:00")),
        ],
    )
    .await;
    let logs = server.client(1).query(log(Source::Pc)).await.unwrap();
    let [agent] = logs.as_slice() else { panic!("{} agents", logs.len()) };
    let accounts: Vec<_> = agent.whats_app_list.iter().map(|record| record.whats_app.get()).collect();
    assert_eq!((agent.user_id.get(), accounts), (20, vec![600, 500]));
    assert_eq!(online(&server.client(1).query(status(Source::Pc)).await.unwrap()), [(20, vec![500, 600])]);
}

/// D23: feeders write an empty text for a name that they don't know.
#[tokio::test]
async fn an_empty_name_of_an_agent_is_no_news() {
    let server = start().await;
    let client = server.client(1);
    let event = |time: &str| line(20, 500, 1, 12, time);
    for (time, name, expected) in [("10:00:00", "", "agent20"), ("10:00:01", "Li", "Li"), ("10:00:02", "", "Li")] {
        feed(&server, 1, &[event(time).replace("Agent 20", name)]).await;
        let groups = client.all_online().await.unwrap();
        assert_eq!(groups[0].list[0].user_name, expected, "{time}");
    }
    let without = event("10:00:02").replace(r#""userName":"Agent 20","#, "");
    assert!(!without.contains("userName"), "{without}");
    feed(&server, 1, &[without]).await;
    let logs = client.query(log(Source::Pc)).await.unwrap();
    assert_eq!(logs[0].whats_app_list.len(), 3, "without the name it is the same event");
}

/// D15: 50 records an agent, newest first, agents by id.
#[tokio::test]
async fn the_log_holds_each_agents_latest_fifty() {
    let server = start().await;
    let mut lines: Vec<_> = (0..60).map(|n| line(30, 500 + n % 3, 2, 13, &format!("10:00:{n:02}"))).collect();
    lines.push(line(20, 700, 2, 22, "09:00:00"));
    lines.push(line(20, 700, 1, 21, "09:00:01"));
    feed(&server, 1, &lines).await;
    let client = server.client(1);
    let logs = client.query(log(Source::Mobile)).await.unwrap();
    assert_eq!(
        logs.iter().map(|log| (log.user_id.get(), log.whats_app_list.len())).collect::<Vec<_>>(),
        [(20, 1), (30, 50)]
    );
    let times: Vec<_> = logs[1].whats_app_list.iter().map(|record| record.create_time.to_string()).collect();
    assert_eq!((times[0].as_str(), times[49].as_str()), ("2024-07-08 10:00:59", "2024-07-08 10:00:10"));
    assert!(times.is_sorted_by(|a, b| a >= b), "newest first");
    let records = || logs.iter().flat_map(|log| &log.whats_app_list);
    assert!(records().all(|record| record.source == Source::Mobile), "events of the source that was asked for");

    let filtered = |agent: &str, account: Option<u64>| QueryUserStatusLogRequest {
        agent_account: Some(agent.to_owned()),
        whats_app: account.map(|account| WhatsAppNumber::new(account).unwrap()),
        ..log(Source::Mobile)
    };
    let lengths = async |question: QueryUserStatusLogRequest| {
        let logs = client.query(question).await.unwrap();
        logs.iter().map(|log| (log.user_id.get(), log.whats_app_list.len())).collect::<Vec<_>>()
    };
    assert_eq!(lengths(filtered("agent20", None)).await, [(20, 1)]);
    assert_eq!(lengths(filtered("", Some(501))).await, [(30, 20)], "only that account's events");
    assert_eq!(lengths(filtered("agent20", Some(501))).await, [], "both filters have to fit");
}

/// D15 and D21: ten accounts an agent by their latest online event, with the status they have now.
#[tokio::test]
async fn recent_accounts_are_the_ten_that_came_online_last() {
    let server = start().await;
    let mut lines: Vec<_> = (0..12).map(|n| line(30, 500 + n, 1, 12, &format!("10:00:{n:02}"))).collect();
    lines.push(line(30, 511, 1, 41, "11:00:00"));
    lines.push(line(30, 500, 1, 32, "12:00:00"));
    lines.push(line(20, 700, 1, 32, "09:00:00"));
    lines.push(line(10, 701, 1, 12, "09:00:00"));
    feed(&server, 1, &lines).await;
    let client = server.client(1);
    let agents = client.query(recent(Source::Pc)).await.unwrap();
    let ids: Vec<_> = agents.iter().map(|agent| agent.user_id.get()).collect();
    assert_eq!(ids, [10, 30], "agent 20 never had an account online");
    let accounts: Vec<_> = agents[1].whats_app_list.iter().map(|account| account.whats_app.get()).collect();
    assert_eq!(accounts, (502..=511).rev().collect::<Vec<_>>(), "going offline is not coming online");
    assert_eq!(agents[1].whats_app_list[0].status, Some(AccountStatus::Banned));
    assert_eq!(agents[1].whats_app_list[1].status, Some(AccountStatus::Online));
    let only = GetLatestOnlineWhatsAccountRequest { user_id: Some(10.into()), ..recent(Source::Pc) };
    assert_eq!(client.query(only).await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_tenant_never_sees_the_data_of_another() {
    let server = start().await;
    feed(&server, 1, &[line(20, 500, 1, 12, "10:00:00"), line(20, 501, 2, 13, "10:00:00")]).await;
    feed(&server, 2, &[line(20, 900, 1, 12, "10:00:00")]).await;
    let (first, second) = (server.client(1), server.client(2));
    assert_eq!(online(&first.query(status(Source::Pc)).await.unwrap()), [(20, vec![500])]);
    assert_eq!(online(&second.query(status(Source::Pc)).await.unwrap()), [(20, vec![900])]);
    assert_eq!(second.query(status(Source::Mobile)).await.unwrap(), []);
    assert_eq!(second.query(place(500, None)).await.unwrap(), None);
    assert_eq!(second.query(log(Source::Mobile)).await.unwrap(), []);
    assert_eq!(second.query(recent(Source::Mobile)).await.unwrap(), []);
    let groups = second.all_online().await.unwrap();
    assert!(groups[1].list.is_empty());
}

/// D10: an event keeps the status and the detail that it came with, whether they go together or not.
#[tokio::test]
async fn status_and_detail_stay_as_recorded() {
    let server = start().await;
    let record = r#"{"userId": 621443, "agentAccount": "lsl001", "whatsApp": "573125704139", "name": "", "status": 20,
        "source": 2, "countryCode": "哥伦比亚", "detailStatus": 42, "createTime": "2024-07-08 19:25:31"}"#;
    let odd = r#"{"userId": 621443, "agentAccount": "lsl001", "whatsApp": "573125704139", "status": 77,
        "source": 2, "countryCode": "", "detailStatus": 99, "createTime": "2024-07-08 19:25:30"}"#;
    server.feed(1, &[record, odd]).await;
    let (_, body) =
        server.ask("queryUserStatusLog", r#"{"agentAccount": "", "whatsApp": "573125704139", "source": 2}"#).await;
    let page = json!([{ "userId": 621443, "agentAccount": "lsl001", "whatsAppList": [
        { "whatsApp": "573125704139", "name": "", "status": 20, "source": 2, "countryCode": "哥伦比亚",
          "detailStatus": 42, "createTime": "2024-07-08 19:25:31" },
        { "whatsApp": "573125704139", "status": 77, "source": 2, "countryCode": "",
          "detailStatus": 99, "createTime": "2024-07-08 19:25:30" },
    ] }]);
    assert_eq!(body["data"], page, "the page's example, and an event of unknown codes");
    assert_eq!(body["message"], "Success");
}

/// D8: what is fed as an instant is shown as clock time in the service's zone.
#[tokio::test]
async fn times_are_shown_in_the_services_zone() {
    let server = start().await;
    let line = |time: &str| {
        format!(
            r#"{{"userId": 1, "agentAccount": "a", "whatsApp": "500", "source": 1, "detailStatus": 12, "createTime": {time}}}"#
        )
    };
    for time in ["1720437931", "1720437931000", "\"1720437931\"", "\"2024-07-08 19:25:31\""] {
        server.feed(1, &[&line(time)]).await;
    }
    let logs = server.client(1).query(log(Source::Pc)).await.unwrap();
    assert_eq!(logs[0].whats_app_list.len(), 1, "four spellings of one event");
    assert_eq!(logs[0].whats_app_list[0].create_time.to_string(), "2024-07-08 19:25:31");
}

/// D12: each endpoint's own text, as its example has it.
#[tokio::test]
async fn messages_are_those_of_the_examples() {
    let server = start().await;
    for (operation, body, message) in [
        ("queryUserStatus", r#"{"source": 1}"#, "success"),
        ("queryAllOlWhatsAppInfo", "{}", "Success "),
        ("queryWhatsAppInfo", r#"{"whatsapp": 1}"#, "Success "),
        ("queryUserStatusLog", r#"{"source": 1}"#, "Success"),
        ("getLatestOnlineWhatsAccount", r#"{"source": 1}"#, "Success "),
    ] {
        assert_eq!(server.ask(operation, body).await.1["message"], message, "{operation}");
    }
}

/// D3, D4, D5, D24: what real callers send.
#[tokio::test]
async fn odd_forms_of_requests_are_understood() {
    let server = start().await;
    feed(&server, 1, &[line(20, 500, 1, 12, "10:00:00")]).await;
    for (operation, body) in [
        ("queryUserStatus", r#"{"userId": "", "source": "1", "userName": ""}"#),
        ("queryUserStatus", r#"{"userId": "20", "source": 1, "userName": null, "page": 1}"#),
        ("queryWhatsAppInfo", r#"{"whatsapp": 500}"#),
        ("queryWhatsAppInfo", r#"{"whatsApp": "500", "source": ""}"#),
        ("queryWhatsAppInfo", r#"{"whatsapp": "+500", "source": "1"}"#),
        ("queryUserStatusLog", r#"{"agentAccount": null, "whatsapp": 500, "source": "1"}"#),
        ("queryUserStatusLog", r#"{"whatsApp": "", "source": 1}"#),
        ("getLatestOnlineWhatsAccount", r#"{"userId": "20", "source": "1"}"#),
    ] {
        let (status, answer) = server.ask(operation, body).await;
        assert_eq!(status, 200, "{operation} {body}: {answer}");
        assert!(answer["data"].to_string().contains("\"500\""), "{operation} {body}: {answer}");
    }
}

//! Over events like those behind the vendor's examples, the page's questions get the page's answers, member for member.
#![allow(clippy::unwrap_used, missing_docs)]

use crate::common::{BASE, start};
use group_dispatch_docs::contract;
use serde_json::{Value, json};

/// What the contract shows as the page's example at this place of an operation.
fn example(operation: &str, place: &str) -> Value {
    let path = format!("{BASE}{operation}").replace('/', "~1");
    contract::QUERIES.part(&format!("/paths/{path}/post/{place}/content/application~1json/examples/page/value"))
}

fn event(user: u32, agent_account: &str, account: &str, name: &str, source: i32, detail: i32) -> Value {
    json!({
        "userId": user, "agentAccount": agent_account, "whatsApp": account, "name": name, "source": source,
        "countryCode": "哥伦比亚", "detailStatus": detail, "createTime": "2024-07-08 19:25:31",
    })
}

/// Feeds one event, and asks one question.
async fn answer(event: Value, operation: &str, question: Value) -> Value {
    let server = start().await;
    server.feed(1, &[&event.to_string()]).await;
    server.ask(operation, &question.to_string()).await.1
}

#[tokio::test]
async fn the_pages_questions_get_the_pages_answers() {
    let mut disconnected = event(621_443, "lsl001", "573125704139", "", 2, 42);
    disconnected["status"] = json!(20);
    for (operation, event) in [
        ("queryUserStatus", event(12, "u1", "861821371272", "jack", 2, 13)),
        ("queryAllOlWhatsAppInfo", event(868_024, "202503101", "8618217331413", "chen", 1, 12)),
        ("queryUserStatusLog", disconnected),
        ("getLatestOnlineWhatsAccount", event(621_443, "lsl001", "234567892", "zhang", 1, 12)),
    ] {
        // The page has no example of queryAllOlWhatsAppInfo's request.
        let question =
            if operation == "queryAllOlWhatsAppInfo" { json!({}) } else { example(operation, "requestBody") };
        assert_eq!(answer(event, operation, question).await, example(operation, "responses/200"), "{operation}");
    }
}

/// D25: the page asks for one account at source 3, and answers with another one at source 1.
#[tokio::test]
async fn the_account_that_was_asked_for_is_the_one_in_the_answer() {
    let operation = "queryWhatsAppInfo";
    let event = || event(868_024, "202503101", "8618217331411", "chen", 1, 12);
    let (question, page) = (example(operation, "requestBody"), example(operation, "responses/200"));
    assert_eq!(answer(event(), operation, question).await["data"], json!(null));
    let question = json!({ "source": 1, "whatsapp": 8_618_217_331_411_u64 });
    assert_eq!(answer(event(), operation, question).await, page);
}

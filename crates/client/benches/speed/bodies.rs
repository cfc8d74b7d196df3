//! Response bodies as the service sends them, with invented people.

use serde_json::{Value, json};

/// Returns a response of queryUserStatus.
pub fn online_agents(agents: u64, accounts_each: u64) -> String {
    let data: Vec<Value> = (0..agents)
        .map(|agent| {
            json!({
                "userId": 868_024 + agent,
                "agentAccount": format!("u{agent}"),
                "whatsAppList": accounts(agent * accounts_each, accounts_each),
            })
        })
        .collect();
    json!({ "code": 200, "message": "success", "data": data }).to_string()
}

/// Returns a response of queryAllOlWhatsAppInfo, with half of the agents at PC and half at mobile.
pub fn all_online(agents: u64, accounts_each: u64) -> String {
    let group = |source: u64| {
        let list: Vec<Value> = (0..agents / 2)
            .map(|agent| {
                json!({
                    "userId": 868_024 + agent,
                    "agentAccount": format!("u{agent}"),
                    "userName": format!("agent {agent}"),
                    "whatsAppList": accounts(agent * accounts_each, accounts_each),
                })
            })
            .collect();
        json!({ "source": source, "list": list })
    };
    json!({ "code": 200, "message": "Success ", "data": [group(1), group(2)] }).to_string()
}

fn accounts(first: u64, count: u64) -> Vec<Value> {
    (first..first + count)
        .map(|account| {
            let number = (8_618_217_331_411 + account).to_string();
            match account % 4 {
                0 => json!({ "whatsApp": number, "name": "jack" }),
                1 => json!({ "whatsApp": number, "name": "陈晓" }),
                2 => json!({ "whatsApp": number, "name": "Maria Fernanda" }),
                _ => json!({ "whatsApp": number }),
            }
        })
        .collect()
}

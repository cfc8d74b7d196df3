//! The edition for readers of the vendor takes what the vendor sends, where the contract itself does not.

use jsonschema::Validator;
use serde_json::{Value, json};
use test_support::schema_dialect::json_schema;
use xtask::{contract::Contract, reader_edition::reader_edition};

/// A validator of one component of a document.
fn validator(document: &Value, component: &str) -> Validator {
    let mut root = json_schema(document);
    root["$ref"] = json!(format!("#/components/schemas/{component}"));
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .build(&root)
        .unwrap_or_else(|error| panic!("{error}"))
}

struct Both {
    strict: Value,
    reader: Value,
}

impl Both {
    fn load() -> Self {
        let contract = Contract::load().unwrap();
        Self { reader: reader_edition(&contract).unwrap(), strict: contract.json }
    }

    /// Whether the contract and the edition take a value.
    fn take(&self, component: &str, value: &Value) -> (bool, bool) {
        let takes = |document| validator(document, component).is_valid(value);
        (takes(&self.strict), takes(&self.reader))
    }
}

impl Both {
    /// The successful response of each operation: its component and its examples.
    fn answers(&self) -> Vec<(&str, Vec<&Value>)> {
        let operations = self.strict["paths"].as_object().unwrap().values().map(|path| &path["post"]);
        let answers = operations.map(|operation| {
            let answer = &operation["responses"]["200"]["content"]["application/json"];
            let component = answer["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            (component, answer["examples"].as_object().unwrap().values().map(|example| &example["value"]).collect())
        });
        answers.collect()
    }
}

#[test]
fn both_take_the_examples_of_the_contract() {
    let both = Both::load();
    for (component, examples) in both.answers() {
        assert!(!examples.is_empty(), "{component}");
        for example in examples {
            assert_eq!(both.take(component, example), (true, true), "{component}");
        }
    }
}

#[test]
fn business_errors_under_http_200_are_taken() {
    let both = Both::load();
    for (component, _) in both.answers() {
        let absent = json!({ "code": 517, "message": "database error" });
        assert_eq!(both.take(component, &absent), (false, true), "{component} without data");
        let null = json!({ "code": 502, "message": "timestamp timeout", "data": null });
        assert!(both.take(component, &null).1, "{component} with null");
        let unlisted = json!({ "code": 60_001, "message": "new", "data": null });
        assert_eq!(both.take(component, &unlisted), (false, true), "{component} with a code that is not listed");
    }
}

#[test]
fn codes_ids_and_times_have_the_forms_that_the_page_leaves_open() {
    let both = Both::load();
    for (component, value) in [
        ("Source", json!(7)),
        ("AccountStatus", json!(50)),
        ("StatusDetail", json!(14)),
        ("UserId", json!("868024")),
        ("UserId", json!(9_007_199_254_740_993_u64)),
        ("UserIdText", json!(868_024)),
        ("StatusTime", json!(1_720_437_931)),
        ("WhatsAppNumber", json!("08618217331411")),
    ] {
        assert_eq!(both.take(component, &value), (false, true), "{component} {value}");
    }
    for (component, value) in [("Source", json!("pc")), ("UserId", json!(null)), ("StatusTime", json!({}))] {
        assert_eq!(both.take(component, &value), (false, false), "{component} {value}");
    }
}

#[test]
fn of_lengths_only_the_promised_one_is_kept() {
    let both = Both::load();
    let of_length =
        |account: Value, length| json!({ "userId": 1, "agentAccount": "a", "whatsAppList": vec![account; length] });
    let recent = of_length(json!({ "whatsApp": "1", "status": 10 }), 11);
    assert_eq!(both.take("AgentRecentAccounts", &recent), (false, true));
    let record = json!({
        "whatsApp": "1", "status": 10, "source": 1, "countryCode": "", "detailStatus": 12, "createTime": "2024-07-08 19:25:31",
    });
    assert_eq!(both.take("AgentStatusLog", &of_length(record.clone(), 50)), (true, true));
    assert_eq!(both.take("AgentStatusLog", &of_length(record, 51)), (false, false));
}

#[test]
fn an_agent_without_an_id_is_taken_where_the_page_lists_none() {
    let both = Both::load();
    let agent = json!({ "agentAccount": "a", "userName": "a", "whatsAppList": [{ "whatsApp": "8618217331411" }] });
    assert_eq!(both.take("NamedOnlineAgent", &agent), (false, true));
    // The page's tables of the other answers have one.
    assert_eq!(both.take("OnlineAgent", &agent), (false, false));
}

#[test]
fn data_of_an_error_with_a_status_of_its_own_may_be_anything() {
    let both = Both::load();
    for (data, is_strict) in [
        (json!(null), true),
        (json!({}), true),
        (json!({ "trace": [1] }), true),
        (json!(""), false),
        (json!([]), false),
        (json!("text"), false),
        (json!(1), false),
    ] {
        let answer = json!({ "code": 517, "message": "database error", "data": data });
        assert_eq!(both.take("ErrorResponse", &answer), (is_strict, true), "{answer}");
    }
    assert_eq!(both.take("ErrorResponse", &json!({ "code": 517, "message": "" })), (false, true));
}

/// What makes every client worse stays out; the introduction and D45 say so.
#[test]
fn what_the_introduction_leaves_out_is_refused() {
    let both = Both::load();
    let success = |code: Value, data: Value| json!({ "code": code, "message": "success", "data": data });
    let place = json!({ "userId": "12", "agentAccount": "a", "whatsApp": "8618217331411", "source": 1 });
    for (component, answer) in [
        ("QueryUserStatusResponse", success(json!("200"), json!([]))),
        ("QueryWhatsAppInfoResponse", success(json!(200), json!([place]))),
        ("QueryWhatsAppInfoResponse", success(json!(200), json!([]))),
        ("QueryWhatsAppInfoResponse", success(json!(200), json!({}))),
        ("QueryWhatsAppInfoResponse", success(json!(200), json!(""))),
        ("QueryUserStatusResponse", success(json!(530), json!(""))),
        ("QueryUserStatusResponse", success(json!(530), json!({}))),
    ] {
        assert_eq!(both.take(component, &answer), (false, false), "{component} {answer}");
    }
    let introduction = both.reader["info"]["description"].as_str().unwrap();
    for left_out in ["`code` as text", "a list or an empty object in queryWhatsAppInfo", "empty text", "D45"] {
        assert!(introduction.contains(left_out), "{left_out}");
    }
}

/// Beside the type, generators would take names without `enum` for the values.
#[test]
fn the_tables_of_codes_are_kept_apart_from_the_type() {
    let both = Both::load();
    let [strict, reader] = [&both.strict, &both.reader].map(|document| &document["components"]["schemas"]["Source"]);
    for member in ["enum", "x-enum-varnames", "x-enum-descriptions"] {
        assert_eq!(reader["x-listed-codes"][member], strict[member], "{member}");
        assert!(reader.get(member).is_none(), "{member}");
    }
    assert!(reader["description"].as_str().unwrap().ends_with("3: A cloud computer."), "{reader}");
}

#[test]
fn only_the_vendors_servers_are_named() {
    let both = Both::load();
    let urls: Vec<_> = both.reader["servers"].as_array().unwrap().iter().map(|server| &server["url"]).collect();
    assert_eq!(urls, ["https://api.socialepoch.com", "http://id.wascrm.socialepoch.com"]);
    assert_eq!(both.reader["info"]["version"], both.strict["info"]["version"]);
}

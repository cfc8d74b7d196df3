//! The examples of the vendor's page are unchanged in the contract and by deserializing and serializing them.

use std::{collections::BTreeMap, error::Error};

use group_dispatch_types::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

type RoundTrip = fn(&Value) -> serde_json::Result<Value>;

/// The examples of an endpoint on the page.
struct Page {
    operation: &'static str,
    request: Option<(RoundTrip, &'static str, Value)>,
    response: (RoundTrip, &'static str, Value),
}

/// Deserializes and serializes JSON as a type; returns that function with the name of the type.
macro_rules! through {
    ($type:ident) => {
        (there_and_back::<$type> as RoundTrip, stringify!($type))
    };
}

fn there_and_back<T: DeserializeOwned + Serialize>(json: &Value) -> serde_json::Result<Value> {
    let value: T = serde_json::from_str(&json.to_string())?;
    serde_json::to_value(value)
}

fn page() -> [Page; 5] {
    let request = |(through, name): (RoundTrip, &'static str), json| Some((through, name, json));
    let response = |(through, name): (RoundTrip, &'static str), json| (through, name, json);
    [
        Page {
            operation: "queryUserStatus",
            request: request(
                through!(QueryUserStatusRequest),
                json!({
                    "userId": 12,
                    "source": 2,
                    "userName": ""
                }),
            ),
            response: response(
                through!(QueryUserStatusResponse),
                json!({
                    "data": [
                        {
                            "userId": 12,
                            "agentAccount": "u1",
                            "whatsAppList": [
                                {
                                    "whatsApp": "861821371272",
                                    "name": "jack"
                                }
                            ]
                        }
                    ],
                    "code": 200,
                    "message": "success"
                }),
            ),
        },
        Page {
            operation: "queryAllOlWhatsAppInfo",
            request: None,
            response: response(
                through!(QueryAllOlWhatsAppInfoResponse),
                json!({
                    "code": 200,
                    "message": "Success ",
                    "data": [
                        {
                            "source": 1,
                            "list": [
                                {
                                    "agentAccount": "202503101",
                                    "userName": "202503101",
                                    "whatsAppList": [
                                        {
                                            "whatsApp": "8618217331413",
                                            "name": "chen"
                                        }
                                    ],
                                    "userId": 868024
                                }
                            ]
                        },
                        {
                            "source": 2,
                            "list": []
                        }
                    ]
                }),
            ),
        },
        Page {
            operation: "queryWhatsAppInfo",
            request: request(
                through!(QueryWhatsAppInfoRequest),
                json!({
                    "source": 3,
                    "whatsapp": 8618217331412_u64
                }),
            ),
            response: response(
                through!(QueryWhatsAppInfoResponse),
                json!({
                    "code": 200,
                    "message": "Success ",
                    "data": {
                        "agentAccount": "202503101",
                        "whatsApp": "8618217331411",
                        "source": 1,
                        "userId": "868024"
                    }
                }),
            ),
        },
        Page {
            operation: "queryUserStatusLog",
            request: request(
                through!(QueryUserStatusLogRequest),
                json!({
                    "agentAccount": "",
                    "whatsApp": "573125704139",
                    "source": 2
                }),
            ),
            response: response(
                through!(QueryUserStatusLogResponse),
                json!({
                    "code": 200,
                    "message": "Success",
                    "data": [
                        {
                            "userId": 621443,
                            "agentAccount": "lsl001",
                            "whatsAppList": [
                                {
                                    "whatsApp": "573125704139",
                                    "name": "",
                                    "status": 20,
                                    "source": 2,
                                    "countryCode": "哥伦比亚",
                                    "detailStatus": 42,
                                    "createTime": "2024-07-08 19:25:31"
                                }
                            ]
                        }
                    ]
                }),
            ),
        },
        Page {
            operation: "getLatestOnlineWhatsAccount",
            request: request(
                through!(GetLatestOnlineWhatsAccountRequest),
                json!({
                    "userId": 621443,
                    "source": 1
                }),
            ),
            response: response(
                through!(GetLatestOnlineWhatsAccountResponse),
                json!({
                    "code": 200,
                    "message": "Success ",
                    "data": [
                        {
                            "agentAccount": "lsl001",
                            "whatsAppList": [
                                {
                                    "whatsApp": "234567892",
                                    "name": "zhang",
                                    "status": 10
                                }
                            ],
                            "userId": 621443
                        }
                    ]
                }),
            ),
        },
    ]
}

/// The examples and the schema of an `application/json` content.
#[derive(Debug, PartialEq)]
struct Content {
    schema: String,
    examples: Vec<Value>,
}

impl Content {
    fn of(holder: &Value) -> Result<Self, Box<dyn Error>> {
        let json = &holder["content"]["application/json"];
        let reference = json["schema"]["$ref"].as_str().ok_or_else(|| format!("no schema in {holder}"))?;
        let examples = match json.get("examples").and_then(Value::as_object) {
            Some(examples) => examples.values().map(|example| example["value"].clone()).collect(),
            None => Vec::new(),
        };
        Ok(Self { schema: reference.trim_start_matches("#/components/schemas/").to_owned(), examples })
    }
}

fn contract() -> Result<Value, Box<dyn Error>> {
    let path = test_support::workspace_root().join("openapi/group-dispatch.yaml");
    Ok(serde_saphyr::from_str(&std::fs::read_to_string(path)?)?)
}

/// Returns request and response of all operations of the contract, by path.
fn operations(contract: &Value) -> Result<BTreeMap<String, (Content, Content)>, Box<dyn Error>> {
    let paths = contract["paths"].as_object().ok_or("no paths")?;
    let mut operations = BTreeMap::new();
    for (path, methods) in paths {
        for operation in methods.as_object().ok_or("no methods")?.values() {
            let contents = (Content::of(&operation["requestBody"])?, Content::of(&operation["responses"]["200"])?);
            assert!(operations.insert(path.clone(), contents).is_none(), "two operations at {path}");
        }
    }
    Ok(operations)
}

#[test]
fn contract_has_the_examples_of_the_page_unchanged() -> Result<(), Box<dyn Error>> {
    let contract = contract()?;
    let mut operations = operations(&contract)?;
    for Page { operation, request, response } in page() {
        let path = format!("/group-dispatch-api/user/{operation}");
        let (asked, answered) = operations.remove(&path).ok_or_else(|| format!("no operation at {path}"))?;
        assert_eq!(contract["paths"][&path]["post"]["operationId"], operation);

        let (schema, examples) = match request {
            Some((_, schema, example)) => (schema, vec![example]),
            None => ("NoParameters", Vec::new()),
        };
        assert_eq!(asked, Content { schema: schema.to_owned(), examples }, "request of {operation}");
        let (_, schema, example) = response;
        assert_eq!(answered, Content { schema: schema.to_owned(), examples: vec![example] }, "answer of {operation}");
    }
    // The others are not the vendor's. A test of the library reads and writes the examples of all.
    Ok(())
}

#[test]
fn examples_of_the_page_go_through_their_types_unchanged() -> Result<(), Box<dyn Error>> {
    for page in page() {
        for (through, schema, example) in page.request.into_iter().chain([page.response]) {
            assert_eq!(through(&example)?, example, "{}: {schema}", page.operation);
        }
    }
    Ok(())
}

#[test]
fn error_examples_go_through_their_type_unchanged() -> Result<(), Box<dyn Error>> {
    let contract = contract()?;
    for (name, response) in contract["components"]["responses"].as_object().ok_or("no responses")? {
        let Content { schema, examples } = Content::of(response)?;
        assert_eq!(schema, "ErrorResponse", "{name}");
        assert!(!examples.is_empty(), "{name} has no example");
        for example in examples {
            assert_eq!(there_and_back::<ErrorResponse>(&example)?, example, "{name}");
            let error: ErrorResponse = serde_json::from_value(example)?;
            assert!(error.code.is_known() && !error.code.is_success(), "{name}: {}", error.code);
        }
    }
    Ok(())
}

/// The vendor has three spellings of the same message (D12). They are sent unchanged; programs must not compare them.
#[test]
fn d12_messages_of_the_page_differ() {
    let messages = page().map(|page| page.response.2["message"].clone());
    assert_eq!(messages, ["success", "Success ", "Success ", "Success", "Success "].map(Value::from));
}

//! A change of the real contract for every row of the table, judged there and back: what narrows one way widens the other.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use xtask::compat::rules;

use super::{at, changed, compare, contract, line, set, take};

/// A change, what is said of it, and what is said of taking it back.
struct Case(fn(&mut Value), &'static [&'static str], &'static [&'static str]);

const S: &str = "/components/schemas";
const PATH: &str = "/paths/~1group-dispatch-api~1user~1queryUserStatus";
const STATUS: &str = "/paths/~1group-dispatch-api~1user~1queryUserStatus/post";
const ALL: &str = "/paths/~1group-dispatch-api~1user~1queryAllOlWhatsAppInfo/post";

fn schema(name: &str) -> String {
    format!("{S}/{name}")
}

fn operation(part: &str) -> String {
    format!("{STATUS}{part}")
}

#[rustfmt::skip] // One case, one paragraph.
const CASES: &[Case] = &[
    // ---- The whole
    Case(|c| set(c, "/info", "title", json!("Queries")), &["words words-changed info: title"], &["words words-changed info: title"]),
    Case(|c| set(c, &operation("/requestBody/content/application~1json/examples/page/value"), "userId", json!(13)),
        &["words words-changed queryUserStatus: requestBody content application/json examples page value userId"],
        &["words words-changed queryUserStatus: requestBody content application/json examples page value userId"]),
    Case(|c| set(c, "", "openapi", json!("3.0.4")),
        &[r#"caller,server,rust openapi-version-changed openapi "3.0.3" -> "3.0.4""#],
        &[r#"caller,server,rust openapi-version-changed openapi "3.0.4" -> "3.0.3""#]),
    Case(|c| set(c, "/info/license", "name", json!("MIT")),
        &[r#"compatible license-changed info: license name "MIT OR Apache-2.0" -> "MIT""#],
        &[r#"compatible license-changed info: license name "MIT" -> "MIT OR Apache-2.0""#]),
    Case(|c| at(c, "/servers").as_array_mut().unwrap().push(json!({"url": "https://example.org"})),
        &["compatible server-added servers: https://example.org added"],
        &["caller,rust server-removed servers: https://example.org removed"]),
    Case(|c| at(c, "/servers").as_array_mut().unwrap().swap(0, 1),
        &["caller servers-reordered servers"], &["caller servers-reordered servers"]),
    Case(|c| set(c, STATUS, "tags", json!(["history"])),
        &["compatible tag-changed queryUserStatus: tags presence removed", "compatible tag-changed queryUserStatus: tags history added"],
        &["compatible tag-changed queryUserStatus: tags history removed", "compatible tag-changed queryUserStatus: tags presence added"]),
    Case(|c| at(c, "/security").as_array_mut().unwrap().push(json!({"token": []})),
        &[r#"compatible security-alternative-added security: {"token":[]} added"#],
        &[r#"caller,server security-alternative-removed security: {"token":[]} removed"#]),
    Case(|c| at(c, "/security").as_array_mut().unwrap().push(json!({})),
        &["server no-security-allowed security: {} added"], &["caller no-security-refused security: {} removed"]),
    Case(|c| set(c, STATUS, "security", json!([])),
        &["caller,server security-changed queryUserStatus: security added"],
        &["caller,server security-changed queryUserStatus: security removed"]),
    Case(|c| set(c, "/components/securitySchemes", "cookie", json!({"type": "apiKey", "in": "cookie", "name": "c"})),
        &["compatible security-scheme-added cookie added"], &["caller security-scheme-removed cookie removed"]),
    Case(|c| set(c, "/components/securitySchemes/tenantId", "name", json!("tenant-id")),
        &[r#"caller,server security-scheme-changed tenantId: name "tenant_id" -> "tenant-id""#],
        &[r#"caller,server security-scheme-changed tenantId: name "tenant-id" -> "tenant_id""#]),

    // ---- Operations
    Case(|c| { take(c, "/paths", "/group-dispatch-api/user/queryUserStatus"); },
        &["caller,rust operation-removed /group-dispatch-api/user/queryUserStatus removed"],
        &["compatible operation-added /group-dispatch-api/user/queryUserStatus added"]),
    Case(|c| { let post = take(c, PATH, "post"); set(c, PATH, "get", post); },
        &[
            "caller,rust operation-removed POST /group-dispatch-api/user/queryUserStatus removed",
            "compatible operation-added GET /group-dispatch-api/user/queryUserStatus added",
        ],
        &[
            "caller,rust operation-removed GET /group-dispatch-api/user/queryUserStatus removed",
            "compatible operation-added POST /group-dispatch-api/user/queryUserStatus added",
        ]),
    Case(|c| set(c, STATUS, "operationId", json!("userStatus")),
        &[r#"rust operation-id-changed userStatus: operationId "queryUserStatus" -> "userStatus""#],
        &[r#"rust operation-id-changed queryUserStatus: operationId "userStatus" -> "queryUserStatus""#]),
    Case(|c| set(c, STATUS, "deprecated", json!(true)),
        &["compatible deprecated-changed queryUserStatus: deprecated true added"],
        &["compatible deprecated-changed queryUserStatus: deprecated true removed"]),
    Case(|c| set(c, STATUS, "x-idempotent", json!(false)),
        &["caller idempotence-withdrawn queryUserStatus: x-idempotent true -> false"],
        &["server idempotence-promised queryUserStatus: x-idempotent false -> true"]),
    Case(|c| set(c, STATUS, "x-requests-per-second", json!(20)),
        &["caller rate-lowered queryUserStatus: x-requests-per-second 50 -> 20"],
        &["server rate-raised queryUserStatus: x-requests-per-second 20 -> 50"]),
    Case(|c| { take(c, STATUS, "requestBody"); },
        &["caller,rust request-body-removed queryUserStatus: requestBody removed"],
        &["caller,rust request-body-added-required queryUserStatus: requestBody added"]),
    Case(|c| { take(c, ALL, "requestBody"); },
        &["caller,rust request-optional-body-removed queryAllOlWhatsAppInfo: requestBody removed"],
        &["rust request-body-added-optional queryAllOlWhatsAppInfo: requestBody added"]),
    Case(|c| set(c, &operation("/requestBody"), "required", json!(false)),
        &["compatible request-body-became-optional queryUserStatus: requestBody required true -> false"],
        &["caller request-body-became-required queryUserStatus: requestBody required false -> true"]),
    Case(|c| set(c, &format!("{ALL}/requestBody"), "required", json!(false)),
        &["words default-spelled queryAllOlWhatsAppInfo: requestBody required false added"],
        &["words default-spelled queryAllOlWhatsAppInfo: requestBody required false removed"]),
    Case(|c| set(c, &operation("/requestBody/content"), "text/json", json!({})),
        &["compatible request-media-type-added queryUserStatus: requestBody content text/json added"],
        &["caller,rust request-media-type-removed queryUserStatus: requestBody content text/json removed"]),
    Case(|c| set(c, "/components/responses/ClientError/content", "text/plain", json!({})),
        &["compatible response-media-type-added ClientError: content text/plain added"],
        &["caller,rust response-media-type-removed ClientError: content text/plain removed"]),
    Case(|c| set(c, &operation("/responses"), "202", json!({"description": "Later"})),
        &["caller,rust response-success-added queryUserStatus: responses 202 added"],
        &["caller,server,rust response-success-removed queryUserStatus: responses 202 removed"]),
    Case(|c| { take(c, &operation("/responses"), "5XX"); },
        &["caller,server,rust response-failure-removed queryUserStatus: responses 5XX removed"],
        &["compatible response-failure-added queryUserStatus: responses 5XX added"]),
    Case(|c| set(c, &operation("/responses"), "404", json!({"$ref": "#/components/responses/ClientError"})),
        &["caller,rust response-single-failure-added queryUserStatus: responses 404 added"],
        &["caller,server,rust response-single-failure-removed queryUserStatus: responses 404 removed"]),
    Case(|c| set(c, "/components/responses/ClientError", "headers", json!({"Retry-After": {"schema": {"type": "integer"}}})),
        &["compatible response-header-added ClientError: headers Retry-After added"],
        &["caller response-header-removed ClientError: headers Retry-After removed"]),
    Case(|c| set(c, "/components/responses", "Busy", json!({"description": "Busy"})),
        &["compatible response-component-added Busy added"], &["compatible response-component-removed Busy removed"]),

    // ---- Schemas
    Case(|c| set(c, S, "Unused", json!({"type": "string"})),
        &["compatible schema-added Unused added"], &["rust schema-removed Unused removed"]),
    Case(|c| { // The same by another name is another type in Rust alone.
            let id = at(c, &schema("UserId")).clone();
            set(c, S, "AgentId", id);
            refer(c, "QueryUserStatusRequest/properties/userId", "AgentId");
        },
        &[
            "compatible schema-added AgentId added",
            r##"rust reference-changed QueryUserStatusRequest.userId: $ref "#/components/schemas/UserId" -> "#/components/schemas/AgentId""##,
        ],
        &[
            "rust schema-removed AgentId removed",
            r##"rust reference-changed QueryUserStatusRequest.userId: $ref "#/components/schemas/AgentId" -> "#/components/schemas/UserId""##,
        ]),
    Case(|c| { // What is referred to is compared.
            let mut desk = at(c, &schema("Source")).clone();
            for list in ["enum", "x-enum-varnames", "x-enum-descriptions"] {
                desk[list].as_array_mut().unwrap().pop();
            }
            set(c, S, "Desk", desk);
            refer(c, "AccountLocation/properties/source", "Desk");
        },
        &[
            "compatible schema-added Desk added",
            r##"rust reference-changed AccountLocation.source: $ref "#/components/schemas/Source" -> "#/components/schemas/Desk""##,
            "server,rust response-open-code-removed AccountLocation.source: enum 3 removed",
        ],
        &[
            "rust schema-removed Desk removed",
            r##"rust reference-changed AccountLocation.source: $ref "#/components/schemas/Desk" -> "#/components/schemas/Source""##,
            "compatible open-code-added AccountLocation.source: enum 3 added",
        ]),
    Case(|c| set(c, &schema("QueryUserStatusRequest/properties/userName"), "type", json!("integer")),
        &[r#"caller,server,rust type-changed QueryUserStatusRequest.userName: type "string" -> "integer""#],
        &[r#"caller,server,rust type-changed QueryUserStatusRequest.userName: type "integer" -> "string""#]),
    Case(|c| set(c, &schema("Source"), "format", json!("int64")),
        &[r#"caller,server,rust format-changed Source: format "int32" -> "int64""#],
        &[r#"caller,server,rust format-changed Source: format "int64" -> "int32""#]),
    Case(|c| set(c, &schema("QueryUserStatusRequest/properties"), "team", json!({"type": "string"})),
        &["rust request-property-added-optional QueryUserStatusRequest.team added"],
        &["caller,rust request-optional-property-removed QueryUserStatusRequest.team removed"]),
    Case(|c| {
            set(c, &schema("QueryUserStatusRequest/properties"), "team", json!({"type": "string"}));
            set(c, &schema("QueryUserStatusRequest"), "required", json!(["source", "team"]));
        },
        &["caller,rust request-property-added-required QueryUserStatusRequest.team added"],
        &["caller,rust request-required-property-removed QueryUserStatusRequest.team removed"]),
    Case(|c| { take(c, &schema("StatusRecord/properties"), "name"); },
        &["rust response-optional-property-removed StatusRecord.name removed"],
        &["rust response-property-added-optional StatusRecord.name added"]),
    Case(|c| {
            take(c, &schema("SourceGroup/properties"), "list");
            set(c, &schema("SourceGroup"), "required", json!(["source"]));
        },
        &["caller,rust response-required-property-removed SourceGroup.list removed"],
        &["server,rust response-property-added-required SourceGroup.list added"]),
    Case(|c| set(c, &schema("QueryUserStatusRequest"), "required", json!(["source", "userId"])),
        &["caller,rust request-property-became-required QueryUserStatusRequest.userId"],
        &["rust request-property-became-optional QueryUserStatusRequest.userId"]),
    Case(|c| set(c, &schema("RecentAccount"), "required", json!(["whatsApp", "status"])),
        &["server,rust response-property-became-required RecentAccount.status"],
        &["caller,rust response-property-became-optional RecentAccount.status"]),
    Case(|c| set(c, &schema("QueryUserStatusRequest/properties/userId"), "nullable", json!(true)),
        &["rust request-became-nullable QueryUserStatusRequest.userId: nullable true added"],
        &["caller,rust request-became-not-nullable QueryUserStatusRequest.userId: nullable true removed"]),
    Case(|c| {
            take(c, &schema("QueryWhatsAppInfoResponse/properties/data"), "oneOf");
            refer(c, "QueryWhatsAppInfoResponse/properties/data", "AccountLocation");
        },
        &["server,rust response-became-not-nullable QueryWhatsAppInfoResponse.data: nullable true removed"],
        &["caller,rust response-became-nullable QueryWhatsAppInfoResponse.data: nullable true added"]),
    Case(|c| set(c, &schema("UserId"), "maximum", json!(9_007_199_254_740_990_u64)),
        &[
            "caller request-limit-narrowed UserId: maximum 9007199254740991 -> 9007199254740990",
            "server response-limit-narrowed UserId: maximum 9007199254740991 -> 9007199254740990",
        ],
        &[
            "caller response-limit-widened UserId: maximum 9007199254740990 -> 9007199254740991",
            "compatible request-limit-widened UserId: maximum 9007199254740990 -> 9007199254740991",
        ]),
    Case(|c| set(c, &schema("UserId"), "maximum", json!(99)),
        &[
            "caller request-limit-narrowed UserId: maximum 9007199254740991 -> 99",
            "server response-limit-narrowed UserId: maximum 9007199254740991 -> 99",
        ],
        &[
            "compatible request-limit-widened UserId: maximum 99 -> 9007199254740991",
            "caller response-limit-widened UserId: maximum 99 -> 9007199254740991",
        ]),
    Case(|c| { take(c, &schema("WhatsAppNumberInteger"), "minimum"); },
        &["compatible request-limit-widened WhatsAppNumberInteger: minimum 1 removed"],
        &["caller request-limit-narrowed WhatsAppNumberInteger: minimum 1 added"]),
    Case(|c| set(c, &schema("AgentStatusLog/properties/whatsAppList"), "maxItems", json!(100)),
        &["caller response-limit-widened AgentStatusLog.whatsAppList: maxItems 50 -> 100"],
        &["server response-limit-narrowed AgentStatusLog.whatsAppList: maxItems 100 -> 50"]),
    Case(|c| set(c, &schema("QueryUserStatusRequest/properties/userName"), "minLength", json!(1)),
        &["caller request-limit-narrowed QueryUserStatusRequest.userName: minLength 1 added"],
        &["compatible request-limit-widened QueryUserStatusRequest.userName: minLength 1 removed"]),
    Case(|c| set(c, &schema("NoParameters"), "maxProperties", json!(1)),
        &["compatible request-limit-widened NoParameters: maxProperties 0 -> 1"],
        &["caller request-limit-narrowed NoParameters: maxProperties 1 -> 0"]),
    Case(|c| set(c, &schema("QueryUserStatusRequest"), "additionalProperties", json!(false)),
        &["caller request-limit-narrowed QueryUserStatusRequest: additionalProperties false added"],
        &["compatible request-limit-widened QueryUserStatusRequest: additionalProperties false removed"]),
    Case(|c| set(c, &schema("OnlineAgent/properties/whatsAppList"), "uniqueItems", json!(true)),
        &["server response-limit-narrowed OnlineAgent.whatsAppList: uniqueItems true added"],
        &["caller response-limit-widened OnlineAgent.whatsAppList: uniqueItems true removed"]),
    Case(|c| set(c, &schema("WhatsAppNumber"), "pattern", json!("^[0-9]+$")),
        &[
            r#"caller request-limit-changed WhatsAppNumber: pattern "^[1-9][0-9]{0,14}$" -> "^[0-9]+$""#,
            r#"caller,server response-limit-changed WhatsAppNumber: pattern "^[1-9][0-9]{0,14}$" -> "^[0-9]+$""#,
        ],
        &[
            r#"caller request-limit-changed WhatsAppNumber: pattern "^[0-9]+$" -> "^[1-9][0-9]{0,14}$""#,
            r#"caller,server response-limit-changed WhatsAppNumber: pattern "^[0-9]+$" -> "^[1-9][0-9]{0,14}$""#,
        ]),
    Case(|c| set(c, &schema("QueryUserStatusRequest/properties/userName"), "enum", json!(["u1"])),
        &["caller,rust request-composition-narrowed QueryUserStatusRequest.userName: enum added"],
        &["rust request-composition-widened QueryUserStatusRequest.userName: enum removed"]),
    Case(|c| set(c, &schema("OnlineAccount"), "allOf", json!([{"maxProperties": 2}])),
        &["server,rust response-composition-narrowed OnlineAccount: allOf added"],
        &["caller,rust response-composition-widened OnlineAccount: allOf removed"]),
    Case(|c| set(c, &schema("QueryUserStatusRequest/properties/userName"), "default", json!("u1")),
        &[r#"caller default-changed QueryUserStatusRequest.userName: default "u1" added"#],
        &[r#"caller default-changed QueryUserStatusRequest.userName: default "u1" removed"#]),

    // ---- Codes
    Case(|c| code(c, "Source", 4, "Tablet"),
        &["compatible open-code-added Source: enum 4 added"],
        &["caller,rust request-open-code-removed Source: enum 4 removed", "server,rust response-open-code-removed Source: enum 4 removed"]),
    Case(|c| set(c, &schema("Order"), "enum", json!([1, 2, 3])),
        &["rust request-code-added Order: enum 3 added"],
        &["caller,rust request-code-removed Order: enum 3 removed"]),
    Case(|c| set(c, &schema("Mood"), "enum", json!(["good", "bad"])),
        &["caller,rust response-code-added Mood: enum bad added"],
        &["server,rust response-code-removed Mood: enum bad removed"]),
    Case(|c| for member in ["enum", "x-enum-varnames", "x-enum-descriptions"] {
            at(c, &schema("Source")).get_mut(member).unwrap().as_array_mut().unwrap().swap(0, 1);
        },
        &["rust codes-reordered Source: enum"], &["rust codes-reordered Source: enum"]),
    Case(|c| { take(c, &schema("Source"), "x-enum-varnames"); },
        &["rust code-renamed Source: x-enum-varnames removed"], &["compatible code-named Source: x-enum-varnames added"]),
    Case(|c| at(c, &schema("Source/x-enum-varnames"))[0] = json!("Desktop"),
        &[r#"rust code-renamed Source: x-enum-varnames 1 "Pc" -> "Desktop""#],
        &[r#"rust code-renamed Source: x-enum-varnames 1 "Desktop" -> "Pc""#]),
    Case(|c| at(c, &schema("Source/x-enum-descriptions"))[0] = json!("The desktop"),
        &["words words-changed Source: x-enum-descriptions 1"], &["words words-changed Source: x-enum-descriptions 1"]),
    Case(|c| set(c, &schema("Source"), "x-enum-remedies", json!([null, null, "Switch it on"])),
        &["words words-changed Source: x-enum-remedies"], &["words words-changed Source: x-enum-remedies"]),
    Case(|c| set(c, &schema("Source"), "x-enum-http-statuses", json!([200, 200, 404])),
        &["compatible code-http-status-given Source: x-enum-http-statuses added"],
        &["caller,server code-http-status-changed Source: x-enum-http-statuses removed"]),
    Case(|c| set(c, &schema("Source"), "x-enum-transient", json!([false, false, true])),
        &["compatible code-transience-given Source: x-enum-transient added"],
        &["caller code-transience-changed Source: x-enum-transient removed"]),
    Case(|c| set(c, &schema("StatusRecord/properties/countryCode"), "x-personal-data", json!(true)),
        &["compatible personal-data-marked StatusRecord.countryCode: x-personal-data true added"],
        &["rust personal-data-unmarked StatusRecord.countryCode: x-personal-data true removed"]),

    // ---- What no row fits
    Case(|c| set(c, STATUS, "x-mood", json!("good")),
        &[r#"caller,server,rust unclassified queryUserStatus: x-mood "good" added"#],
        &[r#"caller,server,rust unclassified queryUserStatus: x-mood "good" removed"#]),
    Case(|c| set(c, STATUS, "parameters", json!([{"name": "page", "in": "query", "schema": {"type": "integer"}}])),
        &["compatible parameter-added-optional queryUserStatus: parameter page added"],
        &["caller,rust parameter-removed-optional queryUserStatus: parameter page removed"]),
    Case(|c| set(c, STATUS, "parameters", json!([{"name": "page", "in": "query", "required": true, "schema": {"type": "integer"}}])),
        &["caller,rust parameter-added-required queryUserStatus: parameter page added"],
        &["caller,rust parameter-removed-required queryUserStatus: parameter page removed"]),
];

/// Lets a member be of another component.
fn refer(contract: &mut Value, member: &str, component: &str) {
    set(contract, &schema(member), "allOf", json!([{"$ref": format!("#/components/schemas/{component}")}]));
}

/// Adds a code to an enum, with its name and description.
fn code(contract: &mut Value, name: &str, code: i64, variant: &str) {
    for (member, value) in
        [("enum", json!(code)), ("x-enum-varnames", json!(variant)), ("x-enum-descriptions", json!(variant))]
    {
        at(contract, &format!("{S}/{name}/{member}")).as_array_mut().unwrap().push(value);
    }
}

#[test]
fn every_change_is_judged_there_and_back() {
    let mut wrong = String::new();
    for (index, Case(change, there, back)) in CASES.iter().enumerate() {
        let (before, after) = (contract(), changed(change));
        for (way, verdict, expected) in
            [("there", compare(before, &after), there), ("back", compare(&after, before), back)]
        {
            let said: BTreeSet<String> = verdict.changes.iter().map(line).collect();
            let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
            if said != expected {
                wrong += &format!("case {index} {way}: said {said:#?}, expected {expected:#?}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// In a component that no operation has.
const UNUSED: &str = "rust unused-schema-changed Unused: type \"string\" -> \"integer\"";

#[test]
fn what_no_operation_has_is_still_in_the_crates() {
    let unused = |kind: &str| changed(|c| set(c, S, "Unused", json!({"type": kind})));
    let verdict = compare(&unused("string"), &unused("integer"));
    assert_eq!(verdict.changes.iter().map(line).collect::<Vec<_>>(), [UNUSED]);
}

#[test]
fn every_rule_has_a_case() {
    let said = CASES.iter().flat_map(|Case(_, there, back)| there.iter().chain(*back)).chain([&UNUSED]);
    let tried: BTreeSet<&str> = said.filter_map(|line| line.split(' ').nth(1)).collect();
    let rules: Vec<&str> = rules::ids().collect();
    assert_eq!(tried, rules.iter().copied().collect());
    assert_eq!(tried.len(), rules.len(), "two rules have the same name");
}

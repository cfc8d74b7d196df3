//! Our generators still have the limits that the rules are for: a test fails if one is gone, and its rule may be deleted.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use test_support::workspace_root;
use xtask::{
    codegen::generate,
    contract::{Contract, read_all},
};

/// The effect of a keyword that a rule forbids.
enum Fate {
    /// The generated code ignores it.
    Lost,
    /// codegen stops, or panics.
    Refused,
    /// The models contain this.
    Makes(&'static str),
}
use Fate::{Lost, Makes, Refused};

#[rustfmt::skip]
const FORBIDDEN: &[(&str, &str, Fate)] = &[
    ("      tags: [presence]\n", "      tags: [presence]\n      deprecated: true\n", Lost),
    ("          maxItems: 50\n", "          maxItems: 50\n          minItems: 1\n", Lost),
    ("          example: jack\n", "          example: jack\n          descripton: x\n", Lost),
    ("    UserId:\n", "    UserId:\n      multipleOf: 2\n", Lost),
    ("          description: The online agents; the", "          headers: { x-a: { schema: { type: string } } }\n          description: The online agents; the", Lost),
    ("          example: jack\n", "          example: jack\n          default: jack\n", Makes("defaults::online_account_name")),
    ("      required: [whatsApp]\n", "      required: [whatsApp]\n      additionalProperties: false\n", Makes("deny_unknown_fields")),
    ("          example: jack\n", "          example: jack\n          format: uuid\n", Makes("::uuid::Uuid")),
    ("          type: string\n          example: jack\n", "          type: integer\n          maximum: 5\n          example: 5\n", Makes("pub name: ::std::option::Option<i64>")),
    ("          example: jack\n", "          enum: [jack, jill]\n          example: jack\n", Makes("pub enum OnlineAccountName")),
    ("          example: jack\n", "          pattern: \"^j\"\n          example: jack\n", Refused),
    ("items: { $ref: \"#/components/schemas/OnlineAccount\" }", "items: { type: object, properties: { a: { type: string } } }", Refused),
    ("{ $ref: \"#/components/schemas/WhatsAppNumber\" }]", "{ $ref: \"#/components/schemas/WhatsAppNumber\" }, { $ref: \"#/components/schemas/UserIdText\" }]", Refused),
    ("        \"5XX\":", "        default: { $ref: \"#/components/responses/ServerError\" }\n        \"5XX\":", Refused),
    ("        \"5XX\":", "        \"503\": { description: x }\n        \"5XX\":", Refused),
    ("        content:\n          application/json:\n", "        content:\n          text/plain: { schema: { type: string } }\n          application/json:\n", Refused),
    ("      tags: [presence]\n", "      tags: [presence]\n      parameters: [{ name: a, in: header, schema: { type: string } }]\n", Makes("pub fn a<'a, T>(self, value: T) -> Self")),
    ("required: [whatsApp]\n", "required: [whatsApp, nick]\n", Refused),
];

#[test]
fn keywords_that_the_rules_forbid_are_lost_or_fail() {
    let contract = super::contract();
    let well = code(&contract).unwrap();
    for (from, to, fate) in FORBIDDEN {
        assert!(contract.contains(from), "the contract no longer has {from:?}");
        // A panic of progenitor counts as a failure.
        let code = catch_unwind(AssertUnwindSafe(|| code(&contract.replacen(from, to, 1)))).unwrap_or(None);
        match (fate, code) {
            (Lost, Some(code)) => assert!(code == well, "{to:?} makes a difference now"),
            (Makes(what), Some(code)) => {
                assert!(code.contains(what) && !well.contains(what), "{to:?} no longer makes {what}")
            }
            (Refused, None) => {}
            (Refused, Some(_)) => panic!("{to:?} is taken now"),
            (_, None) => panic!("{to:?} is refused now"),
        }
    }
}

/// Returns the generated code of the types, the client and the mocks; none if codegen fails.
fn code(text: &str) -> Option<String> {
    let json: Value = serde_saphyr::from_str(text).unwrap();
    let spec = serde_json::from_value(json.clone()).unwrap();
    let mut contracts = read_all(&workspace_root()).ok()?;
    contracts[0] = Contract { json, spec };
    let files = generate(&contracts).ok()?;
    let made = files.into_iter().filter(|file| file.name.ends_with(".rs") && file.name != "raw.rs");
    Some(made.map(|file| file.text).collect())
}

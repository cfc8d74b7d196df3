//! One or more faults for each rule, planted in the contract's text.

/// A fault to plant, and where it has to be found.
pub struct Fault {
    pub rule: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    /// How many times `from` is replaced at most.
    pub times: usize,
    /// A JSON pointer.
    pub place: &'static str,
}

impl Fault {
    /// The contract with the fault in it.
    pub fn in_text(&self, contract: &str) -> String {
        assert!(contract.contains(self.from), "{}: the contract no longer has {:?}", self.rule, self.from);
        contract.replacen(self.from, self.to, self.times)
    }
}

/// Planted where `from` comes first.
const fn first(rule: &'static str, from: &'static str, to: &'static str, place: &'static str) -> Fault {
    Fault { rule, from, to, times: 1, place }
}

/// Planted everywhere, because a name is changed.
const fn everywhere(rule: &'static str, from: &'static str, to: &'static str, place: &'static str) -> Fault {
    Fault { rule, from, to, times: usize::MAX, place }
}

/// A pointer into an operation.
macro_rules! operation {
    ($name:literal, $rest:literal) => {
        concat!("/paths/~1group-dispatch-api~1user~1", $name, "/post", $rest)
    };
}

/// A pointer into a component schema.
macro_rules! schema {
    ($rest:literal) => {
        concat!("/components/schemas/", $rest)
    };
}

const ACCOUNT: &str = r##"allOf: [{ $ref: "#/components/schemas/WhatsAppNumber" }]"##;
const ERROR_LINE: &str = "        \"5XX\": { $ref: \"#/components/responses/ServerError\" }\n";

/// An operation before the others, with the request of another one.
const SECOND_WITHOUT_PARAMETERS: &str = r##"paths:
  /group-dispatch-api/user/countAgents:
    post:
      operationId: countAgents
      x-idempotent: true
      x-requests-per-second: 50
      tags: [presence]
      summary: How many agents are online.
      description: The number of agents that are online at any source.
      requestBody:
        description: The body may be empty or null.
        content:
          application/json:
            schema:
              $ref: "#/components/schemas/NoParameters"
      responses:
        "4XX": { $ref: "#/components/responses/ClientError" }
        "5XX": { $ref: "#/components/responses/ServerError" }

"##;

#[rustfmt::skip]
pub const PLANTED: &[Fault] = &[
    first("described", "    description: The vendor's service\n", "", "/servers/0"),
    first("described", "    description: Who is online now, and where.\n", "", "/tags/0"),
    first("described", "        description: Nothing is asked for; the body may be empty or null.\n", "",
        operation!("queryAllOlWhatsAppInfo", "/requestBody")),
    first("described", "          description: The online agents; the list is empty when nobody is online.\n", "",
        operation!("queryUserStatus", "/responses/200")),
    first("described", "      description: The company's id, an integer without leading zeros.\n", "", "/components/securitySchemes/tenantId"),
    first("described", "description: The answer of queryUserStatus.", "description: \" \"", schema!("QueryUserStatusResponse")),
    first("described", "          description: The account's nickname; absent or empty when it has none.\n", "",
        schema!("OnlineAccount/properties/name")),
    first("described", "          description: The account.\n          allOf: [{ $ref: \"#/components/schemas/WhatsAppNumber\" }]",
        "          $ref: \"#/components/schemas/WhatsAppNumber\"", schema!("OnlineAccount/properties/whatsApp")),

    first("operation-introduced", "      operationId: queryUserStatus\n", "", operation!("queryUserStatus", "")),
    first("operation-introduced", "      summary: Where one WhatsApp account is online.\n", "", operation!("queryWhatsAppInfo", "")),
    first("operation-introduced", "      tags: [history]\n", "", operation!("queryUserStatusLog", "")),

    first("codes-described", "      x-enum-varnames: [Pc, Mobile, Cloud]\n", "", schema!("Source")),
    first("codes-described", "        - The mobile client\n", "", schema!("Source/x-enum-descriptions")),
    first("codes-described", "- Banned on PC\n", "- \"\"\n", schema!("StatusDetail/x-enum-descriptions/12")),
    first("codes-described", "[Pc, Mobile, Cloud]", "[Pc, Pc, Cloud]", schema!("Source/x-enum-varnames/1")),
    first("codes-described", "41, 42, 43]", "41, 42, 42]", schema!("StatusDetail/enum/14")),
    first("codes-described", "        - check the agent's login account\n", "", schema!("BusinessCode/x-enum-remedies")),

    first("example-given", "      example: 12\n", "", schema!("StatusDetail")),
    first("example-given", "          example: jack\n", "", schema!("OnlineAccount/properties/name")),
    first("example-given", "      example: {}\n", "",
        operation!("queryAllOlWhatsAppInfo", "/requestBody/content/application~1json")),

    first("schema-valid", "is online.\n      type: object\n", "is online.\n      type: object\n      maxProperties: many\n", schema!("OnlineAccount")),
    first("schema-valid", "pattern: \"^[1-9][0-9]{0,14}$\"", "pattern: \"^[1-9\"", schema!("WhatsAppNumber")),

    first("example-valid", "      example: \"2024-07-08 19:25:31\"\n", "      example: \"2024-07-08\"\n", schema!("StatusTime/example")),
    first("example-valid", "example: u1\n", "example: 1\n", schema!("QueryUserStatusRequest/properties/userName/example")),
    first("example-valid", "\"source\": 2, \"userName\"", "\"source\": 4, \"userName\"",
        operation!("queryUserStatus", "/requestBody/content/application~1json/examples/page/value/source")),
    first("example-valid", "\"status\": 20,", "\"status\": 21,",
        operation!("queryUserStatusLog", "/responses/200/content/application~1json/examples/page/value/data/0/whatsAppList/0/status")),
    first("example-valid", "\"data\": null", "\"data\": []",
        "/components/responses/ClientError/content/application~1json/examples/badRequest/value/data"),

    first("errors-documented", "        \"4XX\": { $ref: \"#/components/responses/ClientError\" }\n", "",
        operation!("queryUserStatus", "/responses")),
    first("errors-documented", ERROR_LINE, "", operation!("queryUserStatus", "/responses")),

    first("statuses-described", "429 for too many requests", "and there may be too many requests",
        "/components/responses/ClientError/description"),
    first("statuses-described", "401 for a signature", "401 or 402 for a signature", "/components/responses/ClientError/description"),

    first("operation-named-by-path", "/queryWhatsAppInfo:\n", "/queryWhatsappInfo:\n",
        operation!("queryWhatsappInfo", "/operationId")),

    everywhere("bodies-named-by-operation", "QueryUserStatusRequest", "WhoIsOnline",
        operation!("queryUserStatus", "/requestBody/content/application~1json/schema")),
    everywhere("bodies-named-by-operation", "QueryUserStatusResponse", "OnlineAgents",
        operation!("queryUserStatus", "/responses/200/content/application~1json/schema")),

    everywhere("names-cased", "SourceGroup", "sourceGroup", schema!("sourceGroup")),
    everywhere("names-cased", "ClientError", "client-error", "/components/responses/client-error"),
    everywhere("names-cased", "tenantId:", "tenant_id:", "/components/securitySchemes/tenant_id"),
    everywhere("names-cased", "countryCode", "country_code", schema!("StatusRecord/properties/country_code")),
    everywhere("names-cased", "countryCode", "countryCODE", schema!("StatusRecord/properties/countryCODE")),
    first("names-cased", "[Pc, Mobile, Cloud]", "[pc, Mobile, Cloud]", schema!("Source/x-enum-varnames/0")),
    first("names-cased", "              page:\n", "              Page:\n",
        operation!("queryUserStatus", "/requestBody/content/application~1json/examples/Page")),

    first("one-spelling", "        userName:\n          description: Only", "        username:\n          description: Only",
        schema!("NamedOnlineAgent/properties/userName")),

    first("reference-resolves", "{ $ref: \"#/components/schemas/UserId\" }", "{ $ref: \"#/components/schemas/UserIds\" }",
        schema!("QueryUserStatusRequest/properties/userId/allOf/0/$ref")),
    first("reference-resolves", "{ $ref: \"#/components/schemas/UserId\" }", "{ $ref: \"other.yaml#/UserId\" }",
        schema!("QueryUserStatusRequest/properties/userId/allOf/0/$ref")),
    first("reference-resolves", "tags: [history]", "tags: [past]", operation!("queryUserStatusLog", "/tags/0")),
    first("reference-resolves", "    token: []\n", "    token: []\n    nonce: []\n", "/security/0/nonce"),

    first("declared-used", "    NoParameters:\n", "    Nobody:\n      description: No one.\n      type: object\n\n    NoParameters:\n", schema!("Nobody")),
    first("declared-used", "tags:\n  - name", "tags:\n  - name: other\n    description: Anything else.\n  - name", "/tags/0"),
    first("declared-used", "    token: []\n", "", "/components/securitySchemes/token"),

    first("required-declared", "      maximum: 9007199254740991\n", "      maximum: 9007199254740991\n      required: [nothing]\n", schema!("UserId/required/0")),
    first("required-declared", "required: [source]", "required: [source, source]", schema!("QueryUserStatusRequest/required/1")),

    first("decision-exists", "D36", "D360", "/info/description"),
    first("decision-exists", "\"D2\"", "\"D200\"", ""),

    first("request-of-one-operation", "paths:\n", SECOND_WITHOUT_PARAMETERS,
        operation!("queryAllOlWhatsAppInfo", "/requestBody/content/application~1json/schema")),

    first("words-understood", "      tags: [presence]\n", "      tags: [presence]\n      deprecated: true\n",
        operation!("queryUserStatus", "/deprecated")),
    first("words-understood", "      tags: [presence]\n", "      tags: [presence]\n      parameters: [{ name: a, in: query, description: A., deprecated: true, schema: { $ref: \"#/components/schemas/UserId\" } }]\n",
        operation!("queryUserStatus", "/parameters/0/deprecated")),
    first("parameters-optional-queries", "      tags: [presence]\n", "      tags: [presence]\n      parameters: [{ name: a, in: header, description: A., schema: { $ref: \"#/components/schemas/UserId\" } }]\n",
        operation!("queryUserStatus", "/parameters/0")),
    first("words-understood", "    post:\n", "    summary: One of five.\n    post:\n",
        "/paths/~1group-dispatch-api~1user~1queryUserStatus/summary"),
    first("words-understood", "          description: The online agents; the", "          headers: {}\n          description: The online agents; the",
        operation!("queryUserStatus", "/responses/200/headers")),
    first("words-understood", "          example: jack\n", "          example: jack\n          default: jack\n",
        schema!("OnlineAccount/properties/name/default")),
    first("words-understood", "          maxItems: 50\n", "          maxItems: 50\n          minItems: 1\n",
        schema!("AgentStatusLog/properties/whatsAppList/minItems")),
    first("words-understood", "      required: [whatsApp]\n", "      required: [whatsApp]\n      additionalProperties: false\n",
        schema!("OnlineAccount/additionalProperties")),
    first("words-understood", "      required: [whatsApp]\n", "      required: [whatsApp]\n      anyOf: [{}]\n", schema!("OnlineAccount/anyOf")),
    first("words-understood", "items: { $ref: \"#/components/schemas/OnlineAgent\" }",
        "items: { $ref: \"#/components/schemas/OnlineAgent\", description: One of them. }",
        schema!("QueryUserStatusResponse/properties/data/items/description")),

    first("limits-in-components", "          example: jack\n", "          example: jack\n          pattern: \".+\"\n",
        schema!("OnlineAccount/properties/name/pattern")),
    first("limits-in-components", "          example: jack\n", "          example: jack\n          format: byte\n",
        schema!("OnlineAccount/properties/name/format")),

    first("objects-named", "items: { $ref: \"#/components/schemas/OnlineAccount\" }", "items: { type: object }",
        schema!("OnlineAgent/properties/whatsAppList/items")),
    first("objects-named", "                $ref: \"#/components/schemas/QueryUserStatusResponse\"",
        "                allOf: [{ $ref: \"#/components/schemas/QueryUserStatusResponse\" }]",
        operation!("queryUserStatus", "/responses/200/content/application~1json/schema")),

    first("all-of-one-reference", ACCOUNT,
        r##"allOf: [{ $ref: "#/components/schemas/WhatsAppNumber" }, { $ref: "#/components/schemas/WhatsAppNumber" }]"##,
        schema!("QueryUserStatusLogRequest/properties/whatsApp/allOf")),

    first("one-of-component-or-null", "{ type: string, nullable: true, enum: [null] }]", "{ $ref: \"#/components/schemas/ErrorResponse\" }]",
        schema!("QueryWhatsAppInfoResponse/properties/data/oneOf")),

    first("one-answer-one-error", ERROR_LINE,
        "        \"5XX\": { $ref: \"#/components/responses/ServerError\" }\n        default: { $ref: \"#/components/responses/ServerError\" }\n",
        operation!("queryUserStatus", "/responses/default")),
    first("one-answer-one-error", ERROR_LINE,
        "        \"5XX\": { $ref: \"#/components/responses/ServerError\" }\n        \"204\": { description: Nobody. }\n",
        operation!("queryUserStatus", "/responses/204")),
    first("one-answer-one-error", ERROR_LINE, "        \"5XX\": { description: 500 without a body. }\n",
        operation!("queryUserStatus", "/responses/5XX")),

    first("json-alone", "            application/json:\n              schema:\n                $ref: \"#/components/schemas/QueryUserStatusResponse\"",
        "            text/json:\n              schema:\n                $ref: \"#/components/schemas/QueryUserStatusResponse\"",
        operation!("queryUserStatus", "/responses/200/content/text~1json")),

    first("personal-data-marked", "          example: jack\n          x-personal-data: true\n", "          example: jack\n",
        schema!("OnlineAccount/properties/name")),
    first("personal-data-marked", "          example: zhang\n          x-personal-data: true\n",
        "          example: zhang\n          x-personal-data: false\n", schema!("RecentAccount/properties/name")),
    first("personal-data-marked", "          description: The account's status after the event.\n",
        "          description: The account's status after the event.\n          x-personal-data: true\n",
        schema!("RecentAccount/properties/status")),
];

//! Three validators find nothing wrong in the contract, and each finds what is planted: one that is content with everything
//! would say nothing of the contract.

use std::path::Path;

use crate::{
    contract_copy::{Fault, contract},
    toolbox::{Toolbox, run},
};

/// Says what it finds wrong.
type Validator<'a> = &'a dyn Fn(&Path) -> Result<String, String>;

/// No type of that name exists.
const UNKNOWN_TYPE: Fault = Fault { from: "type: integer", to: "type: int" };
/// The example of an account's place has no such source.
const EXAMPLE_OF_WRONG_TYPE: Fault = Fault { from: r#""source": 1,"#, to: r#""source": "PC","# };
/// What the contract once said, and what only some tools understood (D6).
const NULLABLE_WITHOUT_TYPE: Fault = Fault { from: "oneOf:", to: "nullable: true\n          allOf:" };
const MISSING_COMPONENT: Fault = Fault { from: "schemas/OnlineAgent\"", to: "schemas/OnlineAgents\"" };
const OPERATION_TWICE: Fault = Fault { from: "operationId: queryUserStatusLog", to: "operationId: queryUserStatus" };

/// The contract passes, and each fault is refused with a word about it.
fn judges(validator: Validator<'_>, folder: &Path, faults: &[(Fault, &str)]) {
    validator(&contract()).unwrap_or_else(|complaint| panic!("the contract is refused:\n{complaint}"));
    for (fault, word) in faults {
        match validator(&fault.planted(folder)) {
            Ok(said) => panic!("{fault:?} passes: {said}"),
            Err(complaint) => {
                assert!(complaint.contains(word), "{fault:?} is refused for something else:\n{complaint}")
            }
        }
    }
}

#[test]
fn openapi_spec_validator() {
    let Some(tools) = Toolbox::python() else { return };
    let validator = |path: &Path| run(tools.tool("openapi-spec-validator").arg(path));
    judges(
        &validator,
        tools.scratch().path(),
        &[(UNKNOWN_TYPE, "int"), (MISSING_COMPONENT, "OnlineAgents"), (OPERATION_TWICE, "queryUserStatus")],
    );
}

#[test]
fn redocly() {
    let Some(tools) = Toolbox::node() else { return };
    let rules = tools.source.join("redocly.yaml");
    let validator = |path: &Path| run(tools.tool("redocly").arg("lint").arg(path).arg("--config").arg(&rules));
    judges(
        &validator,
        tools.scratch().path(),
        &[
            (UNKNOWN_TYPE, "int"),
            (MISSING_COMPONENT, "OnlineAgents"),
            (OPERATION_TWICE, "operation-operationId-unique"),
            (EXAMPLE_OF_WRONG_TYPE, "no-invalid-media-type-examples"),
            (NULLABLE_WITHOUT_TYPE, "nullable-type-sibling"),
        ],
    );
}

#[test]
fn spectral() {
    let Some(tools) = Toolbox::node() else { return };
    let rules = tools.source.join(".spectral.yaml");
    let validator = |path: &Path| {
        run(tools.tool("spectral").arg("lint").arg(path).arg("--ruleset").arg(&rules).arg("--fail-severity=hint"))
    };
    judges(
        &validator,
        tools.scratch().path(),
        &[
            (UNKNOWN_TYPE, "oas3-schema"),
            (MISSING_COMPONENT, "invalid-ref"),
            (OPERATION_TWICE, "operation-operationId-unique"),
            (EXAMPLE_OF_WRONG_TYPE, "oas3-valid-media-example"),
            (NULLABLE_WITHOUT_TYPE, "oas3-valid-media-example"),
        ],
    );
}

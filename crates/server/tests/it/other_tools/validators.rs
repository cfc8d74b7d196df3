//! Three validators find nothing wrong in the contracts and the edition for readers, and each finds what is planted: one that is content with everything
//! would say nothing of the contract.

use std::path::Path;

use crate::other_tools::{
    contract_copy::{Fault, broken, published},
    toolbox::{Toolbox, run},
};

const NO_SUCH_PLACE: Fault = Fault("in: header", "in: head");
const OPERATION_TWICE: Fault = Fault("operationId: queryUserStatusLog", "operationId: queryUserStatus");
/// The examples of the answers have a source that is no number.
const EXAMPLE_OF_WRONG_TYPE: Fault = Fault(r#""source": 1,"#, r#""source": "PC","#);
/// What the contract once said, and what only some tools understood (D6).
const NULLABLE_WITHOUT_TYPE: Fault = Fault("oneOf:", "nullable: true\n          allOf:");

/// All that is published passes; a copy with the faults is refused, with a word about each.
fn judges(validator: impl Fn(&Path) -> Result<String, String>, folder: &Path, faults: &[(Fault, &str)]) {
    for document in published() {
        let refused = |complaint| panic!("{} is refused:\n{complaint}", document.display());
        validator(&document).unwrap_or_else(refused);
    }
    let planted: Vec<_> = faults.iter().map(|(fault, _)| *fault).collect();
    let Err(complaint) = validator(&broken(folder, &planted)) else { panic!("{planted:?} pass") };
    for (fault, word) in faults {
        assert!(complaint.contains(word), "nothing is said about {fault:?}:\n{complaint}");
    }
}

#[test]
fn openapi_spec_validator() {
    let Some(tools) = Toolbox::python() else { return };
    judges(
        |path| run(tools.tool("openapi-spec-validator").arg("--validation-errors=all").arg(path)),
        tools.scratch().path(),
        &[(NO_SUCH_PLACE, "'head'"), (OPERATION_TWICE, "'queryUserStatus'")],
    );
}

#[test]
fn redocly() {
    let Some(tools) = Toolbox::node() else { return };
    let rules = tools.source.join("redocly.yaml");
    judges(
        |path| run(tools.tool("redocly").arg("lint").arg(path).arg("--config").arg(&rules)),
        tools.scratch().path(),
        &[
            (NO_SUCH_PLACE, "the struct rule"),
            (OPERATION_TWICE, "the operation-operationId-unique rule"),
            (EXAMPLE_OF_WRONG_TYPE, "the no-invalid-media-type-examples rule"),
            (NULLABLE_WITHOUT_TYPE, "the nullable-type-sibling rule"),
        ],
    );
}

#[test]
fn spectral() {
    let Some(tools) = Toolbox::node() else { return };
    let rules = tools.source.join(".spectral.yaml");
    judges(
        |path| run(tools.tool("spectral").args(["lint", "--fail-severity=hint", "--ruleset"]).arg(&rules).arg(path)),
        tools.scratch().path(),
        &[
            (NO_SUCH_PLACE, "oas3-schema"),
            (OPERATION_TWICE, "operation-operationId-unique"),
            (EXAMPLE_OF_WRONG_TYPE, r#""source" property type must be integer"#),
            (NULLABLE_WITHOUT_TYPE, r#""nullable" cannot be used without "type""#),
        ],
    );
}

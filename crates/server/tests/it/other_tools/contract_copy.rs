//! The contract, and copies of it with faults planted.

use std::{
    fs,
    path::{Path, PathBuf},
};

use group_dispatch_docs::contract;
use test_support::workspace_root;

pub fn contract() -> PathBuf {
    workspace_root().join("openapi/group-dispatch.yaml")
}

/// The edition for readers of the vendor.
pub fn reader_edition() -> PathBuf {
    workspace_root().join("crates/docs/src/generated/reader.snap.json")
}

/// All that is published: the contracts, and the edition for readers of the vendor.
pub fn published() -> impl Iterator<Item = PathBuf> {
    let contracts = contract::ALL.map(|contract| workspace_root().join("openapi").join(contract.file));
    contracts.into_iter().chain([reader_edition()])
}

/// A fault: this text of the contract, wherever it stands, is that one.
#[derive(Clone, Copy, Debug)]
pub struct Fault(pub &'static str, pub &'static str);

/// A copy of the contract with these faults, in that folder.
pub fn broken(folder: &Path, faults: &[Fault]) -> PathBuf {
    let mut text = fs::read_to_string(contract()).unwrap();
    for Fault(from, to) in faults {
        assert!(text.contains(from), "the contract no longer has {from:?}");
        text = text.replace(from, to);
    }
    let path = folder.join("broken.yaml");
    fs::write(&path, text).unwrap();
    path
}

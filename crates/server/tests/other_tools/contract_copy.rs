//! The contract, and copies of it with a fault planted.

use std::{
    fs,
    path::{Path, PathBuf},
};

pub fn contract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/group-dispatch.yaml")
}

/// A fault: every such line of the contract, replaced.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub from: &'static str,
    pub to: &'static str,
}

impl Fault {
    /// A copy of the contract with this fault, in that folder.
    pub fn planted(self, folder: &Path) -> PathBuf {
        let text = fs::read_to_string(contract()).unwrap();
        assert!(text.contains(self.from), "the contract no longer has {:?}", self.from);
        let path = folder.join("broken.yaml");
        fs::write(&path, text.replace(self.from, self.to)).unwrap();
        path
    }
}

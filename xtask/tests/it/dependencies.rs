//! The crates of a program that uses ours: as few as ARCHITECTURE.md says, and each for a reason.

use std::collections::BTreeSet;

use xtask::dependencies::{Documented, Tree};

#[test]
fn our_crates_bring_no_more_crates_and_no_others_than_documented() {
    let Documented { bounds, direct } = Documented::load().unwrap();
    assert!(bounds.len() >= 6 && direct.len() > 30, "{bounds:?} {direct:?}");
    let mut found = BTreeSet::new();
    for (package, bound) in bounds {
        let tree = Tree::of(&package).unwrap();
        let count = tree.crates.len();
        assert!(count <= bound, "{package} has {count} crates, not {bound}; cargo xtask dependencies says which");
        // The command is a program and no dependency: what it needs itself is its own concern.
        if package != "group-dispatch" {
            found.extend(tree.direct().map(str::to_owned));
        }
    }
    let undocumented: Vec<_> = found.difference(&direct).collect();
    let stale: Vec<_> = direct.difference(&found).collect();
    assert!(undocumented.is_empty(), "ARCHITECTURE.md does not say what these are for: {undocumented:?}");
    assert!(stale.is_empty(), "ARCHITECTURE.md describes what is no dependency: {stale:?}");
}

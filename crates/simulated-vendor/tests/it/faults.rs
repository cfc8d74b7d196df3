//! Every kind of fault occurs, and none but those that are chosen.

use group_dispatch_simulated_vendor::{Faults, Scenario, Vendor};
use group_dispatch_types::NoParameters;

#[test]
fn the_same_seed_gives_the_same_replies() {
    let replies = |seed| {
        let mut vendor = Vendor::new(Scenario::small(seed));
        let start = vendor.scenario().start;
        (start..start + 3_600_000).step_by(5_000).map(|at| vendor.ask(at, &NoParameters)).collect::<Vec<_>>()
    };
    assert!(replies(1) == replies(1));
    assert!(replies(1) != replies(2));
}

#[test]
fn without_faults_every_answer_is_the_truth() {
    let mut vendor = Vendor::new(Scenario { faults: Faults::NONE, ..Scenario::small(1) });
    let start = vendor.scenario().start;
    for at in (start..start + 24 * 3_600_000).step_by(60_000) {
        let reply = vendor.ask(at, &NoParameters);
        let answer = reply.result.unwrap();
        assert_eq!((answer.left_out, reply.is_lie), (0, false));
        assert!(answer.data == vendor.truth(reply.as_of, &NoParameters));
    }
}

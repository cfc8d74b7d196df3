//! `mirror-stale`, compared with its definition.

use group_dispatch_types::Source;
use proptest::{collection::vec, prelude::*};

use super::world::{END, all_said, clock, engine, line};

const AFTER: i64 = 60_000;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn alerts_are_what_the_definition_says(steps in vec((0..100_000_i64, 1..3_i32, any::<bool>()), 0..40)) {
        let mut engine = engine(&["mirror-stale:for=1m"]);
        let (mut now, mut alerts, mut looks) = (0, Vec::new(), vec![Vec::new(), Vec::new()]);
        for (pause, source, is_tick) in steps {
            now += pause;
            if is_tick {
                alerts.extend(engine.advance(now));
            } else {
                alerts.extend(engine.apply_look(Source::from(source), now));
                looks[source as usize - 1].push(now);
            }
        }
        alerts.extend(engine.advance(END));
        let mut expected = Vec::new();
        for (source, mut looks) in (1..).zip(looks) {
            looks.dedup();
            for (index, look) in looks.iter().enumerate() {
                let members = format!("since={} source={source}", clock(*look));
                let next = looks.get(index + 1);
                if next.copied().unwrap_or(END) > look + AFTER {
                    expected.push(line("mirror.stale", look + AFTER, &members));
                    expected.extend(next.map(|next| line("mirror.stale.resolved", *next, &members)));
                }
            }
        }
        expected.sort();
        prop_assert_eq!(all_said(&alerts), expected);
    }
}

#[test]
fn a_source_that_was_never_looked_at_is_not_stale_and_an_old_look_changes_nothing() {
    let mut engine = engine(&["mirror-stale:for=1m"]);
    assert_eq!(engine.advance(END), []);
    assert_eq!(engine.apply_look(Source::Pc, 100_000), []);
    assert_eq!(engine.apply_look(Source::Pc, 50_000), []);
    assert_eq!(engine.advance(160_000), [], "no longer than a minute");
    assert_eq!(engine.advance(160_001).len(), 1);
    assert_eq!(engine.apply_look(Source::Pc, 100_000), []);
    assert_eq!(engine.advance(END), [], "once for each episode");
}

//! The changes of given responses, in the notation of [`notation`].

use super::{notation::answer, *};

/// Responses one second apart, each with its expected changes and doubted sources.
type Steps<'a> = &'a [(&'a str, &'a str, &'a [Source])];

const PC: Source = Source::Pc;
const MOBILE: Source = Source::Mobile;

#[track_caller]
fn check(settle: u64, steps: Steps<'_>) -> Presence {
    let mut presence = Presence::default();
    presence.set_settle(Duration::from_secs(settle));
    for (second, (given, expected, doubted)) in (0..).zip(steps) {
        let changes = presence.apply(Duration::from_secs(second), answer(given), &IncompleteGroups::default());
        assert_eq!(notation::changes(&changes), *expected, "response {second}: {given}");
        assert_eq!(presence.doubted().collect::<Vec<_>>(), *doubted, "response {second}: {given}");
    }
    presence
}

#[test]
fn the_first_response_reports_who_is_online() {
    check(0, &[("1: 8=82,81 7=71 | 2:", "1:[7=71 8=81,82] 2:[]", &[]), ("1: 8=82,81 7=71 | 2:", "", &[])]);
}

#[test]
fn agents_appear_before_their_accounts_and_leave_after_them() {
    check(
        0,
        &[
            ("1: 7=71,72 9=91 | 2: 7=75", "1:[7=71,72 9=91] 2:[7=75]", &[]),
            ("1: 8=81,82 9=91,92 | 2: 7=75", "1:+8 1:+81@8 1:+82@8 1:+92@9 1:-71@7 1:-72@7 1:-7", &[]),
            ("1: 8=82 9=91,92 | 2: 7=75 8=81", "1:-81@8 2:+8 2:+81@8", &[]),
        ],
    );
}

#[test]
fn an_account_with_another_agent_has_moved() {
    check(
        0,
        &[
            ("1: 7=71 8=81 | 2:", "1:[7=71 8=81] 2:[]", &[]),
            ("1: 7=81 8=71 | 2:", "1:81@8>7 1:71@7>8", &[]),
            ("1: 8=71,81 | 2:", "1:81@7>8 1:-7", &[]),
            ("1: 9=71 8=81 | 2:", "1:+9 1:71@8>9", &[]),
        ],
    );
}

#[test]
fn an_account_may_be_online_at_several_sources() {
    check(
        0,
        &[
            ("1: 7=71 | 2: 8=81", "1:[7=71] 2:[8=81]", &[]),
            ("1: 7=71 | 2: 8=81,71", "2:+71@8", &[]),
            ("1: 7=72 | 2: 8=81,71", "1:+72@7 1:-71@7", &[]),
        ],
    );
}

#[test]
fn a_missing_group_changes_nothing() {
    check(
        0,
        &[
            ("", "", &[PC, MOBILE]),
            ("2: 8=81", "2:[8=81]", &[PC]),
            ("1: 7=71 | 2: 8=81", "1:[7=71]", &[]),
            ("", "", &[PC, MOBILE]),
            ("1: 7=71,72", "1:+72@7", &[MOBILE]),
            ("2: 8=82", "2:+82@8 2:-81@8", &[PC]),
            ("1: 7=71,72 | 2: 8=82", "", &[]),
        ],
    );
}

#[test]
fn an_empty_group_counts_when_a_second_response_confirms_it() {
    check(
        0,
        &[
            ("1: 7=71,72 | 2: 8=81", "1:[7=71,72] 2:[8=81]", &[]),
            ("1: | 2: 8=82", "2:+82@8 2:-81@8", &[PC]),
            ("1: 7=71 | 2: 8=82", "1:-72@7", &[]),
            ("1: 7= | 2: 8=82", "", &[PC]),
            ("2: 8=82", "", &[PC]),
            ("1: | 2:", "1:-71@7 1:-7", &[MOBILE]),
            ("1: | 2:", "2:-82@8 2:-8", &[]),
            ("1: 7=71 | 2:", "1:+7 1:+71@7", &[]),
            ("1: | 2:", "", &[PC]),
        ],
    );
}

#[test]
fn duplicates_are_merged() {
    let presence = check(
        0,
        &[
            ("1: 7=71 | 2: | 1: 8=81 7=72,71", "1:[7=71,72 8=81] 2:[]", &[]),
            // Two agents have it: it stays with its agent, in any order.
            ("1: 8=81,71 7=71,72 | 2:", "", &[]),
            ("1: 7=71,72 8=81,71 | 2:", "", &[]),
            ("1: 8=81,71 9=71 7=72 | 2:", "1:71@7>8", &[]),
        ],
    );
    assert_eq!(presence.groups(), answer("1: 7=72 8=71,81 | 2:"));
}

#[test]
fn sources_that_are_not_in_the_contract_are_watched_too() {
    check(
        0,
        &[
            ("1: | 2:", "1:[] 2:[]", &[]),
            ("1: | 2: | 9: 7=71", "9:[7=71]", &[]),
            ("1: | 2:", "", &[Source::Unknown(9)]),
            ("1: | 2: | 9: 7=72", "9:+72@7 9:-71@7", &[]),
        ],
    );
}

#[test]
fn an_account_that_is_back_within_the_settle_time_never_left() {
    let presence = check(
        3,
        &[
            ("1: 7=71 8=81,82 | 2:", "1:[7=71 8=81,82] 2:[]", &[]),
            ("1: 8=81 | 2:", "", &[]),
            ("1: 8=81 | 2:", "", &[]),
            ("1: 7=71 8=81 | 2:", "", &[]),
            ("1: 8=81 | 2:", "1:-82@8", &[]),
            ("1: 8=81,83 | 2:", "1:+83@8", &[]),
        ],
    );
    assert_eq!(presence.groups(), answer("1: 7=71 8=81,83 | 2:"));
}

#[test]
fn a_move_is_reported_after_the_settle_time() {
    check(
        2,
        &[
            ("1: 7=71 8=81 | 2:", "1:[7=71 8=81] 2:[]", &[]),
            ("1: 9=71 8=81 | 2:", "", &[]),
            ("1: 7=71 8=81 | 2:", "", &[]),
            ("1: 8=81 | 2:", "", &[]),
            ("1: 9=71 8=81 | 2:", "", &[]),
            ("1: 9=71 8=81 | 2:", "1:+9 1:71@7>9 1:-7", &[]),
        ],
    );
}

#[test]
fn an_empty_group_starts_the_settle_time_but_must_be_confirmed() {
    check(
        1,
        &[
            ("1: 7=71,72 | 2:", "1:[7=71,72] 2:[]", &[]),
            ("1: 7=71 | 2:", "", &[]),
            // The settle time of the second account is over, but this response alone is not enough.
            ("1: | 2:", "", &[PC]),
            ("1: | 2:", "1:-71@7 1:-72@7 1:-7", &[]),
        ],
    );
    check(
        3,
        &[
            ("1: 7=71 | 2:", "1:[7=71] 2:[]", &[]),
            ("1: | 2:", "", &[PC]),
            ("1: | 2:", "", &[]),
            ("1: | 2:", "", &[]),
            ("1: | 2:", "1:-71@7 1:-7", &[]),
        ],
    );
}

#[test]
fn the_settle_time_goes_on_while_the_group_is_missing() {
    check(
        3,
        &[
            ("1: 7=71,72 | 2:", "1:[7=71,72] 2:[]", &[]),
            ("1: 7=71 | 2:", "", &[]),
            ("", "", &[PC, MOBILE]),
            ("", "", &[PC, MOBILE]),
            ("1: 7=71 | 2:", "1:-72@7", &[]),
        ],
    );
}

#[test]
fn new_names_are_no_change() {
    let mut presence = Presence::default();
    presence.apply(Duration::ZERO, answer("1: 7=71 | 2:"), &IncompleteGroups::default());
    let mut renamed = answer("1: 7=71 | 2:");
    renamed[0].list[0].user_name = "another".to_owned();
    renamed[0].list[0].whats_app_list[0].name = Some("jack".to_owned());
    assert_eq!(presence.apply(Duration::ZERO, renamed.clone(), &IncompleteGroups::default()), []);
    assert_eq!(presence.groups(), renamed);
}

/// Checks the changes of a response with these incomplete lists, after one with agents 7 and 8 at PC.
#[track_caller]
fn check_incomplete(given: &str, lists: &[Vec<usize>], expected: &str) {
    let mut presence = Presence::default();
    presence.apply(Duration::ZERO, answer("1: 7=71,72 8=81 | 2: 9=91"), &IncompleteGroups::default());
    let given = answer(given);
    let incomplete = IncompleteGroups::new(&given, lists);
    let changes = presence.apply(Duration::from_secs(1), given, &incomplete);
    assert_eq!(notation::changes(&changes), expected);
    assert_eq!(presence.doubted().collect::<Vec<_>>(), if incomplete.at(PC).is_some() { vec![PC] } else { vec![] });
}

#[test]
fn an_account_that_may_have_been_left_out_keeps_its_state() {
    // Agent 7 has one account fewer, and one of its accounts was left out.
    check_incomplete("1: 7=71 8=81 | 2: 9=91", &[vec![0, 0]], "");
    check_incomplete("1: 7=71 8=81 | 2: 9=91", &[], "1:-72@7");
    // An account of agent 8 was left out: not one of agent 7.
    check_incomplete("1: 7=71 8=81 | 2: 9=91", &[vec![0, 1]], "1:-72@7");
    // An agent was left out: not agent 7, who is listed.
    check_incomplete("1: 7=71 | 2: 9=91", &[vec![0]], "1:-72@7");
    // A listed account has moved, and the other source is complete.
    check_incomplete("1: 7=71 8=81,72 | 2: 9=91", &[vec![0, 0]], "1:72@7>8");
    check_incomplete("1: 7=71,72 8=81 | 2: 9=92", &[vec![0]], "2:+92@9 2:-91@9");
}

#[test]
fn an_incomplete_empty_group_confirms_nothing() {
    let mut presence = Presence::default();
    let complete = IncompleteGroups::default();
    presence.apply(Duration::ZERO, answer("1: 7=71 | 2:"), &complete);
    let empty = answer("1: | 2:");
    let incomplete = IncompleteGroups::new(&empty, &[vec![0]]);
    assert_eq!(presence.apply(Duration::from_secs(1), empty.clone(), &incomplete), []);
    assert_eq!(presence.apply(Duration::from_secs(2), empty.clone(), &complete), []);
    assert_eq!(notation::changes(&presence.apply(Duration::from_secs(3), empty, &complete)), "1:-71@7 1:-7");
}

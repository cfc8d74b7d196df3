//! Pages of events and gaps: they have what a plain list of everything has, whatever is appended meanwhile.

use std::{
    env, iter,
    time::{Duration, Instant},
};

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

use super::{TestDatabase, fixture::*};
use crate::{
    event::{LoggedEvent, Provenance, ProvenanceKind, StatusEvent},
    event_log::{
        AppendToken, EventLog, MirroredBatch,
        history::{FactFilter, GapQuery, GapSearch, HistoryQuery, PageCursor, PageRequest, TimeOrder},
        mirrored::{Gap, MirroredFacts},
    },
    tenant::TenantNumber,
};

/// A random choice that `GROUP_DISPATCH_TEST_SEED` repeats.
#[allow(clippy::print_stdout)]
fn random() -> fastrand::Rng {
    let seed = env::var("GROUP_DISPATCH_TEST_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("GROUP_DISPATCH_TEST_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

/// Events of a small world: many share a time or a second, and their times go up and down.
fn some_events(random: &mut fastrand::Rng, arrived: usize, count: usize) -> Vec<StatusEvent> {
    let event = |place| {
        let at = (arrived + place) as i64 * 100 + random.i64(-5_000..5_000);
        let provenance = match random.u32(0..4) {
            0 => Provenance::Logged { ordinal: random.u32(0..3) },
            1 => Provenance::Observed { not_before: None },
            _ => Provenance::Fed,
        };
        StatusEvent {
            event_id: (provenance == Provenance::Fed).then(|| random.u64(..).to_string()),
            user_id: UserId::from(random.u32(1..3)),
            whatsapp: WhatsAppNumber::new(random.u64(1..3)).unwrap(),
            source: [Source::Pc, Source::Mobile][random.usize(0..2)],
            status: [AccountStatus::Online, AccountStatus::Offline][random.usize(0..2)],
            detail_status: [StatusDetail::PcOnline, StatusDetail::Unknown(0)][random.usize(0..2)],
            at: DAY + at - if random.bool() { at % 1000 } else { 0 },
            provenance,
            ..event(0)
        }
    };
    (0..count).map(event).collect()
}

fn some_query(random: &mut fastrand::Rng, events: usize) -> (HistoryQuery, Option<Vec<i64>>) {
    fn maybe<T>(random: &mut fastrand::Rng, one: T) -> Option<T> {
        (random.u32(0..5) == 0).then_some(one)
    }
    let time = DAY + random.i64(0..events as i64 * 100);
    let end = time + random.i64(0..20_000);
    let kind = [ProvenanceKind::Fed, ProvenanceKind::Logged, ProvenanceKind::Observed][random.usize(0..3)];
    let filter = FactFilter {
        from: maybe(random, time),
        to: maybe(random, end),
        whatsapp: maybe(random, WhatsAppNumber::new(2).unwrap()),
        source: maybe(random, Source::Pc),
        ..FactFilter::default()
    };
    let order = [TimeOrder::OldestFirst, TimeOrder::NewestFirst][random.usize(0..2)];
    let query = HistoryQuery {
        filter,
        status: maybe(random, AccountStatus::Online),
        detail_status: maybe(random, StatusDetail::PcOnline),
        provenance: maybe(random, kind),
        page: PageRequest { order, limit: random.usize(5..80), cursor: None },
    };
    let agents = [vec![1], vec![2, 3], vec![]][random.usize(0..3)].clone();
    (query, maybe(random, agents))
}

/// The numbers of the events that a query selects from a plain list, in its order.
fn expected(all: &[LoggedEvent], query: &HistoryQuery, agents: Option<&Vec<i64>>) -> Vec<u64> {
    let HistoryQuery { filter, status, detail_status, provenance, page } = query;
    let is_copy = |fed: &LoggedEvent| {
        let says = |event: &StatusEvent| {
            let StatusEvent { user_id, whatsapp, source, status, detail_status, at, .. } = *event;
            (user_id, whatsapp, source, status, detail_status, at.div_euclid(1000))
        };
        let is = |kind, one: &LoggedEvent| one.event.provenance.kind() == kind && says(&one.event) == says(&fed.event);
        let logged = all.iter().filter(|one| is(ProvenanceKind::Logged, one)).count();
        let earlier = |one: &&LoggedEvent| (one.event.at, one.seq) < (fed.event.at, fed.seq);
        let before = all.iter().filter(|one| is(ProvenanceKind::Fed, one)).filter(earlier).count();
        fed.event.provenance == Provenance::Fed && before < logged
    };
    let mut selected: Vec<_> = all
        .iter()
        .filter(|logged| {
            let event = &logged.event;
            filter.from.is_none_or(|from| event.at >= from)
                && filter.to.is_none_or(|to| event.at < to)
                && filter.whatsapp.is_none_or(|number| event.whatsapp == number)
                && filter.source.is_none_or(|source| event.source == source)
                && agents.is_none_or(|agents| agents.contains(&event.user_id.get().cast_signed()))
                && status.is_none_or(|status| event.status == status)
                && detail_status.is_none_or(|detail| event.detail_status == detail)
                && match provenance {
                    Some(kind) => event.provenance.kind() == *kind,
                    None => !is_copy(logged),
                }
        })
        .collect();
    selected.sort_by_key(|logged| (logged.event.at, logged.seq));
    if page.order == TimeOrder::NewestFirst {
        selected.reverse();
    }
    selected.into_iter().map(|logged| logged.seq).collect()
}

/// Appends, and waits until everything counts as there before what comes: in PostgreSQL, while transactions of other tests
/// run, it may not.
async fn append_settled(log: &dyn EventLog, events: Vec<StatusEvent>) -> (TenantNumber, Vec<LoggedEvent>) {
    let logged = log.append(tenant(1), events).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while let Some(AppendToken::Postgres { xact, .. }) = logged.token {
        let page = PageRequest { limit: 1, ..PageRequest::default() };
        let query = HistoryQuery { page, ..HistoryQuery::default() };
        let page = log.history(logged.tenant, query, None).await.unwrap();
        if page.next.is_some_and(|next| next.horizon > xact.unsigned_abs()) {
            break;
        }
        assert!(Instant::now() < deadline, "a transaction runs for long");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (logged.tenant, logged.stored)
}

#[tokio::test]
async fn pages_have_every_event_once_whatever_is_appended_meanwhile() {
    const EVENTS: usize = 600;
    let mut random = random();
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        add(&*log, 2).await;
        log.append(tenant(2), some_events(&mut random, 0, 100)).await.unwrap();
        let (mut all, mut number) = (Vec::new(), TenantNumber(0));
        for arrived in (0..EVENTS).step_by(50) {
            let (tenant, mut stored) = append_settled(&*log, some_events(&mut random, arrived, 50)).await;
            all.append(&mut stored);
            number = tenant;
        }
        for turn in 0..30 {
            let (mut query, agents) = some_query(&mut random, EVENTS);
            let expected = expected(&all, &query, agents.as_ref());
            let (limit, mut found) = (query.page.limit, Vec::new());
            let mut later = Vec::new();
            loop {
                let page = log.history(number, query.clone(), agents.clone()).await.unwrap();
                assert!(page.events.len() <= limit);
                for event in page.events {
                    let stored = all.iter().chain(&later).find(|logged| logged.seq == event.seq);
                    assert!(stored.is_some_and(|stored| stored.event == event.event));
                    found.push(event.seq);
                }
                let Some(next) = page.next else { break };
                // As a client has it.
                query.page.cursor = Some(next.to_string().parse().unwrap());
                if turn % 3 == 0 && later.len() < 200 {
                    // Some of them are copies of events that are there.
                    let arrived = random.usize(0..EVENTS);
                    let logged = log.append(tenant(1), some_events(&mut random, arrived, 20)).await.unwrap();
                    later.extend(logged.stored);
                }
            }
            found.retain(|seq| all.iter().any(|logged| logged.seq == *seq));
            assert_eq!(found, expected, "turn {turn}");
            let (_, mut settled) = append_settled(&*log, some_events(&mut random, EVENTS, 1)).await;
            all.append(&mut later);
            all.append(&mut settled);
        }
    }
}

#[tokio::test]
async fn pages_of_gaps_have_every_gap_once() {
    let mut random = random();
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        let mut some_gaps = |count| -> Vec<Gap> {
            let gap = || Gap {
                source: [Source::Pc, Source::Mobile][random.usize(0..2)],
                user_id: UserId::from(random.u32(1..4)),
                agent_account: "\0agent".into(),
                whatsapp: random.bool().then(|| WhatsAppNumber::new(random.u64(1..4)).unwrap()),
                from: random.bool().then(|| random.i64(0..50)),
                to: random.i64(50..100),
            };
            iter::repeat_with(gap).take(count).collect()
        };
        let append = async |gaps: Vec<Gap>| {
            let facts = MirroredFacts { gaps, ..MirroredFacts::default() };
            match log.append_mirrored(tenant(1), facts).await.unwrap() {
                MirroredBatch::Stored { events, gaps, .. } => (events.tenant, gaps.stored),
                MirroredBatch::Conflict(_) => panic!("there are no looks"),
            }
        };
        let first = some_gaps(100);
        let (tenant, stored) = append([first.clone(), first.clone()].concat()).await;
        assert!((50..=100).contains(&stored), "each once");
        let all = async |query: GapQuery, agents: Option<Vec<i64>>, mut meanwhile: Vec<Gap>| {
            let (mut query, mut found) = (query, Vec::new());
            loop {
                let search = GapSearch { tenant, agents: agents.clone(), query: query.clone() };
                let page = log.gaps(search).await.unwrap();
                found.extend(page.gaps);
                let Some(next) = page.next else { return found };
                query.page.cursor = Some(next.to_string().parse().unwrap());
                append(meanwhile.split_off(meanwhile.len().saturating_sub(5))).await;
            }
        };
        for order in [TimeOrder::OldestFirst, TimeOrder::NewestFirst] {
            let page = PageRequest { order, limit: 7, cursor: None };
            let of = |filter| GapQuery { filter, page };
            let everything = all(of(FactFilter::default()), None, some_gaps(30)).await;
            assert!(first.iter().all(|gap| everything.iter().filter(|other| *other == gap).count() == 1));
            assert!(match order {
                TimeOrder::OldestFirst => everything.is_sorted_by_key(|gap| gap.to),
                TimeOrder::NewestFirst => everything.iter().rev().is_sorted_by_key(|gap| gap.to),
            });
            let number = WhatsAppNumber::new(2).unwrap();
            let (from, to) = (Some(70), Some(20));
            let filter =
                FactFilter { from, to, whatsapp: Some(number), source: Some(Source::Pc), ..FactFilter::default() };
            let found = all(of(filter), Some(vec![1, 2]), vec![]).await;
            let is_selected = |gap: &&Gap| {
                gap.to >= 70
                    && gap.from.is_none_or(|from| from < 20)
                    && gap.whatsapp.is_none_or(|other| other == number)
                    && (gap.source, gap.user_id.get() < 3) == (Source::Pc, true)
            };
            let everything = all(of(FactFilter::default()), None, vec![]).await;
            assert!(everything.iter().filter(is_selected).eq(&found) && !found.is_empty());
        }
    }
}

#[test]
fn a_text_that_is_no_cursor_is_rejected() {
    for text in ["-5.7.9", "9223372036854775807.0.0"] {
        assert_eq!(text.parse::<PageCursor>().unwrap().to_string(), text);
    }
    for text in ["", "1", "1.2", "1.2.3.4", "1.-2.3", "a.2.3", "1.2.9223372036854775808", "1.18446744073709551615.3"] {
        assert!(text.parse::<PageCursor>().is_err(), "{text}");
    }
}

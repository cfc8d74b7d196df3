//! Property test: reports and lists of sessions are what the events amount to, counted one by one.

use std::{collections::HashMap, env};

use group_dispatch_server::{
    ApiKey, TenantId,
    event::{Provenance, ProvenanceKind, StatusEvent},
    store::{
        Admin, EventFilter, FactFilter, Gap, Grouping, HistoryQuery, MirroredFacts, ReportQuery, SessionQuery, Store,
        Strike, Subjects, Zone,
    },
};
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UtcOffset, history::CalendarDay};
use jiff::{
    Timestamp,
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};

use super::{
    fixture::*,
    report_model::{Known, Model, Session},
};

/// Zones, and a day of each on which clocks change, if they do.
const ZONES: [(&str, &str); 8] = [
    ("UTC", "2026-02-28"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/St_Johns", "2026-03-08"),
    ("America/St_Johns", "2010-11-07"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Asia/Kathmandu", "2026-12-31"),
];

const MINUTE: i64 = 60_000;

#[tokio::test]
#[allow(clippy::print_stdout)]
async fn reports_are_what_the_events_amount_to() {
    let seed = env::var("GROUP_DISPATCH_TEST_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("GROUP_DISPATCH_TEST_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let store = empty().await;
    for (number, (zone, day)) in (1..).zip(ZONES.into_iter().cycle().take(24)) {
        store.add_tenant(tenant(number), ApiKey::new("key")).await.unwrap();
        let mut world = World::new(&mut random, zone, day);
        let late = world.events.split_off(world.events.len() * 3 / 4);
        world.store(&mut random, &store, tenant(number)).await;
        let mut all = stored(&store, tenant(number)).await;
        assert!(all.len() > 40);
        for turn in 0..12 {
            if turn % 4 == 3 {
                // Events arrive late: what earlier reports left behind does not count any more.
                world.events = late.chunks(late.len().div_ceil(3)).nth(turn / 4).unwrap_or_default().to_vec();
                world.store(&mut random, &store, tenant(number)).await;
                all = stored(&store, tenant(number)).await;
            }
            world.check_report(&mut random, &store, tenant(number), &all).await;
            world.check_sessions(&mut random, &store, tenant(number), &all).await;
        }
    }
}

/// Some days of a few accounts and agents.
struct World {
    zone: Zone,
    clocks: TimeZone,
    /// Five days, around the one on which clocks change.
    days: Vec<Date>,
    from: i64,
    to: i64,
    events: Vec<StatusEvent>,
    gaps: Vec<Gap>,
}

impl World {
    fn new(random: &mut fastrand::Rng, zone: &str, day: &str) -> Self {
        let clocks = TimeZoneDatabase::bundled().get(zone).unwrap();
        let first: Date = day.parse::<Date>().unwrap().yesterday().unwrap().yesterday().unwrap();
        let days: Vec<Date> = first.series(jiff::Span::new().days(1)).take(5).collect();
        let (from, to) = (begin(&clocks, days[0]), begin(&clocks, days[4].tomorrow().unwrap()));
        let mut world = Self { zone: Zone::find(zone).unwrap(), clocks, days, from, to, events: vec![], gaps: vec![] };
        let mut ordinals = HashMap::new();
        for place in 0..random.usize(60..200) {
            let event = world.event(random, place, &mut ordinals);
            if matches!(event.provenance, Provenance::Logged { .. }) && random.u32(0..3) == 0 {
                // A feeder has it as well, with the milliseconds that the log lacks.
                let (event_id, at) = (Some(format!("copy-{place}")), event.at + random.i64(0..1000));
                world.events.push(StatusEvent { event_id, at, provenance: Provenance::Fed, ..event.clone() });
            }
            world.events.push(event);
        }
        random.shuffle(&mut world.events);
        world.gaps = (0..random.usize(0..4)).map(|_| world.gap(random)).collect();
        world
    }

    fn time(&self, random: &mut fastrand::Rng) -> i64 {
        let time = match random.u32(0..4) {
            // Around midnight, at it, and where others are.
            0 => begin(&self.clocks, self.days[random.usize(0..5)]) + random.i64(-2..3) * MINUTE / 2,
            1 => self.from + random.i64(0..200) * 37 * MINUTE,
            _ => random.i64(self.from - 100 * MINUTE..self.to + 100 * MINUTE),
        };
        if random.bool() { time.div_euclid(1000) * 1000 } else { time }
    }

    fn event(
        &self,
        random: &mut fastrand::Rng,
        place: usize,
        ordinals: &mut HashMap<(u32, u64, i32, i32, i64), u32>,
    ) -> StatusEvent {
        let at = self.time(random);
        let (agent, number, source) = (random.u32(1..4), random.u64(1..5), random.i32(1..3));
        let status = [10, 10, 10, 20, 30, 30, 40][random.usize(0..7)];
        let detail_status = StatusDetail::from(status + 1);
        let event = StatusEvent {
            whatsapp: account(number),
            source: Source::from(source),
            status: AccountStatus::from(status),
            detail_status,
            ..online(agent, at)
        };
        match random.u32(0..4) {
            0 => {
                let at = at.div_euclid(1000) * 1000;
                let ordinal = ordinals.entry((agent, number, source, status, at)).or_default();
                *ordinal += 1;
                StatusEvent { provenance: Provenance::Logged { ordinal: *ordinal - 1 }, at, ..event }
            }
            1 => {
                let status = if status == 10 { AccountStatus::Online } else { AccountStatus::Offline };
                let provenance = Provenance::Observed { not_before: random.bool().then_some(at - 5_000) };
                StatusEvent { provenance, status, detail_status: StatusDetail::Unknown(0), ..event }
            }
            _ => StatusEvent { event_id: Some(format!("event-{place}")), ..event },
        }
    }

    fn gap(&self, random: &mut fastrand::Rng) -> Gap {
        let to = self.time(random);
        Gap {
            source: Source::from(random.i32(1..3)),
            user_id: user(random.u32(1..4)),
            agent_account: "agent1".to_owned(),
            whatsapp: random.bool().then(|| account(random.u64(1..5))),
            from: (random.u32(0..4) > 0).then(|| to - random.i64(0..3000) * MINUTE),
            to,
        }
    }

    /// Appends everything, in calls of any size.
    async fn store(&self, random: &mut fastrand::Rng, store: &Store, tenant: TenantId) {
        let mut left = self.events.as_slice();
        while !left.is_empty() {
            let (call, rest) = left.split_at(random.usize(1..=left.len()));
            left = rest;
            let (fed, mirrored): (Vec<_>, Vec<_>) =
                call.iter().cloned().partition(|event| event.provenance == Provenance::Fed);
            store.append(tenant, fed).await.unwrap();
            let facts = MirroredFacts { events: mirrored, ..MirroredFacts::default() };
            store.append_mirrored(tenant, facts).await.unwrap();
        }
        let facts = MirroredFacts { gaps: self.gaps.clone(), ..MirroredFacts::default() };
        store.append_mirrored(tenant, facts).await.unwrap();
    }

    fn filter(random: &mut fastrand::Rng) -> FactFilter {
        fn maybe<T>(random: &mut fastrand::Rng, one: T) -> Option<T> {
            (random.u32(0..3) == 0).then_some(one)
        }
        let (agent, number) = (random.u32(1..4), random.u64(1..5));
        FactFilter {
            user_id: maybe(random, user(agent)),
            whatsapp: maybe(random, account(number)),
            source: maybe(random, Source::Pc),
            ..FactFilter::default()
        }
    }

    /// A time at which some sessions last.
    fn now(&self, random: &mut fastrand::Rng) -> i64 {
        if random.bool() { self.to + 1000 * MINUTE } else { self.time(random) }
    }

    async fn check_report(&self, random: &mut fastrand::Rng, store: &Store, tenant: TenantId, all: &[Known]) {
        let first = random.usize(0..5);
        let dates = &self.days[first..random.usize(first + 1..=5)];
        let stretches: Vec<(CalendarDay, i64, i64)> = dates
            .iter()
            .map(|date| {
                (
                    date.to_string().parse().unwrap(),
                    begin(&self.clocks, *date),
                    begin(&self.clocks, date.tomorrow().unwrap()),
                )
            })
            .collect();
        let days = self.zone.days(stretches[0].0, stretches[stretches.len() - 1].0, 10).unwrap();
        let of_store: Vec<_> = days.iter().map(|day| (day.date, day.from, day.to)).collect();
        assert_eq!(of_store, stretches);
        let by_day = random.bool();
        let subjects = [Subjects::Agents, Subjects::Accounts, Subjects::All][random.usize(0..3)];
        let (grouping, filter, now) = (Grouping { subjects, by_day }, Self::filter(random), self.now(random));
        let stretches: Vec<_> = if by_day {
            stretches.into_iter().map(|(day, from, to)| (Some(day), from, to)).collect()
        } else {
            vec![(None, days[0].from, days[days.len() - 1].to)]
        };
        let end = stretches[stretches.len() - 1].2.min(now);
        let expected = Model::new(all, &self.gaps, &filter, end).rows(grouping, &filter, &stretches);
        let query = ReportQuery { filter, days, grouping, now };
        let report = store.report(tenant, query).await.unwrap();
        assert_eq!(report.rows, expected, "{grouping:?}");
    }

    async fn check_sessions(&self, random: &mut fastrand::Rng, store: &Store, tenant: TenantId, all: &[Known]) {
        let now = self.now(random);
        let mut filter = Self::filter(random);
        filter.from = random.bool().then(|| self.time(random));
        filter.to = random.bool().then(|| self.time(random));
        let (from, to) = (filter.from.unwrap_or(i64::MIN), filter.to.unwrap_or(i64::MAX));
        let expected = Model::new(all, &self.gaps, &filter, now).sessions(filter.user_id, from, to);
        let mut query = SessionQuery { filter, limit: random.usize(1..20), cursor: None, now };
        let mut found = Vec::new();
        loop {
            let page = store.sessions(tenant, query.clone()).await.unwrap();
            assert!(page.sessions.len() <= query.limit);
            found.extend(page.sessions);
            let Some(next) = page.next else { break };
            // As a client has it. Time goes on; the list stays that of the first page.
            query.cursor = Some(next.to_string().parse().unwrap());
            query.now += MINUTE;
        }
        let expected: Vec<_> = expected.iter().map(|(session, at_least)| (short(session), *at_least)).collect();
        let found: Vec<_> = found
            .iter()
            .map(|(session, at_least)| {
                let ended = session.ended.map(|ended| ended.place());
                let who = (session.user_id, session.whatsapp, session.source);
                ((who, session.began.place(), ended), *at_least)
            })
            .collect();
        assert_eq!(found, expected);
    }
}

type Short =
    ((group_dispatch_types::UserId, group_dispatch_types::WhatsAppNumber, Source), (i64, u64), Option<(i64, u64)>);

fn short(session: &Session) -> Short {
    ((session.agent, session.account, session.source), session.began, session.ended)
}

/// All events that are stored, with their numbers.
async fn stored(store: &Store, tenant: TenantId) -> Vec<Known> {
    let mut all = Vec::new();
    for kind in [ProvenanceKind::Fed, ProvenanceKind::Logged, ProvenanceKind::Observed] {
        let page =
            store.history(tenant, HistoryQuery { provenance: Some(kind), ..HistoryQuery::default() }).await.unwrap();
        assert!(page.next.is_none());
        all.extend(page.events.into_iter().map(|known| Known { seq: known.seq, event: known.event }));
    }
    all
}

/// The first moment at which clocks show a date or a later one.
fn begin(clocks: &TimeZone, date: Date) -> i64 {
    let midnight: Timestamp = format!("{date}T00:00:00Z").parse().unwrap();
    let minutes = (-30 * 60..30 * 60).map(|minute| midnight.as_millisecond() + minute * MINUTE);
    // Clocks may show a date, the one before it, and the date again.
    let mut begin =
        minutes.skip_while(|minute| clocks.to_datetime(Timestamp::from_millisecond(*minute).unwrap()).date() < date);
    begin.next().unwrap()
}

/// Returns how long the only agent was online on 2024-07-09, in hours; `None` if no agent was.
async fn online_hours(store: &Store) -> Option<i64> {
    let day: CalendarDay = "2024-07-09".parse().unwrap();
    let days = Zone::find("UTC").unwrap().days(day, day, 1).unwrap();
    let grouping = Grouping { subjects: Subjects::Agents, by_day: false };
    let query = ReportQuery { filter: FactFilter::default(), days, grouping, now: i64::MAX };
    let rows = store.report(tenant(1), query).await.unwrap().rows;
    assert!(rows.len() < 2);
    rows.first().map(|row| row.sums.online / (60 * MINUTE))
}

/// Waits until a report has what others did, which is seen soon, not at once.
async fn soon_online(store: &Store, hours: Option<i64>) {
    let reached = async {
        while online_hours(store).await != hours {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), reached).await.expect("not seen within a minute");
}

#[tokio::test]
async fn what_a_report_remembers_is_forgotten_when_it_turns_out_to_be_wrong() {
    /// 2024-07-08T00:00:00Z.
    const DAY: i64 = 1_720_396_800_000;
    let hour = 60 * MINUTE;
    let store = with([online(1, DAY + 10 * hour)]).await;
    let other = store.place.open(UtcOffset::VENDOR).await;
    for server in [&*store, &other] {
        assert_eq!(online_hours(server).await, Some(24));
        // From what the first one left behind.
        assert_eq!(online_hours(server).await, Some(24));
    }
    other.append(tenant(1), vec![offline(1, DAY + 26 * hour)]).await.unwrap();
    assert_eq!(online_hours(&other).await, Some(2));
    soon_online(&store, Some(2)).await;
    other.append(tenant(1), vec![offline(1, DAY + 20 * hour)]).await.unwrap();
    assert_eq!(online_hours(&other).await, None);
    soon_online(&store, None).await;
    let admin = Admin::open(&store.place.database()).await.unwrap();
    let late = DAY + 20 * hour;
    let filter = EventFilter { event_id: None, user_id: None, whatsapp: None, source: None, times: late..late + 1 };
    assert!(matches!(admin.strike(tenant(1), filter, false).await.unwrap(), Strike::Struck(_)));
    admin.close().await.unwrap();
    for server in [&*store, &other] {
        soon_online(server, Some(2)).await;
    }
}

//! Runs a campaign: leg after leg and fault after fault. After each fault it compares, and notes the outcome on the disk,
//! so that a later run goes on from there.

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use test_support::postgres::make_folder;

use crate::{
    event::rng,
    faults::{Injected, inject},
    monitor::LongestWrong,
    outcome::Outcome,
    patroni,
    plan::{Fault, Leg, Store},
    sqlite::SmallDisk,
    world::{Setup, Verdict, World},
};

/// How long feeding goes on after a fault.
const FEED_AFTER: Duration = Duration::from_millis(500);

/// A campaign in a folder.
pub struct Campaign {
    pub setup: Setup,
    folder: PathBuf,
    /// The folder of all worlds.
    worlds: PathBuf,
    pub outcomes: Vec<Outcome>,
    pub skipped: Vec<String>,
    deadline: Option<Instant>,
    /// Locked while the campaign runs.
    _lock: File,
}

impl Campaign {
    /// Opens a campaign, with the outcomes so far if it goes on.
    ///
    /// # Errors
    /// If the folder can't be written.
    pub fn open(setup: Setup, folder: &Path, is_resumed: bool, deadline: Option<Instant>) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let lock = File::create(folder.join("lock"))?;
        if lock.try_lock().is_err() {
            bail!(
                "another campaign runs in {}; wait for its end, or choose another folder by --into",
                folder.display()
            );
        }
        let (outcomes, skipped, worlds) = (Vec::new(), Vec::new(), worlds(&setup, folder)?);
        let campaign = Self { setup, folder: folder.to_owned(), worlds, outcomes, skipped, deadline, _lock: lock };
        if !is_resumed {
            campaign.clear()?;
        }
        fs::create_dir_all(&campaign.worlds)?;
        let progress = fs::read_to_string(campaign.progress()).unwrap_or_default();
        // A line that a kill has torn is an episode that is repeated.
        let outcomes = progress.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok(Self { outcomes, ..campaign })
    }

    fn progress(&self) -> PathBuf {
        self.folder.join("progress.jsonl")
    }

    /// Removes what an earlier campaign left, also its processes.
    fn clear(&self) -> Result<()> {
        for part in parts(&self.worlds) {
            World::clear_left(&part)?;
        }
        for left in [self.worlds.clone(), self.progress()] {
            if left.is_dir() {
                fs::remove_dir_all(&left).with_context(|| format!("cannot remove {}", left.display()))?;
            } else if left.exists() {
                fs::remove_file(&left)?;
            }
        }
        Ok(())
    }

    /// Runs the legs that are left. Returns whether all are done: otherwise the time has passed.
    ///
    /// # Errors
    /// If the outcomes can't be written.
    pub fn run(&mut self, legs: &[Leg]) -> Result<bool> {
        for leg in legs {
            if let Some(because) = self.obstacle(leg) {
                let faults: Vec<_> = leg.faults.iter().map(|fault| fault.name()).collect();
                let skipped = format!("{} on {}, because {because}", faults.join(", "), leg.store);
                test_support::skip_part(&skipped);
                self.skipped.push(skipped);
                continue;
            }
            if !self.run_leg(leg)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns why a leg can't run on this machine.
    fn obstacle(&self, leg: &Leg) -> Option<String> {
        if leg.store != Store::Sqlite && self.setup.postgres.is_none() {
            return Some("there is no PostgreSQL".to_owned());
        }
        if leg.store == Store::Patroni
            && let Some(missing) = patroni::missing()
        {
            return Some(format!(
                "there is no `{missing}`; Debian's packages are patroni, etcd-server and etcd-client"
            ));
        }
        if leg.has_small_disk {
            let mounted = SmallDisk::mount(&self.worlds.join("small"), 1);
            return mounted.err().map(|error| format!("a small disk can't be mounted ({error:#})"));
        }
        None
    }

    fn run_leg(&mut self, leg: &Leg) -> Result<bool> {
        let folder = self.worlds.join(format!("leg-{}", leg.number));
        let done =
            self.outcomes.iter().filter(|outcome| outcome.leg == leg.number && outcome.episode.is_some()).count();
        let mut world = None;
        for (episode, fault) in leg.faults.iter().enumerate().skip(done) {
            if self.deadline.is_some_and(|deadline| Instant::now() > deadline) {
                return Ok(false);
            }
            eprintln!("{}.{episode} {} on {}, {} servers", leg.number, fault.name(), leg.store, leg.servers);
            let outcome = self.episode(leg, episode, *fault, &folder, &mut world);
            self.note(outcome)?;
        }
        drop(world);
        let is_right = self.outcomes.iter().filter(|outcome| outcome.leg == leg.number).all(Outcome::is_right);
        if is_right && folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        Ok(true)
    }

    /// Runs an episode, in the world of the leg. A world in which something went wrong is left as it is.
    fn episode(
        &mut self,
        leg: &Leg,
        episode: usize,
        fault: Fault,
        folder: &Path,
        world: &mut Option<World>,
    ) -> Outcome {
        let mut rng = rng(&[self.setup.seed, leg.number as u64, episode as u64]);
        let mut outcome = Outcome::new(leg, Some(episode), fault.name());
        let result = self.open_world(leg, folder, world).and_then(|()| match world {
            Some(world) => run_fault(world, fault, &mut rng, &mut outcome),
            None => Ok(()),
        });
        outcome.error = result.err().map(|error| format!("{error:#}"));
        if !outcome.is_right() {
            if let Some(wrong) = world.take() {
                // The next episode begins with a new world.
                let _ = File::create(wrong.folder.join("over"));
                wrong.leave();
            } else if let Some(last) = parts(folder).pop() {
                let _ = File::create(last.join("over"));
            }
        }
        outcome
    }

    /// Opens the world of a leg, if it is not open: the one that a killed run left, or a new one.
    fn open_world(&mut self, leg: &Leg, folder: &Path, world: &mut Option<World>) -> Result<()> {
        if world.is_some() {
            return Ok(());
        }
        let parts = parts(folder);
        parts.iter().try_for_each(|part| World::end_left(part))?;
        let left = parts.last().filter(|part| part.join("journal").exists() && !part.join("over").exists());
        let Some(left) = left else {
            *world = Some(World::open(&self.setup, leg, &folder.join(format!("part-{}", parts.len())))?);
            return Ok(());
        };
        let opened = world.insert(World::open(&self.setup, leg, left)?);
        let mut outcome = Outcome::new(leg, None, "campaign-killed");
        outcome.times = 1;
        let verdict = opened.check(true, &mut rng(&[self.setup.seed, leg.number as u64]))?;
        outcome.add(&verdict);
        self.note(outcome)
    }

    fn note(&mut self, outcome: Outcome) -> Result<()> {
        if !outcome.is_right() {
            eprintln!("    FAILED: {outcome:?}");
        }
        let line = format!("{}\n", serde_json::to_string(&outcome)?);
        let file = File::options().append(true).create(true).open(self.progress());
        file.and_then(|mut file| file.write_all(line.as_bytes())).context("cannot note the progress")?;
        self.outcomes.push(outcome);
        Ok(())
    }
}

/// Returns the folder of worlds: in the folder of the campaign or, if the user `postgres` can't enter that, as in the home of
/// root, among the temporary files.
///
/// # Errors
/// If the folder of the campaign does not exist.
pub fn worlds(setup: &Setup, folder: &Path) -> Result<PathBuf> {
    let folder = folder.canonicalize()?;
    let probe = folder.join("access");
    let is_reachable = setup.postgres.is_none() || make_folder(&probe).is_ok();
    let _ = fs::remove_dir(&probe);
    if is_reachable {
        return Ok(folder.join("worlds"));
    }
    let name = folder.to_string_lossy().replace('/', "-");
    Ok(env::temp_dir().join(format!("group-dispatch-chaos{name}")).join("worlds"))
}

/// Injects a fault while the world is fed, undoes it, and compares.
fn run_fault(world: &mut World, fault: Fault, rng: &mut Rng, outcome: &mut Outcome) -> Result<()> {
    world.warm_up()?;
    world.feeding.reset();
    let before = world.feeding.acknowledged();
    let Injected { times, healed, back, mut notes } = inject(world, fault, rng)?;
    (outcome.times, outcome.back) = (times, back);
    if let Some(healed) = healed {
        let took = world.wait_for_feeds(healed, &mut notes)?;
        outcome.back = back.max(took.unwrap_or_else(|| healed.elapsed()));
        world.hold(FEED_AFTER)?;
    }
    let verdict = world.check(healed.is_some(), rng);
    outcome.longest_gap = world.feeding.longest_gap();
    for server in &world.servers {
        let wrong = server.monitor.longest_wrong();
        outcome.wrong_readiness.feeds.keep(wrong.feeds);
        outcome.wrong_readiness.queries.keep(wrong.queries);
    }
    outcome.events = world.feeding.acknowledged() - before;
    outcome.notes = notes;
    outcome.add(&verdict?);
    Ok(())
}

impl Outcome {
    fn new(leg: &Leg, episode: Option<usize>, fault: &str) -> Self {
        Self {
            leg: leg.number,
            episode,
            fault: fault.to_owned(),
            store: leg.store,
            servers: leg.servers,
            times: 0,
            events: 0,
            lost: 0,
            doubled: 0,
            partial: 0,
            wrong: 0,
            longest_gap: Duration::ZERO,
            back: Duration::ZERO,
            wrong_readiness: LongestWrong::default(),
            notes: Vec::new(),
            error: None,
        }
    }

    fn add(&mut self, Verdict { check, wrong_answers }: &Verdict) {
        (self.lost, self.doubled, self.partial) = (check.lost, check.doubled, check.partial);
        self.wrong = check.changed + wrong_answers.len();
        if !check.is_right() {
            self.notes.push(check.to_string());
        }
        self.notes.extend(wrong_answers.iter().take(4).cloned());
    }
}

/// Returns the folders of a leg's worlds, in the order in which they were made; those of all legs for the folder of worlds.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let mut all: Vec<PathBuf> = entries(folder);
    if folder.ends_with("worlds") {
        all = all.iter().flat_map(|leg| entries(leg)).collect();
    }
    let number = |path: &PathBuf| path.file_name()?.to_str()?.rsplit('-').next()?.parse::<usize>().ok();
    all.sort_by_key(number);
    all
}

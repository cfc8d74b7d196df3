//! The journal: what was sent and what the server acknowledged, on the disk.
//!
//! Each line is written in one call before the next step, so that the journal has the truth even if this program is
//! killed: a batch is `sent` before its request leaves, and `kept` after the response came. A last line without its end was
//! never acted upon.
//!
//! ```text
//! sent FEEDER BATCH TENANT EVENTS TIME
//! kept FEEDER BATCH STORED
//! refused FEEDER BATCH
//! ```

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};

use anyhow::{Context, Result};

use crate::event::{BatchId, BatchSpec};

/// A journal that is being written.
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

/// What the journal says about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchRecord {
    pub spec: BatchSpec,
    /// How often the server acknowledged it.
    pub kept: u32,
    /// How many of its events the server called new, in all acknowledgements together.
    pub stored: usize,
    /// Whether the server refused it: then none of its events may be there.
    pub is_refused: bool,
}

/// The batches of a journal.
pub type Records = BTreeMap<BatchId, BatchRecord>;

impl Journal {
    /// Opens the journal, or creates it.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn open(path: PathBuf) -> Result<Self> {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut file = File::options().append(true).create(true).open(&path);
        if let Ok(file) = &mut file
            && !text.is_empty()
            && !text.ends_with('\n')
        {
            // Ends the line that a killed program did not.
            file.write_all(b" torn\n")?;
        }
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    /// Notes that a batch is about to be sent for the first time.
    ///
    /// # Errors
    /// If it can't be written. Then the batch must not be sent.
    pub fn sent(&self, spec: &BatchSpec) -> Result<()> {
        let BatchSpec { id: BatchId { feeder, batch }, tenant, events, time } = spec;
        self.write(&format!("sent {feeder} {batch} {tenant} {events} {time}\n"))
    }

    /// Notes an acknowledgement.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn kept(&self, BatchId { feeder, batch }: BatchId, stored: usize) -> Result<()> {
        self.write(&format!("kept {feeder} {batch} {stored}\n"))
    }

    /// Notes that the server refused a batch.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn refused(&self, BatchId { feeder, batch }: BatchId) -> Result<()> {
        self.write(&format!("refused {feeder} {batch}\n"))
    }

    fn write(&self, line: &str) -> Result<()> {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(line.as_bytes()).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Reads the journal.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn records(&self) -> Result<Records> {
        read(&self.path)
    }
}

/// Reads a journal.
///
/// # Errors
/// If it can't be read.
pub fn read(path: &Path) -> Result<Records> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut records = Records::new();
    for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        // Lines that are not understood are torn: nothing was done after them.
        let _ = read_line(line, &mut records);
    }
    Ok(records)
}

fn read_line(line: &str, records: &mut Records) -> Option<()> {
    let mut words = line.split(' ');
    let kind = words.next()?;
    let numbers: Vec<i64> = words.map(str::parse).collect::<Result<_, _>>().ok()?;
    let unsigned = |at: usize| numbers.get(at).and_then(|number| u64::try_from(*number).ok());
    let id = BatchId { feeder: usize::try_from(unsigned(0)?).ok()?, batch: unsigned(1)? };
    match (kind, numbers.len()) {
        ("sent", 5) => {
            let spec =
                BatchSpec { id, tenant: unsigned(2)?, events: usize::try_from(unsigned(3)?).ok()?, time: numbers[4] };
            records.entry(id).or_insert(BatchRecord { spec, kept: 0, stored: 0, is_refused: false });
        }
        ("kept", 3) => {
            let record = records.get_mut(&id)?;
            record.kept += 1;
            record.stored += usize::try_from(unsigned(2)?).ok()?;
        }
        ("refused", 2) => records.get_mut(&id)?.is_refused = true,
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(batch: u64) -> BatchSpec {
        BatchSpec { id: BatchId { feeder: 1, batch }, tenant: 71, events: 3, time: -5 }
    }

    #[test]
    fn a_journal_is_read_back_and_continued() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::open(path.clone()).unwrap();
        journal.sent(&spec(1)).unwrap();
        journal.kept(spec(1).id, 3).unwrap();
        journal.kept(spec(1).id, 0).unwrap();
        let journal = Journal::open(path).unwrap();
        journal.sent(&spec(2)).unwrap();
        journal.refused(spec(2).id).unwrap();
        let first = BatchRecord { spec: spec(1), kept: 2, stored: 3, is_refused: false };
        let second = BatchRecord { spec: spec(2), kept: 0, stored: 0, is_refused: true };
        assert_eq!(journal.records().unwrap().into_values().collect::<Vec<_>>(), [first, second]);
    }

    #[test]
    fn a_torn_line_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        fs::write(&path, "sent 1 1 71 3 -5\nkept 1 1 3").unwrap();
        assert_eq!(read(&path).unwrap()[&spec(1).id].kept, 0);
        let journal = Journal::open(path).unwrap();
        journal.sent(&spec(2)).unwrap();
        let records = journal.records().unwrap();
        assert_eq!((records.len(), records[&spec(1).id].kept), (2, 0), "the torn line stays without effect");
    }
}

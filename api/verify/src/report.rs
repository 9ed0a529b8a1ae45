//! What a verification found.

use std::{fmt, time::Duration};

/// Something that is wrong, and at which entry. What concerns no entry, a cache for instance, stands behind all that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub entry: Option<i64>,
    pub zh: String,
    pub en: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry {
            Some(id) => write!(f, "记录 ent_{id}：{}。Entry ent_{id}: {}.", self.zh, self.en),
            None => write!(f, "{}。{}.", self.zh, self.en),
        }
    }
}

/// So many faults are kept, the first of all among them; the others are counted.
const KEPT: usize = 50;

/// Collects faults by the entry at which they are.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    kept: Vec<Fault>,
    pub found: u64,
}

impl Faults {
    pub fn add(&mut self, entry: Option<i64>, zh: impl Into<String>, en: impl Into<String>) {
        self.push(Fault { entry, zh: zh.into(), en: en.into() });
        self.found += 1;
    }
    pub fn absorb(&mut self, other: Self) {
        self.found += other.found;
        other.kept.into_iter().for_each(|fault| self.push(fault));
    }
    fn push(&mut self, fault: Fault) {
        let place = |fault: &Fault| fault.entry.unwrap_or(i64::MAX);
        let at = self.kept.partition_point(|other| place(other) <= place(&fault));
        self.kept.insert(at, fault);
        self.kept.truncate(KEPT);
    }
    pub fn into_sorted(self) -> Vec<Fault> {
        self.kept
    }
}

/// The outcome.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub entries: i64,
    pub blocks: i64,
    /// The last entry that a block covers; those after it are not yet sealed.
    pub sealed_upto: i64,
    /// Checkpoints of the witness file that were found in the chain; `None` without a witness file.
    pub witnessed: Option<u64>,
    /// The first ones, by entry.
    pub faults: Vec<Fault>,
    pub faults_found: u64,
    pub threads: usize,
    pub elapsed: Duration,
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.faults_found == 0
    }
    pub fn first_fault(&self) -> Option<&Fault> {
        self.faults.first()
    }
    pub fn unsealed(&self) -> i64 {
        (self.entries - self.sealed_upto).max(0)
    }
    /// Entries by second and core.
    pub fn speed(&self) -> f64 {
        let entries = u32::try_from(self.entries).map_or(f64::from(u32::MAX), f64::from);
        let threads = u32::try_from(self.threads).map_or(1.0, f64::from);
        entries / self.elapsed.as_secs_f64().max(1e-9) / threads
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entries, blocks, sealed_upto, .. } = self;
        writeln!(
            f,
            "账本共 {entries} 条记录，{blocks} 个区块，封存至 ent_{sealed_upto}，其后 {} 条尚未封存。\
             {entries} entries, {blocks} blocks, sealed up to ent_{sealed_upto}, {} not yet sealed.",
            self.unsealed(),
            self.unsealed(),
        )?;
        match self.witnessed {
            Some(many) => {
                writeln!(f, "见证文件中的 {many} 个检查点都在链中。{many} witnessed checkpoints are in the chain.")?
            }
            None => writeln!(
                f,
                "没有见证文件，无法发现被截去的末尾或被换回的旧副本。Without a witness file a cut end or an older copy cannot be told."
            )?,
        }
        for fault in &self.faults {
            writeln!(f, "✗ {fault}")?;
        }
        match self.faults_found {
            0 => write!(f, "核验通过。Verified."),
            many => write!(f, "核验未通过，共 {many} 处问题。Not verified: {many} faults."),
        }
    }
}

//! What was noticed about a study.

use kernel::{Error, Result};

use crate::{
    model::{Flag, FlagKind},
    tables::flag,
};

pub const fn flag_name(kind: FlagKind) -> &'static str {
    match kind {
        FlagKind::EvenCadence => "EVEN_CADENCE",
        FlagKind::Unbroken => "UNBROKEN",
        FlagKind::LongDay => "LONG_DAY",
        FlagKind::FastAnswer => "FAST_ANSWER",
        FlagKind::Cluster => "CLUSTER",
        FlagKind::OtherNetwork => "OTHER_NETWORK",
    }
}

impl TryFrom<flag::Model> for Flag {
    type Error = Error;
    fn try_from(row: flag::Model) -> Result<Self> {
        const ALL: [FlagKind; 6] = [
            FlagKind::EvenCadence,
            FlagKind::Unbroken,
            FlagKind::LongDay,
            FlagKind::FastAnswer,
            FlagKind::Cluster,
            FlagKind::OtherNetwork,
        ];
        let kind = ALL.into_iter().find(|kind| flag_name(*kind) == row.kind);
        Ok(Self {
            id: row.id,
            person: row.person.into(),
            study: row.study.into(),
            kind: kind.ok_or_else(|| Error::broken("a flag of an unknown kind"))?,
            figure_ms: row.figure_ms,
            noted_at: row.noted_at,
            reviewed: match (row.reviewed_by, row.reviewed_at, row.note) {
                (Some(by), Some(at), Some(note)) => Some((by.into(), at, note)),
                _ => None,
            },
        })
    }
}

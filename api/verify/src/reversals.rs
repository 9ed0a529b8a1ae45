//! What takes an entry back: it exists, came before, is of the same person, measure and account, and its opposite; and it is taken back once.

use std::collections::HashMap;

use kernel::entry::Fields;

use crate::{
    report::Faults,
    source::{Reader, Side},
};

pub struct Reversal {
    reverses: i64,
    side: Side,
}

impl Reversal {
    pub fn of(fields: &Fields<'_>) -> Option<Self> {
        let side = Side {
            id: fields.id,
            person: fields.person,
            measure: fields.measure.to_owned(),
            amount: fields.amount,
            rule: fields.rule.to_owned(),
        };
        Some(Self { reverses: fields.reverses?, side })
    }
}

pub fn check(reader: &mut dyn Reader, mut all: Vec<Reversal>, faults: &mut Faults) -> Result<(), String> {
    all.sort_by_key(|reversal| (reversal.reverses, reversal.side.id));
    for some in all.chunks(1_000) {
        let ids: Vec<i64> = some.iter().map(|reversal| reversal.reverses).collect();
        let found: HashMap<i64, Side> = reader.sides(&ids)?.into_iter().map(|side| (side.id, side)).collect();
        for Reversal { reverses, side } in some {
            if let Some((zh, en)) = fault(*reverses, side, found.get(reverses)) {
                faults.add(Some(side.id), zh, en);
            }
        }
    }
    for pair in all.array_windows::<2>() {
        let [first, second] = pair;
        if first.reverses == second.reverses {
            let id = first.reverses;
            faults.add(
                Some(second.side.id),
                format!("再次更正 ent_{id}"),
                format!("takes back ent_{id} a second time"),
            );
        }
    }
    Ok(())
}

fn fault(reverses: i64, own: &Side, old: Option<&Side>) -> Option<(String, String)> {
    let Some(old) = old.filter(|old| old.id < own.id) else {
        return Some((
            format!("更正的 ent_{reverses} 不存在"),
            format!("takes back ent_{reverses}, which does not stand before it"),
        ));
    };
    let same = (old.person, &old.measure, &old.rule) == (own.person, &own.measure, &own.rule);
    let opposite = own.amount != 0 && old.amount.checked_neg() == Some(own.amount);
    if same && opposite {
        return None;
    }
    Some((
        format!("与所更正的 ent_{reverses} 不相反"),
        format!("is not the opposite of ent_{reverses}, which it takes back"),
    ))
}

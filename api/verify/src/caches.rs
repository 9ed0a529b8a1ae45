//! Balances and accounts are caches, but they are what people see: each must say what its entries say, and all together nothing.

use std::collections::BTreeMap;

use kernel::{
    Amount,
    id::{PersonId, Uuid},
};

use crate::{
    report::Faults,
    source::{Read, Reader, each},
    sums::{MEASURES, Sums, measure_of},
};

/// `sums` are those of the entries up to `upto`; what was added since is read here, at the same instant as the caches.
pub fn check(reader: &mut dyn Reader, sums: Sums, upto: i64, faults: &mut Faults) -> Result<(), String> {
    let head = reader.head()?;
    let mut sums = each(reader, (upto + 1, head), sums, |sums, read| {
        if let Read::Row(row) = read
            && let Some(measure) = measure_of(row.fields.measure)
        {
            sums.add(row.fields.person, row.fields.rule, measure, row.fields.amount);
        }
        true
    })?;
    let balances = by_measure(reader.balances()?, faults);
    let accounts = by_measure(reader.accounts()?, faults);
    for (measure, name) in MEASURES.iter().enumerate() {
        let of = |all: &mut dyn Iterator<Item = (usize, i64)>| {
            all.filter(|(found, _)| *found == measure).fold(0_i64, |sum, (_, amount)| sum.wrapping_add(amount))
        };
        let got = of(&mut balances.iter().map(|((_, measure), amount)| (*measure, *amount)));
        let given = of(&mut accounts.iter().map(|((_, measure), amount)| (*measure, *amount)));
        if got.wrapping_add(given) != 0 {
            let zh = format!("{name}：全部账户合计不为零");
            faults.add(None, zh, format!("{name}: the sum over all accounts is not zero"));
        }
    }
    let person = |person: &[u8; 16]| PersonId::new(Uuid::from_bytes(*person)).to_string();
    compare(&balances, &sums.by_person(), person, faults);
    compare(&accounts, &sums.by_account(), String::clone, faults);
    Ok(())
}

type Found<O> = BTreeMap<(O, usize), i64>;

fn by_measure<O: Ord>(rows: Vec<(O, String, i64)>, faults: &mut Faults) -> Found<O> {
    let mut found = Found::new();
    for (whose, name, amount) in rows {
        match measure_of(&name) {
            Some(measure) => drop(found.insert((whose, measure), amount)),
            None => faults.add(
                None,
                format!("余额的计量单位不明：{name}"),
                format!("a balance of no known measure: {name}"),
            ),
        }
    }
    found.retain(|_, amount| *amount != 0);
    found
}

fn compare<O: Ord + Clone>(stands: &Found<O>, due: &Found<O>, name: impl Fn(&O) -> String, faults: &mut Faults) {
    let mut keys: Vec<&(O, usize)> = stands.keys().chain(due.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let amount = |found: &Found<O>| Amount::milli(found.get(key).copied().unwrap_or(0));
        let (stands, due) = (amount(stands), amount(due));
        if stands != due {
            let whose = format!("{} {}", name(&key.0), MEASURES.get(key.1).unwrap_or(&""));
            faults.add(
                None,
                format!("{whose}：余额为 {stands}，记录合计为 {due}；若记录本身无误，xianfeng ledger rebuild 可重建余额"),
                format!("{whose}: the balance says {stands}, the entries say {due}; where the entries are in order, xianfeng ledger rebuild makes balances anew"),
            );
        }
    }
}

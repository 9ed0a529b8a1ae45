//! The whole of it: the chain, then the entries on all cores, then what needs all of them together.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    Options, Report, caches,
    chain::Chain,
    part::{Part, Unit, mix},
    report::Faults,
    reversals,
    source::{Order, Read, Reader, Source, each},
    witness::Witness,
};

/// A thread takes about so many entries at a time, whole blocks of them.
const SHARE: i64 = 50_000;

pub fn all(source: &Source, options: &Options, threads: usize) -> Result<Report, String> {
    match attempt(source, options, threads, Order::Stored)? {
        Some(report) => Ok(report),
        // They do not lie in the order of their numbers: read by number, slower, and told what is wrong.
        None => attempt(source, options, threads, Order::ByNumber)?.ok_or_else(|| "the ledger has no order".to_owned()),
    }
}

/// The ledger may grow meanwhile: the witness is read before the blocks and these before the head, so that each has what the one before tells.
fn attempt(source: &Source, options: &Options, threads: usize, order: Order) -> Result<Option<Report>, String> {
    let mut faults = Faults::default();
    let witness = options.witness.as_deref().map(Witness::read).transpose()?;
    let mut reader = source.open(order)?;
    let chain = Chain::check(reader.blocks()?, &options.keys, threads, &mut faults);
    let witnessed = witness.map(|witness| witness.check(&chain, &options.keys, &mut faults));
    let head = reader.head()?;
    if chain.upto() > head {
        let (zh, en) = ("已封存，但账本的末尾在它之前", "was sealed, but the ledger ends before it");
        faults.add(Some(head + 1), zh, en);
    }
    let upto = head.max(chain.upto());
    let Some(mut part) = entries(source, &units(&chain, upto), threads, order)? else { return Ok(None) };
    faults.absorb(std::mem::take(&mut part.faults));
    bare(&part, &mut faults);
    twice(reader.as_mut(), &mut part.keys, upto, &mut faults)?;
    reversals::check(reader.as_mut(), std::mem::take(&mut part.reversals), &mut faults)?;
    reader.freeze()?;
    let newest = reader.head()?.max(upto);
    for id in reader.strays(newest)? {
        faults.add(Some(id), "在账本的末尾之外，或编号重复", "stands outside the ledger: beyond its head, or twice");
    }
    caches::check(reader.as_mut(), part.sums, upto, &mut faults)?;
    Ok(Some(Report {
        entries: head,
        blocks: i64::try_from(chain.blocks.len()).unwrap_or(i64::MAX),
        sealed_upto: chain.upto(),
        witnessed,
        faults_found: faults.found,
        faults: faults.into_sorted(),
        ..Report::default()
    }))
}

/// What threads take: blocks together that have about as many entries as a share, then the unsealed rest.
fn units(chain: &Chain, upto: i64) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    let mut rest = chain.blocks.as_slice();
    while let Some(first) = rest.first().map(|block| block.first) {
        let many = rest.iter().position(|block| block.last >= first + SHARE - 1).map_or(rest.len(), |at| at + 1);
        let (blocks, after) = rest.split_at(many);
        let last = blocks.last().map_or(first, |block| block.last);
        units.push(Unit { first, last, blocks });
        rest = after;
    }
    let mut first = chain.upto() + 1;
    while first <= upto {
        let last = upto.min(first + SHARE - 1);
        units.push(Unit { first, last, blocks: &[] });
        first = last + 1;
    }
    units
}

/// `None`: they do not lie in order.
fn entries(source: &Source, units: &[Unit<'_>], threads: usize, order: Order) -> Result<Option<Part>, String> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let whole = Mutex::new(Part::default());
    let work = || -> Result<(), String> {
        let mut reader = source.open(order)?;
        let mut part = Part::default();
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !stop.load(Ordering::Relaxed))
        {
            part.read(reader.as_mut(), *unit, order)?;
            if part.unordered {
                stop.store(true, Ordering::Relaxed);
            }
        }
        part.keys.sort_unstable();
        whole.lock().map_err(|_| "a reading thread broke off".to_owned())?.absorb(part);
        Ok(())
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads.min(units.len())).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|one| one.join().map_err(|_| "a reading thread broke off".to_owned())?)
    })?;
    let part = whole.into_inner().map_err(|_| "a reading thread broke off".to_owned())?;
    Ok(if part.unordered { None } else { Some(part) })
}

/// Entries without a hash are older than hashes: none stands behind one that has it.
fn bare(part: &Part, faults: &mut Faults) {
    if let (Some(first), Some(last)) = (part.first_hashed, part.last_bare)
        && last > first
    {
        faults.add(Some(last), "缺少内容哈希", "has lost its content hash");
    }
}

/// Reason keys that stand twice. Keys were kept as short hashes; where two are equal the texts are read again.
fn twice(reader: &mut dyn Reader, keys: &mut [u64], upto: i64, faults: &mut Faults) -> Result<(), String> {
    // Sorted runs, one of each thread: nearly nothing to do.
    keys.sort();
    let mut equal: Vec<u64> = keys.array_windows::<2>().filter(|[a, b]| a == b).map(|[a, _]| *a).collect();
    equal.dedup();
    if equal.is_empty() {
        return Ok(());
    }
    let seen = HashMap::<String, i64>::new();
    let (_, _, found) = each(reader, (1, upto), (equal, seen, Faults::default()), |(equal, seen, faults), read| {
        if let Read::Row(row) = read
            && equal.binary_search(&mix(row.fields.reason_key.as_bytes())).is_ok()
        {
            let (key, id) = (row.fields.reason_key, row.fields.id);
            if let Some(first) = seen.get(key) {
                let zh = format!("与 ent_{first} 的计分理由相同");
                faults.add(Some(id), zh, format!("has the reason key of ent_{first}"));
            } else {
                seen.insert(key.to_owned(), id);
            }
        }
        true
    })?;
    faults.absorb(found);
    Ok(())
}

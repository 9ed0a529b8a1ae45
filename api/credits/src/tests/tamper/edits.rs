//! Every edit of the stored ledger that comes to mind, as SQL, and the entry that must be named for it.

use data_encoding::HEXLOWER;
use kernel::id::Uuid;

use super::super::book::Draw;
use crate::{
    rules::{
        checkpoint::{Sealed, Signer},
        merkle,
    },
    store,
    tables::entry,
};

/// What the attacker knows: everything but the seed.
pub struct Known {
    pub rows: Vec<entry::Model>,
    pub blocks: Vec<Sealed>,
    pub sqlite: bool,
}

/// Statements, and the entry that must be named first, where there is one.
pub struct Edit {
    pub what: &'static str,
    pub sql: Vec<String>,
    pub first: Option<i64>,
}

fn edit(what: &'static str, sql: impl IntoIterator<Item = String>, first: Option<i64>) -> Edit {
    Edit { what, sql: sql.into_iter().collect(), first }
}

const CACHES: [&str; 4] = [
    "DELETE FROM credits_balance",
    "INSERT INTO credits_balance SELECT person, measure, CAST(SUM(amount) AS BIGINT), MAX(id) FROM credits_entry GROUP BY person, measure",
    "DELETE FROM credits_account",
    "INSERT INTO credits_account SELECT contra, measure, CAST(-SUM(amount) AS BIGINT), MAX(id) FROM credits_entry GROUP BY contra, measure",
];

fn caches() -> impl Iterator<Item = String> {
    CACHES.into_iter().map(str::to_owned)
}

impl Known {
    fn sealed(&self) -> i64 {
        self.blocks.last().unwrap().block.last
    }
    fn head(&self) -> i64 {
        i64::try_from(self.rows.len()).unwrap()
    }
    fn row(&self, id: i64) -> &entry::Model {
        &self.rows[usize::try_from(id).unwrap() - 1]
    }
    fn bytes(&self, bytes: &[u8]) -> String {
        let hex = HEXLOWER.encode(bytes);
        if self.sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") }
    }
    fn uuid(&self, id: Uuid) -> String {
        if self.sqlite { self.bytes(id.as_bytes()) } else { format!("'{id}'") }
    }
    /// A row as it could have been written: with the right hash.
    fn insert(&self, row: &entry::Model) -> String {
        let maybe = |id: Option<Uuid>| id.map_or_else(|| "NULL".to_owned(), |id| self.uuid(id));
        let hash = store::seal::fields(row).hash(&mut Vec::new());
        format!(
            "INSERT INTO credits_entry (id, person, measure, amount, reason_key, rule, pack, course, lesson, note, reverses, day, \
             posted_at, contra, content_hash) VALUES ({}, {}, '{}', {}, '{}', '{}', '{}', {}, {}, '{}', {}, {}, {}, '{}', {})",
            row.id,
            self.uuid(row.person),
            row.measure,
            row.amount,
            row.reason_key,
            row.rule,
            row.pack,
            maybe(row.course),
            maybe(row.lesson),
            row.note.as_deref().unwrap_or_default(),
            row.reverses.map_or_else(|| "NULL".to_owned(), |id| id.to_string()),
            row.day,
            row.posted_at,
            row.contra.as_deref().unwrap_or_default(),
            self.bytes(&hash),
        )
    }

    /// One of all the edits that come to mind.
    pub fn edit(&self, draw: &mut Draw) -> Edit {
        match draw.below(12) {
            0..3 => self.field(draw),
            3 => self.delete(draw),
            4 => self.swap(draw),
            5 => self.add(draw),
            6 => self.cut(draw),
            7..9 => self.block(draw),
            9 => self.forge(draw),
            10 => self.cache(draw),
            _ => self.unexplained(draw),
        }
    }

    fn field(&self, draw: &mut Draw) -> Edit {
        let id = draw.below(self.head()) + 1;
        let row = self.row(id);
        let other = self.rows.iter().find(|other| other.person != row.person).unwrap().person;
        let measure = if row.measure == "HOURS" { "POINTS" } else { "HOURS" };
        let stranger = self.uuid(Uuid::from_u64_pair(draw.word(), draw.word()));
        let (what, set) = match draw.below(14) {
            0 | 1 => ("an amount", format!("amount = amount + {}", draw.below(9) * 1_000 + 1)),
            2 => ("an amount", "amount = -amount - 1".to_owned()),
            3 => ("an owner", format!("person = {}", self.uuid(other))),
            4 => ("a note", "note = '改过的说明'".to_owned()),
            5 => ("a rule", "rule = rule || '.x'".to_owned()),
            6 => ("a pack", "pack = 'demo-2'".to_owned()),
            7 => ("a reason key", "reason_key = reason_key || 'x'".to_owned()),
            8 => ("a day", "day = day + 1".to_owned()),
            9 => ("an instant", "posted_at = posted_at - 1".to_owned()),
            10 => ("a contra account", "contra = 'issue:nothing'".to_owned()),
            11 => ("a measure", format!("measure = '{measure}'")),
            12 => ("a course", format!("course = {stranger}")),
            _ => (
                "a hash",
                format!(
                    "content_hash = {}",
                    ["NULL".to_owned(), self.bytes(&[1; 32])][usize::from(draw.below(2) == 0)]
                ),
            ),
        };
        // The attacker keeps the caches in step.
        let set = format!("UPDATE credits_entry SET {set} WHERE id = {id}");
        edit(what, [set].into_iter().chain(caches()), Some(id))
    }

    fn delete(&self, draw: &mut Draw) -> Edit {
        let id = draw.below(self.head()) + 1;
        edit("a deletion", [format!("DELETE FROM credits_entry WHERE id = {id}")].into_iter().chain(caches()), Some(id))
    }

    fn swap(&self, draw: &mut Draw) -> Edit {
        let (a, b) = loop {
            let (a, b) = (draw.below(self.head()) + 1, draw.below(self.head()) + 1);
            if a < b && (self.row(a).amount, self.row(a).person) != (self.row(b).amount, self.row(b).person) {
                break (a, b);
            }
        };
        let update = |set: &str, id: i64| format!("UPDATE credits_entry SET {set} WHERE id = {id}");
        if draw.below(2) == 0 {
            let sql = [update("id = 0", a), update(&format!("id = {a}"), b), update(&format!("id = {b}"), 0)];
            return edit("two entries change places", sql, Some(a));
        }
        let of = |id: i64| format!("amount = {}, person = {}", self.row(id).amount, self.uuid(self.row(id).person));
        edit(
            "two entries change owners and amounts",
            [update(&of(b), a), update(&of(a), b)].into_iter().chain(caches()),
            Some(a),
        )
    }

    /// A row that is well made but does not belong.
    fn add(&self, draw: &mut Draw) -> Edit {
        let head = self.head();
        let mut row = self.row(draw.below(head) + 1).clone();
        (row.reason_key, row.reverses, row.amount) = ("own".to_owned(), None, 5_000);
        row.contra = Some(crate::rules::account::contra(&row.rule));
        match draw.below(4) {
            0 => {
                row.id = head + 1 + draw.below(3);
                edit("a row beyond the head", [self.insert(&row)], Some(row.id))
            }
            1 => {
                row.id = -draw.below(3);
                edit("a row before the first", [self.insert(&row)], Some(row.id))
            }
            2 => {
                row.id = head + 1;
                let moved = format!("UPDATE credits_head SET last_entry = {}", row.id);
                edit("a row that no balance knows", [self.insert(&row), moved], None)
            }
            _ => {
                row.id = draw.below(self.sealed()) + 1;
                let gone = format!("DELETE FROM credits_entry WHERE id = {}", row.id);
                edit("a row in the place of another", [gone, self.insert(&row)].into_iter().chain(caches()), None)
            }
        }
    }

    /// The end is cut off, with the blocks that cover it, the head and the caches: only the witness knows.
    fn cut(&self, draw: &mut Draw) -> Edit {
        let keep = draw.below(i64::try_from(self.blocks.len()).unwrap());
        let last = self.blocks.iter().find(|sealed| sealed.block.no == keep).map_or(0, |sealed| sealed.block.last);
        let blocks = format!("DELETE FROM credits_block WHERE no > {keep}");
        if draw.below(3) == 0 {
            return edit("blocks are cut off", [blocks], None);
        }
        let entries = format!("DELETE FROM credits_entry WHERE id > {last}");
        let head = format!("UPDATE credits_head SET last_entry = {last}");
        edit("the end is cut off", [blocks, entries, head].into_iter().chain(caches()), Some(last + 1))
    }

    fn block(&self, draw: &mut Draw) -> Edit {
        let sealed = draw.pick(&self.blocks);
        let no = sealed.block.no;
        let flip = |bytes: &[u8], draw: &mut Draw| {
            let mut bytes = bytes.to_vec();
            let at = usize::try_from(draw.below(i64::try_from(bytes.len()).unwrap())).unwrap();
            bytes[at] ^= 1 << draw.below(8);
            self.bytes(&bytes)
        };
        let stranger = Signer::new(&[9; 32]).unwrap();
        let set = match draw.below(9) {
            0 => format!("root = {}", flip(&sealed.block.root, draw)),
            1 => format!("previous = {}", flip(&sealed.block.previous, draw)),
            2 => "sealed_at = sealed_at + 1".to_owned(),
            3 => format!("signature = {}", flip(&sealed.signature, draw)),
            4 => format!("public_key = {}", self.bytes(&stranger.public_key())),
            5 => "first_id = first_id + 100000".to_owned(),
            6 => "last_id = last_id + 100000".to_owned(),
            7 => "no = no + 100000".to_owned(),
            _ => {
                let own = stranger.seal(sealed.block.clone());
                format!("public_key = {}, signature = {}", self.bytes(&own.key), self.bytes(&own.signature))
            }
        };
        edit("a block", [format!("UPDATE credits_block SET {set} WHERE no = {no}")], None)
    }

    /// An amount with everything made to fit: hash, caches, root, chain, and signatures of the attacker's own or none.
    fn forge(&self, draw: &mut Draw) -> Edit {
        let id = draw.below(self.sealed()) + 1;
        let mut row = self.row(id).clone();
        row.amount += 1_000;
        let set = format!("DELETE FROM credits_entry WHERE id = {id}");
        let mut sql: Vec<String> = [set, self.insert(&row)].into_iter().chain(caches()).collect();
        let depth = draw.below(3);
        if depth == 0 {
            return edit("a recomputed hash", sql, None);
        }
        let at = self.blocks.iter().position(|sealed| sealed.block.last >= id).unwrap();
        let stranger = Signer::new(&[9; 32]).unwrap();
        let mut previous = self.blocks[at].block.previous;
        for sealed in &self.blocks[at..] {
            let mut block = sealed.block.clone();
            let leaf = |n: i64| store::seal::fields(if n == id { &row } else { self.row(n) }).hash(&mut Vec::new());
            block.root = merkle::root(&(block.first..=block.last).map(leaf).collect::<Vec<_>>());
            block.previous = previous;
            previous = block.hash();
            let own = stranger.seal(block.clone());
            let (key, signature) =
                if depth == 1 { (&sealed.key, &sealed.signature) } else { (&own.key, &own.signature) };
            sql.push(format!(
                "UPDATE credits_block SET root = {}, previous = {}, public_key = {}, signature = {} WHERE no = {}",
                self.bytes(&block.root),
                self.bytes(&block.previous),
                self.bytes(key),
                self.bytes(signature),
                block.no,
            ));
        }
        edit("a chain made anew without the key", sql, None)
    }

    fn cache(&self, draw: &mut Draw) -> Edit {
        let by = draw.below(9) + 1;
        let sql = match draw.below(6) {
            0 => format!("UPDATE credits_head SET last_entry = last_entry + {by}"),
            1 => format!("UPDATE credits_head SET last_entry = last_entry - {by}"),
            2 => format!("UPDATE credits_balance SET amount = amount + {by}"),
            3 => format!("UPDATE credits_account SET amount = amount - {by}"),
            4 => "DELETE FROM credits_balance".to_owned(),
            _ => "DELETE FROM credits_head".to_owned(),
        };
        edit("a balance or the head", [sql], None)
    }

    /// Rows behind the last seal, with hash, head and caches, that break a rule of the ledger.
    fn unexplained(&self, draw: &mut Draw) -> Edit {
        let head = self.head();
        let taken = self.rows.iter().find(|row| row.reverses.is_some()).unwrap();
        let plain = self.rows.iter().find(|row| row.reverses.is_none() && Some(row.id) != taken.reverses).unwrap();
        let mut row = plain.clone();
        (row.id, row.reason_key) = (head + 1, "own".to_owned());
        row.amount = -row.amount;
        let what = match draw.below(6) {
            0 => {
                row = entry::Model { id: row.id, reason_key: row.reason_key, ..taken.clone() };
                "a second reversal"
            }
            1 => {
                row.reverses = Some(head + 7);
                "a reversal of nothing"
            }
            2 => {
                (row.reverses, row.amount) = (Some(plain.id), row.amount + 1);
                "a reversal of another amount"
            }
            3 => {
                let other = self.rows.iter().find(|other| other.person != plain.person).unwrap();
                (row.reverses, row.person) = (Some(plain.id), other.person);
                "a reversal of another person's"
            }
            4 => {
                (row.reverses, row.measure) = (Some(plain.id), "HOURS".to_owned());
                "points that become hours"
            }
            _ => {
                row.reason_key.clone_from(&plain.reason_key);
                "a reason to pay that stands twice"
            }
        };
        let moved = format!("UPDATE credits_head SET last_entry = {}", row.id);
        edit(what, [self.insert(&row), moved].into_iter().chain(caches()), Some(row.id))
    }
}

//! The bytes are a promise to whoever verifies: they are held here by hand, and read back by a reader of their own.

use proptest::prelude::*;

use super::Fields;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const PLAIN: Fields<'static> = Fields {
    id: 1,
    person: [0xAB; 16],
    measure: "POINTS",
    amount: -667,
    reason_key: "k",
    rule: "r",
    pack: "p",
    contra: None,
    course: None,
    lesson: None,
    note: Some("学"),
    reverses: Some(7),
    day: 739_000,
    posted_at: 1_790_000_000_000,
};

#[test]
fn every_byte_is_where_the_documentation_says() {
    let mut bytes = Vec::new();
    PLAIN.encode(&mut bytes);
    let wanted = [
        "01",
        "0000000000000001",
        &"ab".repeat(16),
        "00000006504f494e5453",
        "fffffffffffffd65",
        "000000016b",
        "0000000172",
        "0000000170",
        "00",
        "00",
        "00",
        "0100000003e5ada6",
        "010000000000000007",
        "000b46b8",
        "000001a0c4506c00",
    ];
    assert_eq!(hex(&bytes), wanted.concat());
}

/// The hash is SHA-256 over a zero byte and the bytes above; computed once with another program.
#[test]
fn the_hash_stays_what_it_is() {
    assert_eq!(hex(&PLAIN.hash(&mut Vec::new())), "108309222f76104a9918f3de0580d8e9bde9e108690106cfe8b67f25a729cb59");
}

/// Reads the bytes back: what can be read back in one way only is injective.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, many: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(many);
        self.0 = rest;
        head
    }
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().unwrap()
    }
    fn text(&mut self) -> &'a str {
        let length = u32::from_be_bytes(self.bytes()) as usize;
        std::str::from_utf8(self.take(length)).unwrap()
    }
    fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match self.bytes::<1>() {
            [0] => None,
            [1] => Some(read(self)),
            other => panic!("{other:?}"),
        }
    }
    fn fields(mut self) -> Fields<'a> {
        assert_eq!(self.bytes::<1>(), [super::VERSION]);
        let fields = Fields {
            id: i64::from_be_bytes(self.bytes()),
            person: self.bytes(),
            measure: self.text(),
            amount: i64::from_be_bytes(self.bytes()),
            reason_key: self.text(),
            rule: self.text(),
            pack: self.text(),
            contra: self.maybe(Self::text),
            course: self.maybe(Self::bytes),
            lesson: self.maybe(Self::bytes),
            note: self.maybe(Self::text),
            reverses: self.maybe(|reader| i64::from_be_bytes(reader.bytes())),
            day: i32::from_be_bytes(self.bytes()),
            posted_at: i64::from_be_bytes(self.bytes()),
        };
        assert!(self.0.is_empty());
        fields
    }
}

fn steps() -> ProptestConfig {
    let cases = std::env::var("XIANFENG_STEPS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

type Texts = (String, String, String, String, Option<String>, Option<String>);
type Numbers = (i64, [u8; 16], i64, Option<[u8; 16]>, Option<[u8; 16]>, Option<i64>, i32, i64);

fn fields<'a>(texts: &'a Texts, numbers: &Numbers) -> Fields<'a> {
    let (measure, reason_key, rule, pack, contra, note) = texts;
    let (id, person, amount, course, lesson, reverses, day, posted_at) = *numbers;
    Fields {
        id,
        person,
        measure,
        amount,
        reason_key,
        rule,
        pack,
        contra: contra.as_deref(),
        course,
        lesson,
        note: note.as_deref(),
        reverses,
        day,
        posted_at,
    }
}

proptest! {
    #![proptest_config(steps())]

    #[test]
    fn what_is_written_reads_back(
        texts in (".{0,9}", ".{0,9}", ".{0,9}", ".{0,9}", proptest::option::of(".{0,9}"), proptest::option::of(".{0,9}")),
        numbers in any::<Numbers>(),
    ) {
        let wanted = fields(&texts, &numbers);
        let mut bytes = Vec::new();
        wanted.encode(&mut bytes);
        prop_assert_eq!(Reader(&bytes).fields(), wanted);
    }
}

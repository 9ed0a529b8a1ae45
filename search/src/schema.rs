//! The fields of the index and how a document fills them.
//! A change here, in `fold`, `tokenise` or `sound` changes what is on disk: raise `store::FORMAT` with it.

use std::collections::BTreeSet;

use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::{TantivyDocument, Term};

use crate::document::Document;
use crate::tokenise;

/// Handles of all fields; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub group: Field,
    /// Whom it is for and what it belongs to; see [`Gate`].
    pub gate: Field,
    /// What the course is, as one text: the collector counts it by its number.
    pub course: Field,
    pub lesson: Field,
    pub kind: Field,
    pub tie: Field,
    pub block: Field,
    /// Only where the block is a page.
    pub page: Field,
    pub start_ms: Field,
    /// As written, for showing.
    pub title: Field,
    /// As written, and its words for finding.
    pub body: Field,
    /// Words of the title of anything but a passage.
    pub title_words: Field,
    /// Words of headings and tags.
    pub heading_words: Field,
    /// Neighbouring characters of title and of body: they find what segmentation hides, and whatever stands in quotes.
    pub title_pairs: Field,
    pub pairs: Field,
    /// How both sound.
    pub title_spoken: Field,
    pub spoken: Field,
}

/// Names of the fast columns that the collector reads.
pub(crate) const KIND: &str = "kind";
pub(crate) const TIE: &str = "tie";
pub(crate) const COURSE: &str = "course";
/// A tag: only suggested, never found.
pub(crate) const TAG: u64 = 100;

/// What a document may be filtered by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Gate {
    Audience,
    Course,
    Lecturer,
    Stage,
    Year,
}

impl Gate {
    const fn prefix(self) -> &'static str {
        match self {
            Gate::Audience => "a",
            Gate::Course => "c",
            Gate::Lecturer => "l",
            Gate::Stage => "s",
            Gate::Year => "y",
        }
    }
    fn text(self, value: &str) -> String {
        format!("{}{value}", self.prefix())
    }
}

pub(crate) fn build() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let (counted, placed) = (IndexRecordOption::WithFreqs, IndexRecordOption::WithFreqsAndPositions);
    let fields = Fields {
        group: schema.add_text_field("group", STRING),
        gate: schema.add_text_field("gate", STRING),
        course: schema.add_text_field(COURSE, TextOptions::default().set_fast("raw")),
        lesson: schema.add_text_field("lesson", STORED),
        kind: schema.add_u64_field(KIND, FAST),
        tie: schema.add_u64_field(TIE, FAST),
        block: schema.add_u64_field("block", STORED),
        page: schema.add_u64_field("page", STORED),
        start_ms: schema.add_u64_field("start_ms", STORED),
        title: schema.add_text_field("title", STORED),
        body: schema.add_text_field("body", text(tokenise::WORDS, counted) | STORED),
        title_words: schema.add_text_field("title_words", text(tokenise::WORDS, counted)),
        heading_words: schema.add_text_field("heading_words", text(tokenise::WORDS, counted)),
        title_pairs: schema.add_text_field("title_pairs", text(tokenise::TITLE_PAIRS, placed)),
        pairs: schema.add_text_field("pairs", text(tokenise::PAIRS, placed)),
        title_spoken: schema.add_text_field("title_spoken", text(tokenise::TITLE_SPOKEN, placed)),
        spoken: schema.add_text_field("spoken", text(tokenise::SPOKEN, counted)),
    };
    (schema.build(), fields)
}

fn text(tokeniser: &str, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokeniser).set_index_option(record);
    TextOptions::default().set_indexing_options(indexing)
}

impl Fields {
    pub fn term(field: Field, text: &str) -> Term {
        Term::from_field_text(field, text)
    }

    pub fn gate(&self, gate: Gate, value: &str) -> Term {
        Fields::term(self.gate, &gate.text(value))
    }

    /// What tantivy is given for these documents: a row each, and one for each tag of each group.
    pub fn rows(&self, documents: &[Document]) -> impl Iterator<Item = TantivyDocument> {
        let mut seen = BTreeSet::new();
        let tags = documents.iter().flat_map(|document| document.tags.iter().map(move |tag| (document, tag)));
        let tags: Vec<_> = tags.filter(|(document, tag)| seen.insert((document.group.clone(), *tag))).collect();
        let rows = documents.iter().map(|document| self.row(document));
        rows.chain(tags.into_iter().map(|(document, tag)| self.tag(document, tag)))
    }

    fn row(&self, document: &Document) -> TantivyDocument {
        let mut row = self.place(document, &document.id, document.kind.code());
        if let Some(lesson) = &document.lesson {
            row.add_text(self.lesson, lesson);
        }
        if let Some(block) = document.block {
            row.add_u64(self.block, u64::from(block));
        }
        if document.page {
            row.add_u64(self.page, 1);
        }
        if let Some(start_ms) = document.start_ms {
            row.add_u64(self.start_ms, start_ms);
        }
        self.add_text(&mut row, document);
        row
    }

    /// A row that has a title and nothing to be found by but what suggestions look at.
    fn tag(&self, document: &Document, tag: &str) -> TantivyDocument {
        let mut row = self.place(document, &format!("{}#tag#{tag}", document.group), TAG);
        row.add_text(self.title, tag);
        row.add_text(self.title_pairs, tag);
        row.add_text(self.title_spoken, tag);
        row
    }

    fn place(&self, document: &Document, id: &str, kind: u64) -> TantivyDocument {
        let mut row = TantivyDocument::new();
        row.add_text(self.group, &document.group);
        row.add_u64(self.kind, kind);
        row.add_u64(self.tie, fingerprint(id.as_bytes()));
        row.add_text(self.course, facts(document));
        row.add_text(self.gate, Gate::Audience.text(&document.audience));
        row.add_text(self.gate, Gate::Course.text(&document.course));
        for lecturer in &document.lecturers {
            row.add_text(self.gate, Gate::Lecturer.text(lecturer));
        }
        for stage in &document.stages {
            row.add_text(self.gate, Gate::Stage.text(stage));
        }
        if let Some(year) = document.year {
            row.add_text(self.gate, Gate::Year.text(&year.to_string()));
        }
        row
    }

    fn add_text(&self, row: &mut TantivyDocument, document: &Document) {
        row.add_text(self.title, &document.title);
        row.add_text(self.body, &document.body);
        row.add_text(self.pairs, &document.body);
        row.add_text(self.spoken, &document.body);
        if !document.heading.is_empty() {
            row.add_text(self.heading_words, &document.heading);
        }
        for tag in &document.tags {
            row.add_text(self.heading_words, tag);
            row.add_text(self.pairs, tag);
            row.add_text(self.spoken, tag);
        }
        if !document.passage {
            for field in [self.title_words, self.title_pairs, self.title_spoken] {
                row.add_text(field, &document.title);
            }
        }
    }
}

/// Everything about a course that is the same in all its documents.
fn facts(document: &Document) -> String {
    let year = document.year.map(|year| year.to_string()).unwrap_or_default();
    let required = if document.required { "1" } else { "" };
    let (stages, lecturers) = (document.stages.join(","), document.lecturers.join(","));
    let plain = |name: &String| name.replace(|c: char| c.is_control() || c == ',', " ");
    let teachers = document.teachers.iter().map(plain).collect::<Vec<_>>().join(",");
    format!("{}\t{required}\t{}\t{year}\t{stages}\t{lecturers}\t{teachers}", document.course, document.day)
}

/// A course as the collector knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Facts {
    pub course: String,
    pub required: bool,
    pub day: i32,
    pub year: Option<i32>,
    pub stages: Vec<String>,
    pub lecturers: Vec<String>,
    /// Their names.
    pub teachers: Vec<String>,
}

impl Facts {
    pub fn read(text: &str) -> Facts {
        let mut parts = text.split('\t');
        let mut next = || parts.next().unwrap_or_default();
        let list = |text: &str| text.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect();
        Facts {
            course: next().to_owned(),
            required: next() == "1",
            day: next().parse().unwrap_or(0),
            year: next().parse().ok(),
            stages: list(next()),
            lecturers: list(next()),
            teachers: list(next()),
        }
    }
}

/// FNV-1a: a number that stays the same over releases and machines, unlike std's hasher, which promises nothing.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

//! The fields of the index and how a document fills them.
//! A change here, in `tokenise` or in `sound` changes what is on disk: raise `store::FORMAT` with it.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

use crate::document::Document;
use crate::tokenise;

/// Handles of all fields; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub group: Field,
    pub audience: Field,
    pub course: Field,
    pub lecturer: Field,
    pub lesson: Field,
    pub kind: Field,
    pub tie: Field,
    pub block: Field,
    pub start_ms: Field,
    /// As written, for showing.
    pub title: Field,
    /// As written, and its words for finding.
    pub body: Field,
    /// Words of the title of anything but a passage; so are the four that follow.
    pub heading: Field,
    /// Its single characters behind a sentinel: finds what segmentation hides, and knows where titles begin.
    pub characters: Field,
    /// Pinyin of every run of its words.
    pub sounds: Field,
    /// The first letters of those, so that a short prefix is one term and not thousands.
    pub openings: Field,
    /// The same runs by their initials.
    pub initials: Field,
    /// Pinyin of the words of the body, one by one.
    pub spoken: Field,
}

/// Name of the fast column that the collector reads; the same for `TIE`.
pub(crate) const KIND: &str = "kind";
pub(crate) const TIE: &str = "tie";

pub(crate) fn build() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let fields = Fields {
        group: schema.add_text_field("group", STRING),
        audience: schema.add_text_field("audience", STRING),
        course: schema.add_text_field("course", STRING | STORED),
        lecturer: schema.add_text_field("lecturer", STRING),
        lesson: schema.add_text_field("lesson", STORED),
        kind: schema.add_u64_field(KIND, FAST | INDEXED | STORED),
        tie: schema.add_u64_field(TIE, FAST),
        block: schema.add_u64_field("block", STORED),
        start_ms: schema.add_u64_field("start_ms", STORED),
        title: schema.add_text_field("title", STORED),
        body: schema.add_text_field("body", text(tokenise::WORDS, IndexRecordOption::WithFreqsAndPositions) | STORED),
        heading: words(&mut schema, "heading", tokenise::WORDS),
        characters: words(&mut schema, "characters", tokenise::CHARACTERS),
        sounds: schema.add_text_field("sounds", text(tokenise::SOUNDS, IndexRecordOption::Basic)),
        openings: schema.add_text_field("openings", text(tokenise::OPENINGS, IndexRecordOption::Basic)),
        initials: schema.add_text_field("initials", text(tokenise::INITIALS, IndexRecordOption::Basic)),
        spoken: schema.add_text_field("spoken", text(tokenise::SPOKEN, IndexRecordOption::Basic)),
    };
    (schema.build(), fields)
}

fn words(schema: &mut SchemaBuilder, name: &str, tokeniser: &str) -> Field {
    schema.add_text_field(name, text(tokeniser, IndexRecordOption::WithFreqsAndPositions))
}

fn text(tokeniser: &str, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokeniser).set_index_option(record);
    TextOptions::default().set_indexing_options(indexing)
}

impl Fields {
    pub fn term(field: Field, text: &str) -> Term {
        Term::from_field_text(field, text)
    }

    /// What tantivy is given for one document.
    pub fn row(&self, document: &Document) -> TantivyDocument {
        let mut row = TantivyDocument::new();
        row.add_text(self.group, &document.group);
        row.add_text(self.audience, &document.audience);
        row.add_u64(self.kind, document.kind.code());
        row.add_u64(self.tie, fingerprint(document.id.as_bytes()));
        self.add_place(&mut row, document);
        self.add_text(&mut row, document);
        row
    }

    fn add_place(&self, row: &mut TantivyDocument, document: &Document) {
        row.add_text(self.course, &document.course);
        for lecturer in &document.lecturers {
            row.add_text(self.lecturer, lecturer);
        }
        if let Some(lesson) = &document.lesson {
            row.add_text(self.lesson, lesson);
        }
        if let Some(block) = document.block {
            row.add_u64(self.block, u64::from(block));
        }
        if let Some(start_ms) = document.start_ms {
            row.add_u64(self.start_ms, start_ms);
        }
    }

    fn add_text(&self, row: &mut TantivyDocument, document: &Document) {
        row.add_text(self.title, &document.title);
        row.add_text(self.body, &document.body);
        row.add_text(self.spoken, &document.body);
        if !document.passage {
            for field in [self.heading, self.characters, self.sounds, self.openings, self.initials] {
                row.add_text(field, &document.title);
            }
        }
    }
}

/// FNV-1a: a number that stays the same over releases and machines, unlike std's hasher, which promises nothing.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

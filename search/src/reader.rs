//! Searching: what has every word; where that is little, what has some of them; where it is nothing, what is nearest.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use tantivy::collector::DocSetCollector;
use tantivy::query::EnableScoring;
use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, DocId, TERMINATED, TantivyDocument};

use crate::clause::Clause;
use crate::columns::Shelf;
use crate::document::Kind;
use crate::fold::folded;
use crate::gate::For;
use crate::highlight::{self, Fragment, Seeker};
use crate::lexicon::Lexicon;
use crate::names::Known;
use crate::page::{self, Best, Counts, Cursor, Tally};
use crate::query::{ALL_WORDS, Asking, Query, Searcher};
use crate::schema::Fields;
use crate::terms::Terms;
use crate::wish::{Unit, Wish};
use crate::{Error, near};

const MOST_HITS: usize = 100;
/// Where fewer hits than these have all words, those that have some follow.
const FEW: usize = 10;
/// Titles looked at for suggestions; several things may bear the same one.
const MOST_TITLES: usize = 64;
/// Terms of the dictionary that are tried.
const MOST_TERMS: usize = 12;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// All hits of the asked kinds, exactly, whatever the page.
    pub total: usize,
    pub hits: Vec<Hit>,
    pub has_next: bool,
    pub counts: Counts,
    /// What was searched for instead, because nothing was found for what was typed.
    pub nearest: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub cursor: Cursor,
    pub kind: Kind,
    pub title: String,
    /// Stretches of the title that no line may be broken within.
    pub whole: Vec<(usize, usize)>,
    pub course: String,
    pub lesson: Option<String>,
    pub block: Option<u32>,
    /// The block is a page.
    pub page: bool,
    pub start_ms: Option<u64>,
    /// The title if something in it was matched; then the body if there is one, from its beginning if nothing in it
    /// was matched.
    pub fragments: Vec<Fragment>,
    /// Only some of the words are in it.
    pub partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub text: String,
    /// None for a tag or a term of the dictionary.
    pub kind: Option<Kind>,
}

/// One search of one index.
pub(crate) struct Reading<'a> {
    pub shelf: &'a Shelf,
    pub fields: &'a Fields,
    pub lexicon: &'a Lexicon,
    pub searcher: &'a Searcher,
    pub query: &'a Query,
    /// What was said not to be wanted, of what the searcher may see; once it was looked up.
    unwanted: OnceCell<HashSet<DocAddress>>,
    terms: Arc<Terms>,
}

/// A way to ask for a wish.
type Asks = fn(&Asking<'_>, &Wish) -> Clause;

/// What a wish found, and how it was asked.
struct Answer {
    wish: Wish,
    tally: Tally,
    clause: Asks,
    nearest: Option<String>,
    /// Whether hits below [`ALL_WORDS`] lack some words, or some of a word.
    graded: bool,
}

impl<'a> Reading<'a> {
    pub fn of(
        shelf: &'a Shelf,
        fields: &'a Fields,
        lexicon: &'a Lexicon,
        (searcher, query): (&'a Searcher, &'a Query),
    ) -> Reading<'a> {
        Reading { shelf, fields, lexicon, searcher, query, unwanted: OnceCell::new(), terms: Arc::default() }
    }

    pub fn known(&self) -> Known<'a> {
        Known { lexicon: self.lexicon, people: &self.shelf.people }
    }

    pub fn asking(&self) -> Asking<'_> {
        Asking { fields: self.fields, lexicon: self.lexicon, way: self.query.way, terms: &self.terms }
    }

    /// What the searcher may see.
    fn seen(&self) -> For {
        For::of(self.searcher, self.fields, self.shelf.kept.clone())
    }

    pub fn search(&self) -> Result<Found, Error> {
        let wish = Wish::read(self.lexicon, &self.query.text);
        if wish.is_empty() || self.searcher.audiences.is_empty() {
            return Ok(Found::default());
        }
        let answer = self.answer(wish)?;
        let first = self.query.first.min(MOST_HITS);
        let (counts, total) = (answer.tally.counts(&self.shelf.roster), answer.tally.total);
        let behind = |shown: &HashSet<DocAddress>, limit: usize| {
            let clause = (answer.clause)(&self.asking(), &answer.wish);
            let best = Best::of(self.shelf, self.query).behind(shown, limit);
            Ok(self.pass(clause, &answer.wish, best)?.ranks)
        };
        let (turns, has_next) = page::page(self.shelf, self.query, first, answer.tally.ranks, total, behind)?;
        let seeker = Seeker::of(self.lexicon, &answer.wish);
        let hits = turns.iter().map(|turn| {
            let partial = answer.graded && turn.rank.score < ALL_WORDS;
            self.hit(&seeker, turn.rank.place, turn.cursor(), partial)
        });
        let hits = hits.collect::<Result<_, _>>()?;
        Ok(Found { total, hits, has_next, counts, nearest: answer.nearest })
    }

    fn answer(&self, wish: Wish) -> Result<Answer, Error> {
        let graded = !wish.is_sentence();
        let some_of_it = |wish, tally| Answer { wish, tally, clause: loose, nearest: None, graded };
        let all_of_it = |clause, wish, tally| Answer { wish, tally, clause, nearest: None, graded: false };
        if wish.is_sentence() {
            let tally = self.asked(loose, &wish)?;
            if tally.found() {
                return Ok(some_of_it(wish, tally));
            }
        }
        let tally = self.asked(strict, &wish)?;
        if tally.found() {
            if wish.units.len() == 1 || tally.hits() >= FEW {
                return Ok(all_of_it(strict, wish, tally));
            }
            let more = self.asked(loose, &wish)?;
            return Ok(some_of_it(wish, more));
        }
        let tally = self.asked(literal, &wish)?;
        if tally.found() {
            return Ok(all_of_it(literal, wish, tally));
        }
        let mut nearest = Vec::new();
        for near in near::corrections(self, &wish)? {
            let tally = self.asked(strict, &near.wish)?;
            nearest.push((near, tally));
        }
        // The likelier slip first, then what finds more.
        nearest.sort_by_key(|(near, tally)| (near.unlikely, std::cmp::Reverse(tally.hits())));
        for (near, tally) in nearest {
            if let Some(nearest) = self.named(&near, &tally)? {
                return Ok(Answer { nearest: Some(nearest), ..all_of_it(strict, near.wish, tally) });
            }
        }
        let tally = self.asked(loose, &wish)?;
        Ok(some_of_it(wish, tally))
    }

    /// What was found instead, as it is written where it was found; nothing if a name would be put in the place of what was typed.
    fn named(&self, near: &near::Near, tally: &Tally) -> Result<Option<String>, Error> {
        let Some(best) = tally.ranks.first().filter(|_| tally.found()) else { return Ok(None) };
        let seeker = Seeker::of(self.lexicon, &near.wish);
        let row: TantivyDocument = self.shelf.searcher.doc(best.place)?;
        let (title, body) = (text(&row, self.fields.title), text(&row, self.fields.body));
        let texts = [(title, true), (body, false)];
        for (text, is_title) in texts.into_iter().filter_map(|(text, is_title)| Some((text?, is_title))) {
            let letters: Vec<char> = text.chars().map(crate::fold::fold).collect();
            let mut marks = seeker.marks(self.lexicon, &letters, is_title);
            marks.sort_unstable_by_key(|mark| (std::cmp::Reverse(mark.end - mark.start), mark.start));
            let Some(mark) = marks.first() else { continue };
            // Where several words were mended each of them has to be looked at.
            let several = near.said.is_some();
            let known = self.known();
            let touches = |mark: &highlight::Mark| known.touches_name(&letters, mark.start, mark.end);
            if touches(mark) || several && marks.iter().any(touches) {
                return Ok(None);
            }
            let found = || text.chars().skip(mark.start).take(mark.end - mark.start).collect();
            return Ok(Some(near.said.clone().unwrap_or_else(found)));
        }
        Ok(None)
    }

    fn asked(&self, clause: Asks, wish: &Wish) -> Result<Tally, Error> {
        self.pass(clause(&self.asking(), wish), wish, Best::of(self.shelf, self.query))
    }

    fn pass(&self, clause: Clause, wish: &Wish, best: Best<'_>) -> Result<Tally, Error> {
        let unwanted = self.unwanted(wish)?;
        let gated = self.asking().gated(clause, self.seen(), self.query);
        Ok(self.shelf.searcher.search(&*gated, &best.without(unwanted))?)
    }

    fn unwanted(&self, wish: &Wish) -> Result<Option<&HashSet<DocAddress>>, Error> {
        if wish.unwanted.is_empty() || self.unwanted.get().is_some() {
            return Ok(self.unwanted.get().filter(|_| !wish.unwanted.is_empty()));
        }
        let each = wish.unwanted.iter().map(|text| self.asking().exactly(text)).collect();
        let gated = self.asking().gated(crate::clause::any_of(each), self.seen(), self.query);
        let found = self.shelf.searcher.search(&*gated, &DocSetCollector)?;
        Ok(Some(self.unwanted.get_or_init(|| found)))
    }

    /// Whether the searcher would find something; looks no further than the first.
    pub fn is_any(&self, clause: Clause, wish: &Wish) -> Result<bool, Error> {
        let unwanted = self.unwanted(wish)?;
        let gated = self.asking().gated(clause, self.seen(), self.query);
        let searcher = &self.shelf.searcher;
        let weight = gated.weight(EnableScoring::disabled_from_searcher(searcher))?;
        for (ordinal, reader) in (0..).zip(searcher.segment_readers()) {
            let mut scorer = weight.scorer(reader, 1.0)?;
            let out = |doc: DocId| {
                let place = DocAddress::new(ordinal, doc);
                reader.is_deleted(doc) || unwanted.is_some_and(|unwanted| unwanted.contains(&place))
            };
            while scorer.doc() != TERMINATED && out(scorer.doc()) {
                scorer.advance();
            }
            if scorer.doc() != TERMINATED {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn hit(&self, seeker: &Seeker, place: DocAddress, cursor: Cursor, partial: bool) -> Result<Hit, Error> {
        let row: TantivyDocument = self.shelf.searcher.doc(place)?;
        let title = text(&row, self.fields.title).unwrap_or_default();
        let body = text(&row, self.fields.body).unwrap_or_default();
        let columns = usize::try_from(place.segment_ord).ok().and_then(|segment| self.shelf.columns.get(segment));
        let facts = columns.and_then(|columns| columns.facts_of(place.doc_id));
        let kind = columns.and_then(|columns| Kind::of(columns.kind_of(place.doc_id)?));
        Ok(Hit {
            cursor,
            kind: kind.unwrap_or(Kind::Course),
            fragments: highlight::fragments(self.known(), seeker, &title, &body),
            whole: highlight::whole(self.known(), &title),
            title,
            course: facts.map(|facts| facts.course.clone()).unwrap_or_default(),
            lesson: text(&row, self.fields.lesson),
            block: number(&row, self.fields.block).and_then(|block| u32::try_from(block).ok()),
            page: number(&row, self.fields.page).is_some(),
            start_ms: number(&row, self.fields.start_ms),
            partial,
        })
    }

    pub fn suggest(&self, first: usize) -> Result<Vec<Suggestion>, Error> {
        let typed = folded(&self.query.text);
        let wish = Wish::read(self.lexicon, &self.query.text);
        if wish.is_empty() || self.searcher.audiences.is_empty() {
            return Ok(Vec::new());
        }
        let first = first.min(MOST_HITS);
        let clause = self.asking().titles(&wish);
        let best = self.pass(clause, &wish, Best::titles(self.shelf, MOST_TITLES))?;
        let mut seen = HashSet::new();
        let mut suggestions = Vec::new();
        for rank in &best.ranks {
            if suggestions.len() == first {
                return Ok(suggestions);
            }
            let row: TantivyDocument = self.shelf.searcher.doc(rank.place)?;
            let text = text(&row, self.fields.title).unwrap_or_default();
            let new = folded(&text) != typed.trim() && !seen.contains(&folded(&text));
            if new && self.may_be_suggested(&typed, &text) {
                seen.insert(folded(&text));
                let segment = usize::try_from(rank.place.segment_ord).ok();
                let columns = segment.and_then(|segment| self.shelf.columns.get(segment));
                let kind = columns.and_then(|columns| Kind::of(columns.kind_of(rank.place.doc_id)?));
                suggestions.push(Suggestion { text, kind });
            }
        }
        for text in self.terms(&typed, &wish) {
            if suggestions.len() == first {
                break;
            }
            let new = folded(&text) != typed.trim() && !seen.contains(&folded(&text));
            if new && self.may_be_suggested(&typed, &text) && self.is_somewhere(&text)? {
                suggestions.push(Suggestion { text, kind: None });
            }
        }
        Ok(suggestions)
    }

    /// A person's name is suggested to nobody who has not typed it out.
    fn may_be_suggested(&self, typed: &str, text: &str) -> bool {
        let letters: Vec<char> = text.chars().map(crate::fold::fold).collect();
        let names = self.known().names(&letters);
        names.iter().all(|(from, to)| {
            let name: String = letters.get(*from..*to).unwrap_or_default().iter().collect();
            typed.contains(&name)
        })
    }

    /// Terms of the dictionary that begin with what was typed.
    fn terms(&self, typed: &str, wish: &Wish) -> Vec<String> {
        let typed: Vec<char> = typed.chars().filter(|c| crate::fold::is_letter(*c)).collect();
        let letters = match wish.units.as_slice() {
            [Unit::Latin(words)] => words.concat(),
            _ => String::new(),
        };
        let begins = |term: &&crate::lexicon::Term| {
            let spelled = || crate::sound::spelled(&term.folded.iter().collect::<String>());
            term.folded.starts_with(&typed)
                || letters.len() > 1 && (spelled().starts_with(&letters) || self.lexicon.begins(term, &letters))
        };
        self.lexicon.terms.iter().filter(begins).take(MOST_TERMS).map(|term| term.text.clone()).collect()
    }

    /// Whether the searcher would find something: a suggestion that leads nowhere is none, and one for others' eyes would tell of them.
    fn is_somewhere(&self, text: &str) -> Result<bool, Error> {
        self.is_any(self.asking().exactly(&folded(text)), &Wish::default())
    }
}

/// Every word of it; a single character wherever it stands.
fn strict(asking: &Asking<'_>, wish: &Wish) -> Clause {
    let alone = match wish.units.as_slice() {
        [Unit::Word { text, .. }] => text.chars().next().filter(|_| text.chars().count() == 1),
        _ => None,
    };
    match alone {
        Some(c) => crate::clause::any_of(vec![asking.strict(wish), asking.character(c)]),
        None => asking.strict(wish),
    }
}

fn literal(asking: &Asking<'_>, wish: &Wish) -> Clause {
    asking.literal(wish)
}

fn loose(asking: &Asking<'_>, wish: &Wish) -> Clause {
    asking.loose(wish)
}

fn text(row: &TantivyDocument, field: Field) -> Option<String> {
    row.get_first(field).and_then(|value| value.as_str().map(str::to_owned))
}

fn number(row: &TantivyDocument, field: Field) -> Option<u64> {
    row.get_first(field).and_then(|value| value.as_u64())
}

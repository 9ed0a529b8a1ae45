//! What a course is filed under: words of its own, and the stages it is for.

use kernel::{Day, Millis, Refusal};
use organisation::Stage;
use search::Document;

const MOST_TAGS: usize = 12;
const LONGEST_TAG: usize = 20;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    pub tags: Vec<String>,
    pub stages: Vec<Stage>,
}

/// A course as students knew it: under this tag from then, and until then where it has lost it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    pub tag: String,
    pub since: Millis,
    pub until: Option<Millis>,
}

impl Labels {
    /// Trimmed and without repetition. INVALID for too many, too long or empty ones.
    pub fn tidy(self) -> Result<Self, Refusal> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.tags.iter().map(|tag| tag.split_whitespace().collect::<Vec<_>>().join(" ")) {
            let long = tag.chars().count() > LONGEST_TAG;
            if tag.is_empty() || long || tag.chars().any(char::is_control) {
                return Err(Refusal::invalid(
                    "input.tags",
                    "标签要有内容，不超过 20 个字。",
                    "A tag has at least one and at most 20 characters.",
                ));
            }
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if tags.len() > MOST_TAGS {
            return Err(Refusal::invalid("input.tags", "标签最多 12 个。", "At most 12 tags."));
        }
        let mut stages = self.stages;
        stages.sort_by_key(|stage| stage.name());
        stages.dedup();
        Ok(Self { tags, stages })
    }

    /// Onto the documents of the course.
    pub(crate) fn write(self, published: Option<Day>, documents: &mut [Document]) {
        let stages: Vec<String> = self.stages.iter().map(|stage| stage.name().to_owned()).collect();
        for (n, document) in documents.iter_mut().enumerate() {
            // The first stands for the course; its tags lead to it and not to each of its lessons.
            if n == 0 {
                document.tags.clone_from(&self.tags);
            }
            document.stages.clone_from(&stages);
            document.day = published.map_or(0, Day::number);
            document.year = published.map(Day::year);
        }
    }
}

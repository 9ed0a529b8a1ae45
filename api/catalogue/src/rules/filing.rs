//! Under which tags students knew a course, and when. Pure.

use kernel::Millis;

use crate::model::Filing;

/// Of versions from the first to the newest: when each was published and its tags. A tag that went and came again has two filings.
pub fn filings(versions: Vec<(Millis, Vec<String>)>) -> Vec<Filing> {
    let mut all: Vec<Filing> = Vec::new();
    for (at, tags) in versions {
        for open in all.iter_mut().filter(|filing| filing.until.is_none() && !tags.contains(&filing.tag)) {
            open.until = Some(at);
        }
        for tag in tags {
            if !all.iter().any(|filing| filing.until.is_none() && filing.tag == tag) {
                all.push(Filing { tag, since: at, until: None });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Filing, filings};

    #[test]
    fn a_tag_holds_from_the_version_that_brought_it_to_the_one_that_took_it() {
        let version = |at, tags: &[&str]| (at, tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        let filing = |tag: &str, since, until| Filing { tag: tag.to_owned(), since, until };
        assert!(filings(Vec::new()).is_empty());
        let versions = [
            version(10, &["党史"]),
            version(20, &["党史", "入门"]),
            version(30, &["入门"]),
            version(40, &["党史", "入门"]),
            version(50, &["党史", "入门"]),
        ];
        assert_eq!(
            filings(versions.to_vec()),
            [filing("党史", 10, Some(30)), filing("入门", 20, None), filing("党史", 40, None)]
        );
    }
}

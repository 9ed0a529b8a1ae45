//! Everything that this house keeps, compared with what it is made of and put right: deeds with learning and with the checks that were told,
//! members with the roster, boards with the ledger.

use std::collections::{HashMap, HashSet};

use catalogue::LessonKind;
use kernel::{
    Result,
    id::{CourseId, LessonId, PersonId},
};
use platform::outbox;

use crate::{
    Gamification, jobs,
    model::{Deed, DeedKind, Rebuilt},
    rules::tableau::Member,
    store::{deeds, members},
};

/// Rows of one page.
const PAGE: u64 = 5_000;

impl Gamification {
    /// Answers how much was wrong. Meanwhile boards go on with what they have, and people with their study: it may run beside `serve`.
    pub async fn rebuild(&self) -> Result<Rebuilt> {
        let kept = self.kept_deeds().await?;
        let told = Rebuilt { deeds: self.rebuild_deeds(&kept).await?, members: self.rebuild_members().await? };
        self.remake().await?;
        Ok(told)
    }

    pub(crate) async fn kept_deeds(&self) -> Result<HashSet<Deed>> {
        let mut kept = HashSet::new();
        for kind in DeedKind::ALL {
            let mut last: Option<Deed> = None;
            loop {
                let page = deeds::page(self.base().db.read(), kind, last.as_ref(), PAGE).await?;
                let Some(end) = page.last() else { break };
                last = Some(*end);
                kept.extend(page);
            }
        }
        Ok(kept)
    }

    /// `kept` was read before the truth, which only grows: what is finished meanwhile is missing in it at worst, and noted once, but never extra.
    pub(crate) async fn rebuild_deeds(&self, kept: &HashSet<Deed>) -> Result<u64> {
        let truth = self.truth().await?;
        let (extra, missing): (Vec<Deed>, Vec<Deed>) =
            (kept.difference(&truth).copied().collect(), truth.difference(kept).copied().collect());
        if extra.is_empty() && missing.is_empty() {
            return Ok(0);
        }
        let tx = self.base().db.begin().await?;
        let wrong = deeds::forget(&tx, &extra).await? + deeds::note(&tx, &missing).await?;
        tx.commit().await?;
        Ok(wrong)
    }

    /// What learning has as finished, and the checks that were announced as passed.
    async fn truth(&self) -> Result<HashSet<Deed>> {
        let mut all = HashSet::new();
        let mut last = None;
        loop {
            let page = self.0.learning.finished_lessons(last, PAGE).await?;
            let Some(end) = page.last() else { break };
            last = Some((end.person, end.lesson));
            let lessons: Vec<LessonId> = page.iter().map(|one| one.lesson).collect();
            let known = self.0.catalogue.lessons(&lessons).await?;
            for one in page {
                let Some(lesson) = known.get(&one.lesson) else { continue };
                let kind = match lesson.kind {
                    LessonKind::Video => DeedKind::Video,
                    LessonKind::Reading => DeedKind::Reading,
                };
                all.insert(Deed { person: one.person, kind, thing: one.lesson.uuid(), course: one.course, at: one.at });
            }
        }
        let mut last = None;
        loop {
            let page = self.0.learning.finished_courses(last, PAGE).await?;
            let Some((person, course, _)) = page.last().copied() else { break };
            last = Some((person, course));
            let deed = |(person, course, at): (_, CourseId, _)| Deed {
                person,
                kind: DeedKind::Course,
                thing: course.uuid(),
                course,
                at,
            };
            all.extend(page.into_iter().map(deed));
        }
        let mut last = 0;
        loop {
            let page = outbox::told(self.base().db.read(), &["CheckPassed"], last, PAGE).await?;
            let Some((number, _)) = page.last() else { break };
            last = *number;
            all.extend(page.iter().filter_map(|(_, event)| jobs::deed(event)));
        }
        Ok(all)
    }

    async fn rebuild_members(&self) -> Result<u64> {
        let (kept, _) = members::changed(self.base().db.read(), 0).await?;
        let kept: HashMap<PersonId, Member> = kept.into_iter().collect();
        let mut roster = self.roster().await?;
        for (person, member) in &kept {
            // Who studies nowhere any more is looked up one by one: they are few.
            if !roster.contains_key(person) {
                roster.insert(*person, self.member(*person, None).await?);
            }
            roster.entry(*person).or_default().nickname = member.nickname.clone();
        }
        let wrong: Vec<_> = roster.iter().filter(|(person, now)| kept.get(person) != Some(now)).collect();
        if wrong.is_empty() {
            return Ok(0);
        }
        let tx = self.base().db.begin().await?;
        members::hold(&tx).await?;
        for (person, now) in &wrong {
            // Whoever has taken another nickname, or given theirs up, since it was read keeps it so.
            let nickname = members::find(&tx, **person).await?.nickname;
            members::save(&tx, **person, &Member { nickname, ..(*now).clone() }).await?;
        }
        tx.commit().await?;
        Ok(u64::try_from(wrong.len())?)
    }
}

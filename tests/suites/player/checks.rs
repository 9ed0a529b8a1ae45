//! Questions as an honest player meets them: seen with an answer of the server, thought about, answered in time or with more of it.

use serde_json::{Value, json};

use super::{Player, Sitting};
use crate::{dice::Dice, proxy::Fault, study::Reply};

/// A check on the screen.
pub struct Shown {
    check: Value,
    /// The option that was chosen: who loses the reply gives the same answer again.
    option: Value,
    answer_at: i64,
    extend_at: Option<i64>,
    deadline_at: i64,
}

impl Player {
    /// A check stops the film, as the app does.
    pub(super) fn see(&mut self, sitting: &mut Sitting, reply: &Reply, now: i64) {
        let Some(check) = reply.check() else {
            // The server has given it up: its deadline has passed.
            sitting.shown = sitting.shown.take().filter(|shown| now < shown.deadline_at);
            let again = &reply.0["again"];
            if let (None, Some(start), Some(end)) = (&sitting.shown, again["start"].as_i64(), again["end"].as_i64())
                && !(start..end).contains(&sitting.position)
            {
                sitting.position = start;
            }
            return;
        };
        if sitting.shown.as_ref().is_some_and(|shown| shown.check["id"] == check["id"]) {
            return;
        }
        let deadline = check["deadlineMs"].as_i64().expect("a deadline");
        let think = self.dice.between(self.habits.thinks.0, self.habits.thinks.1) * 1_000;
        let extend_at = (think > deadline - 10_000).then_some(now + deadline / 2);
        let option = self.option(check);
        self.counts.checks += 1;
        sitting.shown = Some(Shown {
            check: check.clone(),
            option,
            answer_at: now + think,
            extend_at,
            deadline_at: now + deadline,
        });
    }

    /// Answers when the time has come; asks for longer before it runs out.
    pub(super) async fn attend(&mut self, sitting: &mut Sitting, now: i64, fault: &mut impl FnMut(&mut Dice) -> Fault) {
        let Some(mut shown) = sitting.shown.take() else { return };
        let id = shown.check["id"].clone();
        if shown.extend_at.is_some_and(|at| at <= now)
            && let Some(document) = self.extends.clone()
        {
            let drawn = fault(&mut self.dice);
            if let Ok(said) = self.ask(drawn, &document, json!({ "c": id })).await {
                let left = said.data("extendCheck");
                let left = left.as_i64().or_else(|| left["deadlineMs"].as_i64()).expect("what is left");
                self.counts.extended += 1;
                shown.deadline_at = now + left;
                shown.extend_at = (shown.answer_at > shown.deadline_at - 10_000).then_some(now + left / 2);
            }
        }
        if now < shown.answer_at {
            sitting.shown = Some(shown);
            return;
        }
        let option = shown.option.clone();
        let (drawn, document) = (fault(&mut self.dice), self.answers.clone());
        match self.ask(drawn, &document, json!({ "c": id, "o": option })).await {
            Ok(said) if said.code().is_some() => {
                // Too late: what is pending is released by the next one.
                assert!(said.is_sound() && now >= shown.deadline_at, "{}: {}", self.name, said.body);
            }
            Ok(said) => {
                let told = said.data("answerCheck");
                self.counts.passed += i64::from(told["passed"] == true);
                self.counts.released_ms += told["releasedMs"].as_i64().expect("an amount");
                if let Some(from) = told["againFrom"].as_i64() {
                    sitting.position = from;
                }
            }
            Err(_) => sitting.shown = Some(shown),
        }
    }

    fn option(&mut self, check: &Value) -> Value {
        let options = check["options"].as_array().expect("options");
        let right = self.right.get(check["prompt"].as_str().expect("a prompt")).expect("a question of ours");
        let at = options.iter().position(|option| option["text"] == **right).expect("the right one is among them");
        let chosen = if self.dice.percent(self.habits.errs) { (at + 1) % options.len() } else { at };
        options[chosen]["key"].clone()
    }
}

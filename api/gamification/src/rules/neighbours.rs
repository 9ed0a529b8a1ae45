//! A board of people who chose to be on it: who stands beside the asker, never who stands at the bottom. A nickname is what others see.

use kernel::{Amount, Refusal, id::PersonId};

use crate::model::{Board, Row, Standing};

/// So many above and so many below.
pub const BESIDE: usize = 2;
/// With fewer people everybody would know who is who.
pub const FEWEST: u64 = 3;

/// One person of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub person: PersonId,
    pub nickname: String,
    /// Equals share one.
    pub rank: u32,
    pub points: Amount,
}

/// What a board tells about a person on it. Equals stand in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    pub people: u64,
    pub highest: Amount,
    pub lowest: Amount,
    /// The asker and at most [`BESIDE`] on either side, in order.
    pub places: Vec<Place>,
}

pub fn board(around: Option<&Around>, me: PersonId, first: usize) -> Board {
    let Some(around) = around.filter(|around| around.people >= FEWEST) else { return Board::default() };
    let bottom = |place: &Place| around.lowest < around.highest && place.points == around.lowest;
    let seen = around.places.iter().filter(|place| place.person == me || !bottom(place));
    let row = |place: &Place| Row {
        rank: place.rank,
        name: place.nickname.clone(),
        points: place.points,
        me: place.person == me,
    };
    let own = around.places.iter().find(|place| place.person == me);
    Board {
        me: own.map(|place| Standing { rank: place.rank, points: place.points }),
        rows: seen.take(first).map(row).collect(),
    }
}

/// 2 to 12 characters that can be seen; blanks around it do not count.
pub fn check_nickname(nickname: &str) -> Result<(), Refusal> {
    let seen = nickname.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '·' | '.'));
    if (2..=12).contains(&nickname.chars().count()) && seen {
        return Ok(());
    }
    Err(Refusal::invalid(
        "nickname",
        "昵称须为 2 到 12 个汉字、字母或数字。",
        "A nickname takes 2 to 12 letters or digits.",
    ))
}

//! What the school's one switch shows of this house. The switch itself decides ([`Play`]), because reports ask it too.

use organisation::Play;

/// One's own points of today, streak, level, tasks and badges.
pub const fn shown(play: Play) -> bool {
    play.shows_own()
}

/// Goals of teams.
pub const fn teamed(play: Play) -> bool {
    play.shows_teams()
}

/// Boards of units, and within a branch of the people who opted in.
pub const fn compared(play: Play) -> bool {
    play.shows_boards()
}

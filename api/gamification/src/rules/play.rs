//! The school's one switch, decided in one place.

use organisation::Play;

/// Whether one's own points of today, streak and level are shown.
pub const fn shown(play: Play) -> bool {
    match play {
        Play::Off => false,
        Play::Private | Play::Team | Play::Boards => true,
    }
}

/// Whether units are compared on boards.
pub const fn compared(play: Play) -> bool {
    match play {
        Play::Off | Play::Private | Play::Team => false,
        Play::Boards => true,
    }
}

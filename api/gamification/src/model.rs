//! Streaks, levels, boards.

use kernel::Amount;

/// Weeks in a row in which the weekly goal was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streak {
    pub current: u32,
    pub best: u32,
    /// Which days of the running week had study that counted, Monday first.
    pub days: [bool; 7],
    /// How many of the seven days the goal asks for.
    pub goal: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// From one.
    pub rank: u32,
    pub title: String,
    /// Finished lessons at which the next begins; none at the top.
    pub next_at: Option<u32>,
}

/// Whose boards: the colleges of the school, the branches of one's own college, the people of one's own branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    School,
    College,
    Branch,
}

/// The running one, in the school's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    Week,
    Month,
    Term,
    All,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    /// The row of the viewer's own unit, also when it stands below the rows shown.
    pub me: Option<Standing>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub rank: u32,
    pub points: Amount,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Equals share one, and the next is left out.
    pub rank: u32,
    pub name: String,
    /// The mean of the unit's students.
    pub points: Amount,
}

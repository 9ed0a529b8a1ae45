//! Days of the school's time zone: they bound every "today", week, month, term and cap, on any host time zone.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone};
use serde::{Deserialize, Serialize};

use crate::Millis;

/// A calendar day, written `YYYY-MM-DD`; stored as its number of days since 0001-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(NaiveDate);

impl Day {
    pub fn of(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }
    pub fn number(self) -> i32 {
        self.0.num_days_from_ce()
    }
    pub fn from_number(number: i32) -> Option<Self> {
        NaiveDate::from_num_days_from_ce_opt(number).map(Self)
    }
    pub fn year(self) -> i32 {
        self.0.year()
    }
    /// 1 January to 12 December.
    pub fn month(self) -> u32 {
        self.0.month()
    }
    /// 0 is Monday.
    pub fn weekday(self) -> u32 {
        self.0.weekday().num_days_from_monday()
    }
    pub fn plus(self, days: i64) -> Self {
        let moved = if days < 0 {
            self.0.checked_sub_days(Days::new(days.unsigned_abs()))
        } else {
            self.0.checked_add_days(Days::new(days.unsigned_abs()))
        };
        Self(moved.unwrap_or(self.0))
    }
    pub fn monday(self) -> Self {
        self.plus(-i64::from(self.weekday()))
    }
    pub fn first_of_month(self) -> Self {
        Self(self.0.with_day(1).unwrap_or(self.0))
    }
}
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for Day {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self).map_err(|_| ())?;
        if day.to_string() == text { Ok(day) } else { Err(()) }
    }
}

/// The school's time zone.
#[derive(Clone, Copy, Debug)]
pub struct Zone(chrono_tz::Tz);

impl Default for Zone {
    fn default() -> Self {
        Self(chrono_tz::Asia::Shanghai)
    }
}
impl FromStr for Zone {
    type Err = ();
    /// An IANA name, for example `Asia/Shanghai`.
    fn from_str(name: &str) -> Result<Self, ()> {
        name.parse().map(Self).map_err(|_| ())
    }
}
impl Zone {
    pub fn day(self, at: Millis) -> Day {
        Day(DateTime::from_timestamp_millis(at).unwrap_or_default().with_timezone(&self.0).date_naive())
    }
    /// What the school's clock shows: `2026-11-21 10:00`.
    pub fn minute(self, at: Millis) -> String {
        let there = DateTime::from_timestamp_millis(at).unwrap_or_default().with_timezone(&self.0);
        there.format("%Y-%m-%d %H:%M").to_string()
    }
    /// The first instant of the day; where a clock change skips midnight, the first that exists.
    pub fn start(self, day: Day) -> Millis {
        let midnight = day.0.and_time(NaiveTime::MIN);
        let first = (0..24)
            .find_map(|hour| self.0.from_local_datetime(&(midnight + chrono::TimeDelta::hours(hour))).earliest());
        first.map_or(0, |at| at.timestamp_millis())
    }
    /// Half open: from the first instant of `from` to the first of the day after `to`.
    pub fn span(self, from: Day, to: Day) -> (Millis, Millis) {
        (self.start(from), self.start(to.plus(1)))
    }
}

//! Integer amounts of points, hours and credits: thousandths, so that sums are exact.

use std::{fmt, iter::Sum, ops, str::FromStr};

use serde::{Deserialize, Serialize};

/// A signed number of thousandths. Written as the contract's `Decimal`: exact, no exponent, no trailing zeros.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Amount(i64);

impl Amount {
    pub const ZERO: Self = Self(0);
    pub const fn milli(thousandths: i64) -> Self {
        Self(thousandths)
    }
    pub const fn whole(units: i64) -> Self {
        Self(units.saturating_mul(1000))
    }
    pub const fn thousandths(self) -> i64 {
        self.0
    }
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    /// `self × part / of`, half away from zero: the one rounding rule of the ledger. `of` must be positive; else zero.
    pub fn share(self, part: i64, of: i64) -> Self {
        if of <= 0 {
            return Self::ZERO;
        }
        let (product, of) = (i128::from(self.0) * i128::from(part), i128::from(of));
        let half = if product < 0 { -of / 2 } else { of / 2 };
        Self(i64::try_from((product + half) / of).unwrap_or(i64::MAX))
    }
}
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        let sign = if self.0 < 0 { "-" } else { "" };
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{rest:03}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}
impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for Amount {
    type Err = ();
    /// At most three places and twelve digits before them; no sign but `-`, no exponent, no blanks.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
        let number = |s: &str, most: usize| {
            let good = !s.is_empty() && s.len() <= most && s.bytes().all(|b| b.is_ascii_digit());
            if good { s.parse::<i64>().map_err(|_| ()) } else { Err(()) }
        };
        let places = u32::try_from(rest.len()).map_err(|_| ())?;
        let thousandths = number(rest, 3)? * 10_i64.pow(3 - places);
        Ok(Self(sign * (number(whole, 12)? * 1000 + thousandths)))
    }
}
impl ops::Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl ops::Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl ops::Neg for Amount {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}
impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |a, b| a + b)
    }
}

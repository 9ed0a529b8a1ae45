//! The contract's scalars and how ids come in.

use std::str::FromStr;

use async_graphql::{ID, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use kernel::{Amount, Day, Millis, Refusal, clock};

/// RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy)]
pub struct DateTime(pub Millis);

#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        clock::parse_rfc3339(text).map(Self).ok_or_else(|| InputValueError::custom("not an RFC 3339 instant"))
    }
    fn to_value(&self) -> Value {
        Value::String(clock::rfc3339(self.0))
    }
}

/// A day (`YYYY-MM-DD`) of the school's time zone.
#[derive(Clone, Copy)]
pub struct Date(pub Day);

#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map(Self).map_err(|()| InputValueError::custom("not a day of the form YYYY-MM-DD"))
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An exact decimal as a string: no exponent, at most three places, no trailing zeros.
#[derive(Clone, Copy)]
pub struct Decimal(pub Amount);

#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map(Self).map_err(|()| InputValueError::custom("not a decimal with at most three places"))
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An id as clients send it; a malformed one and one of another kind are `NOT_FOUND`.
pub fn id<T: FromStr<Err = Refusal>>(id: &ID) -> kernel::Result<T> {
    Ok(id.as_str().parse()?)
}

/// The same for an id that may be left out.
pub fn id_option<T: FromStr<Err = Refusal>>(given: Option<&ID>) -> kernel::Result<Option<T>> {
    given.map(id).transpose()
}

/// Counts fit GraphQL's 32 bits; what would not is told as the greatest that does.
pub fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

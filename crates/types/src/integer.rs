//! Deserializes integers that are numbers or digits in a string (D3, D4, D5).

use std::fmt;

use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// Deserializes an integer. `expected` is the text of the error.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D, expected: &'static str) -> Result<i64, D::Error> {
    deserializer.deserialize_any(Integer { expected })
}

struct Integer {
    expected: &'static str,
}

impl Integer {
    // serde's own messages would repeat the value, which may be a phone number.
    fn refuse<T, E: Error>(&self) -> Result<T, E> {
        Err(E::custom(format_args!("expected {}", self.expected)))
    }
}

impl Visitor<'_> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).or_else(|_| self.refuse())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<i64, E> {
        self.refuse()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<i64, E> {
        self.refuse()
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        text.trim().parse().or_else(|_| self.refuse())
    }
}

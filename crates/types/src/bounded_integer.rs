//! The macro for integers with the bounds of the contract. Codegen writes a call for each such component that has no type by
//! hand.

/// Declares an integer: its type on the inside and in functions, its bounds, the text of errors, and the schema's words.
///
/// Serialized as an integer; digits in a string are accepted as well.
macro_rules! bounded_integer {
    (
        $(#[$attribute:meta])*
        $type:ident($inner:ty as $number:ty), $least:literal to $most:literal, $expected:literal,
        $format:literal, $description:literal, example $example:literal
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type($inner);

        impl $type {
            /// The smallest number.
            pub const MIN: Self = Self($least);
            /// The largest number.
            pub const MAX: Self = Self($most);

            /// Returns the number.
            #[must_use]
            #[allow(trivial_numeric_casts, clippy::cast_lossless, reason = "the two types may be one")]
            pub const fn get(self) -> $number {
                self.0 as $number
            }
        }

        impl TryFrom<$number> for $type {
            type Error = $crate::ParseError;

            /// # Errors
            /// If the number is not within the bounds.
            #[allow(clippy::unnecessary_fallible_conversions, reason = "the two types may be one")]
            fn try_from(number: $number) -> Result<Self, $crate::ParseError> {
                let number = <$inner>::try_from(number).ok().map(Self);
                number
                    .filter(|number| (Self::MIN..=Self::MAX).contains(number))
                    .ok_or($crate::ParseError::expected($expected))
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                ::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = <$number>::try_from($crate::integer::read(deserializer, $expected)?);
                number
                    .map_err(|_| $crate::ParseError::expected($expected))
                    .and_then(Self::try_from)
                    .map_err(::serde::de::Error::custom)
            }
        }

        #[cfg(any(feature = "utoipa", feature = "schemars"))]
        described!($type, {
            "description": $description,
            "type": "integer",
            "format": $format,
            "minimum": $type::MIN,
            "maximum": $type::MAX,
            "example": $type($example),
        });

        #[cfg(test)]
        impl ::proptest::arbitrary::Arbitrary for $type {
            type Parameters = ();
            type Strategy = ::proptest::strategy::Map<::std::ops::RangeInclusive<$inner>, fn($inner) -> Self>;
            fn arbitrary_with((): ()) -> Self::Strategy {
                ::proptest::strategy::Strategy::prop_map($least..=$most, Self)
            }
        }
    };
}

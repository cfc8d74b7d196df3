//! The macro for the code tables of the vendor's page. The vendor may extend them, so that unknown codes are accepted.

/// Declares an enum of integer codes with an `Unknown` variant by a table.
macro_rules! open_code {
    (
        $(#[$attribute:meta])*
        $type:ident, $expected:literal, $description:literal, example $example:literal {
            $($(#[$variant_attribute:meta])* $variant:ident = $code:literal, $name:literal, $meaning:literal;)*
        }
        $(of each: { $($extension:literal: $fact:path),* $(,)? })?
    ) => {
        $(#[$attribute])*
        ///
        /// Deserialized from an integer or digits in a string; a code that is not in the table becomes `Unknown`. The text form
        /// is the name, or the number of an unknown code; both are parsed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $(
                #[doc = concat!($meaning, " (`", stringify!($code), "`, `", $name, "`).")]
                $(#[$variant_attribute])*
                $variant,
            )*
            /// A code that is not in the vendor's table. Create it with `from`, which checks the table.
            Unknown(i32),
        }

        impl $type {
            /// All codes of the vendor's table, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the number on the wire.
            #[must_use]
            pub const fn code(self) -> i32 {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Unknown(code) => code,
                }
            }

            /// Returns the meaning of the code in a few words.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)*
                    Self::Unknown(_) => "Not in the vendor's table",
                }
            }

            /// Returns whether the code is in the vendor's table.
            #[must_use]
            pub const fn is_known(self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl From<i32> for $type {
            fn from(code: i32) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    other => Self::Unknown(other),
                }
            }
        }

        impl From<$type> for i32 {
            fn from(value: $type) -> Self {
                value.code()
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant => f.pad($name),)*
                    Self::Unknown(code) => f.pad(&code.to_string()),
                }
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let text = text.trim();
                $(if text.eq_ignore_ascii_case($name) { return Ok(Self::$variant); })*
                text.parse::<i32>().map(Self::from).map_err(|_| $crate::ParseError::expected($expected))
            }
        }

        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i32(self.code())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = $crate::integer::read(deserializer, $expected)?;
                i32::try_from(code)
                    .map(Self::from)
                    .map_err(|_| ::serde::de::Error::custom(concat!("expected ", $expected)))
            }
        }

        #[cfg(any(feature = "utoipa", feature = "schemars"))]
        described!($type, {
            "description": $description,
            "type": "integer",
            "format": "int32",
            "enum": [$($code),*],
            "x-enum-varnames": [$(stringify!($variant)),*],
            "x-enum-descriptions": [$($meaning),*],
            $($($extension: Self::ALL.iter().copied().map($fact).collect::<Vec<_>>(),)*)?
            "example": $example,
        });

        #[cfg(test)]
        impl ::proptest::arbitrary::Arbitrary for $type {
            type Parameters = ();
            type Strategy = ::proptest::sample::Select<Self>;
            fn arbitrary_with((): ()) -> Self::Strategy {
                ::proptest::sample::select(Self::ALL)
            }
        }
    };
}

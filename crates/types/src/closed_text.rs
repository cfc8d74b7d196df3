//! The macro for texts of which a contract lists all values. They are ours, so that no others come.

/// Declares an enum of texts by a table.
macro_rules! closed_text {
    (
        $(#[$attribute:meta])*
        $type:ident, $description:literal, example $example:literal {
            $($(#[$variant_attribute:meta])* $variant:ident = $text:literal, $meaning:literal;)*
        }
    ) => {
        $(#[$attribute])*
        ///
        /// The text form is that of the wire.
        #[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $type {
            $(
                #[doc = concat!($meaning, " (`", $text, "`).")]
                #[serde(rename = $text)]
                $(#[$variant_attribute])*
                $variant,
            )*
        }

        impl $type {
            /// All of them, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(match self {
                    $(Self::$variant => $text,)*
                })
            }
        }

        #[cfg(any(feature = "utoipa", feature = "schemars"))]
        described!($type, {
            "description": $description,
            "type": "string",
            "enum": [$($text),*],
            "x-enum-varnames": [$(stringify!($variant)),*],
            "x-enum-descriptions": [$($meaning),*],
            "example": $example,
        });
    };
}

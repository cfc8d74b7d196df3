//! The macro for the schemas of the scalars, for both utoipa and schemars.

/// Implements the schema traits of a type by this JSON Schema.
macro_rules! described {
    ($type:ty, { $($schema:tt)* }) => { described!($type, json: serde_json::json!({ $($schema)* })); };
    ($type:ty, json: $schema:expr) => {
        #[cfg(feature = "utoipa")]
        impl ::utoipa::PartialSchema for $type {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                let schema: ::utoipa::openapi::schema::Object =
                    ::serde_json::from_value($schema).unwrap_or_default();
                schema.into()
            }
        }

        #[cfg(feature = "utoipa")]
        impl ::utoipa::ToSchema for $type {
            fn name() -> ::std::borrow::Cow<'static, str> {
                $crate::schema::last_segment(stringify!($type)).into()
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                $crate::schema::last_segment(stringify!($type)).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::Schema::try_from($schema).unwrap_or_default()
            }
        }
    };
}

/// Returns the name of a type without its path.
pub fn last_segment(path: &'static str) -> &'static str {
    path.rsplit([':', ' ']).next().unwrap_or(path)
}

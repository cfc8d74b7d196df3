//! The table of operations: what the contracts say of each, for the types crate, the client, the mocks and the server.

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::Ident;

use crate::contract::{CONTRACTS, Contract, EVENT_STREAM, Entry, INGEST};

/// Where other crates find the types.
pub const TYPES: &str = "::group_dispatch_types";

/// What a contract says of one of its operations.
pub struct Operation {
    /// Its operationId.
    pub id: String,
    path: String,
    summary: String,
    is_idempotent: bool,
    requests_per_second: u32,
    /// The component of its JSON body.
    request: String,
    /// Whether a request needs a body.
    needs_body: bool,
    /// The component of the answer with status 200.
    response: String,
    /// Whether it may also answer with a stream.
    streams: bool,
    /// The component of the answers with an error status.
    error_response: String,
    /// The type of that answer's `data`.
    data: DataType,
    /// Its contract.
    contract: &'static Entry,
}

enum DataType {
    Component(String),
    List(String),
    Nullable(String),
}

impl Operation {
    /// Reads all operations of a contract.
    ///
    /// # Errors
    /// If an operation leaves out what the table needs.
    pub fn all(entry: &'static Entry, contract: &Contract) -> Result<Vec<Self>> {
        let paths = contract.json.get("paths").and_then(Value::as_object).context("the contract has no paths")?;
        paths.iter().map(|(path, item)| Self::read(entry, contract, path, item)).collect()
    }

    fn read(entry: &'static Entry, contract: &Contract, path: &str, item: &Value) -> Result<Self> {
        let Some(post) = item.get("post") else { bail!("{path}: expected an operation by POST") };
        let id = post.get("operationId").and_then(Value::as_str).with_context(|| format!("{path}: no operationId"))?;
        let is_idempotent = post
            .get("x-idempotent")
            .and_then(Value::as_bool)
            .with_context(|| format!("{id}: x-idempotent is missing; set it to whether a call may be repeated"))?;
        let requests_per_second = post
            .get("x-requests-per-second")
            .and_then(Value::as_u64)
            .and_then(|rate| u32::try_from(rate).ok())
            .filter(|rate| *rate > 0)
            .with_context(|| format!("{id}: x-requests-per-second: expected a number of at least 1"))?;
        let body = &post["requestBody"];
        let schema = |body: &Value| component(&body["content"]["application/json"]["schema"]);
        let request = schema(body).with_context(|| format!("{id}: the JSON body has to be a component"))?;
        let response =
            schema(&post["responses"]["200"]).with_context(|| format!("{id}: the answer has to be a component"))?;
        let error_response = post["responses"]["4XX"]["$ref"]
            .as_str()
            .and_then(|reference| schema(contract.json.pointer(reference.strip_prefix('#')?)?))
            .with_context(|| format!("{id}: the answer with an error status has to be a component"))?;
        let data = &contract.json["components"]["schemas"][&response]["properties"]["data"];
        Ok(Self {
            id: id.to_owned(),
            path: path.to_owned(),
            summary: post["summary"].as_str().unwrap_or_default().to_owned(),
            is_idempotent,
            requests_per_second,
            request,
            needs_body: body["required"] == true,
            data: DataType::read(data).with_context(|| format!("{response}: `data` has to be made of a component"))?,
            response,
            streams: post["responses"]["200"]["content"].get(EVENT_STREAM).is_some(),
            error_response,
            contract: entry,
        })
    }

    /// `queryUserStatus` as `QueryUserStatus`.
    fn variant(&self) -> Ident {
        let mut letters = self.id.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        format_ident!("{}", first.into_iter().chain(letters).collect::<String>())
    }

    /// The variant of `Contract` for a contract.
    fn contract_variant(entry: &Entry) -> Ident {
        let name = entry.module.unwrap_or("queries");
        format_ident!("{}{}", name[..1].to_ascii_uppercase(), &name[1..])
    }

    /// `queryUserStatus` as `query_user_status`.
    fn method(&self) -> Ident {
        let mut name = String::new();
        for letter in self.id.chars() {
            if letter.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
        format_ident!("{name}")
    }

    /// The path of a component of its contract, where `root` is the path of the types crate.
    fn type_path(&self, root: &str, component: &str) -> Result<syn::Path> {
        Ok(syn::parse_str(&format!("{}::{component}", self.contract.types(root)))?)
    }

    fn data_type(&self, root: &str) -> Result<TokenStream> {
        Ok(match &self.data {
            DataType::Component(name) => {
                let path = self.type_path(root, name)?;
                quote!(#path)
            }
            DataType::List(name) => {
                let path = self.type_path(root, name)?;
                quote!(Vec<#path>)
            }
            DataType::Nullable(name) => {
                let path = self.type_path(root, name)?;
                quote!(Option<#path>)
            }
        })
    }
}

impl DataType {
    fn read(data: &Value) -> Option<Self> {
        if data["type"] == "array" {
            return component(&data["items"]).map(Self::List);
        }
        match data.get("oneOf") {
            Some(variants) => component(&variants[0]).map(Self::Nullable),
            None => component(&data["allOf"][0]).or_else(|| component(data)).map(Self::Component),
        }
    }
}

/// Checks that each operation has a request of its own: the type of a request says which operation it is sent to.
///
/// # Errors
/// If two operations have the same request.
pub fn check_requests(operations: &[Operation]) -> Result<()> {
    for (index, Operation { id, request, contract, .. }) in operations.iter().enumerate() {
        let is_same = |first: &&Operation| first.request == *request && std::ptr::eq(first.contract, *contract);
        if let Some(first) = operations[..index].iter().find(is_same) {
            bail!("{request} is the request of {} and of {id}: see `cargo xtask lint`", first.id);
        }
    }
    Ok(())
}

fn component(schema: &Value) -> Option<String> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/").map(str::to_owned)
}

/// Makes the types crate's table: the enum `Operation`, and `Request` for the request types.
///
/// # Errors
/// When a name is not one that Rust has.
pub fn table(operations: &[Operation]) -> Result<syn::File> {
    let variants: Vec<_> = operations.iter().map(Operation::variant).collect();
    let summaries = operations.iter().map(|operation| format!(" {}", operation.summary));
    let ids: Vec<_> = operations.iter().map(|operation| &operation.id).collect();
    let paths: Vec<_> = operations.iter().map(|operation| &operation.path).collect();
    let is_idempotent = operations.iter().map(|operation| operation.is_idempotent);
    let rates = operations.iter().map(|operation| operation.requests_per_second);
    let contracts = CONTRACTS.map(Operation::contract_variant);
    let contract_docs = CONTRACTS.map(|entry| format!(" `{}`", entry.path));
    let contract_of = operations.iter().map(|operation| Operation::contract_variant(operation.contract));
    let count = operations.len();
    let mut requests = Vec::new();
    for operation in operations {
        let (request, data) = (operation.type_path("crate", &operation.request)?, operation.data_type("crate")?);
        let variant = operation.variant();
        requests.push(quote! {
            impl Request for #request {
                type Data = #data;
                const OPERATION: Operation = Operation::#variant;
            }
        });
    }
    Ok(syn::parse2(quote! {
        /// The request of an operation. Implemented by the request types of the contracts only.
        pub trait Request {
            /// What the operation returns in `data`.
            type Data;

            /// The operation.
            const OPERATION: Operation;
        }

        /// A contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Contract {
            #(#[doc = #contract_docs] #contracts,)*
        }

        /// An operation of the contracts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Operation {
            #(#[doc = #summaries] #variants,)*
        }

        impl Operation {
            /// All of them, in the order of the contracts.
            pub const ALL: [Self; #count] = [#(Self::#variants),*];

            /// Returns its operationId.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    #(Self::#variants => #ids,)*
                }
            }

            /// Returns its path, below the base URL.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self {
                    #(Self::#variants => #paths,)*
                }
            }

            /// Returns the operation with this path.
            #[must_use]
            pub fn from_path(path: &str) -> Option<Self> {
                match path {
                    #(#paths => Some(Self::#variants),)*
                    _ => None,
                }
            }

            /// Returns its contract.
            #[must_use]
            pub const fn contract(self) -> Contract {
                match self {
                    #(Self::#variants => Contract::#contract_of,)*
                }
            }

            /// Returns whether it is a query: of the vendor's contract, `group-dispatch.yaml`.
            #[must_use]
            pub const fn is_query(self) -> bool {
                matches!(self.contract(), Contract::Queries)
            }

            /// Returns whether a request may be sent again without harm (`x-idempotent`).
            #[must_use]
            pub const fn is_idempotent(self) -> bool {
                match self {
                    #(Self::#variants => #is_idempotent,)*
                }
            }

            /// Returns how many requests a second a tenant may send (`x-requests-per-second`).
            #[must_use]
            pub const fn requests_per_second(self) -> u32 {
                match self {
                    #(Self::#variants => #rates,)*
                }
            }
        }

        #(#requests)*
    })?)
}

/// Makes the server's side: a trait with a method for each operation, and the function that calls the right one.
///
/// A method gets the request as its type; one that feeds gets the HTTP request, because it waits for a permit before it reads
/// the body; one that may answer with a stream also gets the headers, which ask for it.
///
/// # Errors
/// When a name is not one that Rust has.
pub fn server(operations: &[Operation]) -> Result<syn::File> {
    let mut methods = Vec::new();
    let mut arms = Vec::new();
    for operation in operations {
        let (variant, method) = (operation.variant(), operation.method());
        let request = operation.type_path(TYPES, &operation.request)?;
        let response = operation.type_path(TYPES, &operation.response)?;
        let summary = format!(" {}", operation.summary);
        let feeds = operation.contract.name == INGEST.name;
        let parameter = if feeds { quote!(&mut Request) } else { quote!(#request) };
        methods.push(if operation.streams {
            quote! {
                #[doc = #summary]
                async fn #method(self, request: #parameter, headers: HeaderMap) -> Result<Response<ResponseBody>, ApiError>;
            }
        } else {
            quote! {
                #[doc = #summary]
                async fn #method(self, request: #parameter) -> Result<JsonBody<#response>, ApiError>;
            }
        });
        let read = match (feeds, operation.needs_body) {
            (true, _) => None,
            (false, true) => Some(quote!(let request = caller.read_json(request).await?;)),
            (false, false) => Some(quote!(let request = caller.read_optional_json(request).await?;)),
        };
        arms.push(if operation.streams {
            quote! {
                Operation::#variant => {
                    let headers = request.headers().clone();
                    #read
                    caller.#method(request, headers).await
                }
            }
        } else {
            quote! {
                Operation::#variant => {
                    #read
                    Ok(caller.#method(request).await?.into_any().into_response())
                }
            }
        });
    }
    Ok(syn::parse2(quote! {
        use axum::{extract::Request, http::{HeaderMap, Response}};
        use group_dispatch_types::Operation;

        use crate::http::{body::ResponseBody, caller::Caller, error::ApiError, json_body::JsonBody};

        /// The operations of the contracts.
        pub trait Operations: Sized {
            #(#methods)*
        }

        /// Reads the request of an operation and calls its method.
        pub async fn dispatch(
            operation: Operation,
            caller: Caller<'_>,
            request: &mut Request,
        ) -> Result<Response<ResponseBody>, ApiError> {
            match operation {
                #(#arms)*
                _ => Err(ApiError::unknown_path()),
            }
        }
    })?)
}

/// Makes the client's side: for each operation, what its responses are made of.
///
/// # Errors
/// If a name is not one that Rust has.
pub fn client(operations: &[Operation]) -> Result<syn::File> {
    let mut impls = Vec::new();
    for operation in operations {
        let (request, response) =
            (operation.type_path(TYPES, &operation.request)?, operation.type_path(TYPES, &operation.response)?);
        let error_response = operation.type_path(TYPES, &operation.error_response)?;
        let (data, is_list) = (operation.data_type(TYPES)?, matches!(operation.data, DataType::List(_)));
        impls.push(quote! {
            impl Envelope for #response {
                type Data = #data;
                const IS_LIST: bool = #is_list;

                fn into_parts(self) -> (BusinessCode, String, Self::Data) {
                    (self.code, self.message, self.data)
                }
            }

            impl ClientRequest for #request {
                type Response = #response;
                type ErrorResponse = #error_response;
            }
        });
    }
    Ok(syn::parse2(quote! {
        use group_dispatch_types::BusinessCode;

        use crate::{envelope::Envelope, request::ClientRequest};

        #(#impls)*
    })?)
}

/// Makes the mocks' markers: a type for each operation, which says what its mock answers.
///
/// # Errors
/// If a name is not one that Rust has.
pub fn mock_markers(operations: &[Operation]) -> Result<syn::File> {
    let mut markers = Vec::new();
    for operation in operations {
        let (marker, data) = (operation.variant(), operation.data_type(TYPES)?);
        let (when, summary) = (format_ident!("{marker}When"), format!(" {}", operation.summary));
        markers.push(quote! {
            #[doc = #summary]
            #[derive(Clone, Copy, Debug)]
            pub struct #marker;

            impl MockOperation for #marker {
                type Data = #data;
            }

            impl Requests for #marker {
                fn requests(self, when: When) -> When {
                    operations::#when::new(when).into_inner()
                }
            }
        });
    }
    Ok(syn::parse2(quote! {
        use httpmock::When;

        use crate::{
            generated::operations,
            operation::{MockOperation, Requests},
        };

        #(#markers)*
    })?)
}

/// Makes the list of the contracts' components for the tests of the types crate: a macro that is given the name of another,
/// and calls it with an argument, and with the file and the components of each contract.
///
/// # Errors
/// If a contract has no components.
pub fn components(contracts: &[Contract]) -> Result<syn::File> {
    let mut lists = Vec::new();
    for (entry, contract) in CONTRACTS.into_iter().zip(contracts) {
        let file = entry.file_name();
        let path = |component: &String| syn::parse_str(&format!("{}::{component}", entry.types("crate")));
        let paths = contract.schemas()?.keys().map(path).collect::<Result<Vec<syn::Path>, _>>()?;
        lists.push(quote!(#file: #(#paths),*;));
    }
    Ok(syn::parse2(quote! {
        macro_rules! for_every_component {
            ($callback:ident, $argument:ident) => {
                $callback!($argument: #(#lists)*)
            };
        }
    })?)
}

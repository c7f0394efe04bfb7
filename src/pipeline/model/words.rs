//! The enumerations of the service's API: written in capitals, read in any case.

use std::fmt;

/// The error of parsing an enumeration of the service: the word is not one of its values.
///
/// Prints as the service's own message for such a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    word: String,
    allowed: Vec<&'static str>,
}

impl UnknownWord {
    pub(crate) fn new(word: &str, allowed: impl Iterator<Item = &'static str>) -> Self {
        UnknownWord { word: word.to_owned(), allowed: allowed.collect() }
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, allowed) = (&self.word, self.allowed.join(", "));
        write!(f, "Value '{word}' failed to satisfy constraint: Member must satisfy enum value set: [{allowed}]")
    }
}

impl std::error::Error for UnknownWord {}

/// Defines an enumeration with `as_str`, `ALL`, `Display`, `FromStr` and serde as its word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$note])* #[doc = concat!("Written `", $word, "`.")] $variant,)* }

        impl $name {
            /// Lists every value in the order of the service's documents.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// Returns the word that documents write, in capitals.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// Reads a word in any case.
        impl std::str::FromStr for $name {
            type Err = $crate::pipeline::model::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                let found = $name::ALL.iter().copied().find(|value| value.as_str().eq_ignore_ascii_case(word));
                found.ok_or_else(|| Self::Err::new(word, $name::ALL.iter().map(|value| value.as_str())))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use words;

words! {
    /// The kind of an API.
    ///
    /// ```
    /// use vtl::pipeline::Protocol;
    /// assert_eq!("websocket".parse(), Ok(Protocol::WebSocket));
    /// assert_eq!(Protocol::Http.to_string(), "HTTP");
    /// ```
    Protocol {
        /// REST API: methods of resources, with templates.
        Rest = "REST",
        /// HTTP API: routes by method and path, without templates.
        Http = "HTTP",
        /// WebSocket API: routes selected by the content of a message.
        WebSocket = "WEBSOCKET",
    }
}

words! {
    /// The type of an integration ("Choose an API integration type").
    #[non_exhaustive]
    IntegrationType {
        /// An HTTP endpoint behind mappings and templates.
        Http = "HTTP",
        /// No backend: the rendered request names the status.
        Mock = "MOCK",
        /// A Lambda function that receives the whole request as an event.
        AwsProxy = "AWS_PROXY",
        /// An HTTP endpoint that receives the request unchanged.
        HttpProxy = "HTTP_PROXY",
        /// A Lambda function or another AWS service behind mappings and templates.
        Aws = "AWS",
    }
}

impl IntegrationType {
    /// Checks whether requests pass without templates.
    #[must_use]
    pub const fn is_proxy(self) -> bool {
        matches!(self, IntegrationType::AwsProxy | IntegrationType::HttpProxy)
    }

    /// Checks whether the backend is an HTTP endpoint.
    #[must_use]
    pub const fn is_http(self) -> bool {
        matches!(self, IntegrationType::Http | IntegrationType::HttpProxy)
    }

    /// Checks whether the backend is Lambda or another AWS service.
    #[must_use]
    pub const fn is_aws(self) -> bool {
        matches!(self, IntegrationType::Aws | IntegrationType::AwsProxy)
    }
}

words! {
    /// The network path to the backend.
    #[non_exhaustive]
    ConnectionType {
        /// The public internet.
        Internet = "INTERNET",
        /// A VPC link.
        VpcLink = "VPC_LINK",
    }
}

words! {
    /// The place of a request's API key ("Choose an API key source in API Gateway").
    #[non_exhaustive]
    ApiKeySource {
        /// The header `X-API-Key` of the request.
        Header = "HEADER",
        /// The `usageIdentifierKey` of a Lambda authorizer's answer.
        Authorizer = "AUTHORIZER",
    }
}

words! {
    /// The treatment of a request body that no template fits ("Method request behavior for payloads
    /// without mapping templates").
    #[non_exhaustive]
    PassthroughBehavior {
        /// The body passes.
        WhenNoMatch = "WHEN_NO_MATCH",
        /// The body passes if the integration has no template at all, else the answer is 415.
        WhenNoTemplates = "WHEN_NO_TEMPLATES",
        /// The answer is 415.
        Never = "NEVER",
    }
}

words! {
    /// The conversion of a payload ("Content type conversions in API Gateway").
    #[non_exhaustive]
    ContentHandling {
        /// Decodes base64 text into bytes.
        ConvertToBinary = "CONVERT_TO_BINARY",
        /// Encodes bytes as base64 text.
        ConvertToText = "CONVERT_TO_TEXT",
    }
}

words! {
    /// The way the response of a proxy integration is handed on.
    #[non_exhaustive]
    ResponseTransferMode {
        /// Collected first.
        Buffered = "BUFFERED",
        /// Streamed as it arrives.
        Stream = "STREAM",
    }
}

//! What the sign-in page and the server say to each other.
//!
//! Wire types, error codes and the newtypes for what a person types. Nothing here knows the web, a clock,
//! storage or a network, so that both sides share one truth and the host can test it.

mod access_code;
mod account_name;
mod cell_number;
mod challenge;
mod colour;
mod digits;
pub mod endpoint;
mod error_code;
mod json;
mod me;
mod metadata;
mod names;
mod secret;
mod theme;
mod token;

pub use access_code::{AccessCode, AccessCodeError};
pub use account_name::{AccountName, AccountNameError};
pub use cell_number::{CellNumber, CellNumberError};
pub use challenge::{
    AccountRequest, AuthorizationCode, ChallengeError, ChallengeRequest, ChallengeStep, CodeMembers, MalformedRequest,
};
pub use colour::{Colour, NoColour, linear};
pub use digits::{decimal_digit, is_invisible};
pub use error_code::ErrorCode;
pub use json::{Json, JsonWriter, Members};
pub use me::{
    Me, PreferredDevice, Problem, ProblemKind, SessionInfo, SessionRequest, Sessions, SetPassword, SetPreferredDevice,
    SetRouteCallsToCell,
};
pub use metadata::{ServerMetadata, SignInMetadata, UcConfiguration};
pub use secret::Secret;
pub use theme::{Clash, LINE_CONTRAST, Met, Scheme, TEXT_CONTRAST, Theme};
pub use token::{
    ACCESS_TOKEN_TYPE, Confirmation, ExchangeResponse, Introspection, TOKEN_EXCHANGE, TokenError, TokenRequest,
    TokenResponse,
};

/// The client that every server knows without configuration: its own page.
pub const BUILT_IN_CLIENT: &str = "vestibule";

/// The scope that opens the User tab, and the only one the built-in client asks for.
pub const PROFILE_SCOPE: &str = "profile";

/// The shortest new password, in characters (Unicode scalar values; OWASP ASVS 5 §6.2.1).
pub const MIN_PASSWORD_CHARS: usize = 8;

/// The longest password that is taken, in characters (Unicode scalar values).
pub const MAX_PASSWORD_CHARS: usize = 1024;

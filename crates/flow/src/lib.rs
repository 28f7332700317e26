//! The sign-in as a pure state machine: `(state, event) -> (state, effects)`.
//!
//! It knows everything about the order of stages, what may be retried, what survives a reload and when to give up;
//! nothing about the DOM, HTTP, clocks or storage. Time, randomness and what the browser has tables for are given along.
//!
//! [`State::handle`] takes an [`Event`] and says by [`Effect`]s what is to be done. Every request has the number of
//! its [`Try`]; only the answer to the pending one counts.

pub mod account;
mod act;
mod address;
mod challenge;
pub mod code;
pub mod connect;
pub mod credentials;
mod effect;
mod elsewhere;
mod event;
mod failure;
mod key;
pub mod password;
mod pkce;
mod queue;
mod renewal;
mod resume;
mod server;
mod session;
mod sessions;
mod stage;
mod state;
mod stored;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tokens;
mod trouble;
mod turn;
pub mod user;

pub use address::{AddressError, Browser, ServerAddress, UrlParts};
pub use effect::{Access, Binding, Effect, History, Try};
pub use event::{Event, Moment, Page, Reply, SubmittedBy};
pub use failure::{Failure, Lost};
pub use key::BrowserKey;
pub use server::Server;
pub use stage::Stage;
pub use state::{Doing, State};
pub use stored::Account;
pub use trouble::{Notice, Trouble};

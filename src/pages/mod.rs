//! The stages. Each draws a part of the state and sends events; none fetches, stores or navigates.

pub(crate) mod account;
pub(crate) mod code;
pub(crate) mod connect;
pub(crate) mod credentials;
pub(crate) mod user;

//! The server that people sign in to: the steps of the sign-in, what they keep, and its administration.

pub mod brand;
pub mod cli;
pub mod clients;
pub mod clock;
pub mod config;
pub mod dpop;
mod es256;
pub mod http;
pub mod keys;
pub mod logging;
pub mod mail;
pub mod nearest;
pub mod neighbourhood;
pub mod page;
pub mod password;
pub mod random;
pub mod redemption;
pub mod serve;
pub mod services;
pub mod state;
pub mod steps;
pub mod store;
pub mod terminal;
pub mod tokens;
pub mod warnings;

//! The server that people sign in to: the steps of the sign-in, what they keep, and its administration.

pub mod clock;
pub mod config;
pub mod password;
pub mod random;

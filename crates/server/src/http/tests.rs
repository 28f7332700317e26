//! The endpoints through the router, with a set clock and a seeded generator.

mod account;
mod audit;
mod dpop;
mod harness;
mod introspection;
mod limits;
mod parallel;
mod retries;
mod sessions;
mod sign_in;

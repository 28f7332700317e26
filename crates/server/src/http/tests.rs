//! The endpoints through the router, with a set clock and a seeded generator.

mod account;
mod addresses;
mod at_once;
mod audit;
mod bodies;
mod brand;
mod browser;
mod devices;
mod documented;
mod dpop;
mod enumeration;
mod exchange;
mod floods;
mod forged;
mod guessing;
mod harness;
mod introspection;
mod limits;
mod metrics;
mod parallel;
mod plans;
mod retries;
mod sessions;
mod shared;
mod sign_in;
mod warnings;

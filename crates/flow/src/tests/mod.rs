//! The machine by its transitions, stage by stage, and by its properties.

mod account;
mod bound;
mod code;
mod connect;
mod credentials;
mod elsewhere;
mod model;
mod password;
mod properties;
mod renewal;
mod resume;
mod sessions;
mod shared;
mod tokens;
mod user;
mod world;

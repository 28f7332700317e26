//! Figures of the release server, as a table or as one JSON object.

mod enumeration;
mod flood;
mod page;
mod process;
mod server;
mod statistics;
mod subject;

use std::{net::SocketAddr, path::Path};

use clap::Subcommand;
use serde::Serialize;

use crate::command::Failure;

/// What can be measured.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Bench {
    /// Whether the time of an answer tells what kind of account a name is
    Enumeration {
        /// Requests for each kind of account
        #[arg(long, default_value_t = 400)]
        rounds: usize,
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
    /// What a flood of passwords does to the server, and to whoever has passed the password
    Flood {
        /// Clients that post passwords at the same time
        #[arg(long, default_value_t = 64)]
        clients: usize,
        /// How long they do it
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
    /// How soon the page can be used, and how long a sign-in has people wait, beside plain HTML forms
    Page {
        /// Visits and sign-ins of each kind
        #[arg(long, default_value_t = 5)]
        runs: usize,
        /// Draws docs/bench-page.svg anew
        #[arg(long)]
        picture: bool,
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
    /// How each statement of the server finds its rows among many
    Plans {
        /// Only with this database
        #[arg(long, value_enum)]
        engine: Option<server::Engine>,
        /// Accounts, beside 100,000 sessions
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
        accounts: u32,
    },
    /// What whole sign-ins cost, beside a bare password hash: many at once, on both databases, with many accounts
    Server {
        /// Only with this database
        #[arg(long, value_enum)]
        engine: Option<server::Engine>,
        /// Only with so many accounts, instead of 1,000, 100,000 and 1,000,000
        #[arg(long, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
        accounts: Option<u32>,
        /// Only with so many servers: three are behind HAProxy
        #[arg(long, value_parser = ["1", "3"])]
        servers: Option<String>,
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
}

/// Builds the release server and measures it.
pub(crate) fn bench(bench: Bench) -> Result<(), Failure> {
    match bench {
        Bench::Enumeration { rounds, json } => show(&enumeration::measure(rounds)?, json),
        Bench::Flood { clients, seconds, json } => show(&flood::measure(clients, seconds)?, json),
        Bench::Server { engine, accounts, servers, json } => {
            show(&server::measure(engine, accounts, servers.as_deref())?, json)
        }
        Bench::Plans { engine, accounts } => server::plans(engine, accounts),
        Bench::Page { runs, picture, json } => show(&page::measure(runs, picture)?, json),
    }
}

/// Figures that can be shown both ways.
trait Figures: Serialize {
    /// For people.
    fn table(&self) -> String;
}

fn show(figures: &impl Figures, json: bool) -> Result<(), Failure> {
    if json {
        println!("{}", serde_json::to_string(figures).map_err(|error| Failure::Bench(error.to_string()))?);
    } else {
        println!("{}", figures.table());
    }
    Ok(())
}

/// An address that was free a moment ago.
fn free_address() -> Result<SocketAddr, Failure> {
    vestibule_testbed::free_address().map_err(Failure::file(Path::new("127.0.0.1")))
}

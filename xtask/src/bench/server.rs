//! What whole sign-ins cost, beside a bare password hash: many at once, on both databases, with many accounts, one server
//! and three. `tests/bench/load` signs in, and is not counted.

mod database;
mod load;
mod servers;
mod table;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    thread::available_parallelism,
};

use serde::Serialize;

use super::free_address;
use crate::{
    command::{Failure, run, say},
    place,
};
use database::Database;
pub(crate) use database::Engine;
use load::{Found, Load, Reference, Task};
use servers::{Cost, Fleet};

const ACCOUNTS: [u32; 3] = [1_000, 100_000, 1_000_000];
const PASSWORD: &str = "seven green kettles";
/// What argon2 is configured with by default, and the least that it takes.
const DEFAULT_HASH: Cost = Cost { memory_kib: 19 * 1024, passes: 2 };
const TRIVIAL_HASH: Cost = Cost { memory_kib: 8, passes: 1 };
/// People at once, and sign-ins in all.
const WITH_TRIVIAL_HASH: [(u32, u32); 3] = [(1, 400), (8, 800), (32, 800)];
const WITH_DEFAULT_HASH: [(u32, u32); 3] = [(1, 60), (8, 200), (32, 400)];
/// No more than so many accounts sign in.
const PEOPLE: u32 = 5_000;
/// The test that has every statement explained.
const PLANS: &str = "every_statement_finds_its_rows_by_an_index";
/// Sign-ins before those that count: everything is cold.
const WARM_UP: (u32, u32) = (8, 100);

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Server {
    /// Processor time of the servers for a sign-in with a trivial hash, by that of a bare hash: with the fewest accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_overhead_sqlite: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_overhead_postgres: Option<f64>,
    /// With the default hash, of the first run: the most of any number of people at once, and what they waited.
    signins_per_s: f64,
    p99_ms: f64,
    /// What the slowest requests take with the most accounts, by what they take with the fewest: with the trivial hash,
    /// which hides nothing; the worst of the databases.
    #[serde(skip_serializing_if = "Option::is_none")]
    growth_p99_ratio: Option<f64>,
    idle_rss_mb: f64,
    start_ms: f64,
    /// Bare hashes: as many at once as there are processors, and one alone.
    reference: Reference,
    reference_alone: Reference,
    runs: Vec<Run>,
}

/// One database of one size, and so many servers.
#[derive(Debug, Serialize)]
struct Run {
    engine: Engine,
    accounts: u32,
    servers: u16,
    start_ms: f64,
    /// Of the largest server.
    idle_rss_mb: f64,
    loaded_rss_mb: f64,
    database_mb: f64,
    /// For one sign-in, as PostgreSQL counts them; those that begin and end transactions are among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<f64>,
    /// Processor time of the servers for a sign-in with the trivial hash, in all.
    cpu_ms: f64,
    cpu_overhead: f64,
    trivial_hash: Vec<Level>,
    default_hash: Vec<Level>,
}

/// So many people at once.
#[derive(Debug, Serialize)]
struct Level {
    at_once: u32,
    /// Processor time of the servers for a sign-in.
    cpu_ms: f64,
    #[serde(flatten)]
    found: Found,
}

pub(super) fn measure(engine: Option<Engine>, accounts: Option<u32>, servers: Option<&str>) -> Result<Server, Failure> {
    let folder = prepare()?;
    let processors = available_parallelism().map_or(1, usize::from);
    let load = Load::new()?;
    say("Bare password hashes");
    let before = [load.reference(processors, DEFAULT_HASH)?, load.reference(1, DEFAULT_HASH)?];
    let mut runs = Vec::new();
    for engine in engines(engine) {
        for accounts in accounts.map_or_else(|| ACCOUNTS.to_vec(), |accounts| vec![accounts]) {
            for servers in numbers_of_servers(engine, accounts, servers) {
                let database = Database::make(engine, &folder)?;
                say(&format!("{engine:?}, {accounts} accounts, {servers} server(s)"));
                runs.push(measure_one(&load, &database, accounts, servers, before[1].cpu_ms)?);
            }
        }
    }
    let after = [load.reference(processors, DEFAULT_HASH)?, load.reference(1, DEFAULT_HASH)?];
    let [reference, reference_alone] = [before[0].and(after[0]), before[1].and(after[1])];
    // The reference may have changed meanwhile: by what it was before and after.
    for run in &mut runs {
        run.cpu_overhead = run.cpu_ms / reference_alone.cpu_ms;
    }
    summarise(runs, reference, reference_alone)
}

/// Shows the plans of all statements that the tests of the server run, with so many accounts; one that goes through all of
/// them fails.
pub(super) fn plans(engine: Option<Engine>, accounts: u32) -> Result<(), Failure> {
    let folder = prepare()?;
    for engine in engines(engine) {
        let database = Database::make(engine, &folder)?;
        say(&format!("{engine:?}, {accounts} accounts"));
        database.fill(&Fleet::new(&database, 1, TRIVIAL_HASH, free_address()?)?, accounts)?;
        let mut test = Command::new("cargo");
        test.args(["test", "--quiet", "--package", "vestibule-server", "--lib", PLANS, "--", "--nocapture"]);
        run(test.env("TEST_PLANS_DATABASE", database.url()).current_dir(place::root()))?;
    }
    Ok(())
}

/// Builds what is measured; the folder for it.
fn prepare() -> Result<PathBuf, Failure> {
    say("Building the server");
    run(Command::new("cargo")
        .args(["build", "--release", "--package", "vestibule-server", "--package", "vestibule-load"])
        .stdout(Stdio::null())
        .current_dir(place::root()))?;
    let folder = place::target().join("bench").join("server");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    Ok(folder)
}

fn engines(only: Option<Engine>) -> Vec<Engine> {
    only.map_or_else(|| vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine])
}

/// SQLite is for one server; three are not measured anew for every size.
fn numbers_of_servers(engine: Engine, accounts: u32, wanted: Option<&str>) -> Vec<u16> {
    match (engine, wanted) {
        (Engine::Sqlite, _) | (_, Some("1")) => vec![1],
        (_, Some(_)) => vec![3],
        (Engine::Postgres, None) if accounts == ACCOUNTS[0] => vec![1, 3],
        (Engine::Postgres, None) => vec![1],
    }
}

fn measure_one(load: &Load, database: &Database, accounts: u32, servers: u16, bare_ms: f64) -> Result<Run, Failure> {
    let mut next = 1;
    let mut fleet = Fleet::new(database, servers, TRIVIAL_HASH, load.mail())?;
    database.fill(&fleet, accounts)?;
    let start_ms = fleet.start()?;
    let idle_rss_mb = fleet.memory("VmRSS")?;
    let database_mb = database.size_mb()?;
    let mut sign_in = |fleet: &Fleet, (at_once, sign_ins)| {
        let before = fleet.cpu_seconds()?;
        let first = next;
        next += sign_ins;
        let server = fleet.address();
        let task = Task::SignIn { server, mail: load.mail(), password: PASSWORD, first, accounts, at_once, sign_ins };
        let found: Found = load.run(&task)?;
        let cpu_ms = (fleet.cpu_seconds()? - before) * 1e3 / f64::from(sign_ins);
        Ok::<_, Failure>(Level { at_once, cpu_ms, found })
    };
    sign_in(&fleet, WARM_UP)?;
    let statements_before = database.statements()?;
    let mut trivial_hash = Vec::new();
    for level in WITH_TRIVIAL_HASH {
        trivial_hash.push(sign_in(&fleet, level)?);
    }
    let sign_ins: u32 = WITH_TRIVIAL_HASH.iter().map(|(_, sign_ins)| sign_ins).sum();
    let statements = database.statements()?.zip(statements_before);
    let statements = statements.map(|(after, before)| (after - before) / f64::from(sign_ins));
    let cpu_ms = WITH_TRIVIAL_HASH.iter().zip(&trivial_hash);
    let cpu_ms = cpu_ms.map(|((_, sign_ins), level)| level.cpu_ms * f64::from(*sign_ins)).sum::<f64>();
    let cpu_ms = cpu_ms / f64::from(sign_ins);
    fleet.stop();

    fleet.rehash(database, accounts.min(PEOPLE), DEFAULT_HASH)?;
    fleet.start()?;
    sign_in(&fleet, WARM_UP)?;
    let mut default_hash = Vec::new();
    for level in WITH_DEFAULT_HASH {
        default_hash.push(sign_in(&fleet, level)?);
    }
    let loaded_rss_mb = fleet.memory("VmHWM")?;
    Ok(Run {
        engine: database.engine(),
        accounts,
        servers,
        start_ms,
        idle_rss_mb,
        loaded_rss_mb,
        database_mb,
        statements,
        cpu_ms,
        cpu_overhead: cpu_ms / bare_ms,
        trivial_hash,
        default_hash,
    })
}

fn summarise(runs: Vec<Run>, reference: Reference, reference_alone: Reference) -> Result<Server, Failure> {
    let first = runs.first().ok_or_else(|| Failure::Bench("nothing was measured".into()))?;
    let overhead = |engine| runs.iter().find(|run| run.engine == engine).map(|run| run.cpu_overhead);
    let fastest = first.default_hash.iter().max_by(|a, b| a.found.per_s.total_cmp(&b.found.per_s));
    let fastest = fastest.ok_or_else(|| Failure::Bench("nobody signed in".into()))?;
    let growth = [Engine::Sqlite, Engine::Postgres].into_iter().filter_map(|engine| growth(&runs, engine));
    Ok(Server {
        cpu_overhead_sqlite: overhead(Engine::Sqlite),
        cpu_overhead_postgres: overhead(Engine::Postgres),
        signins_per_s: fastest.found.per_s,
        p99_ms: fastest.found.all.p99_ms,
        growth_p99_ratio: growth.max_by(f64::total_cmp),
        idle_rss_mb: first.idle_rss_mb,
        start_ms: first.start_ms,
        reference,
        reference_alone,
        runs,
    })
}

/// How much longer the slowest requests take with the most accounts than with the fewest.
fn growth(runs: &[Run], engine: Engine) -> Option<f64> {
    let mut runs: Vec<&Run> = runs.iter().filter(|run| run.engine == engine && run.servers == 1).collect();
    runs.sort_by_key(|run| run.accounts);
    // One after the other: what waits for others says more of them.
    let p99 = |run: &Run| run.trivial_hash.first().map(|level| level.found.all.p99_ms);
    let (fewest, most) = (runs.first()?, runs.last()?);
    (fewest.accounts < most.accounts).then_some(p99(most)? / p99(fewest)?)
}

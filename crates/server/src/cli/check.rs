//! `check`: one line for each thing that the server needs.

mod certificate;
mod way;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use super::user::moment;
use super::{CliError, database_trouble};
use crate::brand::Brand;
use crate::clock::{Clock, UnixMillis};
use crate::config::{Config, ConfigError, DatabaseConfig};
use crate::mail::Mailer;
use crate::random::Random;
use crate::store::{Store, StoreError, sqlite_file};
use crate::terminal;

/// 2026-01-01: a clock that says less has never been set.
const BUILT_AFTER: UnixMillis = 1_767_225_600_000;

/// What nobody should have to wait.
const SLOW: Duration = Duration::from_secs(2);

/// What was found, in one line.
type Finding = Result<Found, String>;

/// What works.
enum Found {
    Well(String),
    /// It works, and may not be what is wanted.
    Doubtful(String),
}

pub(super) async fn run(file: Option<&Path>, config: Result<Config, ConfigError>) -> Result<(), CliError> {
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            tell("configuration", &Err(error.to_string()))?;
            return Err(CliError::Told);
        }
    };
    let now = Clock::System.now();
    let mut store = None;
    let mut findings = vec![
        ("configuration", Ok(configuration(file, &config))),
        ("brand", brand(&config).map(Found::Well)),
        ("database", timed(database(&config.database, &mut store)).await),
        ("mail", timed(mail(&config)).await),
        ("certificate", certificate::check(&config, now).map(Found::Well)),
        ("listen", Ok(way::check(&config))),
    ];
    // Nothing is known of the accounts in a database that cannot be opened.
    if let Some(store) = &store {
        findings.push(("accounts", accounts(&config, store).await.map(Found::Well)));
    }
    findings.push(("clock", clock(store.as_ref(), now).await.map(Found::Well)));
    if let Some(store) = store {
        store.close().await;
    }
    for (what, finding) in &findings {
        tell(what, finding)?;
    }
    if findings.iter().all(|(_, finding)| finding.is_ok()) { Ok(()) } else { Err(CliError::Told) }
}

/// What works and takes its time is doubtful: people wait for it.
async fn timed(finding: impl Future<Output = Finding>) -> Finding {
    let begun = Instant::now();
    let found = finding.await?;
    let took = begun.elapsed();
    Ok(match found {
        Found::Well(text) if took >= SLOW => Found::Doubtful(format!("{text}, after {:.1} s", took.as_secs_f32())),
        found => found,
    })
}

fn tell(what: &str, finding: &Finding) -> Result<(), CliError> {
    let (state, text) = match finding {
        Ok(Found::Well(text)) => ("ok     ", text),
        Ok(Found::Doubtful(text)) => ("warning", text),
        Err(text) => ("failed ", text),
    };
    Ok(terminal::show(&format!("{state}  {what}: {}", text.replace(['\r', '\n'], " ")))?)
}

/// Without a file everything has a value too, and perhaps not the one that somebody has written somewhere.
fn configuration(file: Option<&Path>, config: &Config) -> Found {
    let issuer = issuer(config);
    match file {
        Some(file) => Found::Well(format!("{}, issuer {issuer}", file.display())),
        None => Found::Doubtful(format!("no file is here or in /etc/vestibule, issuer {issuer}")),
    }
}

fn issuer(config: &Config) -> String {
    use crate::config::PublicAddresses::{Any, List};
    match &config.public_addresses {
        Any => "whatever address is asked".to_owned(),
        List(issuers) => listed(issuers),
    }
}

fn listed(all: &[impl ToString]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Colours that cannot be read are no configuration at all.
fn brand(config: &Config) -> Result<String, String> {
    let brand = Brand::from_config(config).map_err(|invalid| format!("{}: {}", invalid.key, invalid.problem))?;
    let logo = brand.logo.map_or_else(|| "no logo".to_owned(), |logo| format!("a logo ({})", logo.media_type));
    let colours = if brand.theme.is_some() { "its own colours" } else { "the colours of the page" };
    Ok(format!("{}, {logo}, {colours}", config.service_name))
}

/// Opens it, for whatever else is looked at in it.
async fn database(config: &DatabaseConfig, opened: &mut Option<Store>) -> Finding {
    let shown = config.shown();
    if let Some(folder) = folder_of_missing(&config.url) {
        // Not made here: it would belong to whoever checks, not to the one who serves.
        try_to_write(&folder).map_err(|error| database_trouble(config, &StoreError::Database(error.into())))?;
        return Ok(Found::Well(format!("{shown} will be made when it is first used")));
    }
    let written = async { opened.insert(Store::open(config).await?).try_to_write().await };
    written.await.map_err(|error| database_trouble(config, &error))?;
    Ok(Found::Well(format!("{shown} can be written")))
}

/// The folder that the database file would be made in, where the file is not there.
fn folder_of_missing(url: &str) -> Option<PathBuf> {
    let file = sqlite_file(url).filter(|file| !file.exists())?;
    Some(file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned())
}

fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(".vestibule-check");
    std::fs::write(&file, "")?;
    std::fs::remove_file(&file)
}

async fn mail(config: &Config) -> Finding {
    let random = Random::from_system().map_err(|error| error.to_string())?;
    let mailer = Mailer::from_config(&config.mail, random).map_err(|error| error.to_string())?;
    mailer.probe().await?;
    let destination = mailer.destination();
    Ok(match &config.mail.smtp {
        Some(_) => Found::Well(format!("{destination} answers")),
        None => Found::Doubtful(format!(
            "there is no [mail.smtp], so mails are not sent: {destination} takes them, and whoever reads them can sign in"
        )),
    })
}

/// An account that must have a code but has no address to mail it to cannot sign in.
async fn accounts(config: &Config, store: &Store) -> Result<String, String> {
    let counted = store.count_accounts().await;
    let (accounts, emails) = counted.map_err(|error| database_trouble(&config.database, &error))?;
    let stranded = accounts - emails;
    if stranded == 0 || !config.require_2fa {
        return Ok(accounts.to_string());
    }
    Err(format!(
        "{stranded} of {accounts} have no e-mail address and cannot sign in, because require_2fa is set; give them one \
         with `user set-email`"
    ))
}

/// A clock that is behind the newest entry of the audit trail has been set back: what had expired would be good again.
async fn clock(store: Option<&Store>, now: UnixMillis) -> Result<String, String> {
    if now < BUILT_AFTER {
        return Err(format!("{} is in the past; set the clock, best with an NTP client", moment(now)));
    }
    let Some(store) = store else { return Ok(moment(now)) };
    let newest = store.newest_audit_entry().await.ok().flatten();
    if let Some(newest) = newest.filter(|newest| *newest > now.saturating_add(1_000)) {
        return Err(format!(
            "{} is before the newest entry of the audit trail ({}); set the clock, best with an NTP client",
            moment(now),
            moment(newest)
        ));
    }
    Ok(moment(now))
}

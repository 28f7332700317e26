//! `check`: one line for each thing that the server needs.

mod certificate;

use std::path::{Path, PathBuf};

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

/// What was found, in one line.
type Finding = Result<Found, String>;

/// What works.
enum Found {
    Well(String),
    /// It works, and may not be what is wanted.
    Doubtful(String),
}

pub(super) async fn run(config: Result<Config, ConfigError>) -> Result<(), CliError> {
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            tell("configuration", &Err(error.to_string()))?;
            return Err(CliError::Told);
        }
    };
    let now = Clock::System.now();
    let findings = [
        ("configuration", Ok(Found::Well(format!("issuer {}", issuer(&config))))),
        ("brand", brand(&config).map(Found::Well)),
        ("database", database(&config.database).await.map(Found::Well)),
        ("mail", mail(&config).await),
        ("certificate", certificate::check(&config, now).map(Found::Well)),
        ("accounts", accounts(&config).await.map(Found::Well)),
        ("clock", clock(&config.database, now).await.map(Found::Well)),
    ];
    for (what, finding) in &findings {
        tell(what, finding)?;
    }
    if findings.iter().all(|(_, finding)| finding.is_ok()) { Ok(()) } else { Err(CliError::Told) }
}

fn tell(what: &str, finding: &Finding) -> Result<(), CliError> {
    let (state, text) = match finding {
        Ok(Found::Well(text)) => ("ok     ", text),
        Ok(Found::Doubtful(text)) => ("warning", text),
        Err(text) => ("failed ", text),
    };
    Ok(terminal::show(&format!("{state}  {what}: {}", text.replace(['\r', '\n'], " ")))?)
}

fn issuer(config: &Config) -> String {
    use crate::config::PublicAddresses::{Any, List};
    match &config.public_addresses {
        Any => "whatever address is asked".to_owned(),
        List(issuers) => issuers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Colours that cannot be read are no configuration at all.
fn brand(config: &Config) -> Result<String, String> {
    let brand = Brand::from_config(config).map_err(|invalid| format!("{}: {}", invalid.key, invalid.problem))?;
    let logo = brand.logo.map_or_else(|| "no logo".to_owned(), |logo| format!("a logo ({})", logo.media_type));
    let colours = if brand.theme.is_some() { "its own colours" } else { "the colours of the page" };
    Ok(format!("{}, {logo}, {colours}", config.service_name))
}

async fn database(config: &DatabaseConfig) -> Result<String, String> {
    let shown = config.shown();
    if let Some(folder) = folder_of_missing(&config.url) {
        // Not made here: it would belong to whoever checks, not to the one who serves.
        try_to_write(&folder).map_err(|error| database_trouble(config, &StoreError::Database(error.into())))?;
        return Ok(format!("{shown} will be made when it is first used"));
    }
    let written = async {
        let store = Store::open(config).await?;
        let written = store.try_to_write().await;
        store.close().await;
        written
    };
    written.await.map_err(|error| database_trouble(config, &error))?;
    Ok(format!("{shown} can be written"))
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
        Some(_) => Found::Well(format!("{destination} takes mails")),
        None => Found::Doubtful(format!(
            "there is no [mail.smtp], so mails are not sent: {destination} takes them, and whoever reads them can sign in"
        )),
    })
}

/// An account that must have a code but has no address to mail it to cannot sign in.
async fn accounts(config: &Config) -> Result<String, String> {
    let database = &config.database;
    if folder_of_missing(&database.url).is_some() {
        return Ok("none yet".to_owned());
    }
    let counted = async {
        let store = Store::open(database).await?;
        let accounts = store.accounts().await?;
        store.close().await;
        Ok::<_, StoreError>(accounts)
    };
    let accounts = counted.await.map_err(|error| database_trouble(database, &error))?;
    let stranded = accounts.iter().filter(|account| account.email.is_none() && config.require_2fa).count();
    if stranded == 0 {
        return Ok(accounts.len().to_string());
    }
    Err(format!(
        "{stranded} of {} have no e-mail address and cannot sign in, because require_2fa is set; give them one with \
         `user set-email`",
        accounts.len()
    ))
}

/// A clock that is behind the newest entry of the audit trail has been set back: what had expired would be good again.
async fn clock(database: &DatabaseConfig, now: UnixMillis) -> Result<String, String> {
    if now < BUILT_AFTER {
        return Err(format!("{} is in the past; set the clock, best with an NTP client", moment(now)));
    }
    if folder_of_missing(&database.url).is_none()
        && let Ok(store) = Store::open(database).await
    {
        let newest = store.newest_audit_entry().await.ok().flatten();
        store.close().await;
        if let Some(newest) = newest.filter(|newest| *newest > now.saturating_add(1_000)) {
            return Err(format!(
                "{} is before the newest entry of the audit trail ({}); set the clock, best with an NTP client",
                moment(now),
                moment(newest)
            ));
        }
    }
    Ok(moment(now))
}

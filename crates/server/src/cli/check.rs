//! `check`: one line for each thing that the server needs.

use std::fmt::Display;

use super::CliError;
use super::output::show;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::mail::Mailer;
use crate::random::Random;
use crate::store::Store;

/// 2026-01-01: a clock that says less has never been set.
const BUILT_AFTER: i64 = 1_767_225_600_000;

pub(super) async fn run(config: Result<Config, ConfigError>) -> Result<(), CliError> {
    let mut failures = 0;
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            line("configuration", Err::<&str, _>(error), &mut failures)?;
            return Err(CliError::Check(failures));
        }
    };
    line("configuration", Ok::<_, ConfigError>("good"), &mut failures)?;
    line("database", database(&config).await, &mut failures)?;
    line("mail", mail(&config).await, &mut failures)?;
    line("certificate", certificate(&config).await, &mut failures)?;
    line("clock", clock(), &mut failures)?;
    if failures == 0 { Ok(()) } else { Err(CliError::Check(failures)) }
}

fn line<E: Display>(what: &str, found: Result<impl Display, E>, failures: &mut usize) -> Result<(), CliError> {
    match found {
        Ok(found) => Ok(show(&format!("ok      {what}: {found}"))?),
        Err(error) => {
            *failures += 1;
            Ok(show(&format!("failed  {what}: {error}"))?)
        }
    }
}

async fn database(config: &Config) -> Result<String, String> {
    let url = &config.database.url;
    let mend = |error: &dyn Display| format!("database.url {url}: {error}; the file and its folder must be writable");
    let store = Store::open(url).await.map_err(|error| mend(&error))?;
    let tx = store.begin().await.map_err(|error| mend(&error))?;
    tx.rollback().await.map_err(|error| mend(&error))?;
    Ok(format!("{url} can be written"))
}

async fn mail(config: &Config) -> Result<String, String> {
    let random = Random::from_system().map_err(|error| error.to_string())?;
    let mailer = Mailer::from_config(&config.mail, random).map_err(|error| error.to_string())?;
    mailer.probe().await.map(|()| mailer.destination()).map_err(|reason| format!("{}: {reason}", mailer.destination()))
}

async fn certificate(config: &Config) -> Result<String, String> {
    let Some(tls) = &config.tls else {
        return Ok("none; a proxy does the encryption, or nobody".to_owned());
    };
    axum_server::tls_rustls::RustlsConfig::from_pem_file(&tls.certificate, &tls.key)
        .await
        .map(|_| format!("{} and its key can be read", tls.certificate.display()))
        .map_err(|error| {
            format!("tls.certificate {}, tls.key {}: {error}", tls.certificate.display(), tls.key.display())
        })
}

fn clock() -> Result<&'static str, &'static str> {
    if Clock::System.now() > BUILT_AFTER {
        Ok("is set")
    } else {
        Err("the clock has never been set; start an NTP client")
    }
}

//! `keys …`: the keys that sign access tokens.

use clap::Subcommand;
use serde_json::json;

use super::CliError;
use super::desk::Desk;
use super::user::moment;
use crate::clock::millis;
use crate::config::Config;
use crate::keys::{PUBLISHED_BEFORE, fresh};
use crate::store::audit::Whom;
use crate::store::in_transaction;
use crate::store::keys::StoredKey;
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make a new key: it is published now, signs 15 minutes later, and signs nobody out
    Rotate {
        /// Replace all keys at once, because one was stolen: running servers follow within a minute, and clients have
        /// to fetch new access tokens
        #[arg(long)]
        at_once: bool,
    },
    /// Print the public keys, the one that signs now first, as a JWK set
    Export {
        /// Print them as PEM instead
        #[arg(long)]
        pem: bool,
    },
}

pub(super) async fn run(config: Config, command: KeysCommand) -> Result<(), CliError> {
    let desk = Desk::open(&config).await?;
    let done = match command {
        KeysCommand::Rotate { at_once } => rotate(&desk, at_once).await,
        KeysCommand::Export { pem } => export(&desk, &config, pem),
    };
    desk.store.close().await;
    done
}

async fn rotate(desk: &Desk, at_once: bool) -> Result<(), CliError> {
    let now = desk.clock.now();
    let active_from = if at_once { now } else { now.saturating_add(millis(PUBLISHED_BEFORE)) };
    let key = fresh(&desk.random, active_from);
    in_transaction!(desk.store, |tx| {
        StoredKey::lock_all(&mut tx).await?;
        if at_once {
            StoredKey::remove_all(&mut tx, "jwt").await?;
        }
        let waiting = StoredKey::all(&mut tx, "jwt").await?.into_iter().find(|key| key.active_from > now);
        if let Some(waiting) = waiting {
            return Err(CliError::KeyWaits(moment(waiting.active_from)));
        }
        key.add(&mut tx, "jwt", now).await?;
        let act = if at_once { "keys-rotate-at-once" } else { "keys-rotate" };
        desk.record_about(&mut tx, act, &Whom::Server).await?;
    });
    Ok(terminal::show(&format!("{}\tsigns from {}", key.id, moment(key.active_from)))?)
}

fn export(desk: &Desk, config: &Config, is_pem: bool) -> Result<(), CliError> {
    let keys = desk.keys.published(desk.clock.now(), config.token.access_life);
    if is_pem {
        let pems: Vec<&str> = keys.iter().map(|key| key.pem.trim_end()).collect();
        return Ok(terminal::show(&pems.join("\n"))?);
    }
    let jwks: Vec<_> = keys.iter().map(|key| key.jwk.clone()).collect();
    Ok(terminal::show(&json!({ "keys": jwks }).to_string())?)
}

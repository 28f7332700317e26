//! `migrate`: the schema of the database, brought up to date.

use super::{CliError, open_store};
use crate::config::Config;
use crate::terminal;

pub(super) async fn run(config: &Config) -> Result<(), CliError> {
    let store = open_store(config).await?;
    let version = store.schema_version().await;
    store.close().await;
    let (version, oldest_compatible) = version?;
    Ok(terminal::show(&format!(
        "{}: schema {version}, for builds that know schema {oldest_compatible} or newer",
        config.database.shown()
    ))?)
}

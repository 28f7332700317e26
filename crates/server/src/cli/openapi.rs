//! `openapi`

use super::CliError;
use crate::{http, terminal};

pub(super) fn run() -> Result<(), CliError> {
    let document = serde_json::to_string_pretty(&http::openapi::document()).map_err(std::io::Error::other)?;
    Ok(terminal::list(&document)?)
}

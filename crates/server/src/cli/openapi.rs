//! `openapi`

use super::CliError;
use crate::{http, terminal};

pub(super) fn run() -> Result<(), CliError> {
    let document = http::openapi::document().to_pretty_json().map_err(std::io::Error::other)?;
    Ok(terminal::show(&document)?)
}

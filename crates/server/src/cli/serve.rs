//! `serve`

use super::CliError;
use crate::config::{Config, MailRoute};
use crate::{logging, serve};

pub(super) async fn run(config: Config) -> Result<(), CliError> {
    logging::start(&config.log);
    if let MailRoute::Outbox(folder) = config.mail.route() {
        tracing::warn!(folder = %folder.display(), "mails are not sent but kept here: whoever reads them can sign in");
    }
    Ok(serve::run(config).await?)
}

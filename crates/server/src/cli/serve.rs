//! `serve`

use super::{CliError, database_trouble};
use crate::config::{Config, MailRoute};
use crate::serve::ServeError;
use crate::{logging, serve};

pub(super) async fn run(config: Config) -> Result<(), CliError> {
    logging::start(&config.log);
    if let MailRoute::Outbox(folder) = config.mail.route() {
        tracing::warn!(folder = %folder.display(), "mails are not sent but kept here: whoever reads them can sign in");
    }
    let database = config.database.clone();
    serve::run(config).await.map_err(|error| match error {
        ServeError::Store(error) => CliError::Database(database_trouble(&database, &error)),
        error => CliError::Serve(error),
    })
}

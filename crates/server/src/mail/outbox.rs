//! Mails that are not sent: each becomes a file, and its text is shown in the terminal.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio::io::AsyncWriteExt;

use super::compose::Composed;
use super::{Delivery, MailerError};
use crate::clock::UnixMillis;
use crate::terminal;

/// A folder for mails.
pub(super) struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    pub(super) fn open(folder: PathBuf) -> Result<Self, MailerError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&folder) {
            Ok(()) => Ok(Self { folder }),
            Err(source) => Err(MailerError::File { key: "mail.outbox", file: folder, source }),
        }
    }

    /// Keeps and shows a mail. Names of files sort by the time of the mails.
    pub(super) async fn put(&self, composed: &Composed, at_ms: UnixMillis, id: &str) -> Delivery {
        let moment = Timestamp::from_millisecond(at_ms).unwrap_or_default().strftime("%Y%m%dT%H%M%S.%3fZ");
        let file = self.folder.join(format!("{moment}-{id}.eml"));
        match write(&file, &composed.message.formatted()).await {
            Ok(()) => {
                let shown = format!("\n── mail, kept in {} ──\n{}", file.display(), composed.text);
                if let Err(error) = terminal::show(&shown) {
                    tracing::warn!(%error, "the mail could not be shown in the terminal");
                }
                Delivery::Accepted
            }
            Err(error) => Delivery::Refused { reason: format!("{}: {error}", file.display()) },
        }
    }

    pub(super) async fn probe(&self) -> Result<(), String> {
        let file = self.folder.join(".check");
        let written = write(&file, b"").await;
        let removed = tokio::fs::remove_file(&file).await;
        written.and(removed).map_err(|error| format!("mail.outbox: {}: {error}", self.folder.display()))
    }
}

impl fmt::Display for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the folder {}", self.folder.display())
    }
}

/// Writes a file that only its owner can read. It appears under its name when it is complete.
async fn write(file: &Path, content: &[u8]) -> std::io::Result<()> {
    let unfinished = file.with_extension("part");
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut open = options.open(&unfinished).await?;
    open.write_all(content).await?;
    open.sync_all().await?;
    tokio::fs::rename(&unfinished, file).await
}

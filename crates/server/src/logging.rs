//! Logs go to standard error: text for people, or JSON for machines. No secret is ever in them.

use tracing_subscriber::fmt;

use crate::config::{LogConfig, LogFormat};

/// Starts logging. A second call changes nothing.
pub fn init(config: &LogConfig) {
    let logs = fmt().with_max_level(config.level).with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Text => tracing::subscriber::set_global_default(logs.finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(logs.json().flatten_event(true).finish()),
    };
    // It fails only where logs have been started before.
    drop(started);
}

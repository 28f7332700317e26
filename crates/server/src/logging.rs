//! Logs, on standard error: text for people or JSON for programs.
//!
//! Secrets are of types that hide themselves. Other crates are heard from `info` on only: what they tell of their
//! work in more detail, such as whole conversations, is not theirs to tell.

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::config::{LogConfig, LogFormat};

/// Logs from now on. Does nothing where something else in this process logs already.
pub fn start(config: &LogConfig) {
    let _ = tracing::subscriber::set_global_default(subscriber(config, io::stderr, io::stderr().is_terminal()));
}

fn subscriber<W>(config: &LogConfig, writer: W, is_terminal: bool) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let targets = Targets::new()
        .with_default(config.level.min(LevelFilter::INFO))
        .with_target(env!("CARGO_CRATE_NAME"), config.level);
    let lines = fmt::layer().with_writer(writer).with_ansi(is_terminal);
    let lines = match config.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    Registry::default().with(lines.with_filter(targets))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use vestibule_protocol::Secret;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, level: LevelFilter) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(&LogConfig { format, level }, move || writer.clone(), false);
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(listen = "127.0.0.1:8080", "ready");
            tracing::debug!(password = ?Secret::from("hunter2"), "in detail");
            tracing::debug!(target: "another_crate", "a conversation");
            tracing::warn!(target: "another_crate", "a warning");
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_line_of_json_is_one_object() {
        let logged = logged(LogFormat::Json, LevelFilter::INFO);
        let lines: Vec<Value> = logged.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{logged}");
        assert_eq!(lines[0]["message"], "ready");
        assert_eq!(lines[0]["listen"], "127.0.0.1:8080");
        assert_eq!(lines[1]["level"], "WARN");
    }

    #[test]
    fn detail_is_of_this_crate_alone_and_shows_no_secret() {
        let logged = logged(LogFormat::Text, LevelFilter::TRACE);
        assert!(logged.contains("in detail") && logged.contains("[secret]") && !logged.contains("hunter2"), "{logged}");
        assert!(logged.contains("a warning") && !logged.contains("a conversation"), "{logged}");
    }

    #[test]
    fn off_is_silent() {
        assert_eq!(logged(LogFormat::Text, LevelFilter::OFF), "");
    }
}

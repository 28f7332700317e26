//! Reading the configuration from its file and the environment.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat};

use super::Config;

/// Where the file is looked for when none is named.
const PLACES: [&str; 2] = ["vestibule.toml", "/etc/vestibule/vestibule.toml"];

const PREFIX: &str = "VESTIBULE_";

/// Why there is no configuration. Each names the place, the key where there is one, and the mend.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read: name another one or make it readable.
    #[error("{}: cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no TOML: correct the line.
    #[error("{}: {problem}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Line, column and what was expected there.
        problem: String,
    },
    /// A key that does not exist or a value that makes no sense: correct it.
    #[error("{place}: {key}: {problem}")]
    Setting {
        /// The file or the environment variable.
        place: String,
        /// The key, with its section.
        key: String,
        /// What is wrong and how to mend it.
        problem: String,
    },
}

impl Config {
    /// Reads the configuration from `path`, or else from `vestibule.toml` in the working directory, or else from
    /// `/etc/vestibule/vestibule.toml`; `VESTIBULE_*` environment variables go over it. Without a file, and for keys
    /// that are not there, the defaults count.
    ///
    /// # Errors
    /// [`ConfigError`] says what is wrong where.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_with(
            Self::file(path).as_deref(),
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// The file that is read for `path`, if there is one.
    #[must_use]
    pub fn file(path: Option<&Path>) -> Option<PathBuf> {
        match path {
            Some(path) => Some(path.to_owned()),
            None => PLACES.into_iter().map(PathBuf::from).find(|place| place.exists()),
        }
    }

    pub(super) fn load_with(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = match file {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|source| ConfigError::Unreadable { file: file.to_owned(), source })?,
            None => String::new(),
        };
        Self::read(file, &text, environment)
    }

    /// Reads the text that stood in `file`.
    pub(super) fn read(
        file: Option<&Path>,
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let variables: HashMap<String, String> = environment.filter(|(name, _)| name.starts_with(PREFIX)).collect();
        let place = |key: &str| match variable_of(key, &variables) {
            Some(variable) => variable,
            None => file.map_or_else(|| "the defaults".to_owned(), |file| file.display().to_string()),
        };

        let environment = Environment::with_prefix("VESTIBULE").prefix_separator("_").separator("__");
        let settings = config::Config::builder()
            .add_source(File::from_str(text, FileFormat::Toml))
            .add_source(environment.source(Some(variables.clone())))
            .build()
            .map_err(|error| match error {
                config::ConfigError::FileParse { cause, .. } => ConfigError::Syntax {
                    file: file.map(Path::to_owned).unwrap_or_default(),
                    problem: without_the_quoted_line(&cause.to_string()),
                },
                other => ConfigError::Setting {
                    place: "the environment".to_owned(),
                    key: PREFIX.to_owned(),
                    problem: plain(other),
                },
            })?;
        let config: Self = serde_path_to_error::deserialize(settings).map_err(|error| {
            let key = error.path().to_string();
            ConfigError::Setting { place: place(&key), problem: plain(error.into_inner()), key }
        })?;
        config.validate().map_err(|invalid| ConfigError::Setting {
            place: place(invalid.key),
            key: invalid.key.to_owned(),
            problem: invalid.problem,
        })?;
        Ok(config)
    }
}

/// The environment variable that set the key or something in or around it.
fn variable_of(key: &str, variables: &HashMap<String, String>) -> Option<String> {
    let mut key = key;
    loop {
        let name = format!("{PREFIX}{}", key.replace('.', "__").to_uppercase());
        if variables.contains_key(&name) {
            return Some(name);
        }
        key = key.rsplit_once('.')?.0;
    }
}

/// The message alone: place and key are said apart.
fn plain(error: config::ConfigError) -> String {
    match error {
        config::ConfigError::At { error, .. } => plain(*error),
        config::ConfigError::NotFound(key) => format!("`{}` is missing", key.rsplit('.').next().unwrap_or(&key)),
        config::ConfigError::Type { unexpected, expected, .. } => format!("must be {expected}, not {unexpected}"),
        // Files have keys, not fields.
        other => other.to_string().replacen("unknown field", "unknown key", 1),
    }
}

/// First and last line of a TOML error; between them it quotes the file, which may hold a password.
fn without_the_quoted_line(message: &str) -> String {
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    lines.next_back().map_or_else(|| first.to_owned(), |last| format!("{first}: {last}"))
}

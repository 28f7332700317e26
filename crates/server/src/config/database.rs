//! `[database]`: where everything is kept.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;
use vestibule_protocol::Secret;

use super::{Invalid, invalid};

/// Where everything is kept: SQLite for one server, PostgreSQL for several.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `sqlite:` and a file, made where it is missing; or `postgres://USER@HOST/NAME`.
    pub url: String,
    /// Password for PostgreSQL, better not in the address.
    pub password: Option<Secret>,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// What the server's own keys in the database are sealed with.
    pub key: Option<Secret>,
    /// File that holds it.
    pub key_file: Option<PathBuf>,
    /// Connections to PostgreSQL at the most. SQLite has as many as make sense.
    pub connections: u32,
}

/// Fewer, and nothing is left for those who are not kept a connection for.
const MIN_CONNECTIONS: u32 = 4;

/// As many as nobody guesses, if they were made by chance.
const MIN_KEY_CHARS: usize = 32;

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: "sqlite:vestibule.db".to_owned(),
            password: None,
            password_file: None,
            key: None,
            key_file: None,
            connections: 10,
        }
    }
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("url", &self.shown())
            .field("password", &self.password)
            .field("password_file", &self.password_file)
            .field("key", &self.key)
            .field("key_file", &self.key_file)
            .field("connections", &self.connections)
            .finish()
    }
}

impl DatabaseConfig {
    /// The database of an address, everything else being as by default.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }

    /// Whether it is a PostgreSQL database.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        ["postgres://", "postgresql://"].iter().any(|scheme| self.url.starts_with(scheme))
    }

    /// The address to show: without the password that it may hold.
    #[must_use]
    pub fn shown(&self) -> String {
        if let Ok(mut url) = Url::parse(&self.url)
            && url.password().is_some()
            && url.set_password(Some("***")).is_ok()
        {
            return url.into();
        }
        self.url.clone()
    }

    /// The address to connect to, with the password in it.
    ///
    /// # Errors
    /// [`Invalid`] where the password's file cannot be read.
    pub fn address(&self) -> Result<String, Invalid> {
        if !self.is_postgres() {
            return Ok(self.url.clone());
        }
        let password = read("database.password_file", self.password.as_ref(), self.password_file.as_deref())?;
        let Some(password) = password else { return Ok(self.url.clone()) };
        let mut url = Url::parse(&self.url).map_err(|error| invalid("database.url", error.to_string()))?;
        let set = url.set_password(Some(&password));
        set.map_err(|()| invalid("database.url", "must name the host that the password is for"))?;
        Ok(url.into())
    }

    /// What the server's own keys are sealed with.
    ///
    /// # Errors
    /// [`Invalid`] where its file cannot be read, or it can be guessed.
    pub fn sealing_key(&self) -> Result<Option<String>, Invalid> {
        let key = read("database.key_file", self.key.as_ref(), self.key_file.as_deref())?;
        if key.as_ref().is_some_and(|key| key.chars().count() < MIN_KEY_CHARS) {
            let problem =
                format!("must have at least {MIN_KEY_CHARS} characters; make one with `openssl rand -hex 32`");
            return Err(invalid("database.key", problem));
        }
        Ok(key)
    }

    pub(super) fn validate(&self) -> Result<(), Invalid> {
        if self.password.is_some() && self.password_file.is_some() {
            return Err(invalid("database.password", "cannot be set together with password_file; remove one of them"));
        }
        if self.key.is_some() && self.key_file.is_some() {
            return Err(invalid("database.key", "cannot be set together with key_file; remove one of them"));
        }
        if self.key.is_some() {
            self.sealing_key()?;
        }
        if self.url.starts_with("sqlite:") {
            return Ok(());
        }
        if !self.is_postgres() {
            return Err(invalid(
                "database.url",
                "must begin with `sqlite:`, like sqlite:vestibule.db, or with `postgres://`, like \
                 postgres://vestibule@db.example.com/vestibule",
            ));
        }
        Url::parse(&self.url).map_err(|error| {
            let problem =
                format!("is no address ({error}); write it like postgres://vestibule@db.example.com/vestibule");
            invalid("database.url", problem)
        })?;
        if self.connections < MIN_CONNECTIONS {
            return Err(invalid("database.connections", format!("must be at least {MIN_CONNECTIONS}")));
        }
        Ok(())
    }
}

/// A secret that stands in the configuration or in a file, which ends with its line.
fn read(key: &'static str, secret: Option<&Secret>, file: Option<&Path>) -> Result<Option<String>, Invalid> {
    if let Some(secret) = secret {
        return Ok(Some(secret.expose().to_owned()));
    }
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(file)
        .map_err(|error| invalid(key, format!("{}: cannot be read: {error}", file.display())))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_in_the_address_that_is_connected_to_and_in_none_that_is_shown() {
        let plain = DatabaseConfig::at("postgres://vestibule@db.example.com/vestibule?sslmode=verify-full");
        let config = DatabaseConfig { password: Some("p@ss/word".into()), ..plain.clone() };
        let expected = "postgres://vestibule:p%40ss%2Fword@db.example.com/vestibule?sslmode=verify-full";
        assert_eq!((config.address().unwrap(), config.shown()), (expected.to_owned(), plain.url.clone()));
        let shown = DatabaseConfig::at(expected).shown();
        assert_eq!(shown, "postgres://vestibule:***@db.example.com/vestibule?sslmode=verify-full");
    }

    #[test]
    fn a_password_file_ends_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "hunter2\n").unwrap();
        let plain = DatabaseConfig::at("postgresql://vestibule@db.example.com/vestibule");
        let config = DatabaseConfig { password_file: Some(file.clone()), ..plain };
        assert_eq!(config.address().unwrap(), "postgresql://vestibule:hunter2@db.example.com/vestibule");
        std::fs::remove_file(file).unwrap();
        assert_eq!(config.address().unwrap_err().key, "database.password_file");
    }
}

//! A database for every test: SQLite, or PostgreSQL where `TEST_POSTGRES_URL` names one that may be filled.

pub(super) mod plans;

pub(crate) use plans::Plan;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

use super::{Store, sqlite_file};
use crate::config::DatabaseConfig;

/// The variable that names the PostgreSQL database. Every test has a schema of its own in it.
const POSTGRES: &str = "TEST_POSTGRES_URL";

/// An empty database, which goes with the test or with the whole PostgreSQL.
pub(crate) struct Database {
    pub(crate) config: DatabaseConfig,
    _folder: tempfile::TempDir,
}

impl Database {
    pub(crate) async fn new() -> Self {
        // Its name is nobody else's, also where it holds no database.
        let folder = tempfile::tempdir().unwrap();
        let config = match postgres() {
            Some(url) => {
                DatabaseConfig { connections: 4, ..DatabaseConfig::at(in_schema_of_its_own(&url, &folder).await) }
            }
            None => DatabaseConfig::at(format!("sqlite:{}", folder.path().join("vestibule.db").display())),
        };
        Self { config, _folder: folder }
    }

    /// A server's store in it.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.config).await.unwrap()
    }
}

/// The PostgreSQL of the tests, where there is one.
pub(crate) fn postgres() -> Option<String> {
    std::env::var(POSTGRES).ok()
}

async fn in_schema_of_its_own(url: &str, folder: &tempfile::TempDir) -> String {
    let name = folder.path().file_name().unwrap().to_str().unwrap().replace(|c: char| !c.is_ascii_alphanumeric(), "");
    let schema = format!("test_{}_{}", std::process::id(), name);
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE SCHEMA \"{schema}\""))).await.unwrap();
    connection.close().await.unwrap();
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}options=-csearch_path%3D%22{schema}%22")
}

/// A store in a database of its own.
pub(crate) async fn store() -> (Store, Database) {
    let database = Database::new().await;
    (database.open().await, database)
}

impl Database {
    /// Whatever stands in it: equal where nothing was written in between.
    pub(crate) async fn contents(&self, store: &Store) -> Vec<Vec<u8>> {
        if let Some(file) = sqlite_file(&self.config.url) {
            let files = [file.clone(), file.with_extension("db-wal")];
            return files.iter().map(|file| std::fs::read(file).unwrap()).collect();
        }
        let mut contents = Vec::new();
        let mut tx = store.begin().await.unwrap();
        for table in tx.tables().await.unwrap() {
            // With the transaction that wrote each row.
            let query = format!("SELECT CONCAT(xmin, ctid, t) FROM \"{table}\" AS t ORDER BY 1");
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&mut *tx).await.unwrap();
            contents.extend(rows.into_iter().map(String::into_bytes));
        }
        contents
    }
}

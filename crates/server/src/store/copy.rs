//! Moving to another database: everything is copied, so that whoever is signed in stays so.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Row};

use super::engine::Engine;
use super::{Store, StoreError, Transaction};

/// Every table but that of the schema, what is referred to before what refers to it.
const TABLES: [&str; 13] = [
    "account",
    "signin",
    "access_code",
    "wrong_code",
    "authorization_code",
    "session",
    "refresh_token",
    "sent_mail",
    "throttle",
    "server_key",
    "audit",
    "device",
    "dpop_proof",
];

/// Rows that are read at a time.
const AT_ONCE: i64 = 1_000;

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source is no SQLite database.
    #[error("copies are made from sqlite: and a file")]
    NotSqlite,
    /// Something is there already that would be mixed with what is copied.
    #[error("the database that database.url names is in use already: there is something in its table {0}")]
    NotEmpty(&'static str),
    /// One of the databases did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A column, and what is in it.
#[derive(Clone)]
struct Column {
    name: String,
    is_number: bool,
    /// Its place in the key, from 1; 0 where it is not in it.
    key_place: i64,
}

/// Copies everything from an SQLite database, in one transaction of each; how many rows each table has.
///
/// # Errors
/// [`CopyError`]; then nothing is copied.
pub async fn copy(from: &Store, to: &Store) -> Result<Vec<(&'static str, u64)>, CopyError> {
    if from.engine != Engine::Sqlite {
        return Err(CopyError::NotSqlite);
    }
    // Nobody writes to the source meanwhile.
    let mut source = from.begin().await?;
    let mut target = to.begin().await?;
    target.take_all_the_time().await?;
    for table in TABLES {
        let any = AssertSqlSafe(format!("SELECT 1 FROM {table} LIMIT 1"));
        if sqlx::query(any).fetch_optional(&mut *target).await?.is_some() {
            return Err(CopyError::NotEmpty(table));
        }
    }
    let mut copied = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        copied.push((table, copy_table(&mut source, &mut target, table).await?));
    }
    source.rollback().await?;
    target.commit().await?;
    Ok(copied)
}

async fn copy_table(source: &mut Transaction, target: &mut Transaction, table: &str) -> Result<u64, CopyError> {
    let columns = columns(source, table).await?;
    let listed = |names: Vec<&str>| names.join(", ");
    let places = |count, first| -> Vec<String> { (first..first + count).map(|number| format!("${number}")).collect() };
    let names = listed(columns.iter().map(|column| column.name.as_str()).collect());
    let insert = format!("INSERT INTO {table} ({names}) VALUES ({})", places(columns.len(), 1).join(", "));
    // What comes after the last one, by the key: not every table has row numbers.
    let mut key: Vec<Column> = columns.iter().filter(|column| column.key_place > 0).cloned().collect();
    key.sort_by_key(|column| column.key_place);
    let keys = listed(key.iter().map(|column| column.name.as_str()).collect());
    let order = format!("ORDER BY {keys} LIMIT $1");
    let first = format!("SELECT {names} FROM {table} {order}");
    let next = format!("SELECT {names} FROM {table} WHERE ({keys}) > ({}) {order}", places(key.len(), 2).join(", "));
    let (mut last, mut copied): (Option<AnyRow>, u64) = (None, 0);
    loop {
        let query = match &last {
            None => sqlx::query(AssertSqlSafe(first.clone())).bind(AT_ONCE),
            Some(last) => bind_all(sqlx::query(AssertSqlSafe(next.clone())).bind(AT_ONCE), last, &key)?,
        };
        let mut rows = query.fetch_all(&mut **source).await?;
        if rows.is_empty() {
            return Ok(copied);
        }
        for row in &rows {
            let query = bind_all(sqlx::query(AssertSqlSafe(insert.clone())), row, &columns)?;
            copied += query.execute(&mut **target).await?.rows_affected();
        }
        last = rows.pop();
    }
}

fn bind_all<'q>(
    mut query: Query<'q, Any, AnyArguments>,
    row: &AnyRow,
    columns: &[Column],
) -> Result<Query<'q, Any, AnyArguments>, sqlx::Error> {
    for Column { name, is_number, .. } in columns {
        query = if *is_number {
            query.bind(row.try_get::<Option<i64>, _>(name.as_str())?)
        } else {
            query.bind(row.try_get::<Option<String>, _>(name.as_str())?)
        };
    }
    Ok(query)
}

/// The columns of a table of the source.
async fn columns(source: &mut Transaction, table: &str) -> Result<Vec<Column>, sqlx::Error> {
    let query = sqlx::query("SELECT name, type, pk FROM pragma_table_info($1)").bind(table);
    let rows = query.fetch_all(&mut **source).await?;
    let column = |row: &AnyRow| {
        let is_number = row.try_get::<String, _>("type")? == "BIGINT";
        Ok(Column { name: row.try_get("name")?, is_number, key_place: row.try_get("pk")? })
    };
    rows.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::super::accounts::{Account, NewAccount};
    use super::super::testing::{Database, store};
    use super::super::throttle;
    use super::*;
    use crate::config::DatabaseConfig;

    /// An SQLite store with an account and a counter, whatever the other tests run on.
    async fn source() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("old.db").display());
        let store = Store::open(&DatabaseConfig::at(url)).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        for number in 0..=AT_ONCE {
            let account = NewAccount {
                username: format!("ada{number}"),
                name: "Ada".into(),
                email: None,
                password_hash: None,
                password_expires_at: None,
                two_factor: false,
            };
            Account::add(&mut tx, &number.to_string(), &account, 1_800_000_000_000).await.unwrap();
        }
        sqlx::query(
            "INSERT INTO audit (id, at, event, outcome) SELECT 1000000 - CAST(id AS BIGINT), id, 'session-begun', 'success'
             FROM account",
        )
        .execute(&mut *tx)
        .await
        .unwrap();
        let budget = throttle::Limit::Budget { failures: 3, per: std::time::Duration::from_hours(1) };
        throttle::charge(&mut tx, "k", 5, budget).await.unwrap();
        tx.commit().await.unwrap();
        (store, folder)
    }

    #[tokio::test]
    async fn everything_is_in_the_other_database_as_it_was() {
        let ((from, _folder), (to, _database)) = (source().await, store().await);
        let copied = copy(&from, &to).await.unwrap();
        assert_eq!(copied.iter().map(|(_, rows)| rows).sum::<u64>(), 2 * AT_ONCE.unsigned_abs() + 3);
        assert_eq!(to.accounts().await.unwrap(), from.accounts().await.unwrap());
        let again = copy(&from, &to).await;
        assert!(matches!(again, Err(CopyError::NotEmpty("account"))), "{again:?}");
    }

    #[tokio::test]
    async fn no_table_is_left_out() {
        let database = Database::new().await;
        let mut tables = database.open().await.begin().await.unwrap().tables().await.unwrap();
        tables.retain(|table| table != "schema");
        tables.sort();
        let mut copied = TABLES.to_vec();
        copied.sort_unstable();
        assert_eq!(tables, copied);
    }
}

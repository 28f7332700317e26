//! How the statements that a store has run find their rows.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use sqlx::{AssertSqlSafe, Executor, Row};

use super::super::connection::Of;
use super::super::postgres::PostgresPool;
use super::super::{Store, sqlite_file};

/// What SQLite ran, by its file.
static RAN: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

/// Notes a statement of SQLite. PostgreSQL knows them itself.
pub(in super::super) fn ran(file: Option<&str>, statement: &str) {
    RAN.lock().unwrap().insert((file.unwrap_or_default().to_owned(), statement.to_owned()));
}

/// A statement, and how its rows are found.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plan {
    pub(crate) statement: String,
    pub(crate) lines: Vec<String>,
}

impl Plan {
    /// The tables that are gone through from end to end, instead of by an index, or by an index as a whole. Where one row is
    /// enough, the order of an index finds it at once.
    pub(crate) fn scanned(&self) -> Vec<&str> {
        let mut scanned = Vec::new();
        for (number, line) in self.lines.iter().enumerate() {
            let rest = self.lines.get(number + 1..).unwrap_or_default();
            // SQLite's.
            if let Some(what) = line.trim_start().strip_prefix("SCAN ") {
                // Rows that the statement itself gives.
                if what.contains("CONSTANT ROW") || what.contains("VALUES") {
                    continue;
                }
                // The rows themselves may be in the order that is wanted.
                let is_sorted = self.lines.iter().any(|line| line.contains("TEMP B-TREE"));
                let has_order = what.contains(" USING ") || (self.statement.contains("ORDER BY") && !is_sorted);
                let is_by_order = has_order && self.statement.contains("LIMIT 1");
                scanned.extend((!is_by_order).then(|| word(what)));
            }
            // PostgreSQL's.
            if let Some((_, table)) = line.split_once("Seq Scan on ") {
                scanned.push(word(table));
            }
            if let Some((_, scan)) = line.split_once("Scan using ") {
                let conditions = rest.iter().take_while(|line| !line.contains("->"));
                let is_limited = self.lines.iter().take(number).any(|line| line.contains("Limit"));
                let is_searched = conditions.into_iter().any(|line| line.contains("Index Cond: "));
                let table = scan.split_once(" on ").map_or(scan, |(_, table)| word(table));
                scanned.extend((!is_searched && !is_limited).then_some(table));
            }
        }
        scanned
    }
}

fn word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

impl Store {
    /// The plans of all statements that this store, of this address, has run so far, each once. Where a database has few rows,
    /// going through all of them is cheapest: `must_search` leaves that for where nothing else is possible.
    pub(crate) async fn plans(&self, url: &str, must_search: bool) -> BTreeSet<Plan> {
        let mut plans = BTreeSet::new();
        if let (Of::Postgres(pool), Of::Postgres(kept)) = (&self.pool.of, &self.kept().pool.of) {
            plans.extend(of_postgres(pool, must_search).await);
            plans.extend(of_postgres(kept, must_search).await);
            return plans;
        }
        let file = sqlite_file(url).unwrap();
        let ran = RAN.lock().unwrap().clone();
        for (_, statement) in ran.into_iter().filter(|(other, statement)| Path::new(other) == file && is_one(statement))
        {
            let explain = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
            let rows = explain.fetch_all(&self.pool).await.unwrap();
            plans.insert(Plan { statement, lines: rows.iter().map(|row| row.get("detail")).collect() });
        }
        plans
    }
}

/// Whether a statement has a plan.
fn is_one(statement: &str) -> bool {
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&word(statement.trim_start()))
}

/// Those that its connections have prepared.
async fn of_postgres(pool: &PostgresPool, must_search: bool) -> Vec<Plan> {
    let (mut lent, mut plans) = (Vec::new(), Vec::new());
    for _ in 0..pool.opened() {
        lent.push(pool.acquire().await.unwrap());
    }
    for connection in &mut lent {
        let connection = connection.inner().unwrap();
        // Plans that were made before would be kept.
        let may_scan = !must_search;
        let settings = format!(
            "DISCARD PLANS; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = {may_scan};
             SET enable_hashjoin = {may_scan}; SET enable_mergejoin = {may_scan}"
        );
        connection.execute(AssertSqlSafe(settings)).await.unwrap();
        let prepared = "SELECT name, statement, COALESCE(CARDINALITY(parameter_types), 0) FROM pg_prepared_statements";
        let prepared = sqlx::raw_sql(prepared).fetch_all(&mut *connection).await.unwrap();
        for row in prepared {
            let (name, statement, arguments): (String, String, i32) = (row.get(0), row.get(1), row.get(2));
            if !is_one(&statement) {
                continue;
            }
            let nothing = vec!["NULL"; usize::try_from(arguments).unwrap()].join(", ");
            let arguments = if nothing.is_empty() { nothing } else { format!("({nothing})") };
            let explain = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE {name}{arguments}"));
            let lines = sqlx::raw_sql(explain).fetch_all(&mut *connection).await.unwrap();
            plans.push(Plan { statement, lines: lines.iter().map(|line| line.get(0)).collect() });
        }
        connection
            .execute("RESET plan_cache_mode; RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin")
            .await
            .unwrap();
    }
    plans
}

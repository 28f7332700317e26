use std::sync::Arc;

use super::super::connection::{Connection, Of, Pool};
use super::super::engine::Lasts;
use super::super::sqlite::SqlitePool;
use tokio::task::JoinHandle;

type Ended = JoinHandle<Result<(), sqlx::Error>>;

async fn insert(connection: &mut Connection, number: i64) {
    sqlx::query("INSERT INTO t (a) VALUES ($1)").bind(number).execute(connection).await.unwrap();
}

async fn stored(pool: &Pool) -> Vec<i64> {
    sqlx::query_scalar("SELECT a FROM t ORDER BY a").fetch_all(pool).await.unwrap()
}

/// One that is ending, and another one that waited for it and has begun.
async fn two() -> (Pool, Ended, Connection, tempfile::TempDir) {
    two_of(Lasts::AtOnce).await
}

async fn two_of(lasts: Lasts) -> (Pool, Ended, Connection, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let pool = Pool::new(Of::Sqlite(SqlitePool::open(&url, 1).await.unwrap()), Arc::default());
    sqlx::query("CREATE TABLE t (a BIGINT)").execute(&pool).await.unwrap();
    let mut first = pool.begin(Lasts::AtOnce).await.unwrap();
    insert(&mut first, 1).await;
    let waiting = pool.clone();
    let second = tokio::spawn(async move { waiting.begin(lasts).await });
    // On this one thread, it waits by then.
    tokio::task::yield_now().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap().unwrap();
    insert(&mut second, 2).await;
    assert!(!first.is_finished());
    assert!(stored(&pool).await.is_empty(), "nothing lasts before it was written to the disk");
    (pool, first, second, folder)
}

#[tokio::test]
async fn whoever_waits_while_another_ends_is_part_of_the_same_commit() {
    let (pool, first, second, _folder) = two().await;
    let second = tokio::spawn(second.commit());
    first.await.unwrap().unwrap();
    assert_eq!(stored(&pool).await, [1, 2]);
    second.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_may_last_soon_is_there_at_once_and_what_comes_next_lasts() {
    let (pool, first, second, _folder) = two().await;
    second.rollback().await.unwrap();
    first.await.unwrap().unwrap();
    for is_let_go in [false, true] {
        let mut passing = pool.begin(Lasts::Soon).await.unwrap();
        assert_eq!(passing.lasts(), Lasts::Soon);
        insert(&mut passing, 2).await;
        if is_let_go {
            drop(passing);
        } else {
            passing.commit().await.unwrap();
        }
        assert_eq!(stored(&pool).await, [1, 2]);
        let mut next = pool.begin(Lasts::AtOnce).await.unwrap();
        for (setting, expected) in [("PRAGMA synchronous", 2), ("PRAGMA wal_autocheckpoint", 4000)] {
            let set: i64 = sqlx::query_scalar(setting).fetch_one(&mut next).await.unwrap();
            assert_eq!(set, expected, "{setting}");
        }
        next.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn what_may_last_soon_lasts_before_anybody_is_answered_who_has_only_read_it() {
    let (pool, first, second, folder) = two().await;
    second.commit().await.unwrap();
    first.await.unwrap().unwrap();
    let written = || std::fs::metadata(folder.path().join("a.db-wal")).unwrap().len();
    let mut passing = pool.begin(Lasts::Soon).await.unwrap();
    insert(&mut passing, 3).await;
    passing.commit().await.unwrap();
    for (lasts, is_written) in [(Lasts::Soon, false), (Lasts::AtOnce, true), (Lasts::AtOnce, false)] {
        let before = written();
        let mut reading = pool.begin(lasts).await.unwrap();
        let read: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM t").fetch_one(&mut reading).await.unwrap();
        reading.commit().await.unwrap();
        assert_eq!((read, written() > before), (3, is_written), "{lasts:?}");
    }
}

#[tokio::test]
async fn what_may_last_soon_lasts_with_the_others_where_somebody_waits_for_the_disk() {
    let (pool, first, second, _folder) = two_of(Lasts::Soon).await;
    assert_eq!(second.lasts(), Lasts::AtOnce);
    let second = tokio::spawn(second.commit());
    for ended in [first, second] {
        ended.await.unwrap().unwrap();
    }
    assert_eq!(stored(&pool).await, [1, 2]);
}

#[tokio::test]
async fn what_one_of_several_undoes_or_lets_go_is_its_own_alone() {
    for lets_go in [false, true] {
        let (pool, first, second, _folder) = two().await;
        if lets_go {
            drop(second);
        } else {
            second.rollback().await.unwrap();
        }
        first.await.unwrap().unwrap();
        assert_eq!(stored(&pool).await, [1]);
        pool.begin(Lasts::AtOnce).await.unwrap().commit().await.unwrap();
    }
}

#[tokio::test]
async fn nobody_waits_for_the_end_of_what_takes_its_time() {
    let (pool, first, second, _folder) = two().await;
    second.rollback().await.unwrap();
    first.await.unwrap().unwrap();
    let mut first = pool.begin(Lasts::AtOnce).await.unwrap();
    insert(&mut first, 3).await;
    let waiting = pool.clone();
    let long = tokio::spawn(async move {
        let mut long = waiting.begin(Lasts::AtOnce).await?;
        long.go_aside().await?;
        Ok::<_, sqlx::Error>(long)
    });
    tokio::task::yield_now().await;
    first.commit().await.unwrap();
    let mut long = long.await.unwrap().unwrap();
    insert(&mut long, 4).await;
    assert_eq!(stored(&pool).await, [1, 3]);
    long.commit().await.unwrap();
    assert_eq!(stored(&pool).await, [1, 3, 4]);
}

#[tokio::test]
async fn where_sqlite_undoes_everything_all_are_told() {
    let (pool, first, mut second, _folder) = two().await;
    sqlx::raw_sql("ROLLBACK").execute(&mut second).await.unwrap();
    assert!(second.commit().await.is_err());
    assert!(first.await.unwrap().is_err());
    let mut next = pool.begin(Lasts::AtOnce).await.unwrap();
    insert(&mut next, 5).await;
    next.commit().await.unwrap();
    assert_eq!(stored(&pool).await, [5]);
}

#[tokio::test]
async fn what_waits_for_a_commit_is_stored_before_everything_is_closed() {
    let (pool, first, second, _folder) = two().await;
    let closing = pool.clone();
    let closed = tokio::spawn(async move { closing.close().await });
    tokio::task::yield_now().await;
    second.commit().await.unwrap();
    first.await.unwrap().unwrap();
    closed.await.unwrap();
    assert!(pool.begin(Lasts::AtOnce).await.is_err());
}

//! Statements of SQLite, with the arguments and rows of sqlx.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Batch, Connection, ErrorCode, Statement, ffi};
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow, AnyTypeInfo, AnyTypeInfoKind, AnyValue};
use sqlx::error::{DatabaseError, ErrorKind};
use sqlx_core::HashMap;
use sqlx_core::any::{AnyColumn, AnyValueKind};
use sqlx_core::ext::ustr::UStr;

/// What SQLite refused.
#[derive(Debug)]
pub(super) struct Refused(pub(super) rusqlite::Error);

impl Refused {
    /// The same, for somebody else.
    pub(super) fn again(&self) -> Self {
        Self(match &self.0 {
            rusqlite::Error::SqliteFailure(error, message) => rusqlite::Error::SqliteFailure(*error, message.clone()),
            _ => rusqlite::Error::InvalidQuery,
        })
    }

    /// Whether somebody else has what is wanted.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.0.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Refused {}

impl DatabaseError for Refused {
    fn message(&self) -> &str {
        match &self.0 {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message,
            _ => "SQLite refused it",
        }
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        self.0.sqlite_error().map(|error| error.extended_code.to_string().into())
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        match self.0.sqlite_error().map(|error| error.extended_code) {
            Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => ErrorKind::UniqueViolation,
            Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => ErrorKind::ForeignKeyViolation,
            Some(ffi::SQLITE_CONSTRAINT_NOTNULL) => ErrorKind::NotNullViolation,
            Some(ffi::SQLITE_CONSTRAINT_CHECK) => ErrorKind::CheckViolation,
            _ => ErrorKind::Other,
        }
    }
}

/// Runs a statement that has neither arguments nor rows.
pub(super) fn tell(connection: &Connection, statement: &str) -> Result<(), Refused> {
    let told = connection.prepare_cached(statement).and_then(|mut statement| statement.execute([]));
    told.map(drop).map_err(Refused)
}

/// Runs statements that count as they are prepared, and so have to be each time: settings.
pub(super) fn set(connection: &Connection, settings: &str) -> Result<(), Refused> {
    connection.execute_batch(settings).map_err(Refused)
}

/// Runs a statement with arguments, or several without.
pub(super) fn run(
    connection: &Connection,
    sql: &str,
    arguments: Option<&AnyArguments>,
    one_is_enough: bool,
) -> Result<(Vec<AnyRow>, AnyQueryResult), Refused> {
    #[cfg(test)]
    super::testing::plans::ran(connection.path(), sql);
    let mut rows = Vec::new();
    let mut work = || {
        if let Some(arguments) = arguments {
            let mut statement = connection.prepare_cached(sql)?;
            let shape = shape(&statement, sql);
            bind(&mut statement, &shape, &arguments.values.0)?;
            return read(&mut statement, &shape, one_is_enough, &mut rows);
        }
        let mut batch = Batch::new(connection, sql);
        while let Some(mut statement) = batch.next()? {
            let shape = Shape::of(&statement);
            read(&mut statement, &shape, one_is_enough, &mut rows)?;
        }
        Ok(())
    };
    work().map_err(Refused)?;
    Ok((rows, AnyQueryResult { rows_affected: connection.changes(), last_insert_id: None }))
}

/// What a statement takes and gives.
struct Shape {
    /// Which argument stands at each place. `$2` is the second one, wherever it stands; SQLite counts them as they come.
    arguments: Vec<usize>,
    columns: Vec<UStr>,
    by_name: Arc<HashMap<UStr, usize>>,
}

impl Shape {
    fn of(statement: &Statement<'_>) -> Self {
        let named = |place| statement.parameter_name(place).and_then(|name| name.strip_prefix('$')?.parse().ok());
        let arguments = (1..=statement.parameter_count()).map(|place| named(place).unwrap_or(place)).collect();
        let columns: Vec<UStr> = statement.column_names().into_iter().map(UStr::new).collect();
        let by_name = columns.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
        Self { arguments, columns, by_name: Arc::new(by_name) }
    }
}

/// The shapes of statements that have been run: to ask SQLite for all the names takes as long as many a statement.
static SHAPES: LazyLock<RwLock<HashMap<String, Arc<Shape>>>> = LazyLock::new(RwLock::default);
/// As many as there may be: more than there are.
const MAX_SHAPES: usize = 1_000;

fn shape(statement: &Statement<'_>, sql: &str) -> Arc<Shape> {
    let known = SHAPES.read().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
    // Another build may have added a column meanwhile.
    if let Some(known) = known.filter(|known| known.columns.len() == statement.column_count()) {
        return known;
    }
    let shape = Arc::new(Shape::of(statement));
    let mut shapes = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
    if shapes.len() >= MAX_SHAPES {
        shapes.clear();
    }
    shapes.insert(sql.to_owned(), shape.clone());
    shape
}

fn bind(statement: &mut Statement<'_>, shape: &Shape, arguments: &[AnyValueKind]) -> rusqlite::Result<()> {
    for (place, number) in (1..).zip(&shape.arguments) {
        let argument = arguments.get(number.wrapping_sub(1));
        let argument = argument.ok_or(rusqlite::Error::InvalidParameterCount(place, arguments.len()))?;
        let value = match argument {
            AnyValueKind::Null(_) => ToSqlOutput::Owned(Value::Null),
            AnyValueKind::Bool(value) => ToSqlOutput::Owned(i64::from(*value).into()),
            AnyValueKind::SmallInt(value) => ToSqlOutput::Owned(i64::from(*value).into()),
            AnyValueKind::Integer(value) => ToSqlOutput::Owned(i64::from(*value).into()),
            AnyValueKind::BigInt(value) => ToSqlOutput::Owned((*value).into()),
            AnyValueKind::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            AnyValueKind::TextSlice(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            // Columns are BIGINT and TEXT.
            other => {
                let problem = format!("{other:?} has no column");
                return Err(rusqlite::Error::ToSqlConversionFailure(problem.into()));
            }
        };
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

fn read(
    statement: &mut Statement<'_>,
    shape: &Shape,
    one_is_enough: bool,
    into: &mut Vec<AnyRow>,
) -> rusqlite::Result<()> {
    let Shape { columns: names, by_name, .. } = shape;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let (mut columns, mut values) = (Vec::with_capacity(names.len()), Vec::with_capacity(names.len()));
        for (ordinal, name) in names.iter().enumerate() {
            let kind = value(row.get_ref(ordinal)?);
            let type_info = AnyTypeInfo { kind: kind_of(&kind) };
            columns.push(AnyColumn { ordinal, name: name.clone(), type_info });
            values.push(AnyValue { kind });
        }
        into.push(AnyRow { column_names: by_name.clone(), columns, values });
        if one_is_enough {
            break;
        }
    }
    Ok(())
}

fn value(value: ValueRef<'_>) -> AnyValueKind {
    match value {
        ValueRef::Null => AnyValueKind::Null(AnyTypeInfoKind::Null),
        ValueRef::Integer(number) => AnyValueKind::BigInt(number),
        ValueRef::Real(number) => AnyValueKind::Double(number),
        ValueRef::Text(text) => AnyValueKind::Text(Arc::new(match str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(text).into_owned(),
        })),
        ValueRef::Blob(bytes) => AnyValueKind::Blob(Arc::new(bytes.to_vec())),
    }
}

fn kind_of(value: &AnyValueKind) -> AnyTypeInfoKind {
    match value {
        AnyValueKind::BigInt(_) => AnyTypeInfoKind::BigInt,
        AnyValueKind::Double(_) => AnyTypeInfoKind::Double,
        AnyValueKind::Text(_) => AnyTypeInfoKind::Text,
        AnyValueKind::Blob(_) => AnyTypeInfoKind::Blob,
        _ => AnyTypeInfoKind::Null,
    }
}

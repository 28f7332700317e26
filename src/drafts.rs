//! Half-typed text outlives the page: a trip to another app must not cost it. Never a password.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use vestibule_flow::Stage;
use vestibule_protocol::{Json, JsonWriter};

use crate::storage;

/// What is half typed at one stage.
#[derive(Clone, Copy)]
pub(crate) struct Drafts(StoredValue<Inner>);

#[derive(Default)]
struct Inner {
    kept: Kept,
    saving: Saving,
}

/// Values by the names of their fields, under the path of their stage.
type Kept = (String, BTreeMap<String, String>);

/// Only the latest text counts: while one is being stored, those in between are skipped.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Saving {
    #[default]
    Done,
    UnderWay,
    Again,
}

/// What is half typed.
pub(crate) fn use_drafts() -> Drafts {
    expect_context()
}

impl Drafts {
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(Inner::default()))
    }

    /// Takes what an earlier page had stored; what cannot be read is dropped in silence.
    pub(crate) fn restore(self, text: Option<&str>) {
        if let Some(kept) = text.and_then(read) {
            self.0.update_value(|inner| inner.kept = kept);
        }
    }

    /// What was half typed in this field.
    pub(crate) fn of(self, stage: Stage, field: &str) -> Option<String> {
        self.0.with_value(|inner| inner.kept.1.get(field).filter(|_| inner.kept.0 == stage.path()).cloned())
    }

    /// A field that was half typed at this stage.
    pub(crate) fn latest(self, stage: Stage) -> Option<String> {
        self.0.with_value(|inner| inner.kept.1.keys().next().filter(|_| inner.kept.0 == stage.path()).cloned())
    }

    /// Keeps what is in a field now.
    pub(crate) fn keep(self, stage: Stage, field: &str, value: &str) {
        self.0.update_value(|inner| {
            if inner.kept.0 != stage.path() {
                inner.kept = (stage.path().to_owned(), BTreeMap::new());
            }
            if value.is_empty() {
                inner.kept.1.remove(field);
            } else {
                inner.kept.1.insert(field.to_owned(), value.to_owned());
            }
        });
        self.save();
    }

    /// Another stage shows: what was typed at an earlier one has been submitted, or is not wanted.
    pub(crate) fn leave(self, stage: Stage) {
        if self.0.with_value(|inner| inner.kept.0 != stage.path() && !inner.kept.1.is_empty()) {
            self.0.update_value(|inner| inner.kept = Kept::default());
            self.save();
        }
    }

    fn save(self) {
        let before = self.0.try_update_value(|inner| {
            let before = inner.saving;
            inner.saving = if before == Saving::Done { Saving::UnderWay } else { Saving::Again };
            before
        });
        if before == Some(Saving::Done) {
            spawn_local(async move {
                while let Some(text) = self.0.try_with_value(|inner| write(&inner.kept)) {
                    storage::write_draft(&text).await;
                    let is_again = self.0.try_update_value(|inner| {
                        let is_again = inner.saving == Saving::Again;
                        inner.saving = if is_again { Saving::UnderWay } else { Saving::Done };
                        is_again
                    });
                    if is_again != Some(true) {
                        break;
                    }
                }
            });
        }
    }
}

fn read(text: &str) -> Option<Kept> {
    let [path, fields] = Json::parse(text)?.list()?.try_into().ok()?;
    let fields =
        fields.object()?.into_iter().map(|(name, value)| Some((name, value.text()?))).collect::<Option<_>>()?;
    Some((path.text()?, fields))
}

fn write((path, fields): &Kept) -> String {
    let mut members = JsonWriter::object();
    for (name, value) in fields {
        members.member(name, value);
    }
    let mut kept = JsonWriter::list();
    kept.item(path);
    kept.item_json(&members.finish());
    kept.finish()
}

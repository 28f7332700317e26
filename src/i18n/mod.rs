//! Everything that a person reads. One struct of messages per language: a missing message does not build, and neither
//! does one that nobody uses.

mod en;
mod failure;
mod messages;

use leptos::prelude::*;

pub(crate) use failure::failure;
pub(crate) use messages::{Messages, Plural};

/// The messages of the page's language.
#[derive(Clone, Copy)]
struct Language(ReadSignal<&'static Messages>);

/// Sets the language of everything below.
pub(crate) fn provide_language() {
    provide_context(Language(signal(&en::MESSAGES).0));
}

/// The messages, in the language of the page.
pub(crate) fn use_messages() -> ReadSignal<&'static Messages> {
    expect_context::<Language>().0
}

/// One message, in the language of the page.
pub(crate) fn text(pick: fn(&Messages) -> &'static str) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let messages = use_messages();
    move || pick(messages.get())
}

/// A message with its placeholder, `{}`, filled in. What is filled in keeps its own direction of writing.
pub(crate) fn fill(message: &str, value: impl std::fmt::Display) -> String {
    message.replacen("{}", &format!("\u{2068}{value}\u{2069}"), 1)
}

/// What stands before and after the placeholder, `{}`, of a message.
pub(crate) fn around(message: &'static str) -> (&'static str, &'static str) {
    message.split_once("{}").unwrap_or((message, ""))
}

impl Plural {
    /// The message for a number, with the number filled in.
    pub(crate) fn fill(&self, count: u64) -> String {
        let message = if count == 1 { self.one } else { self.other };
        message.replacen("{}", &count.to_string(), 1)
    }
}

/// A span of time as minutes and seconds, like a clock shows it.
pub(crate) fn minutes(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

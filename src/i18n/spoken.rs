//! The language that the page speaks now. `script/language.js` has chosen it and loads the catalogues.

use crate::signals::*;

use super::{
    catalogue::{Lines, Texts},
    en,
    messages::Messages,
};
pub(crate) use crate::browser::language;
use crate::{context::context, platform};

/// Tags (BCP 47) of the languages, and what those who speak them call them.
pub(crate) const LANGUAGES: [(&str, &str); 9] = [
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt-BR", "Português (Brasil)"),
    ("ar", "العربية"),
];

/// Picks one message.
pub(crate) type Pick = fn(&Messages) -> &'static str;

/// The messages of the page's language.
#[derive(Clone, Copy)]
pub(crate) struct Language(RwSignal<&'static Messages>);

impl Language {
    /// The messages; whoever asks is asked again when they change.
    #[inline(never)]
    pub(crate) fn get(self) -> &'static Messages {
        self.0.get()
    }

    /// The messages, just once.
    #[inline(never)]
    pub(crate) fn now(self) -> &'static Messages {
        self.0.get_untracked()
    }

    /// Gives the page another language.
    pub(crate) fn set(self, messages: &'static Messages) {
        self.0.set(messages);
    }
}

/// Goes on with the messages that the page starts with: English where the person's own could not be loaded.
pub(crate) fn ready(then: impl FnOnce(&'static Messages) + 'static) {
    platform::speak(None, Box::new(move |lines| then(lines.and_then(read).unwrap_or(&en::MESSAGES))));
}

/// Loads another language, and keeps it for the next time; goes on with `None` where it does not come.
pub(crate) fn change(tag: &str, then: impl FnOnce(Option<&'static Messages>) + 'static) {
    platform::speak(Some(tag), Box::new(move |lines| then(lines.and_then(read))));
}

/// A catalogue's lines; English has none, being here already.
fn read(lines: String) -> Option<&'static Messages> {
    if lines.is_empty() {
        return Some(&en::MESSAGES);
    }
    read_all(lines)
}

// Apart: engines compile a function as a whole when it is called first, and who reads English needs nothing of this.
#[inline(never)]
fn read_all(lines: String) -> Option<&'static Messages> {
    // Kept for as long as the page is: a person changes the language a few times at most.
    let mut lines = Lines::of(lines.leak());
    let messages = Messages::read(&mut lines);
    lines.were_enough().then(|| &*Box::leak(Box::new(messages)))
}

/// Sets the language of everything below.
pub(crate) fn provide_language(messages: &'static Messages) {
    provide_context(Language(RwSignal::new(messages)));
}

/// The messages, in the language of the page.
pub(crate) fn use_messages() -> Language {
    context()
}

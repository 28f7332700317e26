//! Somebody who signs in, and taps again where that does not work at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;
use ureq::Agent;
use vestibule_flow::{Event, Failure, Stage, SubmittedBy, Trouble, code, credentials};

use crate::browser::Tab;

pub(crate) const PASSWORD: &str = "a blue kettle";
/// What a person needs to see what stands there.
const LOOK: Duration = Duration::from_millis(20);
/// What a person puts up with for one sign-in.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a sign-in went.
pub(crate) struct Outcome {
    /// The browser, which is signed in; or why it is not.
    pub(crate) tab: Result<Tab, String>,
    /// Answers that were lost, or said to come again later.
    pub(crate) retries: usize,
    /// What the person was told of that did not work, and had another try at.
    pub(crate) told: Vec<String>,
    pub(crate) took: Duration,
}

/// A whole sign-in, in a browser of its own.
pub(crate) fn sign_in(agent: &Agent, origin: &str, name: &str, outbox: &Path) -> Outcome {
    let begun = Instant::now();
    // References are short: one of another sign-in may be the same.
    let earlier = mails(outbox).last().cloned();
    let outbox = Outbox { folder: outbox, earlier: earlier.as_deref() };
    let mut told = Vec::new();
    let mut tab = Tab::open(agent.clone(), origin);
    let lost = loop {
        if tab.state.stage() == Stage::User {
            break None;
        }
        if let Some(notice) = tab.state.notice() {
            break Some(format!("{name}: {notice:?}"));
        }
        if begun.elapsed() > PATIENCE {
            break Some(format!("{name} waits at {:?}, and was told {told:?}", tab.state.stage()));
        }
        std::thread::park_timeout(LOOK);
        if let Some(event) = next(&tab, origin, name, &outbox) {
            told.extend(matches!(event, Event::Resend).then(|| "no mail".to_owned()));
            tab.send(event);
            told.extend(tab.state.trouble().map(said));
        }
    };
    let retries = tab.retries;
    Outcome { tab: lost.map_or(Ok(tab), Err), retries, told, took: begun.elapsed() }
}

/// What is to be done at the stage that shows; nothing while a mail is waited for.
fn next(tab: &Tab, origin: &str, name: &str, outbox: &Outbox<'_>) -> Option<Event> {
    if tab.state.trouble().and_then(wait).is_some_and(|until| until > tab.now()) {
        return None;
    }
    let username = name.to_owned();
    Some(match tab.state.stage() {
        Stage::Connect => Event::Connect(origin.to_owned()),
        Stage::Account => Event::Account { username, cell_number: None },
        Stage::Credentials => Event::Credentials { username, password: PASSWORD.into() },
        _ => {
            let code = tab.state.code()?;
            let reference = code.members.reference.as_ref();
            match reference.and_then(|reference| outbox.code(name, reference)) {
                Some(typed) => Event::Code { typed, by: SubmittedBy::Person },
                None if code.resend_in(tab.now()) == 0 => Event::Resend,
                None => return None,
            }
        }
    })
}

/// What stands there, without its figures.
fn said(trouble: &Trouble) -> String {
    format!("{trouble:?}").replace(|c: char| c.is_ascii_digit(), "")
}

/// Until when the person is asked to wait, by the clock of the flow.
fn wait(trouble: &Trouble) -> Option<u64> {
    let (Trouble::Credentials(credentials::Error::Failure(failure)) | Trouble::Code(code::Error::Failure(failure))) =
        trouble
    else {
        return None;
    };
    if let Failure::Wait(until) = failure { Some(*until) } else { None }
}

/// Where the mails of a sign-in go.
struct Outbox<'a> {
    folder: &'a Path,
    /// The last that was there when it began.
    earlier: Option<&'a Path>,
}

/// All mails, oldest first.
fn mails(folder: &Path) -> Vec<PathBuf> {
    // The first mail makes the folder.
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut mails: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    mails.sort();
    mails
}

impl Outbox<'_> {
    /// The code in the newest mail with this reference.
    fn code(&self, name: &str, reference: &str) -> Option<String> {
        let (to, subject) = (format!("{name}@example.com"), format!("reference {reference}\r\n"));
        let mails = mails(self.folder);
        let since = mails.iter().rev().take_while(|file| Some(file.as_path()) > self.earlier);
        let mut texts = since.filter_map(|file| std::fs::read_to_string(file).ok());
        let mail = texts.find(|mail| mail.contains(&to) && mail.contains(&subject))?;
        let (before, _) = mail.split_once(" is your access code")?;
        before.get(before.len().checked_sub(6)?..).map(str::to_owned)
    }
}

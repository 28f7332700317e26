//! Other tabs: what one of them has stored is news to this one.

use crate::{
    Browser, History, ServerAddress, Stage,
    act::{Asked, Why},
    state::Progress,
    stored::Record,
    trouble::Notice,
    turn::Turn,
};

impl<U: Browser> Turn<'_, U> {
    /// Takes over what another tab has stored, and follows it.
    pub(crate) fn elsewhere(&mut self, record: &str) {
        let Some(record) = Record::read::<U>(record) else { return };
        let before = std::mem::replace(&mut self.state.record, record);
        match &self.state.progress {
            Progress::SignedIn(session) => {
                let address = session.address.clone();
                self.session_elsewhere(&before, &address);
            }
            Progress::Start | Progress::Connected(_) => self.sign_in_elsewhere(&before),
        }
    }

    /// Whoever signs out in one tab is signed out in all.
    fn session_elsewhere(&mut self, before: &Record, address: &ServerAddress) {
        let is_over = before.session.as_ref() == Some(address) && self.state.record.session.is_none();
        if is_over && self.has_tokens() {
            self.sign_out(Asked::Quietly);
        } else if is_over {
            self.end(Notice::SignedOut);
        }
    }

    fn sign_in_elsewhere(&mut self, before: &Record) {
        let session = self.state.record.session.clone();
        let is_signed_in = session.is_some() && session != before.session;
        if is_signed_in && self.can_resume_session() {
            self.clear();
            return self.resume_session();
        }
        let Some(own) = self.state.sign_in().map(|sign_in| sign_in.auth_session.expose().to_owned()) else { return };
        let stored = |record: &Record| record.sign_in.as_ref().map(|stored| stored.auth_session.expose().to_owned());
        match stored(&self.state.record) {
            Some(other) if other == own => {}
            // Told once: not at every word from there.
            Some(other) if stored(before).as_ref() != Some(&other) => {
                self.state.notice = Some(Notice::BegunElsewhere);
            }
            None if stored(before).as_ref() == Some(&own) && is_signed_in => {
                self.abandon();
                if let Progress::Connected(connection) = &mut self.state.progress {
                    connection.sign_in = None;
                }
                self.show(Stage::Account, History::Replace);
                self.state.notice = Some(Notice::SignedInElsewhere);
            }
            // It has ended there: the server knows how.
            None if stored(before).as_ref() == Some(&own) && self.state.pending.is_none() => self.ask(Why::Check),
            _ => {}
        }
    }
}

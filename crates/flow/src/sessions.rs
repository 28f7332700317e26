//! Where the person is signed in: the list of the User tab, and signing out in one of the places.

use vestibule_protocol::{SessionInfo, Sessions};

use crate::{
    Browser, Failure,
    act::{Act, Asked},
    trouble::Trouble,
    turn::Turn,
};

impl<U: Browser> Turn<'_, U> {
    /// Shows the list as soon as it has come.
    pub(crate) fn show_sessions(&mut self) {
        if self.session().is_some() {
            self.clear();
            self.send(&Act::ListSessions(Asked::ByThePerson));
        }
    }

    pub(crate) fn hide_sessions(&mut self) {
        self.clear();
        // What is being fetched quietly would show it again.
        if matches!(self.state.pending, Some((_, Act::ListSessions(Asked::Quietly)))) {
            self.abandon();
        }
        if let Some(session) = self.session_mut() {
            session.list = None;
        }
    }

    /// Signs out somewhere else. Here, Sign out does.
    pub(crate) fn sign_out_there(&mut self, id: String) {
        let is_elsewhere = |session: &SessionInfo| session.id == id && !session.current;
        if self.state.sessions().is_some_and(|sessions| sessions.iter().any(is_elsewhere)) {
            self.clear();
            self.send(&Act::SignOutThere(id));
        }
    }

    /// A list that is shown is kept up to date: quietly.
    pub(crate) fn refresh_sessions(&mut self) {
        if self.state.sessions().is_some() {
            self.send(&Act::ListSessions(Asked::Quietly));
        }
    }

    /// The list has come. One that was fetched quietly opens nothing that was closed meanwhile.
    pub(crate) fn listed(&mut self, asked: Asked, list: Sessions) {
        if let Some(session) = self.session_mut()
            && (asked == Asked::ByThePerson || session.list.is_some())
        {
            session.list = Some(list.sessions);
        }
        self.finish();
    }

    /// It has ended there, now or before.
    pub(crate) fn signed_out_there(&mut self, id: &str) {
        if let Some(list) = self.session_mut().and_then(|session| session.list.as_mut()) {
            list.retain(|session| session.id != id);
        }
        self.finish();
    }

    /// The list, or signing out there, came to nothing.
    pub(crate) fn sessions_failed(&mut self, act: &Act, failure: Failure) {
        match act {
            Act::ListSessions(Asked::Quietly) => self.finish(),
            _ => self.refuse(Trouble::Sessions(failure)),
        }
    }
}

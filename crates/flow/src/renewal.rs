//! A renewal that is under way is not given up: the server may have exchanged the token already, and a spent one that
//! comes back too late ends the session. What is wanted meanwhile waits for the tokens.

use crate::{
    Browser,
    act::{Act, Purpose},
    state::Progress,
    turn::Turn,
};

impl<U: Browser> Turn<'_, U> {
    /// Has this done once the tokens have come, in the place of what they were for; gives that back. `None` where no
    /// renewal is under way.
    pub(crate) fn after_renewal(&mut self, then: Act) -> Option<Act> {
        match (&self.state.progress, &mut self.state.pending) {
            (Progress::SignedIn(_), Some((_, Act::Exchange(exchange)))) => exchange.renew_for(then),
            _ => None,
        }
    }

    /// What the renewal was for is not wanted any more; gives it back. The renewal goes on quietly.
    pub(crate) fn quieten_renewal(&mut self) -> Option<Act> {
        self.after_renewal(Act::Load(Purpose::Check))
    }

    pub(crate) fn renews_quietly(&self) -> bool {
        let is_renewal = |act: &Act| matches!(act, Act::Exchange(exchange) if exchange.renews_for().is_some());
        self.state.doing().is_none() && self.state.pending.as_ref().is_some_and(|(_, act)| is_renewal(act))
    }
}

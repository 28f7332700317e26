//! What is asked for at the User tab while something else there is under way has its turn afterwards: nothing that was
//! tapped is lost.

use crate::{Browser, Event, act::Act, turn::Turn};

impl<U: Browser> Turn<'_, U> {
    /// Has this done once nothing is under way any more, in the place of what was asked for before and is thereby out of
    /// date. What a double tap sends twice is one.
    pub(crate) fn queue(&mut self, event: Event) {
        if self.session().is_none() || matches!(self.state.pending, Some((_, Act::SignOut(_)))) {
            return;
        }
        let Some(slot) = slot(&event) else { return };
        let is_under_way = self.state.pending.as_ref().is_some_and(|(_, act)| does(act, &event));
        self.state.queued.retain(|other| self::slot(other) != Some(slot));
        if !is_under_way {
            self.state.queued.push(event);
        }
    }

    /// Nothing that waits for its turn is wanted any more.
    pub(crate) fn clear_queue(&mut self) {
        self.state.queued.clear();
    }

    /// Does what has waited, as far as its turn has come. Something was refused: then only signing out still has a turn, for
    /// what was said has to be read.
    pub(crate) fn take_queued(&mut self) {
        if self.session().is_none() {
            return self.clear_queue();
        }
        if self.state.trouble.is_some() {
            self.state.queued.retain(|event| matches!(event, Event::SignOut));
        }
        while self.state.doing().is_none() && !self.state.queued.is_empty() {
            let event = self.state.queued.remove(0);
            self.take(event);
        }
    }
}

/// What an event is about: of two about the same, the later one counts. `None` for what does not wait.
fn slot(event: &Event) -> Option<Slot<'_>> {
    Some(match event {
        Event::Prefer(_) => Slot::Device,
        Event::RouteCallsToCell(_) => Slot::Calls,
        Event::ShowSessions | Event::HideSessions => Slot::Sessions,
        Event::SignOutThere(id) => Slot::Place(id),
        Event::SetPassword { .. } => Slot::Password,
        Event::SignOut => Slot::Session,
        _ => return None,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot<'a> {
    Device,
    Calls,
    Sessions,
    Place(&'a str),
    Password,
    Session,
}

/// Whether this is what the event asks for.
fn does(act: &Act, event: &Event) -> bool {
    match (act, event) {
        (Act::Exchange(exchange), event) => exchange.renews_for().is_some_and(|act| does(act, event)),
        (Act::Prefer(saving), Event::Prefer(device)) => saving == device,
        (Act::RouteCallsToCell(saving), Event::RouteCallsToCell(on)) => saving == on,
        (Act::SignOutThere(ending), Event::SignOutThere(id)) => ending == id,
        (Act::ListSessions(_), Event::ShowSessions) | (Act::SetPassword(_), Event::SetPassword { .. }) => true,
        _ => false,
    }
}

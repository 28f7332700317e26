//! The key of the browser, which sign-ins and tokens are bound to where no cookie can hold the session.

use crate::{
    Browser, Failure, Reply, Server, ServerAddress,
    act::Act,
    connect::Hunt,
    effect::{Binding, Effect},
    turn::Turn,
};

/// How long the browser may take to have its key ready, in milliseconds. It gives up on its storage long before.
const LIMIT: u32 = 10_000;

/// What this browser has to bind requests to. It stays so for as long as the page is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrowserKey {
    /// A key that it keeps: the same one after a reload, and in every tab.
    Kept,
    /// A key that goes with the page, for it cannot be stored.
    OfThePage,
    /// None: it cannot sign.
    None,
}

impl<U: Browser> Turn<'_, U> {
    /// Tokens are bound to the key of this browser where the server takes proofs; a cookie needs none.
    pub(crate) fn binding(&self, server: &Server) -> Binding {
        let has_none = self.state.key == Some(BrowserKey::None);
        if self.can_bind(server) && !has_none { Binding::Key } else { Binding::None }
    }

    fn can_bind(&self, server: &Server) -> bool {
        server.takes_proofs && !self.has_cookie(&server.address)
    }

    /// Whether it matters what key there is, and nobody has said so yet.
    pub(crate) fn needs_key(&self, server: &Server) -> bool {
        self.state.key.is_none() && self.can_bind(server)
    }

    /// Has the key made ready; then what was found is gone on with.
    pub(crate) fn prepare_key(&mut self, hunt: Hunt, server: Server) {
        let number = self.begin(Act::PrepareKey(hunt, Box::new(server)), LIMIT);
        self.effects.push(Effect::PrepareKey(number));
    }

    pub(crate) fn key_prepared(&mut self, hunt: &Hunt, server: Server, reply: &Reply) {
        let Reply::Key(key) = reply else { return self.hunt_failed(hunt, Failure::Misunderstood) };
        self.finish();
        self.state.key = Some(*key);
        self.found(hunt, server);
    }

    /// Whether what is bound to the key outlives the page, and is every tab's: so as far as it is known.
    pub(crate) fn keeps_key(&self) -> bool {
        matches!(self.state.key, None | Some(BrowserKey::Kept))
    }

    /// Whether the sign-in that was stored for this server can be gone on with only by a key that is not there.
    pub(crate) fn has_lost_key_of_sign_in(&self, server: &Server) -> bool {
        let is_bound = self.state.record.sign_in.as_ref().is_some_and(|it| it.address == server.address && it.is_bound);
        is_bound && (self.binding(server) == Binding::None || !self.keeps_key())
    }

    /// Whether the session that was stored for this server can be gone on with only by a key that is not there.
    pub(crate) fn has_lost_key_of_session(&self, address: &ServerAddress) -> bool {
        let record = &self.state.record;
        record.session.as_ref() == Some(address) && record.refresh.is_some() && !self.keeps_key()
    }
}

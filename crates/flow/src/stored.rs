//! What survives a reload: one record, parsed like input when it is read back.

use serde::{Deserialize, Serialize};
use vestibule_protocol::{AccountName, CellNumber, Secret};

use crate::{ServerAddress, UrlParser, pkce};

/// Raised whenever an older page could not make sense of the record.
const VERSION: u32 = 1;
/// A longer text is nothing that this page has written, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// How many server addresses are remembered.
const MAX_ADDRESSES: usize = 5;
/// The longest secret of a server that is taken, in bytes.
const MAX_SECRET: usize = 4096;

/// Who signs in, as the account step was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// User name or e-mail address.
    pub name: AccountName,
    /// The number for the Mobile Phone device.
    pub cell_number: Option<CellNumber>,
}

/// What survives a reload. Never a password, and no token that anybody else could use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Servers that were connected to, the latest first.
    pub(crate) addresses: Vec<ServerAddress>,
    /// The latest name at the account stage.
    pub(crate) username: Option<AccountName>,
    /// The latest number at the account stage, to offer it again.
    pub(crate) cell_number: Option<CellNumber>,
    /// The running sign-in; gone when it ends.
    pub(crate) sign_in: Option<StoredSignIn>,
    /// Where a session was opened. A cookie holds it beyond the page, or the refresh token.
    pub(crate) session: Option<ServerAddress>,
    /// What renews that session, for whoever has the key of this browser.
    pub(crate) refresh: Option<Secret>,
}

/// What it takes to go on with a sign-in.
#[derive(Clone, Debug)]
pub(crate) struct StoredSignIn {
    pub(crate) address: ServerAddress,
    pub(crate) account: Account,
    pub(crate) auth_session: Secret,
    pub(crate) verifier: Secret,
    /// Whether it was begun with a key of the browser, without which it cannot be gone on with.
    pub(crate) is_bound: bool,
}

#[derive(Serialize, Deserialize)]
struct Text {
    version: u32,
    addresses: Vec<String>,
    username: Option<String>,
    cell_number: Option<String>,
    sign_in: Option<SignInText>,
    session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<Secret>,
}

#[derive(Serialize, Deserialize)]
struct SignInText {
    address: String,
    username: String,
    cell_number: Option<String>,
    auth_session: Secret,
    verifier: Secret,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    bound: bool,
}

impl Record {
    /// Reads a stored text. What cannot be read is dropped in silence.
    pub(crate) fn read<U: UrlParser>(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let text: Text = serde_json::from_str(text).ok()?;
        if text.version != VERSION {
            return None;
        }
        let address = |typed: &String| ServerAddress::parse::<U>(typed).ok();
        let session = text.session.as_ref().and_then(address);
        Some(Self {
            addresses: text.addresses.iter().filter_map(address).take(MAX_ADDRESSES).collect(),
            username: text.username.and_then(|name| AccountName::parse(&name).ok()),
            cell_number: text.cell_number.and_then(|number| CellNumber::parse(&number).ok()),
            sign_in: text.sign_in.and_then(StoredSignIn::read::<U>),
            refresh: text.refresh.filter(|refresh| session.is_some() && is_secret(refresh)),
            session,
        })
    }

    /// The text to store.
    pub(crate) fn write(&self) -> String {
        let text = Text {
            version: VERSION,
            addresses: self.addresses.iter().map(ToString::to_string).collect(),
            username: self.username.as_ref().map(ToString::to_string),
            cell_number: self.cell_number.as_ref().map(ToString::to_string),
            sign_in: self.sign_in.as_ref().map(StoredSignIn::write),
            session: self.session.as_ref().map(ToString::to_string),
            refresh: self.refresh.clone(),
        };
        serde_json::to_string(&text).unwrap_or_default()
    }

    pub(crate) fn remember(&mut self, address: &ServerAddress) {
        self.forget(address);
        self.addresses.insert(0, address.clone());
        self.addresses.truncate(MAX_ADDRESSES);
    }

    pub(crate) fn forget(&mut self, address: &ServerAddress) {
        self.addresses.retain(|known| known != address);
    }
}

/// Whether a server may have given this.
fn is_secret(secret: &Secret) -> bool {
    let text = secret.expose();
    (1..=MAX_SECRET).contains(&text.len()) && !text.contains(char::is_control)
}

impl StoredSignIn {
    fn read<U: UrlParser>(text: SignInText) -> Option<Self> {
        if !is_secret(&text.auth_session) || !pkce::is_verifier(text.verifier.expose()) {
            return None;
        }
        let cell_number = match text.cell_number {
            Some(number) => Some(CellNumber::parse(&number).ok()?),
            None => None,
        };
        Some(Self {
            address: ServerAddress::parse::<U>(&text.address).ok()?,
            account: Account { name: AccountName::parse(&text.username).ok()?, cell_number },
            auth_session: text.auth_session,
            verifier: text.verifier,
            is_bound: text.bound,
        })
    }

    fn write(&self) -> SignInText {
        SignInText {
            address: self.address.to_string(),
            username: self.account.name.to_string(),
            cell_number: self.account.cell_number.as_ref().map(ToString::to_string),
            auth_session: self.auth_session.clone(),
            verifier: self.verifier.clone(),
            bound: self.is_bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::HostUrls;

    fn read(text: &str) -> Option<Record> {
        Record::read::<HostUrls>(text)
    }

    fn text() -> impl Strategy<Value = Option<String>> {
        prop::option::of(prop_oneof!["(https?://)?[a-z0-9.:\\[\\]/@ -]{0,20}", "[+0-9 x]{0,12}", any::<String>()])
    }

    /// A record of the right shape, whatever stands in it.
    fn stored() -> impl Strategy<Value = Value> {
        let verifier = prop_oneof!["[A-Za-z0-9._~-]{42,44}", "[A-Za-z]{127,129}", ".{0,50}"];
        let sign_in = (text(), text(), text(), "(.{0,5}|x{4095,4097})", verifier, any::<bool>());
        let addresses = prop::collection::vec("[a-z0-9.:/]{1,8}", 0..8);
        let refresh = prop::option::of("(.{0,5}|x{4095,4097})");
        (0_u32..3, addresses, text(), text(), text(), prop::option::of(sign_in), refresh).prop_map(
            |(version, addresses, username, cell_number, session, sign_in, refresh)| {
                let sign_in = sign_in.map(|(address, username, cell_number, auth_session, verifier, bound)| {
                    json!({
                        "address": address.unwrap_or_default(), "username": username.unwrap_or_default(),
                        "cell_number": cell_number, "auth_session": auth_session, "verifier": verifier,
                        "bound": bound,
                    })
                });
                json!({
                    "version": version, "addresses": addresses, "username": username, "cell_number": cell_number,
                    "sign_in": sign_in, "session": session, "refresh": refresh,
                })
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_read_is_written_and_read_back_the_same(stored in stored()) {
            let Some(record) = read(&stored.to_string()) else {
                prop_assert_ne!(&stored["version"], VERSION);
                return Ok(());
            };
            let written = record.write();
            prop_assert_eq!(read(&written).unwrap().write(), written);
            prop_assert!(record.addresses.len() <= MAX_ADDRESSES);
            if let Some(refresh) = record.refresh {
                prop_assert!(record.session.is_some() && (1..=MAX_SECRET).contains(&refresh.expose().len()));
            }
            if let Some(sign_in) = record.sign_in {
                prop_assert!(pkce::is_verifier(sign_in.verifier.expose()));
                prop_assert!((1..=MAX_SECRET).contains(&sign_in.auth_session.expose().len()));
            }
        }

        #[test]
        fn whatever_is_changed_in_a_record_is_dropped_or_read(stored in stored(), at in any::<prop::sample::Index>(), c in any::<char>()) {
            let mut changed: Vec<char> = stored.to_string().chars().collect();
            let at = at.index(changed.len());
            changed[at] = c;
            if let Some(record) = read(&changed.into_iter().collect::<String>()) {
                prop_assert!(read(&record.write()).is_some());
            }
        }

        #[test]
        fn no_text_makes_reading_panic(text in any::<String>()) {
            prop_assert!(read(&text).is_none(), "no such text is a record");
        }
    }
}

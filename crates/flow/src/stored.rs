//! What survives a reload: one record, parsed like input when it is read back.

use vestibule_protocol::{AccountName, CellNumber, Json, JsonWriter, Members, Secret};

use crate::{Browser, ServerAddress, pkce};

/// Raised whenever an older page could not make sense of the record.
const VERSION: u64 = 1;
/// The same as JSON.
const VERSION_TEXT: &str = "1";
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

impl Record {
    /// Reads a stored text. What cannot be read is dropped in silence.
    pub(crate) fn read<U: Browser>(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let address = |typed: &String| ServerAddress::parse::<U>(typed).ok();
        Json::parse(text)?.members(|members| {
            if members.number("version") != VERSION {
                return None;
            }
            let addresses = members.list("addresses", Json::text);
            let session = members.optional_text("session").as_ref().and_then(address);
            let refresh = members.optional("refresh", Secret::read);
            Some(Self {
                addresses: addresses.iter().filter_map(address).take(MAX_ADDRESSES).collect(),
                username: members.optional_text("username").and_then(|name| AccountName::parse(&name).ok()),
                cell_number: members.optional_text("cell_number").and_then(|number| CellNumber::parse(&number).ok()),
                sign_in: members
                    .optional("sign_in", |json| json.members(|members| Some(StoredSignIn::read::<U>(members))))
                    .flatten(),
                refresh: refresh.filter(|refresh| session.is_some() && is_secret(refresh)),
                session,
            })
        })
    }

    /// The text to store.
    pub(crate) fn write(&self) -> String {
        let mut addresses = JsonWriter::list();
        for address in &self.addresses {
            addresses.item(&address.to_string());
        }
        let mut json = JsonWriter::object();
        json.member_json("version", VERSION_TEXT);
        json.member_json("addresses", &addresses.finish());
        json.optional("username", self.username.as_ref().map(AccountName::as_str));
        json.optional("cell_number", self.cell_number.as_ref().map(CellNumber::as_str));
        json.member_json("sign_in", &self.sign_in.as_ref().map_or_else(|| "null".to_owned(), StoredSignIn::write));
        json.optional("session", self.session.as_ref().map(ToString::to_string).as_deref());
        if let Some(refresh) = &self.refresh {
            json.member("refresh", refresh.expose());
        }
        json.finish()
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
    /// Every member is read, so that a wrong shape is told from a value that does not count any more.
    fn read<U: Browser>(members: &mut Members<'_>) -> Option<Self> {
        let (address, username) = (members.text("address"), members.text("username"));
        let cell_number = members.optional_text("cell_number");
        let (auth_session, verifier) = (Secret::from(members.text("auth_session")), members.text("verifier"));
        let is_bound = members.flag_or_false("bound");
        if !is_secret(&auth_session) || !pkce::is_verifier(&verifier) {
            return None;
        }
        let cell_number = match cell_number {
            Some(number) => Some(CellNumber::parse(&number).ok()?),
            None => None,
        };
        Some(Self {
            address: ServerAddress::parse::<U>(&address).ok()?,
            account: Account { name: AccountName::parse(&username).ok()?, cell_number },
            auth_session,
            verifier: verifier.into(),
            is_bound,
        })
    }

    fn write(&self) -> String {
        let mut json = JsonWriter::object();
        json.member("address", &self.address.to_string());
        json.member("username", self.account.name.as_str());
        json.optional("cell_number", self.account.cell_number.as_ref().map(CellNumber::as_str));
        json.member("auth_session", self.auth_session.expose());
        json.member("verifier", self.verifier.expose());
        if self.is_bound {
            json.member_json("bound", "true");
        }
        json.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::Host;

    fn read(text: &str) -> Option<Record> {
        Record::read::<Host>(text)
    }

    const SIGN_IN: &str = r#"{"address":"https://uc.example.com","username":"ada","cell_number":null,
        "auth_session":"s","verifier":"0123456789012345678901234567890123456789012"}"#;

    #[test]
    fn what_is_absent_may_be_null() {
        let text = format!(
            r#"{{"version":1,"addresses":["https://uc.example.com"],"username":null,"cell_number":null,"sign_in":{SIGN_IN},
            "session":null,"refresh":null,"of_tomorrow":1}}"#
        );
        let record = read(&text).unwrap();
        assert_eq!((record.addresses.len(), record.username), (1, None));
        let sign_in = record.sign_in.unwrap();
        assert_eq!((sign_in.account.name.as_str(), sign_in.is_bound), ("ada", false));
        assert!(read(r#"{"version":1,"addresses":[]}"#).is_some());
    }

    #[test]
    fn a_record_with_a_member_of_another_shape_is_none_at_all() {
        for text in [
            r#"{"version":1}"#,
            r#"{"version":1,"addresses":null}"#,
            r#"{"version":1,"addresses":[null]}"#,
            r#"{"version":"1","addresses":[]}"#,
            r#"{"version":1,"version":1,"addresses":[]}"#,
            r#"{"version":1,"addresses":[],"username":7}"#,
            r#"{"version":1,"addresses":[],"refresh":["r"]}"#,
            r#"{"version":1,"addresses":[],"sign_in":{"address":"https://uc.example.com"}}"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        for (right, wrong) in [(r#""s""#, "7"), ("null", "true"), (r#""ada""#, "null"), ("}", r#","bound":null}"#)] {
            let sign_in = SIGN_IN.replacen(right, wrong, 1);
            assert!(read(&format!(r#"{{"version":1,"addresses":[],"sign_in":{sign_in}}}"#)).is_none(), "{sign_in}");
        }
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

//! Begins a sign-in. The answer is the same for a name that nobody has.

use phonenumber::{Mode, country};
use vestibule_protocol::{AccountName, AccountRequest, CellNumber, ChallengeError, ErrorCode};

use super::{Answer, Context, Held, StepError};
use crate::clients;
use crate::clock::millis;
use crate::config::Config;
use crate::keys::{self, Keys, Purpose};
use crate::password::{canonical_email, canonical_username};
use crate::store::accounts::Account;
use crate::store::audit::{Event, Outcome};
use crate::store::signins::{SignIn, Stage};
use crate::store::{StoreError, Transaction, in_transaction};

pub(super) async fn take(context: &Context, client_id: String, request: AccountRequest) -> Result<Answer, StepError> {
    let server = &context.server;
    if !clients::is_known(&server.config, &client_id) {
        return Ok(ErrorCode::InvalidClient.into());
    }
    let Some(scope) = clients::granted_scope(&server.config, &client_id, request.scope.as_deref()) else {
        return Ok(ErrorCode::InvalidScope.into());
    };
    let Ok(name) = AccountName::parse(&request.username) else {
        return Ok(malformed("username"));
    };
    let phone_number = match request.phone_number.as_deref() {
        None => None,
        Some(typed) => match dialable(typed, &server.config) {
            None => return Ok(ErrorCode::InvalidPhoneNumber.into()),
            number => number,
        },
    };

    let auth_session = server.random.secret();
    let now = context.now();
    let name_key = name_key(&server.keys, &name);
    let id = keys::sha256(auth_session.expose());
    let signin = in_transaction!(server.store, |tx| {
        let account = find_account(&mut tx, &name).await?;
        let signin = SignIn {
            id,
            revision: 0,
            issuer: context.issuer.as_str().to_owned(),
            client_id: client_id.clone(),
            scope,
            code_challenge: request.code_challenge,
            dpop_jkt: context.dpop_jkt.clone(),
            name_key,
            account_id: account.as_ref().map(|account| account.id.clone()),
            phone_number,
            locales: locales(&request.ui_locales.unwrap_or_default()),
            stage: Stage::Credentials,
            attempts: 0,
            sends: 0,
            delivery_failed: false,
            verified_at: None,
            expires_at: now + millis(server.config.signin.life),
        };
        signin.add(&mut tx, now).await?;
        context.audit(&mut tx, Event::SignInBegun, Outcome::Success, &super::whom(account.as_ref(), &signin)).await?;
        signin
    });
    let held = Held { id: signin.id.clone(), auth_session, client_id: Some(client_id) };
    Ok(held.credentials_required(&signin, now).into())
}

/// Nobody reads more languages than fit in here.
const MAX_LOCALES_CHARS: usize = 256;

/// What is kept of the languages that a client names: PostgreSQL takes no text with a NUL in it.
fn locales(asked: &str) -> String {
    asked.chars().filter(|c| !c.is_control()).take(MAX_LOCALES_CHARS).collect()
}

fn malformed(member: &str) -> Answer {
    let error_description = Some(format!("{member} is malformed"));
    ChallengeError { error_description, ..ChallengeError::new(ErrorCode::InvalidRequest) }.into()
}

/// The most digits of a number, that of the country included (E.164 §6.1). Some numbering plans have longer ones.
const MAX_DIGITS: usize = 15;

/// The number in E.164; `None` where it cannot be dialled.
fn dialable(typed: &str, config: &Config) -> Option<String> {
    let typed = CellNumber::parse(typed).ok()?;
    // Else the prefixes of the region would be taken off numbers of other countries.
    let is_national = !typed.as_str().starts_with('+');
    let region = config.default_region.as_deref().filter(|_| is_national).and_then(|region| region.parse().ok());
    let number = in_plan(region, typed.as_str())?;
    // What is another number when it is read back, or none, is nobody's: part of it was taken for a prefix.
    (in_plan(None, &number)? == number && number.len() <= "+".len() + MAX_DIGITS).then_some(number)
}

/// The number in E.164, if the numbering plan of its country has it.
fn in_plan(region: Option<country::Id>, number: &str) -> Option<String> {
    let number = phonenumber::parse(region, number).ok()?;
    number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
}

/// The account that a name stands for.
///
/// # Errors
/// [`StoreError::Database`].
async fn find_account(tx: &mut Transaction, name: &AccountName) -> Result<Option<Account>, StoreError> {
    if name.is_email() {
        match canonical_email(name.as_str()) {
            Some(email) => Account::with_email(tx, &email).await,
            None => Ok(None),
        }
    } else {
        match canonical_username(name.as_str()) {
            Some(username) => Account::with_username(tx, &username).await,
            None => Ok(None),
        }
    }
}

/// Whether a name stands for an account.
pub(super) fn stands_for(name: &AccountName, account: &Account) -> bool {
    if name.is_email() {
        let email = canonical_email(name.as_str());
        email.is_some() && email == account.email.as_deref().and_then(canonical_email)
    } else {
        canonical_username(name.as_str()).is_some_and(|username| username == account.username)
    }
}

/// What the failures of a name are counted under, whether an account has the name or not.
pub(crate) fn name_key(keys: &Keys, name: &AccountName) -> String {
    let canonical = if name.is_email() { canonical_email(name.as_str()) } else { canonical_username(name.as_str()) };
    keys.mac(Purpose::Name, &[canonical.as_deref().unwrap_or(name.as_str())])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_with_the_numbering_plan_of_the_region() {
        let config = |region: Option<&str>| Config { default_region: region.map(str::to_owned), ..Config::default() };
        for (typed, region, expected) in [
            ("+49 151 12345678", None, Some("+4915112345678")),
            ("+49 (0)151 12345678", None, Some("+4915112345678")),
            ("0049 151 12345678", None, Some("+4915112345678")),
            ("0151 12345678", Some("DE"), Some("+4915112345678")),
            ("(202) 555-0132", Some("US"), Some("+12025550132")),
            ("0151 12345678", None, None),
            ("+49 1", Some("DE"), None),
            ("+999 123456789", None, None),
            ("+4915112345678 ext. 5", None, None),
            ("20100000000000", Some("DE"), None),
            ("+49 (0)151 12345678", Some("US"), Some("+4915112345678")),
            ("+78030000000", Some("DE"), None),
            ("+788030000000", None, None),
        ] {
            assert_eq!(dialable(typed, &config(region)).as_deref(), expected, "{typed} in {region:?}");
        }
    }

    proptest! {
        #[test]
        fn a_number_that_can_be_dialled_is_its_own_canonical_form(
            typed in prop_oneof!["(\\+|00)?[0-9]{1,18}", "\\+?(49|1|44|33|86|7|39|55|20)[0-9 ()/-]{4,14}", any::<String>()],
            region in prop::sample::select(vec![None, Some("DE"), Some("US"), Some("IT"), Some("AR"), Some("BR"), Some("AC")]),
        ) {
            let config = Config { default_region: region.map(str::to_owned), ..Config::default() };
            if let Some(number) = dialable(&typed, &config) {
                prop_assert_eq!(dialable(&number, &config), Some(number.clone()));
                prop_assert_eq!(dialable(&number, &Config::default()), Some(number.clone()), "no region changes it");
                let digits = number.strip_prefix('+').unwrap_or_default();
                prop_assert!((4..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit()), "{}", number);
            }
        }
    }
}

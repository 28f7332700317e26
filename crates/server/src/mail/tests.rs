mod mail_server;

use std::sync::atomic::Ordering;
use std::time::Duration;

use lettre::message::Mailbox;
use vestibule_protocol::{AccessCode, Secret};

use super::*;
use crate::config::{SmtpConfig, SmtpSecurity};
use mail_server::{MailServer, Manner};

fn code(digits: &str, life: Duration) -> About {
    About::Code { code: AccessCode::parse(digits, 6, char::is_alphanumeric).unwrap(), reference: "KX".to_owned(), life }
}

fn code_mail() -> Mail {
    Mail {
        to: "Ada+UC@example.com".to_owned(),
        name: "Ada Lovelace".to_owned(),
        about: code("012345", Duration::from_mins(10)),
        locales: vec!["xx-YY".to_owned(), "en-GB".to_owned()],
        at_ms: 1_767_323_045_678,
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned()),
        server: "https://uc.example.com".to_owned(),
        service_name: "Example UC".to_owned(),
    }
}

fn smtp(port: u16) -> SmtpConfig {
    SmtpConfig {
        host: "localhost".to_owned(),
        port: Some(port),
        security: SmtpSecurity::Plain,
        username: None,
        password: None,
        password_file: None,
        ca_file: None,
    }
}

fn mailer(smtp: SmtpConfig) -> Mailer {
    let from: Mailbox = "Vestibule <vestibule@example.com>".parse().unwrap();
    let config = MailConfig { from, smtp: Some(smtp), time_limit: Duration::from_secs(5), ..MailConfig::default() };
    Mailer::from_config(&config, Random::from_seed([9; 32])).unwrap()
}

fn impatient(smtp: SmtpConfig) -> Mailer {
    Mailer { time_limit: Duration::from_millis(200), ..mailer(smtp) }
}

/// The text part of a message whose parts are not encoded.
fn text_part(message: &str) -> String {
    let after = message.split("Content-Type: text/plain; charset=utf-8").nth(1).unwrap();
    let body = after.split_once("\r\n\r\n").unwrap().1;
    body.split("\r\n--").next().unwrap().replace("=\r\n", "").replace("\r\n", "\n")
}

#[tokio::test]
async fn the_mail_says_the_code_first_and_who_asked_for_it() {
    let server = MailServer::start(Manner::Accept).await;
    assert_eq!(mailer(smtp(server.port)).send(&code_mail()).await, Delivery::Accepted);
    let talk = server.conversation().await;
    assert_eq!(talk.from, "vestibule@example.com");
    assert_eq!(talk.to, ["Ada+UC@example.com"]);
    for header in [
        "From: Vestibule <vestibule@example.com>",
        "To: \"Ada Lovelace\" <Ada+UC@example.com>",
        "Subject: Example UC: access code, reference KX",
        "Date: Fri, 02 Jan 2026 03:04:05 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Language: en",
    ] {
        assert!(talk.message.contains(&format!("{header}\r\n")), "{header} is not in\n{}", talk.message);
    }
    assert!(talk.message.contains("@example.com>\r\n") && talk.message.contains("Message-ID: <"), "{}", talk.message);
    let text = text_part(&talk.message);
    assert!(text.starts_with("012345 is your access code for Example UC.\n"), "{text}");
    for said in [
        "Hello Ada Lovelace, the reference of this mail is KX",
        "good for 10 minutes",
        "2 January 2026 at 03:04 UTC by Firefox on Linux, to sign in at uc.example.com",
        "If this was not you, somebody knows your password: tell your system administrator.",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
    assert!(!talk.message.contains("http"), "no link: {}", talk.message);
}

#[tokio::test]
async fn pasting_the_text_of_the_mail_gives_the_code() {
    let mail = code_mail();
    let composed = compose::compose(&mail, &"a@example.com".parse().unwrap(), "id").unwrap();
    let found = AccessCode::find(&composed.text, 6, char::is_alphanumeric).unwrap();
    assert_eq!(found.expose(), "012345");
}

#[test]
fn every_language_has_the_code_in_its_first_line_and_all_that_the_person_needs() {
    let from = "a@example.com".parse().unwrap();
    for language in LANGUAGES {
        let locales = vec!["xx".to_owned(), language.to_owned()];
        for life in [1, 59, 60, 120, 300, 600, 1320].map(Duration::from_secs) {
            let mail = Mail { about: code("012345", life), locales: locales.clone(), ..code_mail() };
            let text = compose::compose(&mail, &from, "id").unwrap().text;
            assert!(text.lines().next().unwrap().contains("012345"), "{language}: {text}");
            assert_eq!(
                AccessCode::find(&text, 6, char::is_alphanumeric).unwrap().expose(),
                "012345",
                "{language}: {text}"
            );
            let life = life.as_secs();
            let number = if life < 60 { life } else { life / 60 };
            // One and two may be said in words.
            assert!(number < 3 || text.contains(&number.to_string()), "{language}: {text}");
            for part in
                ["Ada Lovelace", "KX", "Example UC", "2026", "03:04", "UTC", "Firefox", "Linux", "uc.example.com"]
            {
                assert!(text.contains(part), "{language}: {part} is missing: {text}");
            }
        }
        for warning in [Warning::CodesExhausted, Warning::NewBrowser, Warning::PasswordChanged] {
            let mail = Mail { about: About::Warning(warning), locales: locales.clone(), ..code_mail() };
            let composed = compose::compose(&mail, &from, "id").unwrap();
            let message = String::from_utf8(composed.message.formatted()).unwrap();
            assert!(message.contains(&format!("Content-Language: {language}\r\n")), "{message}");
            assert!(composed.text.lines().next().unwrap().contains("Example UC"), "{language}: {}", composed.text);
            for part in ["Ada Lovelace", "2026", "Firefox", "uc.example.com"] {
                assert!(composed.text.contains(part), "{language}: {part} is missing: {}", composed.text);
            }
        }
    }
}

#[test]
fn the_months_are_those_of_the_calendar() {
    for (month, english, german) in
        [(1, "2 January 2026", "2. Januar 2026"), (12, "2 December 2026", "2. Dezember 2026")]
    {
        let at = format!("2026-{month:02}-02T03:04:05Z").parse().unwrap();
        for (language, date) in [("en", english), ("de-AT", german)] {
            let said = messages::for_locales(&[language.to_owned()]).moment(at);
            assert!(said.starts_with(date), "{said}");
        }
    }
}

#[tokio::test]
async fn a_warning_says_what_happened_first_and_what_to_do_and_has_no_link() {
    for (warning, subject, first, advice) in [
        (
            Warning::CodesExhausted,
            "Example UC: wrong access codes",
            "Somebody gave your password for Example UC, and then wrong access codes until none was left to try.\n",
            "somebody knows your password: change it",
        ),
        (
            Warning::NewBrowser,
            "Example UC: a sign-in by a new browser",
            "Somebody signed in to Example UC as you, by a browser that had not been used for that before.\n",
            "somebody knows your password: change it",
        ),
        (
            Warning::PasswordChanged,
            "Example UC: your password was changed",
            "Your password for Example UC was changed, and you were signed out everywhere.\n",
            "tell your system administrator at once",
        ),
    ] {
        let server = MailServer::start(Manner::Accept).await;
        let mail = Mail { about: About::Warning(warning), ..code_mail() };
        assert_eq!(mailer(smtp(server.port)).send(&mail).await, Delivery::Accepted);
        let message = server.conversation().await.message;
        assert!(message.contains(&format!("Subject: {subject}\r\n")), "{message}");
        assert!(message.contains("Auto-Submitted: auto-generated\r\n") && message.contains("text/html"), "{message}");
        let text = text_part(&message);
        assert!(text.starts_with(first), "{text}");
        let when =
            "Hello Ada Lovelace, this was on 2 January 2026 at 03:04 UTC by Firefox on Linux, at uc.example.com.";
        assert!(text.contains(when) && text.contains(advice), "{text}");
        assert!(!message.contains("http") && !message.contains("Mozilla"), "{message}");
    }
}

#[tokio::test]
async fn nothing_that_a_stranger_chooses_gets_into_headers_or_markup() {
    let server = MailServer::start(Manner::Accept).await;
    let mail = Mail {
        name: "Ada\r\nBcc: eve@example.org\r\n <b>\"Countess\"</b> 👋".to_owned(),
        user_agent: Some("<script>call me</script> visit eve.example.org".to_owned()),
        service_name: "A & B <i>".to_owned(),
        about: code("012345", Duration::from_secs(30)),
        ..code_mail()
    };
    assert_eq!(mailer(smtp(server.port)).send(&mail).await, Delivery::Accepted);
    let talk = server.conversation().await;
    assert_eq!(talk.to, ["Ada+UC@example.com"]);
    assert!(!talk.message.contains("\r\nBcc:"), "{}", talk.message);
    assert!(!talk.message.contains("eve.example.org") && !talk.message.contains("<script>"), "{}", talk.message);

    let composed = compose::compose(&mail, &"a@example.com".parse().unwrap(), "id").unwrap();
    assert!(composed.text.contains("by an unknown browser"), "{}", composed.text);
    assert!(composed.text.contains("good for 30 seconds"), "{}", composed.text);
}

#[tokio::test]
async fn the_next_mail_goes_over_the_same_connection_unless_that_has_ended() {
    for (manner, expected) in [(Manner::Accept, 1), (Manner::HangUpAfterAnswer, 3)] {
        let server = MailServer::start(manner).await;
        let mailer = mailer(smtp(server.port));
        for _ in 0..3 {
            assert_eq!(mailer.send(&code_mail()).await, Delivery::Accepted);
        }
        assert_eq!(server.connections.load(Ordering::Relaxed), expected, "{manner:?}");
    }
}

#[tokio::test]
async fn a_connection_that_no_mail_needs_is_ended() {
    let server = MailServer::start(Manner::Accept).await;
    assert_eq!(mailer(smtp(server.port)).send(&code_mail()).await, Delivery::Accepted);
    assert_eq!(server.goodbyes.available_permits(), 0);
    tokio::time::pause();
    drop(server.goodbyes.acquire().await.unwrap());
}

#[tokio::test]
async fn a_recipient_that_is_refused_is_not_a_success() {
    let server = MailServer::start(Manner::RefuseRecipient).await;
    let delivery = mailer(smtp(server.port)).send(&code_mail()).await;
    let Delivery::Refused { reason } = delivery else { panic!("{delivery:?}") };
    assert!(reason.contains("550") && reason.contains("no such mailbox"), "{reason}");
    assert_eq!(server.conversation().await.message, "");
}

#[tokio::test]
async fn a_message_that_is_refused_is_refused_although_it_was_handed_over() {
    let server = MailServer::start(Manner::RefuseMessage).await;
    let delivery = mailer(smtp(server.port)).send(&code_mail()).await;
    assert!(matches!(delivery, Delivery::Refused { .. }), "{delivery:?}");
}

#[tokio::test]
async fn silence_before_the_message_is_a_refusal() {
    let server = MailServer::start(Manner::SayNothing).await;
    let delivery = impatient(smtp(server.port)).send(&code_mail()).await;
    let Delivery::Refused { reason } = delivery else { panic!("{delivery:?}") };
    assert!(reason.contains("no answer from the mail server localhost"), "{reason}");
}

#[tokio::test]
async fn silence_after_the_message_leaves_its_fate_unknown() {
    let server = MailServer::start(Manner::FallSilentAfterMessage).await;
    let delivery = impatient(smtp(server.port)).send(&code_mail()).await;
    assert!(matches!(delivery, Delivery::Unknown { .. }), "{delivery:?}");
    assert!(server.conversation().await.message.contains("012345"));
}

#[tokio::test]
async fn a_connection_lost_after_the_message_leaves_its_fate_unknown() {
    let server = MailServer::start(Manner::HangUpAfterMessage).await;
    let delivery = mailer(smtp(server.port)).send(&code_mail()).await;
    assert!(matches!(delivery, Delivery::Unknown { .. }), "{delivery:?}");
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_is_a_refusal() {
    let port = MailServer::start(Manner::Accept).await.stop().await;
    let mailer = mailer(smtp(port));
    let delivery = mailer.send(&code_mail()).await;
    assert!(matches!(delivery, Delivery::Refused { .. }), "{delivery:?}");
    let problem = mailer.probe().await.unwrap_err();
    assert!(problem.starts_with(&format!("the mail server localhost:{port}: ")), "{problem}");
}

#[tokio::test]
async fn the_connection_is_encrypted_and_authenticated_where_that_is_configured() {
    for security in [SmtpSecurity::Starttls, SmtpSecurity::Tls] {
        let folder = tempfile::tempdir().unwrap();
        let (ca_file, password_file) = (folder.path().join("ca.pem"), folder.path().join("password"));
        let server = MailServer::start_encrypted(security, &ca_file).await;
        std::fs::write(&password_file, "hunter2\n").unwrap();
        let config = SmtpConfig {
            security,
            username: Some("vestibule".to_owned()),
            password_file: Some(password_file),
            ca_file: Some(ca_file),
            ..smtp(server.port)
        };
        assert_eq!(mailer(config.clone()).send(&code_mail()).await, Delivery::Accepted);
        let talk = server.conversation().await;
        assert!(talk.message.contains("012345"));
        assert_eq!(talk.authentication.as_deref(), Some("\0vestibule\0hunter2"));

        let other_password =
            SmtpConfig { password_file: None, password: Some(Secret::from("wrong")), ..config.clone() };
        let delivery = mailer(other_password).send(&code_mail()).await;
        assert!(matches!(&delivery, Delivery::Refused { reason } if reason.contains("535")), "{delivery:?}");

        let untrusted = SmtpConfig { ca_file: None, ..config };
        let delivery = mailer(untrusted).send(&code_mail()).await;
        assert!(matches!(&delivery, Delivery::Refused { reason } if reason.contains("certificate")), "{delivery:?}");
    }
}

#[tokio::test]
async fn without_encryption_on_offer_nothing_is_sent_where_it_is_demanded() {
    let server = MailServer::start(Manner::Accept).await;
    let config = SmtpConfig { security: SmtpSecurity::Starttls, ..smtp(server.port) };
    let delivery = mailer(config).send(&code_mail()).await;
    assert!(matches!(&delivery, Delivery::Refused { reason } if reason.contains("STARTTLS")), "{delivery:?}");
}

#[tokio::test]
async fn the_outbox_keeps_mails_in_order_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("a/b");
    let config = MailConfig { outbox: Some(outbox.clone()), ..MailConfig::default() };
    let mailer = Mailer::from_config(&config, Random::from_seed([9; 32])).unwrap();
    assert!(mailer.keeps_mails_here());
    mailer.probe().await.unwrap();
    for (digits, later) in [("111111", 0), ("222222", 1), ("333333", 1_000)] {
        let mail =
            Mail { about: code(digits, Duration::from_mins(10)), at_ms: code_mail().at_ms + later, ..code_mail() };
        assert_eq!(mailer.send(&mail).await, Delivery::Accepted);
    }
    let mut files: Vec<_> = std::fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let codes: Vec<_> =
        files.iter().map(|file| text_part(&std::fs::read_to_string(file).unwrap())[..6].to_owned()).collect();
    assert_eq!(codes, ["111111", "222222", "333333"]);
    assert!(files.iter().all(|file| file.extension().is_some_and(|extension| extension == "eml")));
    #[cfg(unix)]
    for file in &files {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn an_outbox_that_has_gone_is_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let config = MailConfig { outbox: Some(outbox.clone()), ..MailConfig::default() };
    let mailer = Mailer::from_config(&config, Random::from_seed([9; 32])).unwrap();
    std::fs::remove_dir(&outbox).unwrap();
    let delivery = mailer.send(&code_mail()).await;
    assert!(matches!(&delivery, Delivery::Refused { .. }), "{delivery:?}");
    assert!(mailer.probe().await.unwrap_err().starts_with("mail.outbox: "));
}

#[test]
fn files_that_cannot_be_read_are_named_with_their_key() {
    let config = MailConfig {
        smtp: Some(SmtpConfig { security: SmtpSecurity::Tls, ca_file: Some("no/such/ca.pem".into()), ..smtp(1) }),
        ..MailConfig::default()
    };
    let error = Mailer::from_config(&config, Random::from_seed([9; 32])).err().unwrap().to_string();
    assert!(error.starts_with("mail.smtp.ca_file: no/such/ca.pem: "), "{error}");
}

//! Writes the mail: text and HTML, with the headers of RFC 5322 and RFC 3834.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use lettre::address::AddressError;
use lettre::error::Error as LettreError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use super::browser::recognise;
use super::messages::{Messages, for_locales};
use super::{About, Mail};

/// A mail that is ready to go.
pub(super) struct Composed {
    pub(super) message: Message,
    /// The text part alone.
    pub(super) text: String,
}

/// Why a mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    #[error("the e-mail address of the account is not one: {0}")]
    Address(#[from] AddressError),
    #[error(transparent)]
    Message(#[from] LettreError),
}

/// What the mail says, in the order in which it says it.
struct Wording {
    subject: String,
    /// The first line, so that a notification shows it.
    first: String,
    paragraphs: Vec<String>,
}

/// `id` makes the Message-ID; nobody else may have it.
pub(super) fn compose(mail: &Mail, from: &Mailbox, id: &str) -> Result<Composed, ComposeError> {
    let messages = for_locales(&mail.locales);
    let wording = word(mail, messages);
    let text = format!("{}\n\n{}\n", wording.first, wording.paragraphs.join("\n\n"));
    let to: Address = mail.to.parse()?;
    let name = Some(one_line(&mail.name)).filter(|name| !name.is_empty());
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(mail.at_ms).unwrap_or_default());
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(name, to))
        .subject(one_line(&wording.subject))
        .date(at)
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        // No out-of-office reply to a machine.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Content-Language"), messages.language.to_owned()))
        .multipart(MultiPart::alternative_plain_html(text.clone(), html(mail, messages, &wording)))?;
    Ok(Composed { message, text })
}

fn word(mail: &Mail, messages: &Messages) -> Wording {
    let (name, service) = (one_line(&mail.name), one_line(&mail.service_name));
    let moment = messages.moment(Timestamp::from_millisecond(mail.at_ms).unwrap_or_default());
    let browser = match mail.user_agent.as_deref().and_then(recognise) {
        Some(browser) => match browser.system {
            Some(system) => (messages.browser_on_system)(browser.name, system),
            None => browser.name.to_owned(),
        },
        None => messages.unknown_browser.to_owned(),
    };
    // Without its scheme, so that fewer mail programs make a link of it.
    let server = mail.server.split_once("://").map_or(mail.server.as_str(), |(_, rest)| rest);
    match &mail.about {
        About::Code { code, reference, life } => {
            let life = match life.as_secs() {
                seconds if seconds < 60 => (messages.good_for_seconds)(seconds.max(1)),
                seconds => (messages.good_for_minutes)(seconds / 60),
            };
            let asked_for = (messages.asked_for)(&moment, &browser, server);
            Wording {
                subject: (messages.subject)(&service, reference),
                first: (messages.code_is)(code.expose(), &service),
                paragraphs: vec![
                    (messages.greeting)(&name, reference),
                    format!("{life} {asked_for}"),
                    messages.not_you.to_owned(),
                ],
            }
        }
        About::Warning(warning) => {
            let words = messages.warning(*warning);
            Wording {
                subject: (words.subject)(&service),
                first: (words.what)(&service),
                paragraphs: vec![(messages.happened)(&name, &moment, &browser, server), words.if_not_you.to_owned()],
            }
        }
    }
}

fn html(mail: &Mail, messages: &Messages, wording: &Wording) -> String {
    let mut first = escape(&wording.first);
    if let About::Code { code, .. } = &mail.about {
        let large = format!("<strong dir=\"ltr\" style=\"font:700 28px monospace\">{}</strong>", code.expose());
        first = first.replacen(code.expose(), &large, 1);
    }
    let paragraphs: Vec<_> = wording.paragraphs.iter().map(|paragraph| escape(paragraph)).collect();
    let paragraphs = paragraphs.join("</p>\n<p>");
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\">\n<head><meta charset=\"utf-8\"><meta name=\"color-scheme\" \
         content=\"light dark\"></head>\n<body style=\"font:16px/1.5 system-ui,sans-serif;max-width:34em\">\n\
         <p>{first}</p>\n<p>{paragraphs}</p>\n</body>\n</html>\n",
        messages.language, messages.direction
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Without line breaks and other control characters, which a header must not have.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

//! Which browser a user agent is, from a table: what a browser calls itself is never put into a mail as it is.

/// A browser that is known, and the system that it runs on where that is known too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Browser {
    pub(crate) name: &'static str,
    pub(crate) system: Option<&'static str>,
}

/// Marks and names. The first that fits counts: most browsers also claim to be those further down.
const BROWSERS: [(&str, &str); 16] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("; wv)", "Android WebView"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Epiphany/", "GNOME Web"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
];

pub(crate) fn recognise(user_agent: &str) -> Option<Browser> {
    let find = |table: &'static [(&str, &'static str)]| {
        table.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    Some(Browser { name: find(&BROWSERS)?, system: find(&SYSTEMS) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn browsers_are_told_apart_although_they_claim_to_be_each_other() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                Some(("Firefox", Some("Linux"))),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile \
                 Safari/537.36",
                Some(("Chrome", Some("Android"))),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Version/4.0 Chrome/138.0.0.0 Mobile Safari/537.36",
                Some(("Android WebView", Some("Android"))),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.5 Mobile/15E148 Safari/604.1",
                Some(("Safari", Some("iPhone"))),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                 Safari/537.36 Edg/138.0.0.0",
                Some(("Edge", Some("Windows"))),
            ),
            ("Firefox/1.0", Some(("Firefox", None))),
            ("curl/8.5.0", None),
            ("<script>alert(1)</script> call +49 30 1234 now", None),
            ("", None),
        ] {
            let recognised = recognise(user_agent).map(|browser| (browser.name, browser.system));
            assert_eq!(recognised, expected, "{user_agent}");
        }
    }

    proptest! {
        #[test]
        fn of_a_user_agent_only_names_of_the_table_are_shown(user_agent in "([ -~]{0,9}(Firefox/|Chrome/|Edg/|Android|X11|; wv\\))?){0,4}") {
            if let Some(browser) = recognise(&user_agent) {
                prop_assert!(BROWSERS.iter().any(|(mark, name)| *name == browser.name && user_agent.contains(mark)));
                let is_system = |system| SYSTEMS.iter().any(|(mark, name)| *name == system && user_agent.contains(mark));
                prop_assert!(browser.system.is_none_or(is_system));
            } else {
                prop_assert!(!BROWSERS.iter().any(|(mark, _)| user_agent.contains(mark)));
            }
        }
    }
}

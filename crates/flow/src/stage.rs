/// A stage of the sign-in, in the order in which a person meets them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Server Address.
    #[default]
    Connect,
    /// Username and Cell Number.
    Account,
    /// Username or e-mail, and Password.
    Credentials,
    /// Access code.
    Code,
    /// Signed in.
    User,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Connect, Self::Account, Self::Credentials, Self::Code, Self::User];

    /// Its path in the page's URL.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Connect => "/",
            Self::Account => "/account",
            Self::Credentials => "/credentials",
            Self::Code => "/code",
            Self::User => "/user",
        }
    }

    /// The stage of a path; the first one for a path that is none of ours.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let path = path.trim_end_matches('/');
        Self::ALL.into_iter().find(|stage| stage.path().trim_end_matches('/') == path).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_and_stages_belong_together() {
        for stage in Stage::ALL {
            assert_eq!(Stage::of_path(stage.path()), stage);
        }
        for (path, stage) in [("", Stage::Connect), ("/code/", Stage::Code), ("/nowhere", Stage::Connect)] {
            assert_eq!(Stage::of_path(path), stage, "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn a_path_is_of_the_stage_whose_name_it_is(path in prop_oneof!["(/|account|credentials|code|user|%2f|\\.|x){0,4}", any::<String>()]) {
            let name = path.strip_prefix('/').unwrap_or("").trim_end_matches('/');
            let expected = match name {
                "account" => Stage::Account,
                "credentials" => Stage::Credentials,
                "code" => Stage::Code,
                "user" => Stage::User,
                _ => Stage::Connect,
            };
            prop_assert_eq!(Stage::of_path(&path), expected);
        }
    }
}

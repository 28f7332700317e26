/// An enum whose variants have names on the wire. Each name is written once: for serde, for the OpenAPI document, and for
/// those that read and write without either. What stands behind `_ =>` is any other name.
macro_rules! named {
    (
        $(#[$of_enum:meta])*
        pub enum $Enum:ident {
            $($(#[$of_variant:meta])* $Variant:ident = $name:tt,)+
            $(_ => $(#[$of_other:meta])* $Other:ident(String),)?
        }
    ) => {
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $(#[$of_enum])*
        pub enum $Enum {
            $($(#[$of_variant])* #[serde(rename = $name)] $Variant,)+
            $($(#[$of_other])* #[serde(untagged)] $Other(String),)?
        }

        impl $Enum {
            const NAMES: &[(&str, Self)] = &[$(($name, Self::$Variant)),+];

            /// Its name on the wire.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$Variant => $name,)+
                    $(Self::$Other(name) => name,)?
                }
            }

            /// Reads its name.
            #[must_use]
            pub fn read(json: $crate::Json<'_>) -> Option<Self> {
                let name = json.text()?;
                let known = Self::NAMES.iter().find(|(own, _)| *own == name).map(|(_, variant)| variant.clone());
                $(let known = known.or(Some(Self::$Other(name)));)?
                known
            }
        }
    };
}

pub(crate) use named;

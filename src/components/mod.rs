//! The parts that pages are made of.

pub(crate) mod announcer;
pub(crate) mod brand;
pub(crate) mod clock;
pub(crate) mod code_input;
pub(crate) mod disclosure;
pub(crate) mod field;
pub(crate) mod first_screen;
pub(crate) mod language_menu;
pub(crate) mod notice;
pub(crate) mod password;
pub(crate) mod server_line;
pub(crate) mod stage_form;
pub(crate) mod submit;

//! The demo: everything built, two accounts, a server to try, reachable from a phone in the same network.

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    command::{Failure, say},
    place,
    server::{self, Account},
};

/// Letters and digits that nobody mistakes for one another, on a slip of paper or a phone's keyboard.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The demo's accounts: name, shown name, whether signing in asks for a code.
const ACCOUNTS: [(&str, &str, bool); 2] = [("ada", "Ada Example", false), ("grace", "Grace Example", true)];

/// Passwords by user name, made once for each demo folder.
type Passwords = BTreeMap<String, String>;

/// Three groups of four: 60 random bits.
fn password() -> Result<String, Failure> {
    let mut random = [0_u8; 12];
    getrandom::fill(&mut random).map_err(Failure::Randomness)?;
    let letters: Vec<char> = random
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    Ok(letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-"))
}

/// The accounts' passwords, the same at every start.
pub(crate) fn passwords(folder: &Path) -> Result<Passwords, Failure> {
    let path = folder.join("passwords.json");
    let unreadable = |error: serde_json::Error| Failure::Unreadable { path: path.clone(), reason: error.to_string() };
    if path.exists() {
        let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
        return serde_json::from_str(&text).map_err(unreadable);
    }
    let made =
        ACCOUNTS.iter().map(|(name, ..)| Ok(((*name).to_owned(), password()?))).collect::<Result<_, Failure>>()?;
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    let text = serde_json::to_string_pretty(&made).map_err(unreadable)?;
    fs::write(&path, text).map_err(Failure::file(&path))?;
    Ok(made)
}

/// Adds the accounts that are not there yet.
pub(crate) fn add_accounts(binary: &Path, config: &Path, passwords: &Passwords) -> Result<(), Failure> {
    for (name, display_name, two_factor) in ACCOUNTS {
        let mut show = server::command(binary, config);
        show.args(["user", "show", name]).stdout(Stdio::null()).stderr(Stdio::null());
        let is_there = show.status().is_ok_and(|status| status.success());
        if let (false, Some(password)) = (is_there, passwords.get(name)) {
            let email = format!("{name}@example.com");
            server::add(binary, config, &Account { name, email: &email, display_name, two_factor, password })?;
        }
    }
    Ok(())
}

/// Prints who can sign in.
pub(crate) fn print_accounts(passwords: &Passwords) {
    for (name, _, two_factor) in ACCOUNTS {
        let password = passwords.get(name).map_or("", String::as_str);
        let code = if two_factor { "  and the access code that is mailed: shown below" } else { "" };
        println!("  {name:<6} {password}{code}");
    }
}

/// All of this machine's addresses: the IPv6 wildcard takes IPv4 too, where there is IPv6 at all.
fn wildcard(port: u16) -> Result<SocketAddr, Failure> {
    let candidates = [SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)), SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))];
    candidates.into_iter().find(|address| TcpListener::bind(address).is_ok()).ok_or(Failure::PortTaken(port))
}

fn config_text(listen: SocketAddr) -> String {
    format!(
        "# Written by `cargo xtask demo` at every start. Copy it and use --config to change something.\n\
         listen = \"{listen}\"\n\
         service_name = \"Vestibule demo\"\n\
         # Whatever address the demo is asked by is taken as its own.\n\
         public_addresses = \"any\"\n\
         allow_plain_http = true\n\
         \n\
         [database]\n\
         url = \"sqlite:demo/vestibule.db\"\n\
         \n\
         [mail]\n\
         outbox = \"demo/outbox\"\n\
         \n\
         [log]\n\
         # So that mails are easy to find in the terminal.\n\
         level = \"warn\"\n"
    )
}

/// This machine's address in its own network; connecting a UDP socket sends nothing.
fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// Builds everything and becomes the server.
pub(crate) fn demo(port: u16, config: Option<PathBuf>) -> Result<(), Failure> {
    // Whoever has to choose another port wants to know before the build.
    let listen = wildcard(port)?;
    server::build()?;
    let folder = place::demo();
    let passwords = passwords(&folder)?;
    let config = if let Some(config) = config {
        std::path::absolute(&config).map_err(Failure::file(&config))?
    } else {
        let path = folder.join("vestibule.toml");
        fs::write(&path, config_text(listen)).map_err(Failure::file(&path))?;
        path
    };
    let binary = place::server();
    add_accounts(&binary, &config, &passwords)?;
    say("The demo runs; Ctrl-C ends it");
    println!("  http://localhost:{port}");
    if let Some(address) = lan_address() {
        println!("  http://{address}:{port} from a phone in the same network");
    }
    print_accounts(&passwords);
    let mut serve = server::command(&binary, &config);
    serve.arg("serve");
    become_it(&mut serve)
}

/// In the place of xtask, so that every signal reaches the server itself.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    crate::command::started(command, Err(error))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<(), Failure> {
    crate::command::run(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_never_the_same() {
        let (one, two) = (password().unwrap(), password().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 14);
    }
}

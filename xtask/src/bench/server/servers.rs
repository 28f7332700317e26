//! The servers that are measured: one, or three behind HAProxy.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::{
    super::{free_address, process},
    PASSWORD,
    database::{Database, numbers},
};
use crate::{
    command::{Failure, started},
    place,
    server::{self, Account},
};

/// The account that all others are like.
pub(super) const TEMPLATE: &str = "template";
/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// The work of a password hash.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Cost {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
}

/// Servers that share a database.
pub(super) struct Fleet {
    folder: PathBuf,
    /// Where people come.
    address: SocketAddr,
    members: Vec<Member>,
    /// In front of several.
    proxy: Option<Child>,
    url: String,
    mail: SocketAddr,
    cost: Cost,
}

struct Member {
    listen: SocketAddr,
    config: PathBuf,
    process: Option<Child>,
}

impl Fleet {
    /// Servers that are not started yet.
    pub(super) fn new(database: &Database, count: u16, cost: Cost, mail: SocketAddr) -> Result<Self, Failure> {
        let folder = place::target().join("bench").join("server");
        let member = |number: u16| {
            let config = folder.join(format!("server-{number}.toml"));
            Ok(Member { listen: free_address()?, config, process: None })
        };
        let members: Vec<Member> = (1..=count).map(member).collect::<Result<_, Failure>>()?;
        let address = if count == 1 { members[0].listen } else { free_address()? };
        let fleet = Self { folder, address, members, proxy: None, url: database.url(), mail, cost };
        fleet.configure()?;
        Ok(fleet)
    }

    /// Where people come.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The public address.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    fn configure(&self) -> Result<(), Failure> {
        // As by default, but for what names this machine, and the work of the hash. Without a key of theirs, browsers are
        // taken for new ones each time; those of people who sign in every day are known, and nobody is warned of them.
        let proxy = "[proxy]\ntrusted = [\"127.0.0.1\"]\nheader = \"x-forwarded-for\"\n";
        for Member { listen, config, .. } in &self.members {
            let text = format!(
                "listen = \"{listen}\"\npublic_addresses = \"{}\"\nlog.format = \"json\"\ndatabase.url = \"{}\"\n\
                 password_hash.memory_kib = {}\npassword_hash.passes = {}\n\
                 mail.warnings = false\n[mail.smtp]\nhost = \"{}\"\nport = {}\nsecurity = \"plain\"\n{}",
                self.origin(),
                self.url,
                self.cost.memory_kib,
                self.cost.passes,
                self.mail.ip(),
                self.mail.port(),
                if self.members.len() > 1 { proxy } else { "" },
            );
            fs::write(config, text).map_err(Failure::file(config))?;
        }
        Ok(())
    }

    /// Has the server itself make an account.
    pub(super) fn add_template(&self, name: &str) -> Result<(), Failure> {
        let email = format!("{name}@example.com");
        let account = Account { name, email: &email, display_name: name, two_factor: true, password: PASSWORD };
        server::add(&place::server(), &self.members[0].config, &account)
    }

    /// Gives the servers another work of the hash, and `person1` to `person…` a hash of it. They are all stopped.
    pub(super) fn rehash(&mut self, database: &Database, people: u32, cost: Cost) -> Result<(), Failure> {
        self.cost = cost;
        self.configure()?;
        let name = format!("{TEMPLATE}-{}-{}", cost.memory_kib, cost.passes);
        self.add_template(&name)?;
        let of = |column: &str| format!("(SELECT {column} FROM account WHERE username = '{name}')");
        database.run(&format!(
            "UPDATE account SET password_hash = {}, hash_cost = {} WHERE username IN (SELECT 'person' || n FROM {})",
            of("password_hash"),
            of("hash_cost"),
            numbers(people),
        ))?;
        Ok(())
    }

    /// Starts them; how long the first one took, in milliseconds.
    pub(super) fn start(&mut self) -> Result<f64, Failure> {
        let mut took = Vec::new();
        for (number, member) in self.members.iter_mut().enumerate() {
            let log = self.folder.join(format!("server-{number}.log"));
            let log = fs::File::create(&log).map_err(Failure::file(&log))?;
            let mut command = server::command(&place::server(), &member.config);
            let begun = now();
            let child = command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
            member.process = Some(started(&command, child)?);
            wait_for(member.listen)?;
            took.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        if self.members.len() > 1 && self.proxy.is_none() {
            self.proxy = Some(self.start_proxy()?);
            wait_for(self.address)?;
        }
        Ok(took.first().copied().unwrap_or_default())
    }

    /// Like deploy/three-servers/haproxy.cfg, without encryption, for the load is not to be held up by it.
    fn start_proxy(&self) -> Result<Child, Failure> {
        let config = self.folder.join("haproxy.cfg");
        let servers = self.members.iter().enumerate();
        let servers: Vec<String> =
            servers.map(|(number, member)| format!("    server s{number} {}", member.listen)).collect();
        let text = format!(
            "defaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    timeout server 40s\n    \
             timeout http-request 10s\n\
             frontend sign_in\n    bind {}\n    http-request del-header Forwarded\n    \
             http-request set-header X-Forwarded-For %[src]\n    default_backend vestibule\n\
             backend vestibule\n    balance leastconn\n    retries 2\n    option redispatch 1\n    \
             retry-on conn-failure\n{}\n",
            self.address,
            servers.join("\n"),
        );
        fs::write(&config, text).map_err(Failure::file(&config))?;
        let mut command = vestibule_testbed::haproxy();
        let child = command.arg("-db").arg("-f").arg(&config).stdin(Stdio::null()).spawn();
        started(&command, child)
    }

    pub(super) fn stop(&mut self) {
        for process in self.members.iter_mut().filter_map(|member| member.process.as_mut()) {
            end(process);
        }
    }

    /// Processor time of all of them so far.
    pub(super) fn cpu_seconds(&self) -> Result<f64, Failure> {
        self.processes().map(process::cpu_seconds).sum()
    }

    /// A figure in MB (10^6 bytes) of the largest, as Linux tells it: `VmRSS`, or `VmHWM` for the most so far.
    pub(super) fn memory(&self, key: &str) -> Result<f64, Failure> {
        self.processes().map(|id| process::memory(id, key)).try_fold(0.0, |most: f64, memory| Ok(most.max(memory?)))
    }

    fn processes(&self) -> impl Iterator<Item = u32> {
        self.members.iter().filter_map(|member| member.process.as_ref()).map(Child::id)
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.stop();
        if let Some(proxy) = &mut self.proxy {
            end(proxy);
        }
    }
}

fn end(process: &mut Child) {
    if process.kill().is_ok() {
        drop(process.wait());
    }
}

#[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
fn now() -> Instant {
    Instant::now()
}

/// Waits until somebody listens.
fn wait_for(address: SocketAddr) -> Result<(), Failure> {
    let begun = now();
    while TcpStream::connect(address).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err(Failure::Bench(format!("nobody listens at {address}; see target/bench/server/*.log")));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

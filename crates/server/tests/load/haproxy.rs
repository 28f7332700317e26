//! HAProxy as deploy/three-servers/haproxy.cfg sets it up, but for addresses and the certificate.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};

use vestibule_testbed::{free_port, signal};

use crate::servers::{NAMES, Ports};

/// An HAProxy that runs.
pub(crate) struct HaProxy {
    /// What it encrypts with, in PEM.
    pub(crate) certificate: String,
    process: Child,
    said: Receiver<String>,
}

impl HaProxy {
    /// Takes encrypted connections at this port.
    pub(crate) fn start(folder: &Path, port: u16, servers: Ports) -> Self {
        let key = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = key.cert.pem();
        let pem = folder.join("haproxy.pem");
        std::fs::write(&pem, certificate.clone() + &key.signing_key.serialize_pem()).unwrap();
        let deployed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/three-servers/haproxy.cfg");
        let mut config = std::fs::read_to_string(deployed).unwrap();
        for (deployed, here) in [
            ("bind :80\n", format!("bind 127.0.0.1:{}\n", free_port().unwrap())),
            (
                "bind :443 ssl crt /etc/haproxy/certificates/",
                format!("bind 127.0.0.1:{port} ssl crt {}", pem.display()),
            ),
            ("port 9090", format!("port {}", servers.management)),
            ("192.0.2.1", "127.0.0.1".to_owned()),
            (":8080\n", format!(":{}\n", servers.public)),
        ] {
            assert!(config.contains(deployed), "no {deployed} in the configuration");
            config = config.replace(deployed, &here);
        }
        let file = folder.join("haproxy.cfg");
        std::fs::write(&file, config).unwrap();
        // With a master, which says when it is ready and takes the command to reload.
        let mut command = vestibule_testbed::haproxy();
        command.args(["-W", "-db", "-f"]).arg(&file);
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(process.stderr.take().unwrap()).lines();
        let (tell, said) = channel();
        // Nobody may be listening any more.
        std::thread::spawn(move || log.map_while(Result::ok).for_each(|line| drop(tell.send(line))));
        let haproxy = Self { certificate, process, said };
        haproxy.hear("Loading success");
        haproxy
    }

    /// Reloads its configuration, as `systemctl reload` has it do: a new process takes over.
    pub(crate) fn reload(&self) {
        signal("USR2", &self.process).unwrap();
        self.hear("Loading success");
    }

    /// Waits until it takes a server for dead.
    pub(crate) fn misses(&self, server: usize) {
        self.hear(&format!("/{} is DOWN", NAMES[server]));
    }

    /// Waits until it takes a server for well again.
    pub(crate) fn has_back(&self, server: usize) {
        self.hear(&format!("/{} is UP", NAMES[server]));
    }

    fn hear(&self, what: &str) {
        let mut heard = Vec::new();
        while heard.last().is_none_or(|line: &String| !line.contains(what)) {
            heard.push(self.said.recv().unwrap_or_else(|_| panic!("HAProxy ended: {heard:?}")));
        }
    }
}

impl Drop for HaProxy {
    fn drop(&mut self) {
        signal("TERM", &self.process).unwrap();
        self.process.wait().unwrap();
    }
}

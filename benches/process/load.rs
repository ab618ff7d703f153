//! Processes to look at: this program again, asleep.

use std::fs::File;
use std::io::Read;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

const ROLE: &str = "BENCH_SLEEPER";

/// Sleeping processes, killed when dropped; they also end when this program does, however it does.
pub struct Load(Vec<Child>);

impl Load {
    pub fn spawn(count: usize) -> Self {
        let (mut ready, ready_end) = std::io::pipe().unwrap();
        let children = (0..count).map(|number| {
            Command::new(std::env::current_exe().unwrap())
                .arg0("/usr/lib/example/bin/worker")
                .args(["--config", "/etc/example/worker.toml", "--log-level=info"])
                .arg(format!("--shard={number}"))
                .arg("--endpoint=https://example.org:8443/api/v2/queue")
                .env_clear()
                .envs((0..20).map(|i| (format!("EXAMPLE_SETTING_{i}"), "a value of some length")))
                .env("PATH", "/usr/local/bin:/usr/bin:/bin")
                .env("HOME", "/root")
                .env("LANG", "C.UTF-8")
                .env(ROLE, format!("{} {number}", std::process::id()))
                .stdin(Stdio::null())
                .stdout(ready_end.try_clone().unwrap())
                .spawn()
                .unwrap()
        });
        let load = Self(children.collect());
        drop(ready_end);
        // The pipe ends when the last of them has closed its end.
        ready.read_to_end(&mut Vec::new()).unwrap();
        load
    }

    /// The first: the one with files, sockets, threads and memory.
    pub fn ordinary(&self) -> i32 {
        self.0[0].id().cast_signed()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
        }
        for child in &mut self.0 {
            let _ = child.wait();
        }
    }
}

/// Where this process is one of the load: sleeps, and does not return.
pub fn sleep_if_asked() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let (parent, number) = role.split_once(' ').unwrap();
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
    let now = rustix::process::getppid().map(|pid| pid.as_raw_pid().to_string());
    if now.as_deref() != Some(parent) {
        std::process::exit(1);
    }
    let number: usize = number.parse().unwrap();
    rustix::thread::set_name(&std::ffi::CString::new(format!("worker-{number}")).unwrap()).unwrap();
    let belongings = (number == 0).then(|| {
        let files = [c"/etc/passwd", c"/etc/hostname", c"/proc/self/exe"]
            .map(|path| File::open(path.to_str().unwrap()));
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        (files, tcp, udp, UnixDatagram::pair().unwrap(), vec![1u8; 32 << 20])
    });
    let threads = if number.is_multiple_of(8) { 3 } else { 0 };
    (0..threads).for_each(|_| drop(std::thread::spawn(sleep)));
    rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null").unwrap()).unwrap();
    std::hint::black_box(&belongings);
    sleep();
}

fn sleep() {
    loop {
        std::thread::park();
    }
}

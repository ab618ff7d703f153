//! Processes to look at: this program again, asleep. All are below one keeper, which is their
//! parent; they end when the keeper does, and the keeper when the benchmark does, however it does.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags};
use rustix::process::{Pid, Resource, Rlimit, Signal};

const ROLE: &str = "BENCH_ROLE";
const SOCKETS_EACH: usize = 50;
const PAGE: usize = 4096;

/// What the sleepers are.
#[derive(Clone, Copy)]
pub struct Size {
    pub sleepers: usize,
    /// How many of them have 50 sockets each.
    pub owners: usize,
    /// Mappings that one of them has.
    pub mappings: usize,
}

impl Size {
    pub fn sockets(&self) -> usize {
        self.owners * SOCKETS_EACH
    }
}

/// Sleeping processes below one parent.
pub struct Load {
    keeper: Child,
    stdin: Option<ChildStdin>,
    pids: Vec<i32>,
}

impl Load {
    /// Each is a program of its own, with a command line and an environment of its own.
    pub fn programs(size: Size) -> Self {
        let Size { sleepers, owners, mappings } = size;
        Self::keeper(&format!("programs {sleepers} {owners} {mappings}"))
    }

    /// Forks of one small process, for numbers that programs would take long to start in.
    pub fn forks(count: usize) -> Self {
        Self::keeper(&format!("forks {count}"))
    }

    fn keeper(role: &str) -> Self {
        let mut keeper = worker(0)
            .env(ROLE, format!("{} {role}", std::process::id()))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = keeper.stdin.take();
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let pids = line.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
        Self { keeper, stdin, pids }
    }

    pub fn parent(&self) -> i32 {
        self.keeper.id().cast_signed()
    }

    /// The one with files, a few sockets, threads and memory.
    pub fn ordinary(&self) -> i32 {
        self.pids[0]
    }

    /// The one with many mappings.
    pub fn mapped(&self) -> i32 {
        self.pids[1]
    }

    /// One of those with many sockets.
    pub fn owner(&self) -> i32 {
        self.pids[self.pids.len() - 1]
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Enough descriptors for this process and those below it.
pub fn raise_descriptor_limit() {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(65_536, |maximum| maximum.min(65_536));
    let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
    let _ = rustix::process::setrlimit(Resource::Nofile, raised);
}

/// This program, with the command line and environment that number `number` always has.
fn worker(number: usize) -> Command {
    let mut random = Random(number as u64 + 1);
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg0("/usr/lib/example/bin/worker").arg(format!("--shard={number}"));
    for _ in 0..random.between(3, 14) {
        let (name, value) = (random.between(4, 12), random.between(3, 60));
        command.arg(format!("--{}={}", random.text(name), random.text(value)));
    }
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8");
    for _ in 0..random.between(15, 40) {
        let (name, value) = (random.between(4, 20), random.between(5, 90));
        command.env(random.text(name).to_uppercase(), random.text(value));
    }
    command
}

/// Numbers that are the same in every run (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        // The low bits of the first numbers hardly depend on the seed.
        low + (self.next() >> 32) as usize % (high - low + 1)
    }

    fn text(&mut self, len: usize) -> String {
        (0..len).map(|_| char::from(b'a' + self.between(0, 25) as u8)).collect()
    }
}

/// Where this process is one of the load: does its part, and does not return.
pub fn play_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let words: Vec<_> = role.split(' ').collect();
    end_with_parent(words[0].parse().unwrap());
    let number = |index: usize| -> usize { words[index].parse().unwrap() };
    match words[1] {
        "programs" => {
            keep_programs(Size { sleepers: number(2), owners: number(3), mappings: number(4) });
        }
        "forks" => keep_forks(number(2)),
        "sleeper" => sleeper(number(2), words[3], number(4)),
        "peak" => crate::memory::report_own_peak(),
        "sweeper" => crate::sweep::serve(),
        _ => {}
    }
    std::process::exit(0);
}

/// This program, with something else to do than the benchmark.
pub fn role(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(ROLE, format!("{} {name}", std::process::id()));
    command
}

fn end_with_parent(parent: i32) {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
    if rustix::process::getppid().map(Pid::as_raw_pid) != Some(parent) {
        std::process::exit(1);
    }
}

fn keep_programs(size: Size) {
    let (mut ready, ready_end) = std::io::pipe().unwrap();
    let own = std::process::id();
    let mut children: Vec<_> = (0..size.sleepers)
        .map(|number| {
            let kind = match number {
                0 => "ordinary 0".to_owned(),
                1 => format!("mapped {}", size.mappings),
                _ if number >= size.sleepers - size.owners => "owner 0".to_owned(),
                _ => "plain 0".to_owned(),
            };
            worker(number)
                .env(ROLE, format!("{own} sleeper {number} {kind}"))
                .stdin(Stdio::null())
                .stdout(ready_end.try_clone().unwrap())
                .spawn()
                .unwrap()
        })
        .collect();
    drop(ready_end);
    // The pipe ends when the last of them has closed its end.
    ready.read_to_end(&mut Vec::new()).unwrap();
    keep(children.iter().map(|child| child.id().cast_signed()));
    for child in &mut children {
        let _ = child.kill();
    }
    for child in &mut children {
        let _ = child.wait();
    }
}

fn keep_forks(count: usize) {
    let own = std::process::id().cast_signed();
    let mut pids = Vec::new();
    for _ in 0..count {
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            0 => {
                end_with_parent(own);
                loop {
                    // SAFETY: it only waits for a signal.
                    unsafe { libc::pause() };
                }
            }
            -1 => break,
            pid => pids.push(pid),
        }
    }
    keep(pids.iter().copied());
    for &pid in &pids {
        // SAFETY: our children, which nobody else has waited for.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
    for &pid in &pids {
        // SAFETY: as above; null asks for no status.
        unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
    }
}

/// Says who they are, and returns when the benchmark needs them no more.
fn keep(pids: impl Iterator<Item = i32>) {
    let pids: Vec<_> = pids.map(|pid| pid.to_string()).collect();
    println!("{}", pids.join(" "));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

fn sleeper(number: usize, kind: &str, mappings: usize) {
    rustix::thread::set_name(&std::ffi::CString::new(format!("worker-{number}")).unwrap()).unwrap();
    let ordinary = (kind == "ordinary").then(|| {
        let files = ["/etc/passwd", "/etc/hostname", "/proc/self/exe"].map(File::open);
        (files, sockets(1, 1, 1, 1), vec![1u8; 32 << 20])
    });
    let owner = (kind == "owner").then(|| sockets(10, 10, 10, 5));
    if kind == "mapped" {
        map(mappings);
    }
    let threads = if number.is_multiple_of(8) { 3 } else { 0 };
    (0..threads).for_each(|_| drop(std::thread::spawn(sleep)));
    rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null").unwrap()).unwrap();
    std::hint::black_box((&ordinary, &owner));
    sleep();
}

fn sleep() {
    loop {
        std::thread::park();
    }
}

type Sockets = (Vec<TcpListener>, Vec<(TcpStream, TcpStream)>, Vec<UdpSocket>, Vec<UnixPair>);
type UnixPair = (UnixDatagram, UnixDatagram);

fn sockets(listeners: usize, tcp_pairs: usize, udp: usize, unix_pairs: usize) -> Sockets {
    let listeners: Vec<_> =
        (0..listeners).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let pairs = (0..tcp_pairs).map(|_| {
        let ours = TcpStream::connect(listeners[0].local_addr().unwrap()).unwrap();
        (ours, listeners[0].accept().unwrap().0)
    });
    let pairs = pairs.collect();
    let udp = (0..udp).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let unix = (0..unix_pairs).map(|_| UnixDatagram::pair().unwrap()).collect();
    (listeners, pairs, udp, unix)
}

/// Pages of two kinds in turn, so that the kernel cannot join them.
fn map(count: usize) {
    let flags = MapFlags::PRIVATE;
    // SAFETY: new memory, which nothing else points to.
    unsafe {
        let start = rustix::mm::mmap_anonymous(
            std::ptr::null_mut(),
            count * PAGE,
            ProtFlags::empty(),
            flags,
        );
        let start = start.unwrap().cast::<u8>();
        for page in (0..count).step_by(2) {
            let page = start.add(page * PAGE);
            let writable = MprotectFlags::READ | MprotectFlags::WRITE;
            rustix::mm::mprotect(page.cast(), PAGE, writable).unwrap();
            page.write(1);
        }
    }
}

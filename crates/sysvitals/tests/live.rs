//! Every getter on every process of this machine, as root and as nobody, and what it must answer.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sysvitals::net::Address;
use sysvitals::process::{IoPriorityClass, MemoryType, Resource};
use sysvitals::{
    Attr, Attrs, ConnectionKind, ConnectionStatus, Error, ErrorKind, Pid, Process, ProcessStatus,
    Result, Value,
};

const NOBODY: u32 = 65534;
/// Set in the copy of this program that runs as nobody.
const AS_NOBODY: &str = "SYSVITALS_TEST_AS_NOBODY";
/// The process of root's that the copy may look at.
const TARGET: &str = "SYSVITALS_TEST_TARGET";
const SLEEP: &str = "/bin/sleep";

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn pid_of(child: &Child) -> Pid {
    child.id().cast_signed()
}

fn own_pid() -> Pid {
    std::process::id().cast_signed()
}

fn until(mut condition: impl FnMut() -> bool) {
    while !condition() {
        thread::sleep(Duration::from_millis(1));
    }
}

/// A child that is killed and waited for in the end.
struct Kept(Child);

impl Kept {
    fn spawn(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
    }

    fn sleep() -> Self {
        Self::spawn(Command::new(SLEEP).arg("100000"))
    }

    /// In a session of its own: within a session anyone may send SIGCONT.
    fn apart() -> Self {
        let child = Self::spawn(Command::new("setsid").args([SLEEP, "100000"]));
        let process = child.process();
        until(|| process.name().unwrap() == "sleep");
        child
    }

    fn zombie() -> Self {
        let child = Self::spawn(&mut Command::new("true"));
        let process = child.process();
        until(|| process.status().unwrap() == ProcessStatus::Zombie);
        child
    }

    fn stopped() -> Self {
        let child = Self::sleep();
        let process = child.process();
        process.suspend().unwrap();
        until(|| process.status().unwrap() == ProcessStatus::Stopped);
        child
    }

    fn process(&self) -> Process {
        Process::new(pid_of(&self.0)).unwrap()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What else goes on in the machine: processes that begin and end, that ended and stopped, and many
/// threads in this one.
struct Churn {
    over: Arc<AtomicBool>,
    spawner: Option<JoinHandle<()>>,
    threads: Vec<JoinHandle<()>>,
    zombies: Vec<Kept>,
    stopped: Kept,
}

const THREADS: usize = 40;

impl Churn {
    fn start() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let begun = Arc::new(Barrier::new(THREADS + 1));
        let threads = (0..THREADS).map(|_| {
            let (over, begun) = (Arc::clone(&over), Arc::clone(&begun));
            thread::spawn(move || {
                begun.wait();
                while !over.load(Relaxed) {
                    thread::park();
                }
            })
        });
        let threads = threads.collect();
        begun.wait();
        let ended = Arc::clone(&over);
        let spawner = thread::spawn(move || {
            while !ended.load(Relaxed) {
                let children: Vec<_> =
                    (0..4).map(|_| Kept::spawn(&mut Command::new("true"))).collect();
                thread::sleep(Duration::from_millis(1));
                drop(children);
            }
        });
        Self {
            over,
            spawner: Some(spawner),
            threads,
            zombies: (0..3).map(|_| Kept::zombie()).collect(),
            stopped: Kept::stopped(),
        }
    }
}

impl Drop for Churn {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        for thread in self.threads.drain(..).chain(self.spawner.take()) {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

/// Runs this test once more as nobody, and tells whether this is that run.
fn as_nobody(test: &str, target: Option<Pid>) -> bool {
    if env::var_os(AS_NOBODY).is_some() {
        assert!(!is_root());
        return true;
    }
    if !is_root() {
        println!("skipped: only root can run a test as another user");
        return false;
    }
    // Where nobody can reach it: the build's folder may be root's alone.
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("live");
    // By another program: a test that forks just now would hold the copy open for writing.
    let copied = Command::new("cp").arg(env::current_exe().unwrap()).arg(&program).status();
    assert!(copied.unwrap().success());
    for path in [dir.path(), &program] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let output = Command::new(&program)
        .args(["--exact", test, "--nocapture"])
        .env(AS_NOBODY, "1")
        .env(TARGET, target.unwrap_or_default().to_string())
        .current_dir("/")
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "as nobody: {}", output.status);
    assert!(text.contains("1 passed"), "no such test: {test}");
    false
}

fn stat_letter(pid: Pid) -> Option<u8> {
    let text = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let end = text.iter().rposition(|&byte| byte == b')')?;
    text.get(end + 2).copied()
}

/// An answer, or one of the three errors that a process can have, and rightly.
fn allowed<T>(pid: Pid, what: &str, answer: Result<T>) -> Option<T> {
    let error: Error = match answer {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let context = format!("{what} of {pid}: {error:?}");
    assert_eq!(error.pid(), Some(pid), "{context}");
    match error.kind() {
        ErrorKind::AccessDenied => {}
        ErrorKind::NoSuchProcess => assert_eq!(stat_letter(pid), None, "{context}"),
        ErrorKind::ZombieProcess => {
            assert!(matches!(stat_letter(pid), None | Some(b'Z' | b'X')), "{context}");
        }
        _ => panic!("{context}"),
    }
    None
}

/// Processes whose children are asked for: each asks all processes.
const PARENTS: usize = 50;

fn every_getter(process: &Process, every: Pid) {
    let pid = process.pid();
    let view = process.oneshot();
    for &attr in Attr::ALL {
        allowed(pid, attr.as_str(), view.get(attr));
        allowed(pid, attr.as_str(), process.oneshot().get(attr));
    }
    for &resource in Resource::ALL {
        allowed(pid, resource.as_str(), process.rlimit(resource));
    }
    for &memtype in MemoryType::ALL {
        allowed(pid, memtype.as_str(), process.memory_percent(memtype));
    }
    for &kind in ConnectionKind::ALL {
        allowed(pid, kind.as_str(), process.net_connections(kind));
    }
    allowed(pid, "memory_maps", process.memory_maps());
    // Their errors can also be about one of the ancestors.
    for answer in [process.parent().map(|parent| parent.into_iter().collect()), process.parents()] {
        if let Err(error) = answer {
            allowed::<()>(error.pid().unwrap(), "parents", Err(error));
        }
    }
    let whole_pass = pid % every == 0 || pid == 1 || pid == own_pid();
    for recursive in [false, true].into_iter().filter(|_| whole_pass) {
        if let Some(children) = allowed(pid, "children", process.children(recursive)) {
            assert!(children.iter().all(|child| child.pid() != pid));
        }
    }
    if let Some(info) = allowed(pid, "as_dict", process.as_dict(Attrs::ALL)) {
        for (attr, answer) in info {
            match answer {
                Ok(_) => {}
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::AccessDenied | ErrorKind::ZombieProcess),
                    "{attr} of {pid}: {error:?}"
                ),
            }
        }
    }
    let _ = (process.is_running(), process.to_string());
}

fn sweep() {
    let churn = Churn::start();
    let mut seen = Vec::new();
    let pids = sysvitals::pids().unwrap();
    let every = Pid::try_from(pids.len().div_ceil(PARENTS)).unwrap();
    for pid in pids {
        match Process::new(pid) {
            Ok(process) => {
                every_getter(&process, every);
                seen.push(pid);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{pid}: {error:?}"),
        }
    }
    for info in sysvitals::ProcessTable::new().read(Attrs::ALL).unwrap() {
        assert_eq!(info.iter().count(), Attrs::ALL.len());
    }

    let own = own_pid();
    let known: Vec<_> =
        churn.zombies.iter().chain([&churn.stopped]).map(|c| pid_of(&c.0)).collect();
    for pid in known.into_iter().chain([own]) {
        assert!(seen.contains(&pid), "{pid} is not listed");
    }
    assert_eq!(churn.stopped.process().status().unwrap(), ProcessStatus::Stopped);
    let current = Process::current();
    assert!(current.num_threads().unwrap() > THREADS as u64);
    assert!(current.threads().unwrap().len() > THREADS);
}

#[test]
fn every_getter_of_every_process_as_this_user() {
    sweep();
}

#[test]
fn every_getter_of_every_process_as_nobody() {
    if as_nobody("every_getter_of_every_process_as_nobody", None) {
        sweep();
    }
}

fn kind_of<T: std::fmt::Debug>(answer: Result<T>) -> ErrorKind {
    answer.unwrap_err().kind()
}

#[test]
fn what_a_zombie_answers() {
    let child = Kept::zombie();
    let process = child.process();
    let current = Process::current();

    let silent = [Attr::Cmdline, Attr::Exe, Attr::Cwd, Attr::Environ, Attr::MemoryMaps];
    let needs_root = [
        Attr::IoCounters,
        Attr::MemoryFootprint,
        Attr::NetConnections,
        Attr::NumFds,
        Attr::OpenFiles,
    ];
    for &attr in Attr::ALL {
        let answer = process.oneshot().get(attr);
        if silent.contains(&attr) {
            // The folder of a zombie is root's: to others it is closed before it is empty.
            let kind = kind_of(answer);
            let denied = !is_root() && kind == ErrorKind::AccessDenied;
            assert!(kind == ErrorKind::ZombieProcess || denied, "{attr}: {kind:?}");
        } else if is_root() || !needs_root.contains(&attr) {
            answer.unwrap_or_else(|error| panic!("{attr}: {error:?}"));
        }
    }

    assert_eq!(process.name().unwrap(), "true");
    assert_eq!(process.ppid().unwrap(), own_pid());
    assert_eq!(process.parent().unwrap().unwrap(), current);
    assert_eq!(process.status().unwrap(), ProcessStatus::Zombie);
    assert!(process.create_time().unwrap() >= current.create_time().unwrap());
    assert_eq!(process.threads().unwrap().len(), 1);
    assert_eq!(process.num_threads().unwrap(), 1);
    assert_eq!(process.uids().unwrap(), current.uids().unwrap());
    assert_eq!(process.gids().unwrap(), current.gids().unwrap());
    assert_eq!(process.username().unwrap(), current.username().unwrap());
    assert_eq!(process.nice().unwrap(), current.nice().unwrap());
    assert_eq!(process.cpu_affinity().unwrap(), current.cpu_affinity().unwrap());
    assert_eq!(process.terminal().unwrap(), current.terminal().unwrap());
    let memory = process.memory_info().unwrap();
    assert_eq!([memory.rss, memory.vms, memory.shared, memory.text, memory.data], [0; 5]);
    let memory = process.memory_info_ex().unwrap();
    assert_eq!([memory.rss, memory.vms, memory.peak_rss, memory.peak_vms, memory.swap], [0; 5]);
    assert_eq!([memory.rss_anon, memory.rss_file, memory.rss_shmem, memory.hugetlb], [0; 4]);
    if is_root() {
        assert_eq!(process.num_fds().unwrap(), 0);
        assert_eq!(process.open_files().unwrap(), []);
        for &kind in ConnectionKind::ALL {
            assert_eq!(process.net_connections(kind).unwrap(), []);
        }
        for &memtype in MemoryType::ALL {
            assert_eq!(process.memory_percent(memtype).unwrap(), 0.0);
        }
        let memory = process.memory_footprint().unwrap();
        assert_eq!([memory.uss, memory.pss, memory.swap], [0; 3]);
        assert_eq!(kind_of(process.memory_maps()), ErrorKind::ZombieProcess);
        process.io_counters().unwrap();
    }

    assert!(process.is_running());
    assert!(sysvitals::pid_exists(process.pid()));
    process.suspend().unwrap();
    process.resume().unwrap();
    process.terminate().unwrap();
    process.kill().unwrap();
    assert_eq!(process.status().unwrap(), ProcessStatus::Zombie);

    let info = process.as_dict(Attrs::ALL).unwrap();
    assert_eq!(info.value(Attr::Status), Some(&Value::Status(ProcessStatus::Zombie)));
    assert_eq!(info.iter().count(), Attrs::ALL.len());
}

/// What is refused on a process of another user; `exe` apart, which can be guessed.
const REFUSED: &[Attr] = &[
    Attr::Cwd,
    Attr::Environ,
    Attr::IoCounters,
    Attr::MemoryFootprint,
    Attr::MemoryMaps,
    Attr::NetConnections,
    Attr::NumFds,
    Attr::OpenFiles,
];

fn refused_getters(process: &Process) {
    for &attr in Attr::ALL {
        let answer = process.oneshot().get(attr);
        if REFUSED.contains(&attr) {
            assert_eq!(kind_of(answer), ErrorKind::AccessDenied, "{attr}");
        } else if attr != Attr::Exe {
            answer.unwrap_or_else(|error| panic!("{attr}: {error:?}"));
        }
    }
    assert_eq!(kind_of(process.memory_maps()), ErrorKind::AccessDenied);
    for &resource in Resource::ALL {
        assert_eq!(kind_of(process.rlimit(resource)), ErrorKind::AccessDenied, "{resource:?}");
    }
    for &kind in ConnectionKind::ALL {
        assert_eq!(kind_of(process.net_connections(kind)), ErrorKind::AccessDenied, "{kind:?}");
    }
    for &memtype in MemoryType::ALL {
        let answer = process.memory_percent(memtype);
        match memtype {
            MemoryType::Uss | MemoryType::Pss | MemoryType::Swap => {
                assert_eq!(kind_of(answer), ErrorKind::AccessDenied, "{memtype:?}");
            }
            _ => assert!(answer.unwrap() >= 0.0),
        }
    }
    process.children(true).unwrap();
    process.parents().unwrap();
    assert!(process.is_running());
}

#[test]
fn what_another_users_process_answers() {
    let target = is_root().then(Kept::apart);
    let pid = target.as_ref().map(|child| pid_of(&child.0));
    if !as_nobody("what_another_users_process_answers", pid) {
        if let Some(target) = target {
            let process = target.process();
            assert_ne!(process.status().unwrap(), ProcessStatus::Stopped, "a signal got through");
            assert_ne!(process.status().unwrap(), ProcessStatus::Zombie, "a signal got through");
        }
        return;
    }

    let process = Process::new(env::var(TARGET).unwrap().parse().unwrap()).unwrap();
    assert_eq!(process.uids().unwrap().real, 0);
    refused_getters(&process);
    assert_eq!(process.exe().unwrap(), Path::new(SLEEP), "guessed from the arguments");
    assert_eq!(process.cmdline().unwrap(), [SLEEP, "100000"]);

    let soft_hard = (64, 64);
    let denied = [
        process.set_nice(5),
        process.set_ionice(IoPriorityClass::BestEffort, 5),
        process.set_rlimit(Resource::Nofile, soft_hard.0, soft_hard.1),
        process.set_cpu_affinity(&process.cpu_affinity().unwrap()),
        process.send_signal(0),
        process.suspend(),
        process.resume(),
        process.terminate(),
        process.kill(),
    ];
    for (place, answer) in denied.into_iter().enumerate() {
        assert_eq!(kind_of(answer), ErrorKind::AccessDenied, "action {place}");
    }

    match Process::new(1).and_then(|init| Ok((init.uids()?.real, init))) {
        Ok((0, init)) => refused_getters(&init),
        Ok((uid, _)) => println!("skipped: pid 1 is not root's but {uid}'s"),
        Err(error) => println!("skipped: pid 1 is hidden: {error}"),
    }
}

#[test]
fn what_a_kernel_thread_answers() {
    let threads: Vec<_> = sysvitals::process_iter()
        .unwrap()
        .filter(|process| process.pid() == 2 || process.ppid().is_ok_and(|ppid| ppid == 2))
        .filter(|process| process.memory_info().is_ok_and(|memory| memory.vms == 0))
        .collect();
    if threads.is_empty() {
        println!("skipped: no kernel threads in this pid namespace");
        return;
    }
    if !is_root() {
        println!("skipped: only root is told all of a kernel thread");
        return;
    }
    let mut checked = 0;
    for process in &threads {
        match check_kernel_thread(process) {
            Ok(()) => checked += 1,
            Err(error) => assert!(error.is_no_such_process(), "{process}: {error:?}"),
        }
    }
    assert!(checked > 0);
}

fn check_kernel_thread(process: &Process) -> Result<()> {
    assert!(!process.name()?.is_empty());
    assert_eq!(process.cmdline()?, [] as [&str; 0]);
    assert_eq!(process.exe()?, Path::new(""));
    assert_eq!(process.cwd()?, Path::new("/"));
    assert_eq!(process.environ()?, []);
    assert_eq!(process.terminal()?, None);
    assert_eq!(process.memory_maps()?, []);
    assert_eq!(process.open_files()?, []);
    assert_eq!(process.net_connections(ConnectionKind::All)?, []);
    assert_eq!(process.uids()?.real, 0);
    assert_eq!(process.num_threads()?, 1);
    let memory = process.memory_info()?;
    assert_eq!([memory.rss, memory.vms, memory.shared, memory.text, memory.data], [0; 5]);
    let memory = process.memory_footprint()?;
    assert_eq!([memory.uss, memory.pss, memory.swap], [0; 3]);
    for &memtype in MemoryType::ALL {
        assert_eq!(process.memory_percent(memtype)?, 0.0, "{memtype:?}");
    }
    process.io_counters()?;
    let info = process.as_dict(Attrs::ALL)?;
    for (attr, answer) in info.iter() {
        assert!(answer.is_ok(), "{attr} of {process}: {answer:?}");
    }
    Ok(())
}

#[test]
fn the_own_process_as_the_standard_library_knows_it() {
    let process = Process::current();
    let (args, exe) = (env::args_os().collect::<Vec<_>>(), env::current_exe().unwrap());
    assert_eq!(process.pid(), own_pid());
    assert_eq!(process.ppid().unwrap(), std::os::unix::process::parent_id().cast_signed());
    assert_eq!(process.cwd().unwrap(), env::current_dir().unwrap());
    assert_eq!(process.exe().unwrap(), exe);
    if args.len() > 1 || !args[0].as_bytes().contains(&b' ') {
        assert_eq!(process.cmdline().unwrap(), args);
    } else {
        println!("skipped: a sole argument with spaces is taken for a title");
    }
    let file_name = exe.file_name().unwrap();
    assert_eq!(process.name().unwrap(), file_name);
    let environ: BTreeMap<OsString, OsString> = process.environ().unwrap().into_iter().collect();
    assert_eq!(environ, env::vars_os().collect());

    let folder = fs::metadata("/proc/self").unwrap();
    assert_eq!(process.uids().unwrap().effective, folder.uid());
    assert_eq!(process.gids().unwrap().effective, folder.gid());
    let cpus = process.cpu_affinity().unwrap();
    assert_eq!(cpus.len(), allowed_cpus());
    assert!(process.memory_info().unwrap().rss > 0);
    assert!(process.is_running());

    let thread: Pid = fs::read_link("/proc/thread-self")
        .unwrap()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(process.threads().unwrap().iter().any(|known| known.id == thread));
    assert_eq!(sysvitals::pid_exists(thread), thread == own_pid());
}

/// `Cpus_allowed_list`, counted.
fn allowed_cpus() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
    let count = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        last.parse::<usize>().unwrap() - first.parse::<usize>().unwrap() + 1
    };
    list.trim().split(',').map(count).sum()
}

#[test]
fn the_own_files_and_sockets() {
    let mut named = tempfile::NamedTempFile::new().unwrap();
    named.write_all(b"twelve bytes").unwrap();
    let mut reader = fs::File::open(named.path()).unwrap();
    reader.read_exact(&mut [0; 5]).unwrap();
    let path = fs::canonicalize(named.path()).unwrap();
    let process = Process::current();
    let mut opened: Vec<_> = process
        .open_files()
        .unwrap()
        .into_iter()
        .filter(|open| open.path == path)
        .map(|open| (open.mode.as_str(), open.position))
        .collect();
    opened.sort_unstable();
    assert_eq!(opened, [("r", 5), ("r+", 12)]);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = Address::Inet(listener.local_addr().unwrap());
    for kind in [ConnectionKind::All, ConnectionKind::Inet, ConnectionKind::Tcp4] {
        let found = process.net_connections(kind).unwrap();
        let found: Vec<_> = found.iter().filter(|socket| socket.laddr == address).collect();
        assert_eq!(found.len(), 1, "{kind:?}");
        assert_eq!(found[0].status, ConnectionStatus::Listen);
        assert_eq!(found[0].raddr, Address::None);
    }
    for kind in [ConnectionKind::Tcp6, ConnectionKind::Udp4, ConnectionKind::Unix] {
        let found = process.net_connections(kind).unwrap();
        assert!(found.iter().all(|socket| socket.laddr != address), "{kind:?}");
    }
}

/// Rounds that `ps` and the getters may differ in, since a process changes between two looks.
const ROUNDS: usize = 8;
/// The kernel counts resident pages per CPU, and tells a sum that can lag behind by this much.
fn rss_slack() -> u64 {
    let cpus = thread::available_parallelism().map_or(1, usize::from) as u64;
    let pages_per_cpu = (2 * cpus).max(32);
    3 * pages_per_cpu * cpus * 4096
}

#[derive(Clone, Debug)]
struct Row {
    ppid: Pid,
    uid: u32,
    gid: u32,
    nice: i32,
    threads: u64,
    status: ProcessStatus,
    vms: u64,
    rss: u64,
    name: OsString,
    create_time: f64,
}

fn row(process: &Process) -> Result<Row> {
    let view = process.oneshot();
    let memory = view.memory_info()?;
    Ok(Row {
        ppid: view.ppid()?,
        uid: view.uids()?.effective,
        gid: view.gids()?.effective,
        nice: view.nice()?,
        threads: view.num_threads()?,
        status: view.status()?,
        vms: memory.vms,
        rss: memory.rss,
        name: view.name()?,
        create_time: view.create_time()?,
    })
}

fn rows() -> HashMap<Pid, Row> {
    let processes = sysvitals::pids().unwrap().into_iter().filter_map(|pid| Process::new(pid).ok());
    processes.filter_map(|process| Some((process.pid(), row(&process).ok()?))).collect()
}

/// The fields in which a line of `ps` is neither what was read before nor what was read after.
fn differing(ps: &[&str], before: &Row, after: &Row) -> Vec<(&'static str, String)> {
    let [_, ppid, uid, gid, nice, threads, stat, vsz, rss, comm @ ..] = ps else {
        panic!("ps: {ps:?}");
    };
    let comm = comm.join(" ");
    let comm = comm.strip_suffix(" <defunct>").unwrap_or(&comm);
    let kib = |text: &str| text.parse::<u64>().unwrap() * 1024;
    let (vms, resident) = (kib(vsz), kib(rss));
    let status = ProcessStatus::from_letter(stat.as_bytes()[0]);
    let slack = rss_slack();
    type Check<'a> = (&'static str, Box<dyn Fn(&Row) -> bool + 'a>);
    let checks: [Check<'_>; 9] = [
        ("ppid", Box::new(|row| row.ppid.to_string() == *ppid)),
        ("uid", Box::new(|row| row.uid.to_string() == *uid)),
        ("gid", Box::new(|row| row.gid.to_string() == *gid)),
        // `-` under a real-time policy, where it means nothing.
        ("nice", Box::new(|row| *nice == "-" || row.nice.to_string() == *nice)),
        ("threads", Box::new(|row| row.threads.to_string() == *threads)),
        ("status", Box::new(|row| row.status == status)),
        ("vms", Box::new(|row| row.vms == vms)),
        ("rss", Box::new(|row| row.rss.abs_diff(resident) <= slack)),
        // `ps` has at most what the kernel keeps, and shows what it cannot print as `?`; a kernel
        // worker's name tells of its work.
        (
            "name",
            Box::new(|row| {
                let name = row.name.as_bytes();
                comm.contains('?')
                    || comm.starts_with("kworker/")
                    || name == comm.as_bytes()
                    || (comm.len() >= 15 && name.starts_with(comm.as_bytes()))
            }),
        ),
    ];
    checks
        .iter()
        .filter(|(_, agrees)| !agrees(before) && !agrees(after))
        .map(|(field, _)| (*field, format!("ps {ps:?}, {before:?}, {after:?}")))
        .collect()
}

#[test]
fn ps_agrees() {
    let usable = Command::new("ps").arg("--version").output();
    if !usable.is_ok_and(|output| output.status.success()) {
        println!("skipped: no ps of procps here");
        return;
    }
    let kept = [Kept::sleep(), Kept::zombie(), Kept::stopped()];
    let mut differed: HashMap<(Pid, &str), (usize, String)> = HashMap::new();
    for _ in 0..ROUNDS {
        let before = rows();
        let output = Command::new("ps")
            .args(["-ewwo", "pid=,ppid=,uid=,gid=,ni=,nlwp=,stat=,vsz=,rss=,comm="])
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        let after = rows();
        let text = String::from_utf8_lossy(&output.stdout);
        let mut compared = Vec::new();
        for line in text.lines() {
            let fields: Vec<_> = line.split_whitespace().collect();
            let pid: Pid = fields[0].parse().unwrap();
            let (Some(first), Some(last)) = (before.get(&pid), after.get(&pid)) else { continue };
            if first.create_time != last.create_time {
                continue;
            }
            compared.push(pid);
            for (field, text) in differing(&fields, first, last) {
                let (rounds, told) = differed.entry((pid, field)).or_default();
                *rounds += 1;
                *told = text;
            }
        }
        for child in &kept {
            assert!(compared.contains(&pid_of(&child.0)));
        }
        assert!(compared.contains(&own_pid()));
    }
    let always: Vec<_> = differed.iter().filter(|(_, (rounds, _))| *rounds == ROUNDS).collect();
    assert!(always.is_empty(), "{always:#?}");
    for child in &kept {
        let pid = pid_of(&child.0);
        let told: Vec<_> = differed.iter().filter(|((known, _), _)| *known == pid).collect();
        assert!(told.is_empty(), "a process that does nothing differs: {told:#?}");
    }
}

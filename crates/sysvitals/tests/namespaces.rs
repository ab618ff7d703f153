//! Sockets, files and names where psutil is wrong or blind: several holders, other namespaces,
//! other users' view of `/proc`, bytes that are no text.
#![cfg(test)]
#![cfg(target_os = "linux")]

mod common;

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::ns::{self, Guard};
use sysvitals::net::{Address, AddressFamily, SocketType};
use sysvitals::{
    Attr, Attrs, ConnectionKind, ConnectionStatus, ErrorKind, Process, ProcessTable, Value,
    pid_exists, pids,
};

/// Another process of this test, in other namespaces, that has said what it has and stays until its
/// input ends.
fn companion(test: &str, role: &str, wrapper: &[&str], envs: &[(&str, &Path)]) -> (Guard, String) {
    let mut command = Command::new(wrapper[0]);
    command
        .args(&wrapper[1..])
        .arg(std::env::current_exe().unwrap())
        .args(ns::rerun_args(test))
        .env(ns::ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    for (name, value) in envs {
        command.env(name, value);
    }
    let mut child = Guard(command.spawn().unwrap());
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let said = lines
        .map_while(Result::ok)
        .find_map(|line| line.split_once("ready ").map(|(_, said)| said.to_owned()));
    (child, said.unwrap_or_else(|| panic!("{test}: the companion said nothing")))
}

/// The end of a companion's part.
fn stay(said: &str) {
    println!("\nready {said}");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

fn has_listener(process: &Process, address: SocketAddr) -> bool {
    process.net_connections(ConnectionKind::Tcp).unwrap().iter().any(|connection| {
        connection.laddr == Address::Inet(address)
            && connection.status == ConnectionStatus::Listen
            && connection.raddr == Address::None
    })
}

#[test]
fn a_socket_is_told_of_by_every_holder() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let holders: Vec<Process> = (0..3)
        .map(|_| Process::new(ns::fork_idle()).unwrap())
        .chain([Process::current()])
        .collect();
    assert!(holders.iter().all(|process| has_listener(process, address)));

    // In one pass over all processes too.
    let table = ProcessTable::new();
    let mut told = BTreeSet::new();
    for info in table.read([Attr::NetConnections].into()).unwrap() {
        if let Some(Value::NetConnections(connections)) = info.value(Attr::NetConnections)
            && connections.iter().any(|c| c.laddr == Address::Inet(address))
        {
            told.insert(info.process().pid());
        }
    }
    assert!(holders.iter().all(|process| told.contains(&process.pid())), "{told:?}");
    for process in holders.iter().filter(|process| **process != Process::current()) {
        ns::end(process.pid());
    }
}

#[test]
fn connections_of_another_network_namespace() {
    let test = "connections_of_another_network_namespace";
    if ns::in_role("listener") {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        stay(&format!("{} {}", std::process::id(), listener.local_addr().unwrap().port()));
        return;
    }
    if !ns::needs(ns::is_root() && ns::has_program("unshare"), "root and unshare") {
        return;
    }
    let (_guard, said) = companion(test, "listener", &["unshare", "--net"], &[]);
    let (pid, port) = said.split_once(' ').unwrap();
    let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port.parse().unwrap()));
    let process = Process::new(pid.parse().unwrap()).unwrap();
    assert!(has_listener(&process, address));
    // The port is of that namespace, and ours is not told of there.
    assert!(!has_listener(&Process::current(), address));
    let ours = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    assert!(has_listener(&Process::current(), ours.local_addr().unwrap()));
    assert_eq!(process.net_connections(ConnectionKind::Inet).unwrap().len(), 1);

    // One pass tells each namespace's sockets apart.
    let table = ProcessTable::new();
    let infos = table.read([Attr::NetConnections].into()).unwrap();
    let count = |info: &sysvitals::ProcessInfo| match info.value(Attr::NetConnections) {
        Some(Value::NetConnections(found)) => {
            found.iter().filter(|c| c.laddr == Address::Inet(address)).count()
        }
        _ => 0,
    };
    let found: Vec<_> =
        infos.filter(|info| count(info) > 0).map(|info| info.process().pid()).collect();
    assert_eq!(found, [process.pid()]);
}

#[test]
fn open_files_of_another_mount_namespace() {
    const DIR: &str = "SYSVITALS_TEST_DIR";
    let test = "open_files_of_another_mount_namespace";
    if ns::in_role("holder") {
        let dir = PathBuf::from(std::env::var_os(DIR).unwrap());
        ns::mount("tmpfs", "size=1m", &dir);
        let path = dir.join("hidden file");
        let file = fs::OpenOptions::new().read(true).append(true).create(true).open(path).unwrap();
        rustix::io::write(&file, b"12345").unwrap();
        stay(&format!("{} {}", std::process::id(), file.as_raw_fd()));
        return;
    }
    if !ns::needs(ns::is_root() && ns::has_program("unshare"), "root and unshare") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hidden file");
    // Whoever follows the path on our side waits for a writer that never comes.
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let wrapper = ["unshare", "--mount", "--propagation", "private"];
    let (_guard, said) = companion(test, "holder", &wrapper, &[(DIR, dir.path())]);
    let (pid, fd) = said.split_once(' ').unwrap();
    let files = Process::new(pid.parse().unwrap()).unwrap().open_files().unwrap();
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{files:?}"));
    assert_eq!(file.fd, fd.parse::<i32>().unwrap());
    assert_eq!((file.position, file.mode.as_str()), (5, "a+"));
}

#[test]
fn open_files_are_regular_and_not_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let kept = fs::File::create(path("kept (deleted)")).unwrap();
    let gone = fs::File::create(path("gone")).unwrap();
    fs::remove_file(path("gone")).unwrap();
    let folder = fs::File::open(dir.path()).unwrap();
    let null = fs::File::open("/dev/null").unwrap();
    let files = Process::current().open_files().unwrap();
    let of = |fd: RawFd| files.iter().find(|file| file.fd == fd).map(|file| file.path.clone());
    assert_eq!(of(kept.as_raw_fd()), Some(path("kept (deleted)")));
    assert_eq!(of(gone.as_raw_fd()), None);
    assert_eq!(of(folder.as_raw_fd()), None);
    assert_eq!(of(null.as_raw_fd()), None);
}

#[test]
fn a_parenthesis_in_a_threads_name() {
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (sender, receiver) = std::sync::mpsc::channel();
    let pid = std::process::id().cast_signed();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            ns::name_thread(c"a) R 1 (b\nc) d");
            sender.send(ns::gettid()).unwrap();
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                std::hint::black_box((0..1000).sum::<u64>());
            }
        });
        let tid = receiver.recv().unwrap();
        ns::until("some CPU time", || ns::user_ticks(pid, tid) >= 5);
        let before = ns::user_ticks(pid, tid);
        let threads = Process::current().threads().unwrap();
        let after = ns::user_ticks(pid, tid);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        let thread = threads.iter().find(|thread| thread.id == tid).unwrap();
        let ticks = (thread.user_time * 100.0).round() as u64;
        assert!(before <= ticks && ticks <= after, "{before} {thread:?} {after}");
    });
}

#[test]
fn bytes_that_are_no_text() {
    let dir = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"n\xff) (\nx");
    let exe = dir.path().join(name);
    fs::copy("/bin/sleep", &exe).unwrap();
    let mut command = Command::new(&exe);
    command.arg("600").env_clear().env("K\u{e9}y", OsString::from_vec(b"v\xfe=\n".to_vec()));
    let child = Guard::spawn(&mut command);
    let process = Process::new(child.pid()).unwrap();
    ns::until("exec", || process.cmdline().is_ok_and(|args| args.len() == 2));
    assert_eq!(process.name().unwrap(), name);
    assert_eq!(process.exe().unwrap(), exe);
    assert_eq!(process.cmdline().unwrap(), [exe.as_os_str(), OsStr::new("600")]);
    let environ = process.environ().unwrap();
    let entry = (OsString::from("K\u{e9}y"), OsString::from_vec(b"v\xfe=\n".to_vec()));
    assert!(environ.contains(&entry), "{environ:?}");
    assert_eq!(process.ppid().unwrap(), std::process::id().cast_signed());
    // What is printed has no line of its own.
    assert!(!process.to_string().contains('\n'));

    // A name of 15 bytes that is cut within a character is made whole from the command line.
    let long = "abcdefghijklm\u{e9}\u{e9}-worker";
    let exe = dir.path().join(long);
    fs::copy("/bin/sleep", &exe).unwrap();
    let child = Guard::spawn(Command::new(&exe).arg("600"));
    let process = Process::new(child.pid()).unwrap();
    ns::until("exec", || process.cmdline().is_ok_and(|args| args.len() == 2));
    assert_eq!(process.name().unwrap(), long);
}

#[test]
fn every_kind_of_socket() {
    use std::os::linux::net::SocketAddrExt;
    let dir = tempfile::tempdir().unwrap();
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let client = TcpStream::connect(v4.local_addr().unwrap()).unwrap();
    let (server, _) = v4.accept().unwrap();
    let udp4 = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).ok();
    let udp6 = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).ok();
    let has_v6 = ns::needs(v6.is_some() && udp6.is_some(), "IPv6, for its part of the test");
    let spaced = UnixListener::bind(dir.path().join("a b  c ")).unwrap();
    let broken = UnixListener::bind(dir.path().join("two\nlines")).unwrap();
    let unique = format!("sysvitals {} abstract", std::process::id());
    let name = std::os::unix::net::SocketAddr::from_abstract_name(&unique).unwrap();
    let hidden = UnixListener::bind_addr(&name).unwrap();
    let datagram = UnixDatagram::unbound().unwrap();

    let fds =
        |sockets: &[Option<RawFd>]| sockets.iter().flatten().copied().collect::<BTreeSet<_>>();
    let tcp4 = fds(&[Some(v4.as_raw_fd()), Some(client.as_raw_fd()), Some(server.as_raw_fd())]);
    let tcp6 = fds(&[v6.as_ref().map(AsRawFd::as_raw_fd)]);
    let udp4s = fds(&[Some(udp4.as_raw_fd())]);
    let udp6s = fds(&[udp6.as_ref().map(AsRawFd::as_raw_fd)]);
    let unix = fds(&[
        Some(spaced.as_raw_fd()),
        Some(broken.as_raw_fd()),
        Some(hidden.as_raw_fd()),
        Some(datagram.as_raw_fd()),
    ]);
    let all: BTreeSet<_> =
        [&tcp4, &tcp6, &udp4s, &udp6s, &unix].into_iter().flatten().copied().collect();
    let process = Process::current();
    for kind in ConnectionKind::ALL {
        let wanted: BTreeSet<_> = match kind {
            ConnectionKind::All => vec![&all],
            ConnectionKind::Tcp => vec![&tcp4, &tcp6],
            ConnectionKind::Tcp4 => vec![&tcp4],
            ConnectionKind::Udp => vec![&udp4s, &udp6s],
            ConnectionKind::Udp4 => vec![&udp4s],
            ConnectionKind::Inet => vec![&tcp4, &tcp6, &udp4s, &udp6s],
            ConnectionKind::Inet4 => vec![&tcp4, &udp4s],
            ConnectionKind::Inet6 => vec![&tcp6, &udp6s],
            ConnectionKind::Tcp6 => vec![&tcp6],
            ConnectionKind::Udp6 => vec![&udp6s],
            ConnectionKind::Unix => vec![&unix],
        }
        .into_iter()
        .flatten()
        .copied()
        .collect();
        // Other tests of this program have sockets of their own.
        let found: BTreeSet<_> =
            process.net_connections(*kind).unwrap().iter().map(|c| c.fd).collect();
        let found: BTreeSet<_> = found.intersection(&all).copied().collect();
        assert_eq!(found, wanted, "{}", kind.as_str());
    }

    let connections = process.net_connections(ConnectionKind::All).unwrap();
    let of = |fd: RawFd| connections.iter().find(|c| c.fd == fd).unwrap();
    let ends = of(client.as_raw_fd());
    assert_eq!(ends.laddr, Address::Inet(client.local_addr().unwrap()));
    assert_eq!(ends.raddr, Address::Inet(v4.local_addr().unwrap()));
    assert_eq!((ends.family, ends.kind), (AddressFamily::Inet, SocketType::STREAM));
    assert_eq!(ends.status, ConnectionStatus::Established);
    let udp = of(udp4.as_raw_fd());
    assert_eq!((udp.kind, udp.status), (SocketType::DGRAM, ConnectionStatus::None));
    if has_v6 {
        let v6 = v6.as_ref().unwrap();
        let listening = of(v6.as_raw_fd());
        assert_eq!(listening.laddr, Address::Inet(v6.local_addr().unwrap()));
        assert_eq!(listening.family, AddressFamily::Inet6);
    }
    let unix_path = |fd: RawFd| match &of(fd).laddr {
        Address::Unix(path) => PathBuf::from(path),
        other => panic!("{other:?}"),
    };
    assert_eq!(unix_path(spaced.as_raw_fd()), dir.path().join("a b  c "));
    assert_eq!(unix_path(broken.as_raw_fd()), dir.path().join("two\nlines"));
    assert_eq!(unix_path(hidden.as_raw_fd()), PathBuf::from(format!("@{unique}")));
    assert_eq!(unix_path(datagram.as_raw_fd()), PathBuf::new());
    assert_eq!(of(datagram.as_raw_fd()).kind, SocketType::DGRAM);

    // ss lists the same descriptors of this process.
    if ns::needs(ns::has_program("ss"), "ss, for its part of the test") {
        let pid = format!("pid={},fd=", std::process::id());
        // ss breaks the line of a path with a line break in it.
        let known: BTreeSet<_> =
            all.iter().copied().filter(|fd| *fd != broken.as_raw_fd()).collect();
        // A dump of the kernel's tables can miss what others move in them meanwhile.
        ns::until("ss says the same", || {
            let listing = ns::output("ss", &["-tunxapH"]);
            let judged: BTreeSet<RawFd> = listing
                .split(pid.as_str())
                .skip(1)
                .filter_map(|rest| rest.split(')').next()?.parse().ok())
                .collect();
            known.is_subset(&judged)
        });
    }
}

#[test]
fn a_proc_that_hides_others() {
    let test = "a_proc_that_hides_others";
    let role = ns::role().unwrap_or_default();
    if let Some(level) = role.strip_prefix("mount") {
        ns::mount("proc", &format!("hidepid={level}"), Path::new("/proc"));
        ns::rerun_as_nobody(test, &format!("look{level}"));
        return;
    }
    let own = Process::current();
    let here = || {
        assert_eq!(own.username().unwrap(), sysvitals_name_of_nobody());
        assert!(own.memory_info().unwrap().rss > 0);
        assert!(pids().unwrap().contains(&own.pid()) && pid_exists(own.pid()));
    };
    match role.as_str() {
        "look1" => {
            here();
            // Others are there, and nothing is told of them.
            assert!(pids().unwrap().contains(&1));
            let init = Process::new(1).unwrap();
            assert!(init.is_running());
            for attr in Attrs::ALL.iter() {
                match init.oneshot().get(attr) {
                    Ok(_) => assert!(
                        matches!(attr, Attr::Pid | Attr::Nice | Attr::Ionice | Attr::CpuAffinity),
                        "{attr}"
                    ),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::AccessDenied, "{attr}"),
                }
            }
            assert_eq!(init.kill().unwrap_err().kind(), ErrorKind::AccessDenied);
            let table = ProcessTable::new();
            let infos: Vec<_> = table.read([Attr::Name].into()).unwrap().collect();
            let of = |pid: i32| infos.iter().find(|info| info.process().pid() == pid).unwrap();
            assert!(of(own.pid()).value(Attr::Name).is_some());
            let denied = of(1).get(Attr::Name).unwrap().as_ref().unwrap_err();
            assert_eq!(denied.kind(), ErrorKind::AccessDenied);
        }
        "look2" => {
            here();
            assert!(!pids().unwrap().contains(&1) && !pid_exists(1));
            assert_eq!(Process::new(1).unwrap_err().kind(), ErrorKind::NoSuchProcess);
            assert_eq!(own.parent().unwrap(), None);
            let table = ProcessTable::new();
            let seen: Vec<_> = table.iter().unwrap().map(|process| process.pid()).collect();
            assert!(seen.contains(&own.pid()) && !seen.contains(&1));
        }
        _ => {
            if !ns::needs(ns::is_root() && ns::has_program("unshare"), "root and unshare") {
                return;
            }
            for level in ["1", "2"] {
                let flags = ["--mount", "--propagation", "private"];
                ns::rerun_in_namespaces(test, &format!("mount{level}"), &flags);
            }
        }
    }
}

fn sysvitals_name_of_nobody() -> OsString {
    ns::output("id", &["-nu", &ns::NOBODY.to_string()]).into()
}

//! Connections and interfaces, against `ss`, `ip` and what the test itself opened.
#![cfg(all(test, target_os = "linux"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/tree.rs"]
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{
    Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket,
};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{Command, Stdio};

use common::ns::{self, Forked, Guard};
use rustix::net as raw;
use sysvitals::net::{
    Address, AddressFamily, NetIoCounters, NicAddress, NicDuplex, SocketType, SystemConnection,
};
use sysvitals::{
    ConnectionKind, ConnectionStatus, ErrorKind, Process, Roots, net_connections, net_if_addrs,
    net_if_stats, net_io_counters_pernic,
};
use tree::Tree;

fn our_pid() -> i32 {
    std::process::id().cast_signed()
}

fn all(roots: &Roots) -> Vec<SystemConnection> {
    roots.net_connections(ConnectionKind::All).unwrap()
}

fn sorted(rows: Vec<SystemConnection>) -> Vec<String> {
    let mut rows: Vec<_> = rows.iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

fn inet(address: impl ToSocketAddrs) -> Address {
    Address::Inet(address.to_socket_addrs().unwrap().next().unwrap())
}

/// Sockets of every kind and state that one process can have.
struct Zoo {
    tcp4: TcpListener,
    tcp6: TcpListener,
    mapped: (TcpListener, TcpStream),
    udp4: UdpSocket,
    udp6: UdpSocket,
    time_wait: (SocketAddr, SocketAddr),
    syn_sent: OwnedFd,
    syn_recv: (TcpListener, TcpStream),
    seqpacket: (OwnedFd, OwnedFd),
    spaced: UnixListener,
    _abstract: UnixListener,
    _pending: [UnixStream; 2],
    _others: Vec<OwnedFd>,
    _folder: tempfile::TempDir,
}

impl Zoo {
    fn new() -> Self {
        let local = (Ipv4Addr::LOCALHOST, 0);
        let tcp4 = TcpListener::bind(local).unwrap();
        let address = tcp4.local_addr().unwrap();
        let mut others: Vec<OwnedFd> = Vec::new();

        // Established, then one closed on both ends, whose first closer waits.
        others.push(TcpStream::connect(address).unwrap().into());
        others.push(tcp4.accept().unwrap().0.into());
        let closer = TcpStream::connect(address).unwrap();
        let (mut other, _) = tcp4.accept().unwrap();
        let time_wait = (closer.local_addr().unwrap(), address);
        closer.shutdown(Shutdown::Write).unwrap();
        assert_eq!(other.read(&mut [0]).unwrap(), 0);
        drop(other);
        drop(closer);

        // One end has closed: FIN_WAIT2 and CLOSE_WAIT.
        let half = TcpStream::connect(address).unwrap();
        others.push(tcp4.accept().unwrap().0.into());
        half.shutdown(Shutdown::Write).unwrap();
        others.push(half.into());

        let tcp6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
        others.push(TcpStream::connect(tcp6.local_addr().unwrap()).unwrap().into());
        others.push(tcp6.accept().unwrap().0.into());
        let dual = TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap();
        let port = dual.local_addr().unwrap().port();
        others.push(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap().into());
        let accepted = dual.accept().unwrap().0;

        let udp4 = UdpSocket::bind(local).unwrap();
        let udp6 = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
        udp6.connect(udp6.local_addr().unwrap()).unwrap();

        // A listener with no room: the kernel drops what more would come, and the caller tries on.
        let stream = |flags| {
            let (family, kind) = (raw::AddressFamily::INET, raw::SocketType::STREAM);
            raw::socket_with(family, kind, flags | raw::SocketFlags::CLOEXEC, None).unwrap()
        };
        let full = stream(raw::SocketFlags::empty());
        raw::bind(&full, &"127.0.0.1:0".parse::<SocketAddr>().unwrap()).unwrap();
        raw::listen(&full, 0).unwrap();
        let target = SocketAddr::try_from(raw::getsockname(&full).unwrap()).unwrap();
        others.push(full);
        others.push(TcpStream::connect(target).unwrap().into());
        let syn_sent = stream(raw::SocketFlags::NONBLOCK);
        assert!(raw::connect(&syn_sent, &target).is_err());

        // The kernel keeps a request until its first bytes come.
        let deferred = TcpListener::bind(local).unwrap();
        ns::defer_accept(&deferred, 60);
        let silent = TcpStream::connect(deferred.local_addr().unwrap()).unwrap();

        let folder = tempfile::tempdir().unwrap();
        let spaced = UnixListener::bind(folder.path().join("a socket  with spaces ")).unwrap();
        let path = folder.path().join("a socket  with spaces ");
        let pending = [UnixStream::connect(&path).unwrap(), UnixStream::connect(&path).unwrap()];
        let name = std::os::unix::net::SocketAddr::from_abstract_name(b"sysvitals\0 zoo").unwrap();
        let seqpacket = raw::socketpair(
            raw::AddressFamily::UNIX,
            raw::SocketType::SEQPACKET,
            raw::SocketFlags::CLOEXEC,
            None,
        )
        .unwrap();
        let zoo = Self {
            tcp4,
            tcp6,
            mapped: (dual, accepted),
            udp4,
            udp6,
            time_wait,
            syn_sent,
            syn_recv: (deferred, silent),
            seqpacket,
            spaced,
            _abstract: UnixListener::bind_addr(&name).unwrap(),
            _pending: pending,
            _others: others,
            _folder: folder,
        };
        ns::until("TIME_WAIT and SYN_RECV", || {
            let rows = net_connections(ConnectionKind::Tcp).unwrap();
            let has = |status| rows.iter().any(|row| row.status == status);
            has(ConnectionStatus::TimeWait)
                && has(ConnectionStatus::SynRecv)
                && has(ConnectionStatus::FinWait2)
        });
        zoo
    }
}

/// Runs the body of a test in a network namespace of its own, where nothing else comes and goes.
fn in_new_network(test: &str) -> bool {
    if ns::in_role("network") {
        run("ip", "link set lo up");
        return true;
    }
    if ns::needs(ns::has_program("unshare") && ns::has_program("ip"), "unshare and ip") {
        ns::rerun_in_namespaces(test, "network", &["--net"]);
    }
    false
}

#[test]
fn every_kind_and_state() {
    if !in_new_network("every_kind_and_state") {
        return;
    }
    let zoo = Zoo::new();
    let rows = net_connections(ConnectionKind::All).unwrap();
    let find = |fd: &dyn AsFd| {
        let fd = fd.as_fd().as_raw_fd();
        let found: Vec<_> =
            rows.iter().filter(|row| row.fd == fd && row.pid == Some(our_pid())).collect();
        assert_eq!(found.len(), 1, "{fd}: {found:?}");
        found[0]
    };
    let tcp4 = find(&zoo.tcp4);
    assert_eq!(tcp4.family, AddressFamily::Inet);
    assert_eq!(tcp4.kind, SocketType::STREAM);
    assert_eq!(tcp4.laddr, inet(zoo.tcp4.local_addr().unwrap()));
    assert_eq!(tcp4.raddr, Address::None);
    assert_eq!(tcp4.status, ConnectionStatus::Listen);
    let tcp6 = find(&zoo.tcp6);
    assert_eq!(tcp6.family, AddressFamily::Inet6);
    assert_eq!(tcp6.laddr, inet(zoo.tcp6.local_addr().unwrap()));
    let mapped = find(&zoo.mapped.1);
    assert_eq!(mapped.family, AddressFamily::Inet6);
    assert_eq!(
        mapped.laddr.to_string(),
        format!("[::ffff:127.0.0.1]:{}", zoo.mapped.0.local_addr().unwrap().port())
    );
    let udp4 = find(&zoo.udp4);
    assert_eq!((udp4.kind, udp4.status), (SocketType::DGRAM, ConnectionStatus::None));
    assert_eq!(udp4.laddr, inet(zoo.udp4.local_addr().unwrap()));
    assert_eq!(udp4.raddr, Address::None);
    let udp6 = find(&zoo.udp6);
    assert_eq!(udp6.raddr, inet(zoo.udp6.local_addr().unwrap()));
    assert_eq!(udp6.status, ConnectionStatus::None);
    assert_eq!(find(&zoo.syn_sent).status, ConnectionStatus::SynSent);

    let with = |status| rows.iter().filter(move |row| row.status == status).collect::<Vec<_>>();
    let waiting = with(ConnectionStatus::TimeWait);
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(waiting[0].laddr, inet(zoo.time_wait.0));
    assert_eq!(waiting[0].raddr, inet(zoo.time_wait.1));
    assert_eq!((waiting[0].pid, waiting[0].fd), (None, -1));
    let requests: Vec<_> = with(ConnectionStatus::SynRecv);
    let silent = zoo.syn_recv.1.local_addr().unwrap();
    assert!(requests.iter().all(|row| (row.pid, row.fd) == (None, -1)), "{requests:?}");
    assert_eq!(requests.iter().filter(|row| row.raddr == inet(silent)).count(), 1);
    assert_eq!(with(ConnectionStatus::CloseWait).len(), 1);
    assert_eq!(with(ConnectionStatus::FinWait2).len(), 1);

    for end in [&zoo.seqpacket.0, &zoo.seqpacket.1] {
        let row = find(end);
        assert_eq!(row.family, AddressFamily::Unix);
        assert_eq!(row.kind, SocketType::SEQPACKET);
        assert_eq!(row.laddr, Address::Unix(OsString::new()));
        assert_eq!(row.raddr, Address::Unix(OsString::new()));
    }
    let spaced = find(&zoo.spaced);
    let path = zoo.spaced.local_addr().unwrap().as_pathname().unwrap().as_os_str().to_owned();
    assert_eq!(spaced.laddr, Address::Unix(path.clone()));
    // The two that are not yet accepted have the listener's address and no owner.
    let same: Vec<_> = rows.iter().filter(|row| row.laddr == Address::Unix(path.clone())).collect();
    assert_eq!(same.len(), 3, "{same:?}");
    assert_eq!(same.iter().filter(|row| (row.pid, row.fd) == (None, -1)).count(), 2);
    let name = Address::Unix("@sysvitals@ zoo".into());
    assert_eq!(rows.iter().filter(|row| row.laddr == name).count(), 1);

    // Each kind is a part of the whole.
    for &kind in ConnectionKind::ALL {
        let wanted: Vec<_> = rows.iter().filter(|row| belongs(row, kind)).cloned().collect();
        assert!(!wanted.is_empty(), "{}", kind.as_str());
        assert_eq!(sorted(net_connections(kind).unwrap()), sorted(wanted), "{}", kind.as_str());
    }
}

fn belongs(row: &SystemConnection, kind: ConnectionKind) -> bool {
    let name = match (row.family, row.kind) {
        (AddressFamily::Unix, _) => "unix",
        (AddressFamily::Inet, SocketType::STREAM) => "tcp4 inet4",
        (AddressFamily::Inet, _) => "udp4 inet4",
        (_, SocketType::STREAM) => "tcp6 inet6",
        _ => "udp6 inet6",
    };
    let wanted = kind.as_str();
    wanted == "all"
        || (wanted == "inet" && name != "unix")
        || name.split(' ').any(|name| name == wanted || name.trim_end_matches(['4', '6']) == wanted)
}

#[test]
fn files_tell_the_same_as_netlink() {
    if !in_new_network("files_tell_the_same_as_netlink") {
        return;
    }
    let _zoo = Zoo::new();
    let netlink = Roots::default();
    let files = netlink.without_netlink();
    assert_eq!(sorted(all(&netlink)), sorted(all(&files)));
    for &kind in ConnectionKind::ALL {
        let read = |roots: &Roots| sorted(roots.net_connections(kind).unwrap());
        assert_eq!(read(&netlink), read(&files), "{kind:?}");
        let own = |roots: &Roots| {
            let process = roots.process(our_pid()).unwrap();
            let mut rows: Vec<_> = process.net_connections(kind).unwrap();
            assert!(!rows.is_empty(), "{kind:?}");
            rows.sort_by_key(|row| row.fd);
            rows
        };
        assert_eq!(own(&netlink), own(&files), "{kind:?}");
    }
}

#[test]
fn descriptors_with_gaps_between() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let laddr = inet(socket.local_addr().unwrap());
    let high = rustix::io::fcntl_dupfd_cloexec(&socket, 900).unwrap();
    drop(socket);
    let own = Process::current().net_connections(ConnectionKind::Udp4).unwrap();
    let row = own.iter().find(|row| row.laddr == laddr).unwrap();
    assert_eq!(row.fd, high.as_raw_fd());
    let all = net_connections(ConnectionKind::Udp4).unwrap();
    let row = all.iter().find(|row| row.laddr == laddr).unwrap();
    assert_eq!((row.pid, row.fd), (Some(our_pid()), high.as_raw_fd()));
}

#[test]
fn ss_tells_the_same() {
    if !ns::needs(ns::has_program("ss"), "ss") || !in_new_network("ss_tells_the_same") {
        return;
    }
    let _zoo = Zoo::new();
    let status = |text: &str| match text {
        "ESTAB" => ConnectionStatus::Established,
        "SYN-SENT" => ConnectionStatus::SynSent,
        "SYN-RECV" => ConnectionStatus::SynRecv,
        "FIN-WAIT-1" => ConnectionStatus::FinWait1,
        "FIN-WAIT-2" => ConnectionStatus::FinWait2,
        "TIME-WAIT" => ConnectionStatus::TimeWait,
        "CLOSE-WAIT" => ConnectionStatus::CloseWait,
        "LISTEN" => ConnectionStatus::Listen,
        other => panic!("{other}"),
    };
    // A listener for both families has a star for its address.
    let address = |text: &str| match text.rsplit_once(':').unwrap() {
        (_, "*") => Address::None,
        ("*", port) => inet(format!("[::]:{port}")),
        _ => inet(text),
    };
    let mut theirs = Vec::new();
    for line in ns::output("ss", &["-tunapH"]).lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        let (laddr, raddr) = (address(words[4]), address(words[5]));
        let status = if words[0] == "tcp" { status(words[1]) } else { ConnectionStatus::None };
        let number = |name: &str| {
            let (_, rest) = words.get(6)?.split_once(name)?;
            rest.split([',', ')']).next()?.parse::<i32>().ok()
        };
        theirs.push(format!("{laddr} {raddr} {status} {:?} {:?}", number("pid="), number("fd=")));
    }
    let mut ours: Vec<_> = net_connections(ConnectionKind::Inet)
        .unwrap()
        .iter()
        .map(|row| {
            let fd = (row.fd >= 0).then_some(row.fd);
            format!("{} {} {} {:?} {fd:?}", row.laddr, row.raddr, row.status, row.pid)
        })
        .collect();
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs);

    // UNIX sockets by their descriptors: a name with spaces is no column.
    let mut theirs: Vec<String> = Vec::new();
    for line in ns::output("ss", &["-xapH"]).lines() {
        for (_, rest) in line.match_indices("pid=").map(|(at, key)| line.split_at(at + key.len())) {
            let (pid, rest) = rest.split_once(",fd=").unwrap();
            theirs.push(format!("{pid} {}", rest.split(')').next().unwrap()));
        }
    }
    let mut ours: Vec<_> = net_connections(ConnectionKind::Unix)
        .unwrap()
        .iter()
        .filter_map(|row| Some(format!("{} {}", row.pid?, row.fd)))
        .collect();
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs);
}

#[test]
fn every_holder_has_a_row() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let again = listener.try_clone().unwrap();
    let unix = UnixDatagram::unbound().unwrap();
    let name = format!("sysvitals holders {}", our_pid());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
    let bound = UnixDatagram::bind_addr(&address).unwrap();
    let bound_again = bound.try_clone().unwrap();
    let children: Vec<_> = (0..3).map(|_| Forked::new(ns::pause)).collect();
    let pids: BTreeSet<i32> = children.iter().map(|child| child.0).chain([our_pid()]).collect();

    let rows = net_connections(ConnectionKind::All).unwrap();
    let held = |address: Address| {
        let mut rows: Vec<_> = rows
            .iter()
            .filter(|row| row.laddr == address && pids.contains(&row.pid.unwrap_or(0)))
            .map(|row| (row.pid.unwrap(), row.fd))
            .collect();
        rows.sort_unstable();
        rows
    };
    // An Internet socket once a process, by its lowest descriptor; a UNIX socket once a descriptor.
    let lowest = listener.as_raw_fd().min(again.as_raw_fd());
    let wanted: Vec<_> = pids.iter().map(|&pid| (pid, lowest)).collect();
    assert_eq!(held(inet(listener.local_addr().unwrap())), wanted);
    let mut fds = [bound.as_raw_fd(), bound_again.as_raw_fd()];
    fds.sort_unstable();
    let wanted: Vec<_> = pids.iter().flat_map(|&pid| fds.map(|fd| (pid, fd))).collect();
    assert_eq!(held(Address::Unix(format!("@{name}").into())), wanted);
    drop(unix);
}

#[test]
fn ten_thousand_sockets() {
    const EACH: usize = 5_000;
    if !in_new_network("ten_thousand_sockets") {
        return;
    }
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    if !ns::needs(limit.maximum.is_none_or(|most| most > 10_100), "10100 descriptors") {
        return;
    }
    limit.current = limit.maximum.map(|most| most.min(20_000)).or(Some(20_000));
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
    let unix: Vec<_> = (0..EACH).map(|_| UnixDatagram::unbound().unwrap()).collect();
    let udp: Vec<_> =
        (0..EACH).map(|_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    let child = Forked::new(ns::pause);
    for roots in [Roots::default(), Roots::default().without_netlink()] {
        let rows = all(&roots);
        for pid in [our_pid(), child.0] {
            let ours: BTreeMap<_, _> =
                rows.iter().filter(|row| row.pid == Some(pid)).map(|row| (row.fd, row)).collect();
            for socket in &unix {
                let row = ours[&socket.as_raw_fd()];
                assert_eq!((row.family, row.kind), (AddressFamily::Unix, SocketType::DGRAM));
            }
            for socket in &udp {
                let row = ours[&socket.as_raw_fd()];
                assert_eq!(row.laddr, inet(socket.local_addr().unwrap()));
            }
        }
        // In the order of the tables, which is the files'.
        let families: Vec<_> = rows.iter().map(|row| row.family).collect();
        assert!(families.is_sorted_by_key(|&family| family == AddressFamily::Unix));
    }
}

#[test]
fn others_are_hidden_from_users() {
    let test = "others_are_hidden_from_users";
    if let Some(role) = ns::role() {
        let address = role.as_str();
        let mine = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        for roots in [Roots::default(), Roots::default().without_netlink()] {
            let rows = roots.net_connections(ConnectionKind::Tcp).unwrap();
            let find = |address: Address| rows.iter().find(|row| row.laddr == address).unwrap();
            let theirs = find(inet(address));
            assert_eq!((theirs.pid, theirs.fd), (None, -1));
            assert_eq!(theirs.status, ConnectionStatus::Listen);
            let own = find(inet(mine.local_addr().unwrap()));
            assert_eq!((own.pid, own.fd), (Some(our_pid()), mine.as_raw_fd()));
        }
        return;
    }
    if ns::needs(ns::is_root(), "root, to become nobody") {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        ns::rerun_as_nobody(test, &listener.local_addr().unwrap().to_string());
    }
}

fn run(program: &str, args: &str) {
    let output = Command::new(program).args(args.split(' ')).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {args}: {errors}");
}

#[test]
fn two_networks_joined() {
    let test = "two_networks_joined";
    if ns::in_role("other") {
        // The other network: tells what it sees once the connection stands.
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        println!("\nready {} {}", std::process::id(), listener.local_addr().unwrap().port());
        let mut accepted = listener.accept().unwrap().0;
        let udp = UdpSocket::bind("10.99.0.2:0").unwrap();
        udp.connect("10.99.0.1:9").unwrap();
        for row in net_connections(ConnectionKind::All).unwrap() {
            println!("row {} {} {} {:?} {}", row.laddr, row.raddr, row.status, row.pid, row.fd);
        }
        println!("fds {} {} {}", listener.as_raw_fd(), accepted.as_raw_fd(), udp.as_raw_fd());
        println!("udp {}", udp.local_addr().unwrap());
        println!("told");
        let _ = accepted.read(&mut [0]);
        return;
    }
    if !ns::needs(ns::has_program("nsenter"), "nsenter") || !in_new_network(test) {
        return;
    }
    let mut other = Guard(
        Command::new("unshare")
            .arg("--net")
            .arg(std::env::current_exe().unwrap())
            .args(ns::rerun_args(test))
            .env(ns::ROLE, "other")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines =
        BufReader::new(other.0.stdout.take().unwrap()).lines().map_while(std::io::Result::ok);
    let said = lines.find_map(|line| line.strip_prefix("ready ").map(str::to_owned)).unwrap();
    let (pid, port) = said.split_once(' ').unwrap();
    let made = Command::new("ip")
        .args("link add sv0 type veth peer name sv1 netns".split(' '))
        .arg(pid)
        .status();
    if !ns::needs(made.unwrap().success(), "veth") {
        return;
    }
    run("ip", "addr add 10.99.0.1/24 dev sv0");
    run("ip", "link set sv0 up");
    let there = format!("--net=/proc/{pid}/ns/net ip");
    run("nsenter", &format!("{there} addr add 10.99.0.2/24 dev sv1"));
    run("nsenter", &format!("{there} link set sv1 up"));

    let hidden = UnixDatagram::unbound().unwrap();
    let stream = TcpStream::connect(format!("10.99.0.2:{port}")).unwrap();
    let here = stream.local_addr().unwrap();
    let told: Vec<String> = lines.by_ref().take_while(|line| line != "told").collect();
    let fds = told.iter().find_map(|line| line.strip_prefix("fds ")).unwrap();
    let fds: Vec<_> = fds.split(' ').collect();
    let udp = told.iter().find_map(|line| line.strip_prefix("udp ")).unwrap();
    let mut theirs: Vec<_> =
        told.iter().filter(|line| line.starts_with("row ") && line.contains("10.99.0")).collect();
    theirs.sort();
    let mut wanted = [
        format!("row 10.99.0.2:{port} {here} ESTABLISHED Some({pid}) {}", fds[1]),
        format!("row {udp} 10.99.0.1:9 NONE Some({pid}) {}", fds[2]),
    ];
    wanted.sort();
    assert_eq!(theirs, wanted.iter().collect::<Vec<_>>());
    let listening = format!("row 0.0.0.0:{port}  LISTEN Some({pid}) {}", fds[0]);
    assert!(told.contains(&listening), "{told:?}");

    // This side: the client alone.
    for roots in [Roots::default(), Roots::default().without_netlink()] {
        let rows = all(&roots);
        assert!(rows.iter().all(|row| row.pid.is_none_or(|pid| pid == our_pid())), "{rows:?}");
        let tcp: Vec<_> = rows.iter().filter(|row| row.kind == SocketType::STREAM).collect();
        let client = tcp.iter().find(|row| row.fd == stream.as_raw_fd()).unwrap();
        assert_eq!(client.laddr, inet(here));
        assert_eq!(client.raddr, inet(format!("10.99.0.2:{port}")));
        assert!(rows.iter().any(|row| row.fd == hidden.as_raw_fd()));
        assert!(tcp.iter().all(|row| row.status != ConnectionStatus::Listen));
    }
    // The process's own view is that of its network.
    let process = Process::new(pid.parse().unwrap()).unwrap();
    assert_eq!(process.net_connections(ConnectionKind::Inet).unwrap().len(), 3);
    (&stream).write_all(b".").unwrap();
}

#[test]
fn counters_of_more_interfaces_than_one_read_gives() {
    if !in_new_network("counters_of_more_interfaces_than_one_read_gives") {
        return;
    }
    for pair in 0..40 {
        let veth = format!("link add a{pair} type veth peer name b{pair}");
        let veth = Command::new("ip").args(veth.split(' ')).status();
        if !ns::needs(veth.unwrap().success(), "veth") {
            return;
        }
    }
    let nics: Vec<_> =
        net_io_counters_pernic(true).unwrap().into_iter().map(|(name, _)| name).collect();
    let stats: Vec<_> = net_if_stats().unwrap().into_iter().map(|(name, _)| name).collect();
    assert!(nics.len() > 80, "{nics:?}");
    assert_eq!(nics, stats);
}

fn address(family: AddressFamily, texts: [Option<&str>; 4]) -> NicAddress {
    let [address, netmask, broadcast, ptp] = texts.map(|text| text.map(str::to_owned));
    NicAddress { family, address, netmask, broadcast, ptp }
}

#[test]
fn addresses_of_interfaces() {
    if !in_new_network("addresses_of_interfaces") {
        return;
    }
    let veth = Command::new("ip").args("link add sv0 type veth peer name sv1".split(' ')).status();
    if !ns::needs(veth.unwrap().success(), "veth") {
        return;
    }
    run("ip", "link set sv0 address 02:AB:cd:00:00:01");
    run("ip", "addr add 10.0.0.1/24 brd + dev sv0 label sv0:1");
    run("ip", "addr add 10.0.2.1/32 dev sv0");
    run("ip", "addr add 10.0.4.1/20 brd 10.0.15.255 dev sv0");
    run("ip", "addr add fd00::5/64 dev sv0 nodad");
    run("ip", "addr add fe80::5/10 dev sv0 nodad");
    let nics: BTreeMap<_, _> = net_if_addrs().unwrap().into_iter().collect();
    use AddressFamily::{Inet, Inet6, Packet, Unspec};
    let ones = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    assert_eq!(
        nics[OsStr::new("lo")],
        [
            address(Inet, [Some("127.0.0.1"), Some("255.0.0.0"), None, None]),
            address(Inet6, [Some("::1"), Some(ones), None, None]),
            address(Packet, [Some("00:00:00:00:00:00"), None, None, None]),
        ]
    );
    assert_eq!(
        nics[OsStr::new("sv0:1")],
        [address(Inet, [Some("10.0.0.1"), Some("255.255.255.0"), Some("10.0.0.255"), None])]
    );
    let mut rows = nics[OsStr::new("sv0")].clone();
    assert!(rows.is_sorted_by_key(|row| row.family));
    // The kernel has IPv6 addresses in the order of its own.
    rows.sort_by_key(|row| (row.family, row.address.clone()));
    assert_eq!(
        rows,
        [
            address(Inet, [Some("10.0.2.1"), Some("255.255.255.255"), None, None]),
            address(Inet, [Some("10.0.4.1"), Some("255.255.240.0"), Some("10.0.15.255"), None]),
            address(Inet6, [Some("fd00::5"), Some("ffff:ffff:ffff:ffff::"), None, None]),
            address(Inet6, [Some("fe80::5%sv0"), Some("ffc0::"), None, None]),
            address(Packet, [Some("02:ab:cd:00:00:01"), None, Some("ff:ff:ff:ff:ff:ff"), None]),
        ]
    );

    let tun = Command::new("ip").args("tuntap add dev sv2 mode tun".split(' ')).status();
    if !ns::needs(tun.unwrap().success(), "tun") {
        return;
    }
    run("ip", "addr add 10.1.1.1 peer 10.1.1.2/32 dev sv2");
    run("ip", "addr add fd00:1::1 peer fd00:1::2/128 dev sv2");
    let nics: BTreeMap<_, _> = net_if_addrs().unwrap().into_iter().collect();
    assert_eq!(
        nics[OsStr::new("sv2")],
        [
            address(Unspec, [None; 4]),
            address(Inet, [Some("10.1.1.1"), Some("255.255.255.255"), None, Some("10.1.1.2")]),
            address(Inet6, [Some("fd00:1::1"), Some(ones), None, Some("fd00:1::2")]),
        ]
    );
}

#[test]
fn ip_tells_the_same_of_interfaces() {
    if !ns::needs(ns::has_program("ip"), "ip") {
        return;
    }
    let json: serde_json::Value = serde_json::from_str(&ns::output("ip", &["-j", "addr"])).unwrap();
    let stats: BTreeMap<_, _> = net_if_stats().unwrap().into_iter().collect();
    let addrs = net_if_addrs().unwrap();
    let links: Vec<_> =
        json.as_array().unwrap().iter().filter(|l| l["ifname"].is_string()).collect();
    assert_eq!(links.len(), stats.len());
    for link in links {
        let name = link["ifname"].as_str().unwrap();
        let nic = &stats[OsStr::new(name)];
        assert_eq!(u64::from(nic.mtu), link["mtu"].as_u64().unwrap());
        let flags: BTreeSet<_> =
            link["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap()).collect();
        let ours: BTreeSet<_> =
            nic.flags.split(',').filter(|f| !f.is_empty()).map(str::to_uppercase).collect();
        for name in ["UP", "BROADCAST", "LOOPBACK", "POINTOPOINT", "NOARP", "PROMISC", "MULTICAST"]
        {
            assert_eq!(ours.contains(name), flags.contains(name), "{flags:?} {}", nic.flags);
        }
        assert_eq!(nic.isup, ours.contains("RUNNING"));
        // Of a name's rows, those of ip that it has no label for.
        for info in link["addr_info"].as_array().unwrap() {
            let label = info["label"].as_str().unwrap_or(name);
            let local = info["local"].as_str().unwrap();
            let rows = &addrs.iter().find(|(nic, _)| nic == label).unwrap().1;
            let found = rows.iter().any(|row| {
                row.address.as_deref().is_some_and(|text| text.split('%').next() == Some(local))
            });
            assert!(found, "{local} {rows:?}");
        }
        if let (Some("ether" | "loopback"), Some(mac)) =
            (link["link_type"].as_str(), link["address"].as_str())
        {
            let rows = &addrs.iter().find(|(nic, _)| nic == name).unwrap().1;
            let row = rows.iter().find(|row| row.family == AddressFamily::Packet).unwrap();
            assert_eq!(row.address.as_deref(), Some(mac));
        }
    }
}

#[test]
fn loopback() {
    let stats = net_if_stats().unwrap();
    let Some((_, lo)) = stats.iter().find(|(name, _)| name == "lo") else {
        eprintln!("skipped: needs lo");
        return;
    };
    assert_eq!(lo.duplex, NicDuplex::Unknown);
    assert_eq!(lo.speed, 0);
    if lo.isup {
        assert_eq!(lo.flags, "up,loopback,running");
    }
    let stats: BTreeSet<_> = stats.into_iter().map(|(name, _)| name).collect();
    let counters: BTreeSet<_> =
        net_io_counters_pernic(true).unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(stats, counters);
}

#[test]
fn traffic_is_counted() {
    if !in_new_network("traffic_is_counted") {
        return;
    }
    let lo = || {
        let all = net_io_counters_pernic(false).unwrap();
        all.into_iter().find(|(name, _)| name == "lo").unwrap().1
    };
    let before = lo();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    for _ in 0..10 {
        socket.send_to(&[0; 1000], socket.local_addr().unwrap()).unwrap();
        socket.recv(&mut [0; 1000]).unwrap();
    }
    let after = lo();
    // 1000 bytes, with 8 of UDP and 20 of IP.
    assert_eq!(after.bytes_sent - before.bytes_sent, 10 * 1028);
    assert_eq!(after.bytes_recv - before.bytes_recv, 10 * 1028);
    assert_eq!(after.packets_sent - before.packets_sent, 10);
    assert_eq!(after.packets_recv - before.packets_recv, 10);
}

const INET: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const UNIX: &str = "Num       RefCount Protocol Flags    Type St Inode Path\n";
const DEV: &str = "Inter-|   Receive  |  Transmit\n face |bytes    packets ...\n";

fn inet_line(port: u16, state: &str, inode: u64) -> String {
    format!("   0: 00000000:{port:04X} 00000000:0000 {state} 0:0 0:0 0 0 0 {inode} 1 0\n")
}

fn net_tree() -> Tree {
    let tree = Tree::new();
    for file in ["tcp", "udp"] {
        tree.write(format!("net/{file}"), INET);
    }
    tree.write("net/unix", UNIX);
    tree
}

#[test]
fn injected_tables() {
    let tree = net_tree();
    let rows = [inet_line(1, "0A", 77), inet_line(2, "06", 0), inet_line(3, "06", 0)].concat()
        + &inet_line(4, "0C", 0)
        + &inet_line(5, "01", 99);
    tree.write("net/tcp", format!("{INET}{rows}"));
    let line = "0: 00000002 00000000 00010000 0001 01";
    tree.write("net/unix", format!("{UNIX}{line} 78 /a b\n{line} 0\n{line} 0\n"));
    for pid in [9, 10, 200] {
        tree.process(pid, 1, b"x", 1);
        tree.link(format!("{pid}/fd/3"), "socket:[77]");
        tree.link(format!("{pid}/fd/12"), "socket:[77]");
        tree.link(format!("{pid}/fd/4"), "socket:[78]");
        tree.link(format!("{pid}/fd/5"), "socket:[78]");
        tree.link(format!("{pid}/fd/6"), "socket:[1234]");
        tree.link(format!("{pid}/fd/7"), "socket:[");
        tree.link(format!("{pid}/fd/8"), "pipe:[77]");
        tree.link(format!("{pid}/fd/9"), "x".repeat(300));
        tree.write(format!("{pid}/fd/10"), "no link");
        tree.link(format!("{pid}/fd/x"), "socket:[77]");
        tree.link(format!("{pid}/fd/011"), "socket:[77]");
    }
    tree.process(11, 1, b"no fd", 1);
    let rows: Vec<_> = all(&tree.roots())
        .into_iter()
        .map(|row| {
            let status = row.status;
            format!("{} {status} {:?} {}", row.laddr, row.pid, row.fd)
        })
        .collect();
    let unix = |pid: i32, fd: i32| format!("/a b NONE Some({pid}) {fd}");
    let mut wanted: Vec<_> =
        [9, 10, 200].map(|pid| format!("0.0.0.0:1 LISTEN Some({pid}) 3")).into();
    wanted.extend(
        ["2 TIME_WAIT", "3 TIME_WAIT", "4 SYN_RECV", "5 ESTABLISHED"]
            .map(|row| format!("0.0.0.0:{row} None -1")),
    );
    wanted.extend([9, 10, 200].iter().flat_map(|&pid| [unix(pid, 4), unix(pid, 5)]));
    wanted.extend([" NONE None -1".to_owned(), " NONE None -1".to_owned()]);
    assert_eq!(rows, wanted);
}

#[test]
fn threads_change_nothing() {
    let test = "threads_change_nothing";
    let tree = net_tree();
    let rows: String = (1..=500).map(|n| inet_line(n, "0A", 1000 + u64::from(n))).collect();
    tree.write("net/tcp", format!("{INET}{rows}"));
    let mut wanted = Vec::new();
    for pid in 1..=250 {
        for n in [pid, pid + 250] {
            tree.link(format!("{pid}/fd/{n}"), format!("socket:[{}]", 1000 + n));
        }
    }
    for n in 1..=500 {
        wanted.push((Some((n - 1) % 250 + 1), n));
    }
    let rows = tree.roots().net_connections(ConnectionKind::Tcp).unwrap();
    assert_eq!(rows.iter().map(|row| (row.pid, row.fd)).collect::<Vec<_>>(), wanted);
    if ns::role().is_none() {
        for number in ["1", "3", "0", "many"] {
            ns::rerun_under(test, "again", &["env", &format!("SYSVITALS_THREADS={number}")]);
        }
    }
}

#[test]
fn tables_that_are_not_there() {
    let tree = net_tree();
    assert_eq!(all(&tree.roots()), []);
    for file in ["tcp", "udp", "unix"] {
        let tree = net_tree();
        tree.remove(format!("net/{file}"));
        let error = tree.roots().net_connections(ConnectionKind::All).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Os);
        assert_eq!(error.io_error().unwrap().raw_os_error(), Some(libc::ENOENT));
        assert_eq!(error.path(), Some(&*tree.at(format!("net/{file}"))));
        // Another kind does not need it.
        let other = if file == "unix" { ConnectionKind::Inet } else { ConnectionKind::Unix };
        assert_eq!(tree.roots().net_connections(other).unwrap(), []);
    }
}

#[test]
fn malformed_tables() {
    let nine = "   1: 00000000:0001 00000000:0000 0A 0:0 0:0 0 0 0";
    for file in ["tcp", "udp", "tcp6", "udp6"] {
        let tree = net_tree();
        tree.write(format!("net/{file}"), format!("{INET}{}{nine}\n", inet_line(1, "0A", 1)));
        let error = tree.roots().net_connections(ConnectionKind::All).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parse);
        assert_eq!(error.path(), Some(&*tree.at(format!("net/{file}"))));
        let text = error.to_string();
        assert!(text.contains("malformed line '1: 00000000:0001"), "{text}");
        assert!(text.contains("(line 3)"), "{text}");
    }
    let tree = net_tree();
    tree.write("net/unix", format!("{UNIX}what is this\n"));
    let error = tree.roots().net_connections(ConnectionKind::Unix).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
    assert!(error.to_string().contains("malformed line 'what is this'"), "{error}");
}

fn dev_line(name: &str, first: u64) -> String {
    let numbers: Vec<_> = (0..16).map(|n| (first + n).to_string()).collect();
    format!("{name:>6}:{}\n", numbers.join(" "))
}

fn counters(first: u64) -> NetIoCounters {
    NetIoCounters {
        bytes_recv: first,
        packets_recv: first + 1,
        errin: first + 2,
        dropin: first + 3,
        bytes_sent: first + 8,
        packets_sent: first + 9,
        errout: first + 10,
        dropout: first + 11,
    }
}

#[test]
fn counters_of_injected_interfaces() {
    let tree = Tree::new();
    let roots = tree.roots();
    tree.write("net/dev", DEV);
    assert_eq!(roots.net_io_counters(true).unwrap(), None);
    assert_eq!(roots.net_io_counters_pernic(true).unwrap(), []);
    tree.write("net/dev", format!("{DEV}{}{}", dev_line("eth0:1", 1000), dev_line("lo", 1)));
    // The kernel's order, and the loopback in the sum.
    assert_eq!(
        roots.net_io_counters_pernic(false).unwrap(),
        [("eth0:1".into(), counters(1000)), ("lo".into(), counters(1))]
    );
    let total = roots.net_io_counters(false).unwrap().unwrap();
    assert_eq!((total.bytes_recv, total.dropout), (1001, 1011 + 12));

    tree.write("net/dev", format!("{DEV}lo: 1 2\n"));
    let error = roots.net_io_counters(true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
    assert_eq!(error.path(), Some(&*tree.at("net/dev")));
    assert!(error.to_string().contains("malformed line 'lo: 1 2' (line 3)"), "{error}");
    tree.remove("net/dev");
    let error = roots.net_io_counters(true).unwrap_err();
    assert_eq!(error.io_error().unwrap().raw_os_error(), Some(libc::ENOENT));
}

#[test]
fn counters_go_on() {
    let tree = Tree::new();
    let roots = tree.roots();
    let read = |first: &[u64], nowrap| {
        let names = ["a", "b"];
        let rows: String =
            names.iter().zip(first).map(|(name, &first)| dev_line(name, first)).collect();
        tree.write("net/dev", format!("{DEV}{rows}"));
        let rows = roots.net_io_counters_pernic(nowrap).unwrap();
        rows.iter().map(|(_, counters)| counters.bytes_recv).collect::<Vec<_>>()
    };
    assert_eq!(read(&[100, 7], true), [100, 7]);
    assert_eq!(read(&[10, 8], true), [110, 8]);
    // Neither read nor updated.
    assert_eq!(read(&[5, 1], false), [5, 1]);
    assert_eq!(read(&[20, 9], true), [120, 9]);
    assert_eq!(read(&[5, 9], true), [125, 9]);
    // An interface that went has no past.
    assert_eq!(read(&[6], true), [126]);
    assert_eq!(read(&[6, 3], true), [126, 3]);
    roots.net_io_counters_cache_clear();
    assert_eq!(read(&[6, 3], true), [6, 3]);
    assert_eq!(read(&[5, 3], true), [11, 3]);
    // Other roots have a state of their own.
    assert_eq!(tree.roots().net_io_counters(true).unwrap().unwrap().bytes_recv, 8);
}

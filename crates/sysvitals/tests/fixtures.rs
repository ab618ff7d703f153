//! Every getter on whole `/proc` trees, as kernels of several ages print them.
#![cfg(all(test, target_os = "linux"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tree.rs"]
mod tree;

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sysvitals::net::{Address, AddressFamily, Connection, SocketType};
use sysvitals::process::{
    CpuTimes, CtxSwitches, Gids, IoCounters, MemoryFootprint, MemoryInfo, MemoryInfoEx, MemoryType,
    PageFaults, RLIM_INFINITY, Resource, Thread, Uids,
};
use sysvitals::{
    Attr, Attrs, ConnectionKind, ConnectionStatus, ErrorKind, Pid, Process, ProcessStatus, Value,
};
use tree::Tree;

const KB: u64 = 1024;
const AGES: [&str; 3] = ["3.10", "5.15", "6.x"];

const INIT: Pid = 1;
const KERNEL_THREAD: Pid = 2;
const DAEMON: Pid = 300;
const ZOMBIE: Pid = 301;
const THREADED: Pid = 998;

fn process(tree: &Tree, pid: Pid) -> Process {
    tree.roots().process(pid).unwrap()
}

fn pids(processes: &[Process]) -> Vec<Pid> {
    processes.iter().map(Process::pid).collect()
}

fn kind<T: std::fmt::Debug>(result: sysvitals::Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

fn words(texts: &[&str]) -> Vec<OsString> {
    texts.iter().map(OsString::from).collect()
}

fn pairs(texts: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    texts.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn uids(id: u32) -> Uids {
    Uids { real: id, effective: id, saved: id }
}

fn gids(id: u32) -> Gids {
    Gids { real: id, effective: id, saved: id }
}

fn inet(text: &str) -> Address {
    if text.is_empty() {
        return Address::None;
    }
    Address::Inet(text.parse::<SocketAddr>().unwrap())
}

fn tcp(fd: i32, laddr: &str, raddr: &str, status: ConnectionStatus) -> Connection {
    let family = if laddr.starts_with('[') { AddressFamily::Inet6 } else { AddressFamily::Inet };
    let kind = SocketType::STREAM;
    Connection { fd, family, kind, laddr: inet(laddr), raddr: inet(raddr), status }
}

fn udp(fd: i32, laddr: &str) -> Connection {
    let status = ConnectionStatus::None;
    Connection { kind: SocketType::DGRAM, ..tcp(fd, laddr, "", status) }
}

fn unix(fd: i32, kind: SocketType, path: &str) -> Connection {
    Connection {
        fd,
        family: AddressFamily::Unix,
        kind,
        laddr: Address::Unix(path.into()),
        raddr: Address::Unix(OsString::new()),
        status: ConnectionStatus::None,
    }
}

#[test]
fn daemon_3_10() {
    let tree = Tree::fixture("3.10");
    let p = process(&tree, DAEMON);
    assert_eq!(p.name().unwrap(), "rsyslogd");
    assert_eq!(p.exe().unwrap(), Path::new("/usr/sbin/rsyslogd"));
    assert_eq!(p.cmdline().unwrap(), words(&["/usr/sbin/rsyslogd", "-n"]));
    assert_eq!(
        p.environ().unwrap(),
        pairs(&[("LANG", "en_US.UTF-8"), ("PATH", "/usr/sbin:/usr/bin"), ("EMPTY", "")])
    );
    assert_eq!(p.cwd().unwrap(), Path::new("/"));
    assert_eq!(p.create_time().unwrap(), 1700000009.0);
    assert_eq!((p.ppid().unwrap(), p.status().unwrap()), (INIT, ProcessStatus::Sleeping));
    assert_eq!((p.uids().unwrap(), p.gids().unwrap()), (uids(0), gids(0)));
    assert_eq!(p.username().unwrap(), "root");
    assert_eq!((p.terminal().unwrap(), p.nice().unwrap(), p.cpu_num().unwrap()), (None, 10, 3));
    assert_eq!(p.cpu_affinity().unwrap(), [0, 1, 2, 3]);
    assert_eq!(p.page_faults().unwrap(), PageFaults { minor: 1000, major: 7 });
    assert_eq!(p.num_ctx_switches().unwrap(), CtxSwitches { voluntary: 500, involuntary: 60 });
    assert_eq!((p.num_fds().unwrap(), p.num_threads().unwrap()), (14, 1));
    assert_eq!(p.threads().unwrap(), [Thread { id: DAEMON, user_time: 2.5, system_time: 1.25 }]);
    assert_eq!(
        p.cpu_times().unwrap(),
        CpuTimes {
            user: 2.5,
            system: 1.25,
            children_user: 0.5,
            children_system: 0.25,
            iowait: 0.12
        }
    );
    assert_eq!(
        p.io_counters().unwrap(),
        IoCounters {
            read_count: 70,
            write_count: 80,
            read_bytes: 40960,
            write_bytes: 8192,
            read_chars: 5000,
            write_chars: 6000,
        }
    );
    let memory = MemoryInfo {
        rss: 5000 * KB,
        vms: 210000 * KB,
        shared: 2000 * KB,
        text: 604 * KB,
        data: 9132 * KB,
    };
    assert_eq!(p.memory_info().unwrap(), memory);
    // No RssAnon, RssFile, RssShmem and HugetlbPages in this age.
    let extended = MemoryInfoEx {
        rss: memory.rss,
        vms: memory.vms,
        shared: memory.shared,
        text: memory.text,
        data: memory.data,
        peak_rss: 6000 * KB,
        peak_vms: 220000 * KB,
        rss_anon: 0,
        rss_file: 0,
        rss_shmem: 0,
        swap: 64 * KB,
        hugetlb: 0,
    };
    assert_eq!(p.memory_info_ex().unwrap(), extended);
    // No smaps_rollup either: summed from smaps.
    assert_eq!(
        p.memory_footprint().unwrap(),
        MemoryFootprint { uss: 152 * KB, pss: 302 * KB, swap: 4 * KB }
    );
    let maps = p.memory_maps().unwrap();
    let paths: Vec<_> = maps.iter().map(|map| map.path.to_str().unwrap()).collect();
    let exe = "/usr/sbin/rsyslogd";
    assert_eq!(paths, [exe, exe, "[anon]", "/var/tmp/a b", "[stack]"]);
    let first = maps.first().unwrap();
    assert_eq!((first.addr.as_str(), first.perms.as_str()), ("00400000-00497000", "r-xp"));
    let grouped = p.memory_maps_grouped().unwrap();
    assert_eq!(grouped.len(), 4);
    let first = grouped.first().unwrap();
    assert_eq!((first.rss, first.size, first.pss), (516 * KB, 620 * KB, 266 * KB));
    assert_eq!((first.shared_clean, first.private_clean), (400 * KB, 100 * KB));
    assert_eq!((first.private_dirty, first.anonymous), (16 * KB, 16 * KB));
    assert_eq!(p.rlimit(Resource::Nofile).unwrap(), (1024, 4096));
}

#[test]
fn daemon_5_15() {
    let tree = Tree::fixture("5.15");
    let p = process(&tree, DAEMON);
    assert_eq!(p.name().unwrap(), "systemd-resolved");
    assert_eq!(p.exe().unwrap(), Path::new("/usr/lib/systemd/systemd-resolved"));
    assert_eq!(p.cmdline().unwrap(), words(&["/lib/systemd/systemd-resolved"]));
    let mut environ = pairs(&[("LANG", "POSIX"), ("ODD", "a=b")]);
    environ.push(("NAME".into(), OsStr::from_bytes(b"\xff\xfe").into()));
    assert_eq!(p.environ().unwrap(), environ);
    assert_eq!(p.create_time().unwrap(), 1650000012.0);
    assert_eq!((p.ppid().unwrap(), p.status().unwrap()), (INIT, ProcessStatus::Sleeping));
    assert_eq!((p.uids().unwrap(), p.gids().unwrap()), (uids(101), gids(103)));
    assert_eq!((p.nice().unwrap(), p.cpu_num().unwrap(), p.num_fds().unwrap()), (0, 5, 16));
    assert_eq!(p.cpu_affinity().unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(
        p.cpu_times().unwrap(),
        CpuTimes {
            user: 11.0,
            system: 9.0,
            children_user: 0.0,
            children_system: 0.0,
            iowait: 0.03
        }
    );
    assert_eq!(
        p.memory_info_ex().unwrap(),
        MemoryInfoEx {
            rss: 12040 * KB,
            vms: 25000 * KB,
            shared: 8040 * KB,
            text: 240 * KB,
            data: 7132 * KB,
            peak_rss: 13000 * KB,
            peak_vms: 26000 * KB,
            rss_anon: 4000 * KB,
            rss_file: 8000 * KB,
            rss_shmem: 40 * KB,
            swap: 128 * KB,
            hugetlb: 2048 * KB,
        }
    );
    assert_eq!(
        p.memory_footprint().unwrap(),
        MemoryFootprint { uss: 162 * KB, pss: 212 * KB, swap: 8 * KB }
    );
    let grouped = p.memory_maps_grouped().unwrap();
    let paths: Vec<_> = grouped.iter().map(|map| map.path.to_str().unwrap()).collect();
    let exe = "/usr/lib/systemd/systemd-resolved";
    assert_eq!(paths, [exe, "[heap]", "/anon_hugepage", "[anon]"]);
    let anon = grouped.last().unwrap();
    assert_eq!((anon.rss, anon.size), (12 * KB, 32 * KB));
    let heap = grouped.get(1).unwrap();
    assert_eq!((heap.referenced, heap.swap), (92 * KB, 8 * KB));
    let of = |memtype| p.memory_percent(memtype).unwrap();
    let share = |kb: f64| kb / 16e6 * 100.0;
    for (memtype, kb) in [
        (MemoryType::Rss, 12040.0),
        (MemoryType::Vms, 25000.0),
        (MemoryType::Shared, 8040.0),
        (MemoryType::Text, 240.0),
        (MemoryType::Data, 7132.0),
        (MemoryType::PeakRss, 13000.0),
        (MemoryType::PeakVms, 26000.0),
        (MemoryType::RssAnon, 4000.0),
        (MemoryType::RssFile, 8000.0),
        (MemoryType::RssShmem, 40.0),
        // Of the footprint, not of status.
        (MemoryType::Swap, 8.0),
        (MemoryType::Hugetlb, 2048.0),
        (MemoryType::Uss, 162.0),
        (MemoryType::Pss, 212.0),
    ] {
        assert!((of(memtype) - share(kb)).abs() < 1e-9, "{}", memtype.as_str());
    }
}

#[test]
fn daemon_6() {
    let tree = Tree::fixture("6.x");
    let p = process(&tree, DAEMON);
    assert_eq!(p.name().unwrap(), "systemd-journald");
    assert_eq!(p.cmdline().unwrap(), words(&["/usr/lib/systemd/systemd-journald"]));
    // An empty entry ends the block.
    assert_eq!(
        p.environ().unwrap(),
        pairs(&[("LANG", "C.UTF-8"), ("NOTIFY_SOCKET", "/run/systemd/notify")])
    );
    assert_eq!(p.create_time().unwrap(), 1795588395.0);
    assert_eq!(p.status().unwrap(), ProcessStatus::DiskSleep);
    assert_eq!((p.nice().unwrap(), p.cpu_num().unwrap(), p.num_fds().unwrap()), (-1, 1, 16));
    assert_eq!(p.cpu_affinity().unwrap(), [0, 1]);
    assert_eq!(p.cpu_times().unwrap().iowait, 0.99);
    assert_eq!(p.memory_info_ex().unwrap().rss_shmem, 4000 * KB);
    assert_eq!(
        p.memory_info().unwrap(),
        MemoryInfo {
            rss: 20000 * KB,
            vms: 50000 * KB,
            shared: 18000 * KB,
            text: 160 * KB,
            data: 9092 * KB
        }
    );
    assert_eq!(
        p.memory_footprint().unwrap(),
        MemoryFootprint { uss: 200 * KB, pss: 210 * KB, swap: 4 * KB }
    );
    let named = p.memory_maps().unwrap();
    assert_eq!(named.get(2).unwrap().path, Path::new("[anon:glibc: pthread stack]"));
    assert_eq!(p.rlimit(Resource::Nofile).unwrap(), (1024, 524288));
    assert_eq!(p.rlimit(Resource::Stack).unwrap(), (8388608, RLIM_INFINITY));
    assert_eq!(p.rlimit(Resource::Core).unwrap(), (0, RLIM_INFINITY));
    assert_eq!(p.rlimit(Resource::Nice).unwrap(), (0, 0));
    assert_eq!(p.rlimit(Resource::Rttime).unwrap(), (RLIM_INFINITY, RLIM_INFINITY));
}

#[test]
fn init_in_every_age() {
    for (age, cmdline, rss) in [
        ("3.10", &["/usr/lib/systemd/systemd", "--switched-root", "--system"][..], 6756),
        ("5.15", &["/sbin/init", "splash"], 12000),
        ("6.x", &["/sbin/init"], 14000),
    ] {
        let tree = Tree::fixture(age);
        let p = process(&tree, INIT);
        assert_eq!(p.name().unwrap(), "systemd");
        assert_eq!(p.cmdline().unwrap(), words(cmdline));
        assert_eq!(p.memory_info().unwrap().rss, rss * KB);
        assert_eq!(p.ppid().unwrap(), 0);
        assert_eq!(p.parent().unwrap(), None);
        assert!(p.parents().unwrap().is_empty());
        assert!(p.net_connections(ConnectionKind::All).unwrap().is_empty());
        assert!(p.open_files().unwrap().is_empty());
        assert_eq!(p.cpu_percent(None).unwrap(), 0.0);
    }
}

#[test]
fn kernel_thread_in_every_age() {
    for (age, name, status, nice) in [
        ("3.10", "kthreadd", ProcessStatus::Sleeping, 0),
        ("5.15", "kthreadd", ProcessStatus::Sleeping, 0),
        ("6.x", "kworker/0:0H-ev", ProcessStatus::Idle, -20),
    ] {
        let tree = Tree::fixture(age);
        let p = process(&tree, KERNEL_THREAD);
        assert_eq!((p.name().unwrap(), p.status().unwrap()), (name.into(), status));
        assert_eq!(p.exe().unwrap(), PathBuf::new());
        assert_eq!(p.cwd().unwrap(), Path::new("/"));
        assert!(p.cmdline().unwrap().is_empty());
        assert!(p.environ().unwrap().is_empty());
        assert!(p.memory_maps().unwrap().is_empty());
        assert_eq!(p.memory_footprint().unwrap(), MemoryFootprint { uss: 0, pss: 0, swap: 0 });
        assert_eq!(p.memory_info_ex().unwrap().peak_rss, 0);
        assert_eq!(p.memory_percent(MemoryType::Rss).unwrap(), 0.0);
        assert_eq!((p.nice().unwrap(), p.num_fds().unwrap()), (nice, 0));
    }
}

#[test]
fn zombie_in_every_age() {
    for age in AGES {
        let tree = Tree::fixture(age);
        let p = process(&tree, ZOMBIE);
        let zombie = |attr| match p.oneshot().get(attr) {
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ZombieProcess, "{age} {attr}");
                assert_eq!((error.pid(), error.ppid()), (Some(ZOMBIE), Some(DAEMON)));
            }
            Ok(value) => panic!("{age} {attr}: {value:?}"),
        };
        let refused = [Attr::Cmdline, Attr::Exe, Attr::Cwd, Attr::Environ, Attr::MemoryMaps];
        refused.into_iter().for_each(zombie);
        assert_eq!(p.name().unwrap(), "helper");
        assert_eq!((p.ppid().unwrap(), p.status().unwrap()), (DAEMON, ProcessStatus::Zombie));
        assert!(p.is_running());
        assert_eq!(p.cpu_times().unwrap().system, 0.04);
        assert_eq!(p.memory_info().unwrap().rss, 0);
        assert_eq!(p.memory_info_ex().unwrap().vms, 0);
        assert_eq!(p.memory_footprint().unwrap(), MemoryFootprint { uss: 0, pss: 0, swap: 0 });
        assert_eq!((p.num_fds().unwrap(), p.num_threads().unwrap()), (0, 1));
        assert_eq!(p.threads().unwrap().len(), 1);
        assert!(p.open_files().unwrap().is_empty());
        assert!(p.net_connections(ConnectionKind::All).unwrap().is_empty());
        assert_eq!(p.io_counters().unwrap().write_bytes, 4096);
        assert!(p.to_string().contains("status='zombie'"));
    }
}

#[test]
fn threads_in_every_age() {
    for age in AGES {
        let tree = Tree::fixture(age);
        let p = process(&tree, THREADED);
        let thread = |id, user_time, system_time| Thread { id, user_time, system_time };
        // In the order of the names as text; 999 is named `a) (b`.
        assert_eq!(
            p.threads().unwrap(),
            [thread(1000, 2.13, 0.2), thread(998, 400.0, 90.0), thread(999, 80.0, 1.0)]
        );
        assert_eq!(p.num_threads().unwrap(), 3);
        assert_eq!((p.uids().unwrap(), p.gids().unwrap()), (uids(1000), gids(1000)));
        assert_eq!(p.cwd().unwrap(), Path::new("/home/ann"));
    }
    let args = |age| process(&Tree::fixture(age), THREADED).cmdline().unwrap();
    assert_eq!(args("3.10"), words(&["/usr/lib64/firefox/firefox", "-contentproc"]));
    assert_eq!(args("5.15"), words(&["/usr/lib/firefox/firefox", "-contentproc", "-childID", "3"]));
    let program = OsStr::from_bytes(b"/opt/my programs/fire\xfffox");
    let mut expected = vec![program.to_os_string()];
    expected.extend(words(&["--name", "two words", ""]));
    assert_eq!(args("6.x"), expected);

    let tree = Tree::fixture("6.x");
    let p = process(&tree, THREADED);
    assert_eq!(p.name().unwrap(), "firefox) (x");
    assert_eq!(p.exe().unwrap(), Path::new(program));
}

#[test]
fn identity_is_from_stat() {
    let tree = Tree::fixture("5.15");
    let p = process(&tree, DAEMON);
    assert_eq!(p, process(&tree, DAEMON));
    assert!(p.is_running());
    let stat = String::from_utf8(tree.read("300/stat")).unwrap();
    tree.write("300/stat", stat.replace(" 1200 ", " 1201 "));
    assert_ne!(p, process(&tree, DAEMON));
    assert!(!p.is_running());
    assert!(p.is_pid_reused());
    assert_eq!(kind(p.ppid()), ErrorKind::NoSuchProcess);
    assert_eq!(kind(p.children(true)), ErrorKind::NoSuchProcess);
    assert_eq!(kind(tree.roots().process(12345)), ErrorKind::NoSuchProcess);
    tree.remove("300");
    assert_eq!(kind(p.name()), ErrorKind::NoSuchProcess);
    assert_eq!(kind(p.cmdline()), ErrorKind::NoSuchProcess);
}

#[test]
fn family() {
    for (age, children, all) in [
        ("3.10", &[300, 998][..], &[300, 998, 301][..]),
        ("5.15", &[300, 998], &[300, 998, 301]),
        ("6.x", &[300], &[300, 301, 998]),
    ] {
        let tree = Tree::fixture(age);
        assert_eq!(tree.roots().pids().unwrap(), [1, 2, 300, 301, 998]);
        assert!(tree.roots().pid_exists(300) && !tree.roots().pid_exists(999));
        let init = process(&tree, INIT);
        assert_eq!(pids(&init.children(false).unwrap()), children);
        assert_eq!(pids(&init.children(true).unwrap()), all);
        assert_eq!(pids(&process(&tree, ZOMBIE).parents().unwrap()), [300, 1]);
        assert!(process(&tree, KERNEL_THREAD).children(true).unwrap().is_empty());
    }
    let tree = Tree::fixture("6.x");
    assert_eq!(process(&tree, THREADED).parent().unwrap().unwrap().pid(), DAEMON);
}

#[test]
fn open_files_by_descriptor() {
    for age in AGES {
        let tree = Tree::fixture(age);
        let files = process(&tree, DAEMON).open_files().unwrap();
        let files: Vec<_> = files
            .iter()
            .map(|file| {
                (file.path.as_path(), file.fd, file.position, file.mode.as_str(), file.flags)
            })
            .collect();
        // Neither the devices, folders and pipes nor what was deleted.
        let log = tree.root().join("files/log");
        let base = tree.root().join("files/data base");
        assert_eq!(files, [(&*log, 1, 120, "a", 0o102001), (&*base, 11, 4096, "r+", 0o2100002)]);
    }
}

#[test]
fn connections_3_10() {
    let tree = Tree::fixture("3.10");
    let p = process(&tree, DAEMON);
    let listen = tcp(3, "127.0.0.1:53", "", ConnectionStatus::Listen);
    let peer = tcp(4, "127.0.0.1:53", "10.0.0.5:40521", ConnectionStatus::Established);
    let syslog = udp(6, "0.0.0.0:514");
    let path = "/run/log dir/my socket";
    let sockets = [
        unix(8, SocketType::DGRAM, path),
        unix(15, SocketType::DGRAM, path),
        unix(9, SocketType::STREAM, ""),
    ];
    let inet = vec![listen.clone(), peer.clone(), syslog.clone()];
    let all = [&inet[..], &sockets].concat();
    // There is no net/tcp6 and net/udp6.
    for &kind in ConnectionKind::ALL {
        let expected = match kind {
            ConnectionKind::All => all.clone(),
            ConnectionKind::Inet | ConnectionKind::Inet4 => inet.clone(),
            ConnectionKind::Tcp | ConnectionKind::Tcp4 => vec![listen.clone(), peer.clone()],
            ConnectionKind::Udp | ConnectionKind::Udp4 => vec![syslog.clone()],
            ConnectionKind::Unix => sockets.to_vec(),
            ConnectionKind::Inet6 | ConnectionKind::Tcp6 | ConnectionKind::Udp6 => vec![],
        };
        assert_eq!(p.net_connections(kind).unwrap(), expected, "{kind:?}");
    }
    // Without the others there is no answer.
    tree.remove("300/net/udp");
    assert_eq!(p.net_connections(ConnectionKind::Tcp).unwrap().len(), 2);
    assert_eq!(kind(p.net_connections(ConnectionKind::Inet)), ErrorKind::Os);
}

#[test]
fn connections_5_15() {
    let tree = Tree::fixture("5.15");
    let p = process(&tree, DAEMON);
    let tcp4 = [
        tcp(3, "127.0.0.1:53", "", ConnectionStatus::Listen),
        tcp(4, "127.0.0.1:53", "10.0.0.5:40521", ConnectionStatus::CloseWait),
    ];
    let udp4 = [udp(6, "127.0.0.1:53")];
    let tcp6 = [tcp(5, "[::1]:53", "", ConnectionStatus::Listen)];
    let udp6 = [udp(7, "[2001:db8::123:4567:89ab:cdef]:443")];
    let path = "/run/log dir/my socket";
    let unix = [
        unix(8, SocketType::SEQPACKET, path),
        unix(15, SocketType::SEQPACKET, path),
        unix(9, SocketType::STREAM, ""),
    ];
    for &kind in ConnectionKind::ALL {
        let expected: Vec<&[Connection]> = match kind {
            ConnectionKind::All => vec![&tcp4, &udp4, &tcp6, &udp6, &unix],
            ConnectionKind::Tcp => vec![&tcp4, &tcp6],
            ConnectionKind::Tcp4 => vec![&tcp4],
            ConnectionKind::Tcp6 => vec![&tcp6],
            ConnectionKind::Udp => vec![&udp4, &udp6],
            ConnectionKind::Udp4 => vec![&udp4],
            ConnectionKind::Udp6 => vec![&udp6],
            ConnectionKind::Inet => vec![&tcp4, &udp4, &tcp6, &udp6],
            ConnectionKind::Inet4 => vec![&tcp4, &udp4],
            ConnectionKind::Inet6 => vec![&tcp6, &udp6],
            ConnectionKind::Unix => vec![&unix],
        };
        assert_eq!(p.net_connections(kind).unwrap(), expected.concat(), "{kind:?}");
    }
}

#[test]
fn connections_6() {
    let tree = Tree::fixture("6.x");
    let p = process(&tree, DAEMON);
    assert_eq!(
        p.net_connections(ConnectionKind::Tcp6).unwrap(),
        [tcp(5, "[::ffff:127.0.0.1]:53", "[::ffff:10.0.0.5]:40521", ConnectionStatus::Established)]
    );
    // The request of state 0C in net/tcp belongs to nobody.
    assert_eq!(p.net_connections(ConnectionKind::Tcp4).unwrap().len(), 2);
    let tcp_table = String::from_utf8(tree.read("300/net/tcp")).unwrap();
    for (code, status) in [
        ("02", ConnectionStatus::SynSent),
        ("03", ConnectionStatus::SynRecv),
        ("04", ConnectionStatus::FinWait1),
        ("05", ConnectionStatus::FinWait2),
        ("06", ConnectionStatus::TimeWait),
        ("07", ConnectionStatus::Close),
        ("09", ConnectionStatus::LastAck),
        ("0B", ConnectionStatus::Closing),
        ("0C", ConnectionStatus::SynRecv),
        ("0D", ConnectionStatus::None),
    ] {
        tree.write("300/net/tcp", tcp_table.replace(" 0A ", &format!(" {code} ")));
        let found = p.net_connections(ConnectionKind::Tcp4).unwrap();
        assert_eq!(found.first().unwrap().status, status, "{code}");
    }
    tree.write("300/net/tcp", tcp_table.replacen("   1: ", "   1: x", 1));
    assert_eq!(kind(p.net_connections(ConnectionKind::Tcp4)), ErrorKind::Parse);
}

/// An answer, or the kind of the refusal.
fn outcome(answer: &sysvitals::Result<Value>) -> Result<Value, ErrorKind> {
    answer.as_ref().cloned().map_err(sysvitals::Error::kind)
}

#[test]
fn one_answer_whichever_way_it_is_asked() {
    for age in AGES {
        let tree = Tree::fixture(age);
        let table = tree.roots().process_table();
        let infos: Vec<_> = table.read(Attrs::ALL).unwrap().collect();
        assert_eq!(infos.len(), 5);
        let again: Vec<_> = table.read(Attrs::ALL).unwrap().collect();
        assert_eq!(again.len(), 5);
        for (info, again) in infos.iter().zip(&again) {
            let pid = info.process().pid();
            let p = process(&tree, pid);
            let view = p.oneshot();
            let dict = process(&tree, pid).as_dict(Attrs::ALL).unwrap();
            for &attr in Attr::ALL {
                let single = outcome(&process(&tree, pid).oneshot().get(attr));
                let at = || format!("{age} {pid} {attr}");
                assert_eq!(outcome(&view.get(attr)), single, "oneshot {}", at());
                assert_eq!(outcome(dict.get(attr).unwrap()), single, "as_dict {}", at());
                assert_eq!(outcome(info.get(attr).unwrap()), single, "table {}", at());
                assert_eq!(outcome(again.get(attr).unwrap()), single, "second {}", at());
                let alone = process(&tree, pid).as_dict([attr].into()).unwrap();
                assert_eq!(outcome(alone.get(attr).unwrap()), single, "alone {}", at());
            }
            // A system call would ask of a process of this machine.
            assert_eq!(kind(p.ionice()), ErrorKind::Unsupported);
            assert_eq!(kind(p.kill()), ErrorKind::NoSuchProcess);
        }
    }
}

#[test]
fn cmdline_vectors() {
    let tree = Tree::fixture("6.x");
    let vectors: [(&str, &[&str]); 9] = [
        ("/bin/a\0-x\0", &["/bin/a", "-x"]),
        ("/bin/a -x", &["/bin/a", "-x"]),
        ("/bin/a -x\0", &["/bin/a", "-x"]),
        ("a\0\0b\0", &["a", "", "b"]),
        ("\0", &[""]),
        ("a b\0c d\0", &["a b", "c d"]),
        ("a  b ", &["a", "", "b"]),
        ("a\0b", &["a\0b"]),
        ("", &[]),
    ];
    for (text, expected) in vectors {
        tree.write("300/cmdline", text);
        assert_eq!(process(&tree, DAEMON).cmdline().unwrap(), words(expected), "{text:?}");
    }
}

#[test]
fn environ_vectors() {
    let tree = Tree::fixture("6.x");
    let vectors: [(&str, &[(&str, &str)]); 9] = [
        ("A=1\0B=2\0", &[("A", "1"), ("B", "2")]),
        ("A=1\0B=2", &[("A", "1")]),
        ("A=1\0\0B=2\0", &[("A", "1")]),
        ("=X\0A=1\0", &[("A", "1")]),
        ("noeq\0A=1\0", &[("A", "1")]),
        ("A=\0", &[("A", "")]),
        ("A=1=2\0", &[("A", "1=2")]),
        ("\0A=1\0", &[]),
        ("A=1\0A=2\0", &[("A", "2")]),
    ];
    for (text, expected) in vectors {
        tree.write("300/environ", text);
        assert_eq!(process(&tree, DAEMON).environ().unwrap(), pairs(expected), "{text:?}");
    }
}

#[test]
fn address_vectors() {
    let tree = Tree::fixture("6.x");
    let p = process(&tree, DAEMON);
    for (file, kind, fd, text, expected) in [
        ("tcp", ConnectionKind::Tcp4, 5003, "0100007F:0016", "127.0.0.1:22"),
        ("tcp", ConnectionKind::Tcp4, 5003, "0500000A:0016", "10.0.0.5:22"),
        ("tcp", ConnectionKind::Tcp4, 5003, "0100007F:0000", ""),
        ("tcp", ConnectionKind::Tcp4, 5003, "00000000:0000", ""),
        (
            "tcp6",
            ConnectionKind::Tcp6,
            5005,
            "0000000000000000FFFF00000100007F:9E49",
            "[::ffff:127.0.0.1]:40521",
        ),
        ("tcp6", ConnectionKind::Tcp6, 5005, "00000000000000000000000001000000:0050", "[::1]:80"),
        (
            "tcp6",
            ConnectionKind::Tcp6,
            5005,
            "B80D01200000000067452301EFCDAB89:01BB",
            "[2001:db8::123:4567:89ab:cdef]:443",
        ),
    ] {
        let row = format!("header\n 0: {text} {text} 01 0:0 00:0 0 0 0 {fd} 1 0 20 4 30 10 -1\n");
        tree.write(format!("300/net/{file}"), row);
        let found = p.net_connections(kind).unwrap();
        let first = found.first().unwrap();
        assert_eq!((&first.laddr, &first.raddr), (&inet(expected), &inet(expected)), "{text}");
    }
}

#[test]
fn stat_vectors() {
    let tree = Tree::fixture("6.x");
    let line = |fields: usize, letter: &str| {
        let numbers: Vec<_> = (1..fields).map(|i| (i * 100).to_string()).collect();
        format!("300 (a) (b) {letter} {}\n", numbers.join(" "))
    };
    tree.write("300/stat", line(50, "S"));
    let p = process(&tree, DAEMON);
    assert_eq!(p.name().unwrap(), "a) (b");
    assert_eq!(p.ppid().unwrap(), 100);
    assert_eq!(p.page_faults().unwrap(), PageFaults { minor: 700, major: 900 });
    let times = CpuTimes {
        user: 11.0,
        system: 12.0,
        children_user: 13.0,
        children_system: 14.0,
        iowait: 39.0,
    };
    assert_eq!(p.cpu_times().unwrap(), times);
    assert_eq!(p.create_time().unwrap(), 1795588390.0 + 19.0);
    assert_eq!(p.cpu_num().unwrap(), 3600);
    tree.write("300/stat", line(37, "S"));
    assert_eq!(p.cpu_times().unwrap(), CpuTimes { iowait: 0.0, ..times });
    for (letter, text) in [
        ("R", "running"),
        ("S", "sleeping"),
        ("D", "disk-sleep"),
        ("T", "stopped"),
        ("t", "tracing-stop"),
        ("Z", "zombie"),
        ("X", "dead"),
        ("x", "dead"),
        ("K", "wake-kill"),
        ("W", "waking"),
        ("I", "idle"),
        ("P", "parked"),
        ("Q", "?"),
    ] {
        tree.write("300/stat", line(50, letter));
        assert_eq!(p.status().unwrap().as_str(), text, "{letter}");
    }
}

#[test]
fn memory_vectors() {
    let tree = Tree::fixture("6.x");
    let p = process(&tree, DAEMON);
    tree.write("300/statm", "10 5 3 1 0 4 0\n");
    assert_eq!(
        p.memory_info().unwrap(),
        MemoryInfo { rss: 20480, vms: 40960, shared: 12288, text: 4096, data: 16384 }
    );
    tree.write(
        "300/smaps_rollup",
        "1000-2000 ---p 00000000 00:00 0    [rollup]\nPss: 10 kB\nPss_Dirty: 9 kB\n\
         Private_Clean: 1 kB\nPrivate_Dirty: 2 kB\nPrivate_Hugetlb: 4 kB\nSwap: 6 kB\n\
         SwapPss: 5 kB\n",
    );
    assert_eq!(
        p.memory_footprint().unwrap(),
        MemoryFootprint { uss: 7168, pss: 10240, swap: 6144 }
    );
}

#[test]
fn mode_vectors() {
    let tree = Tree::fixture("6.x");
    let p = process(&tree, DAEMON);
    for (flags, mode) in [
        ("0", "r"),
        ("01", "w"),
        ("02", "r+"),
        ("02001", "a"),
        ("02002", "a+"),
        ("02000", "r"),
        ("0101001", "w"),
        // Access mode 3, which psutil fails on.
        ("03", "r+"),
    ] {
        tree.write("300/fdinfo/1", format!("pos:\t0\nflags:\t{flags}\n"));
        let files = p.open_files().unwrap();
        assert_eq!(files.first().unwrap().mode.as_str(), mode, "{flags}");
    }
}

#[test]
fn status_vectors() {
    let tree = Tree::fixture("6.x");
    let p = process(&tree, DAEMON);
    tree.write(
        "300/status",
        "Uid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nThreads:\t9\nVmHWM:\t10 kB\n\
         voluntary_ctxt_switches:\t11\nnonvoluntary_ctxt_switches:\t12\n",
    );
    assert_eq!(p.uids().unwrap(), Uids { real: 1, effective: 2, saved: 3 });
    assert_eq!(p.gids().unwrap(), Gids { real: 5, effective: 6, saved: 7 });
    assert_eq!(p.num_threads().unwrap(), 9);
    assert_eq!(p.num_ctx_switches().unwrap(), CtxSwitches { voluntary: 11, involuntary: 12 });
    let memory = p.memory_info_ex().unwrap();
    assert_eq!(memory.peak_rss, 10240);
    let others = [memory.peak_vms, memory.rss_anon, memory.rss_file, memory.rss_shmem];
    assert_eq!((others, memory.swap, memory.hugetlb), ([0; 4], 0, 0));

    tree.write("300/status", "Uid:\t4294967000\t0\t0\t0\n");
    assert_eq!(p.username().unwrap(), "4294967000");
    assert_eq!(kind(p.num_ctx_switches()), ErrorKind::Unsupported);
    assert_eq!(kind(p.num_threads()), ErrorKind::Parse);
}

#[test]
fn io_vectors() {
    let tree = Tree::fixture("6.x");
    let p = process(&tree, DAEMON);
    let text = "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\njunk\n\n";
    tree.write("300/io", text);
    assert_eq!(
        p.io_counters().unwrap(),
        IoCounters {
            read_count: 3,
            write_count: 4,
            read_bytes: 5,
            write_bytes: 6,
            read_chars: 1,
            write_chars: 2,
        }
    );
    tree.write("300/io", text.replace("syscr", "x"));
    assert_eq!(kind(p.io_counters()), ErrorKind::Parse);
    tree.write("300/io", "");
    assert_eq!(kind(p.io_counters()), ErrorKind::Parse);
}

//! `/proc` trees that no kernel prints: every getter gives an answer or a typed error, never a
//! panic, never a wait, and one bad process does not cost the others.
#![cfg(all(test, target_os = "linux"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tree.rs"]
mod tree;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode};
use sysvitals::process::{MemoryType, Resource};
use sysvitals::{Attr, Attrs, ConnectionKind, Error, ErrorKind, Pid, Process, Roots};
use tree::{Content, Tree, entries, fixture_text, stat_line};

/// The process whose files are spoilt.
const VICTIM: Pid = 300;
const OTHERS: [Pid; 4] = [1, 2, 301, 998];
const ROLE: &str = "SYSVITALS_HOSTILE_ROLE";

/// Runs a test body that must end.
fn ends(body: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let worker = thread::spawn(move || {
        body();
        let _ = done.send(());
    });
    match ended.recv_timeout(Duration::from_secs(120)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("does not end"),
        _ => worker.join().unwrap(),
    }
}

fn check<T>(what: &dyn std::fmt::Display, answer: &Result<T, Error>) {
    let Err(error) = answer else { return };
    assert!(!error.to_string().is_empty());
    let complete = match error.kind() {
        ErrorKind::NoSuchProcess | ErrorKind::ZombieProcess | ErrorKind::AccessDenied => {
            error.pid().is_some()
        }
        ErrorKind::Parse => error.path().is_some(),
        ErrorKind::Os => error.io_error().is_some(),
        ErrorKind::Unsupported => true,
        // The total memory is zero.
        ErrorKind::InvalidInput => error.to_string().contains("total physical memory is 0"),
        _ => false,
    };
    assert!(complete, "{what}: {error:?}");
}

/// Every attribute, one by one.
fn attributes(p: &Process) {
    for &attr in Attr::ALL {
        check(&attr, &p.oneshot().get(attr));
    }
}

/// Everything that a process can be asked.
fn everything(p: &Process) {
    attributes(p);
    let view = p.oneshot();
    for &attr in Attr::ALL {
        check(&attr, &view.get(attr));
    }
    let info = p.as_dict(Attrs::ALL);
    check(&"as_dict", &info);
    for (attr, answer) in info.iter().flat_map(|info| info.iter()) {
        check(&attr, answer);
    }
    for &resource in Resource::ALL {
        check(&resource.as_str(), &p.rlimit(resource));
    }
    for &memtype in MemoryType::ALL {
        check(&memtype.as_str(), &p.memory_percent(memtype));
    }
    for &kind in ConnectionKind::ALL {
        check(&kind.as_str(), &p.net_connections(kind));
    }
    check(&"memory_maps", &p.memory_maps());
    check(&"parent", &p.parent());
    check(&"parents", &p.parents());
    check(&"children", &p.children(false));
    check(&"children", &p.children(true));
    let _ = p.is_running();
    assert!(p.to_string().starts_with("Process(pid="));
}

type Answers = BTreeMap<Pid, Vec<String>>;

/// What the table says of each process.
fn answers(roots: &Roots) -> Answers {
    roots
        .process_table()
        .read(Attrs::ALL)
        .unwrap()
        .map(|info| {
            let lines = info.iter().map(|(attr, answer)| {
                check(&attr, answer);
                match answer {
                    Ok(value) => format!("{value:?}"),
                    Err(error) => format!("{attr}: {:?}", error.kind()),
                }
            });
            (info.process().pid(), lines.collect())
        })
        .collect()
}

/// A tree, and what it says of the processes that are not spoilt.
struct Spoilt {
    tree: Tree,
    sound: Answers,
}

impl Spoilt {
    fn new() -> Self {
        let tree = Tree::fixture("6.x");
        let mut sound = answers(&tree.roots());
        assert_eq!(sound.len(), 5);
        sound.remove(&VICTIM);
        Self { tree, sound }
    }

    fn everything(&self) {
        let p = self.tree.roots().process(VICTIM);
        check(&"process", &p);
        if let Ok(p) = p {
            everything(&p);
        }
    }

    /// As [`everything`], and the others are as before.
    fn survives(&self, what: &str) {
        self.everything();
        self.others(what);
    }

    fn others(&self, what: &str) {
        let roots = self.tree.roots();
        let mut found = answers(&roots);
        found.remove(&VICTIM);
        assert_eq!(found, self.sound, "{what}");
        let table = roots.process_table();
        let listed: Vec<_> = table.iter().unwrap().map(|p| p.pid()).collect();
        assert!(OTHERS.iter().all(|pid| listed.contains(pid)), "{what}: {listed:?}");
    }
}

/// The files of a process, as bytes; links and folders are left out.
fn files_of(pid: Pid) -> Vec<(String, Vec<u8>)> {
    let prefix = format!("proc/{pid}/");
    entries(&fixture_text("6.x"))
        .into_iter()
        .filter_map(|entry| match entry.content {
            Content::File(bytes) => {
                let path = String::from_utf8(entry.path).ok()?;
                path.starts_with(&prefix).then(|| (path["proc/".len()..].to_owned(), bytes))
            }
            _ => None,
        })
        .collect()
}

/// One file of each kind.
fn kinds_of_files() -> Vec<(String, Vec<u8>)> {
    let mut files = files_of(VICTIM);
    files.retain(|(path, _)| !path.contains("fdinfo/") || path.ends_with("fdinfo/1"));
    assert_eq!(files.len(), 16);
    files
}

/// xorshift64*
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end.max(1)
    }
}

fn junk(seed: u64, len: usize) -> Vec<u8> {
    let mut random = Random(seed);
    (0..len).map(|_| random.next() as u8).collect()
}

#[test]
fn names() {
    ends(|| {
        let spoilt = Spoilt::new();
        for name in [
            &b"a) (b"[..],
            b") R 1 2 3 4",
            b"(",
            b")",
            b"",
            b"\n",
            b"a\nb) Z 0",
            b" ",
            b"\xff\xfe\x80",
            b"\x1b[31mred",
            b"123456789012) (",
        ] {
            spoilt.tree.write("300/stat", stat_line(VICTIM, name, b'S', 1, 500));
            spoilt.tree.write("300/cmdline", [name, b"\0"].concat());
            let p = spoilt.tree.roots().process(VICTIM).unwrap();
            assert_eq!(p.name().unwrap(), OsStr::from_bytes(name));
            assert_eq!((p.ppid().unwrap(), p.page_faults().unwrap().minor), (1, 1));
            assert!(p.cmdline().is_ok());
            let siblings = spoilt.tree.roots().process(1).unwrap().children(false).unwrap();
            assert!(siblings.contains(&p));
            let shown = p.to_string();
            assert!(!shown.contains('\n') && !shown.contains('\x1b'), "{shown}");
            spoilt.survives(&name.escape_ascii().to_string());
        }
        // As it stands in fdinfo and net, a name is a path.
        spoilt.tree.link("300/exe", OsStr::from_bytes(b"/opt/\xff\n) (x"));
        let p = spoilt.tree.roots().process(VICTIM).unwrap();
        assert_eq!(p.exe().unwrap().as_os_str(), OsStr::from_bytes(b"/opt/\xff\n) (x"));
    });
}

#[test]
fn cut_files() {
    ends(|| {
        let spoilt = Spoilt::new();
        for (path, bytes) in kinds_of_files() {
            for cut in [0, 1, bytes.len() / 3, bytes.len() / 2, bytes.len().saturating_sub(2)] {
                spoilt.tree.write(&path, &bytes[..cut.min(bytes.len())]);
                spoilt.everything();
            }
            spoilt.others(&path);
            spoilt.tree.write(&path, &bytes);
        }
    });
}

#[test]
fn missing_lines() {
    ends(|| {
        let spoilt = Spoilt::new();
        let p = spoilt.tree.roots().process(VICTIM).unwrap();
        for path in ["300/status", "300/io", "300/fdinfo/1", "300/smaps_rollup", "300/limits"] {
            let whole = spoilt.tree.read(path);
            let lines: Vec<_> = whole.split_inclusive(|&b| b == b'\n').collect();
            for without in 0..lines.len() {
                let mut lines = lines.clone();
                lines.remove(without);
                spoilt.tree.write(path, lines.concat());
                attributes(&p);
            }
            spoilt.tree.write(path, whole);
        }
        // The first mapping alone: the others are like it.
        let smaps = spoilt.tree.read("300/smaps");
        let lines: Vec<_> = smaps.split_inclusive(|&b| b == b'\n').take(27).collect();
        for without in 0..lines.len() {
            let mut lines = lines.clone();
            lines.remove(without);
            spoilt.tree.write("300/smaps", lines.concat());
            check(&"memory_maps", &p.memory_maps());
        }
        for file in ["meminfo", "stat"] {
            let whole = spoilt.tree.read(file);
            spoilt.tree.write(file, "nothing 1\n");
            let roots = spoilt.tree.roots();
            let found = answers(&roots);
            assert_eq!(found.len(), 5, "{file}");
            everything(&roots.process(VICTIM).unwrap());
            spoilt.tree.write(file, whole);
        }
        spoilt.others("restored");
    });
}

#[test]
fn numbers() {
    const ODD: [&str; 7] = [
        "-1",
        "18446744073709551615",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999999999",
        "",
        "0x7f",
    ];
    ends(|| {
        let spoilt = Spoilt::new();
        let stat = String::from_utf8(spoilt.tree.read("300/stat")).unwrap();
        let words: Vec<_> = stat.trim_end().split(' ').collect();
        for place in 3..42 {
            for odd in ODD {
                let mut words = words.clone();
                words[place] = odd;
                spoilt.tree.write("300/stat", words.join(" ") + "\n");
                let p = spoilt.tree.roots().process(VICTIM).unwrap();
                let view = p.oneshot();
                for &attr in Attr::ALL {
                    check(&attr, &view.get(attr));
                }
                let _ = p.to_string();
                check(&"children", &p.children(true));
                check(&"parent", &p.parent());
            }
        }
        spoilt.tree.write("300/stat", &stat);
        for (path, bytes) in kinds_of_files() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            for odd in ODD {
                let mut out = String::new();
                let mut in_number = false;
                for c in text.chars() {
                    if c.is_ascii_digit() {
                        if !in_number {
                            out.push_str(odd);
                        }
                        in_number = true;
                    } else {
                        in_number = false;
                        out.push(c);
                    }
                }
                spoilt.tree.write(&path, out);
                spoilt.everything();
            }
            spoilt.others(&path);
            spoilt.tree.write(&path, &bytes);
        }
    });
}

#[test]
fn gigantic_values_do_not_wrap() {
    let tree = Tree::fixture("6.x");
    let p = tree.roots().process(VICTIM).unwrap();
    let most = u64::MAX.to_string();
    tree.write("300/statm", format!("{most} {most} {most} {most} 0 {most} 0\n"));
    assert_eq!(p.memory_info().unwrap().rss, u64::MAX);
    let header = "1000-2000 rw-p 00000000 00:00 0 ";
    let most_kb = u64::MAX / 1024;
    tree.write("300/smaps", format!("{header}\nRss: {most_kb} kB\n{header}\nRss: {most_kb} kB\n"));
    assert_eq!(p.memory_maps_grouped().unwrap().first().unwrap().rss, u64::MAX);
    tree.write("300/smaps_rollup", format!("Pss: {most} kB\n"));
    assert_eq!(p.memory_footprint().unwrap_err().kind(), ErrorKind::Parse);
    tree.write("meminfo", "MemTotal: 0 kB\n");
    let error = tree.roots().process(VICTIM).unwrap().memory_percent(MemoryType::Rss);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput);
}

/// In place of each file, and of each folder: whatever `put` makes there.
fn in_place_of_each(put: impl Fn(&Tree, &str)) {
    let spoilt = Spoilt::new();
    let mut paths: Vec<_> = kinds_of_files().into_iter().map(|(path, _)| path).collect();
    let others =
        ["exe", "cwd", "fd/1", "fd/3", "ns/net", "fd", "fdinfo", "task", "task/300", "net"];
    paths.extend(others.map(|name| format!("300/{name}")));
    paths.push("300".to_owned());
    for path in paths {
        let at = spoilt.tree.at(&path);
        let aside = spoilt.tree.root().join("aside");
        fs::rename(&at, &aside).unwrap();
        put(&spoilt.tree, &path);
        spoilt.survives(&path);
        spoilt.tree.remove(&path);
        fs::rename(&aside, &at).unwrap();
    }
    spoilt.others("restored");
    assert!(answers(&spoilt.tree.roots()).contains_key(&VICTIM));
}

#[test]
fn missing() {
    ends(|| in_place_of_each(|_, _| ()));
}

#[test]
fn binary_junk() {
    ends(|| in_place_of_each(|tree, path| tree.write(path, junk(7, 5000))));
}

#[test]
fn symlink_loops() {
    ends(|| {
        in_place_of_each(|tree, path| {
            let name = Path::new(path).file_name().unwrap();
            tree.link(path, name);
        });
    });
}

#[test]
fn folders() {
    ends(|| in_place_of_each(|tree, path| fs::create_dir(tree.at(path)).unwrap()));
}

fn fifo(path: &Path) {
    rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap();
}

#[test]
fn fifos() {
    ends(|| in_place_of_each(|tree, path| fifo(&tree.at(path))));
}

#[test]
fn fifos_that_someone_may_yet_write_to() {
    ends(|| {
        let spoilt = Spoilt::new();
        for (path, _) in kinds_of_files() {
            let at = spoilt.tree.at(&path);
            let whole = fs::read(&at).unwrap();
            fs::remove_file(&at).unwrap();
            fifo(&at);
            let writer = fs::OpenOptions::new().read(true).write(true).open(&at).unwrap();
            spoilt.survives(&path);
            drop(writer);
            fs::remove_file(&at).unwrap();
            spoilt.tree.write(&path, whole);
        }
        // A descriptor of a FIFO is told from a file without opening it.
        let pipe = spoilt.tree.root().join("pipe");
        fifo(&pipe);
        spoilt.tree.link("300/fd/1", &pipe);
        let p = spoilt.tree.roots().process(VICTIM).unwrap();
        assert_eq!(p.open_files().unwrap().len(), 1);
    });
}

#[test]
fn roots_without_processes() {
    let tree = Tree::new();
    assert!(tree.roots().pids().unwrap().is_empty());
    assert_eq!(tree.roots().process(1).unwrap_err().kind(), ErrorKind::NoSuchProcess);
    let nowhere = Roots::new(tree.at("none"), tree.at("none"));
    assert_eq!(nowhere.pids().unwrap_err().kind(), ErrorKind::Os);
    assert!(nowhere.process_table().iter().is_err());
    assert!(!nowhere.pid_exists(1));
}

#[test]
fn long_command_line() {
    ends(|| {
        let spoilt = Spoilt::new();
        let text = [&b"/bin/x\0"[..], &b"argument\0".repeat(466_033)].concat();
        assert!(text.len() > 4_000_000);
        spoilt.tree.write("300/cmdline", &text);
        spoilt.tree.write("300/environ", b"NAME=value\0".repeat(10_000));
        let p = spoilt.tree.roots().process(VICTIM).unwrap();
        let args = p.cmdline().unwrap();
        assert_eq!(
            (args.len(), args.last().unwrap().as_os_str()),
            (466_034, OsStr::new("argument"))
        );
        assert_eq!(p.name().unwrap(), "systemd-journal");
        assert_eq!(p.environ().unwrap().len(), 1);
        let one = vec![b'x'; 4 << 20];
        spoilt.tree.write("300/cmdline", &one);
        assert_eq!(p.cmdline().unwrap(), [OsString::from("x".repeat(4 << 20))]);
        spoilt.others("cmdline");
    });
}

#[test]
fn many_descriptors() {
    ends(|| {
        let tree = Tree::fixture("6.x");
        tree.remove("300/fd");
        for fd in 0..20_000 {
            tree.link(format!("300/fd/{fd}"), format!("socket:[{}]", 5003 + fd % 2));
        }
        let p = tree.roots().process(VICTIM).unwrap();
        assert_eq!(p.num_fds().unwrap(), 20_000);
        let fds: Vec<_> =
            p.net_connections(ConnectionKind::All).unwrap().iter().map(|c| c.fd).collect();
        assert_eq!(fds, [0, 1]);
        assert!(p.open_files().unwrap().is_empty());
    });
}

#[test]
fn families_in_a_circle() {
    ends(|| {
        let tree = Tree::new();
        for (pid, ppid) in [(10, 12), (11, 10), (12, 11), (20, 20), (30, 31), (31, 30), (40, 41)] {
            tree.process(pid, ppid, b"x", 5);
        }
        tree.process(50, -1, b"x", 5);
        tree.process(51, i32::MAX, b"x", 5);
        tree.process(52, i32::MIN, b"x", 5);
        tree.write("stat", "btime 1\n");
        let roots = tree.roots();
        let pids = |processes: Vec<Process>| processes.iter().map(Process::pid).collect::<Vec<_>>();
        let of = |pid| roots.process(pid).unwrap();
        assert_eq!(pids(of(10).parents().unwrap()), [12, 11]);
        assert_eq!(pids(of(10).children(true).unwrap()), [11, 12]);
        assert_eq!(pids(of(30).children(true).unwrap()), [31]);
        assert!(of(20).parents().unwrap().is_empty());
        assert!(of(20).children(true).unwrap().is_empty());
        assert_eq!(of(40).parent().unwrap(), None);
        for pid in roots.pids().unwrap() {
            everything(&of(pid));
        }
    });
}

#[test]
fn deep_families() {
    ends(|| {
        let tree = Tree::new();
        for pid in 1..=2000 {
            tree.write(format!("{pid}/stat"), stat_line(pid, b"x", b'S', pid - 1, 5));
        }
        let p = tree.roots().process(1).unwrap();
        assert_eq!(p.children(true).unwrap().len(), 1999);
        assert_eq!(tree.roots().process(2000).unwrap().parents().unwrap().len(), 1999);
    });
}

#[test]
fn odd_names_of_folders() {
    ends(|| {
        let spoilt = Spoilt::new();
        let odd = [
            "007",
            "00300",
            "12a",
            "+5",
            "-5",
            " 6",
            "99999999999999999999",
            "2147483648",
            "4294967596",
            "0",
            "\u{663}",
        ];
        for name in odd {
            spoilt.tree.write(format!("{name}/stat"), stat_line(7, b"odd", b'S', 1, 9));
        }
        spoilt.tree.write("5000", "a file");
        let roots = spoilt.tree.roots();
        let found = answers(&roots);
        for pid in OTHERS {
            assert!(found.contains_key(&pid));
        }
        let pids = roots.pids().unwrap();
        assert!(pids.windows(2).all(|two| two[0] < two[1]), "{pids:?}");
        assert!(!pids.contains(&7), "{pids:?}");
        let listed: Vec<_> = roots.process_table().iter().unwrap().map(|p| p.pid()).collect();
        assert_eq!(listed.iter().filter(|&&pid| pid == VICTIM).count(), 1);
        for pid in pids {
            if let Ok(p) = roots.process(pid) {
                attributes(&p);
            }
        }
    });
}

/// Without the right to read: by another user, since nothing is closed to root.
#[test]
fn closed_files() {
    if let Some(proc) = std::env::var_os(ROLE) {
        let roots = Roots::new(&proc, "/nowhere");
        let p = roots.process(VICTIM).unwrap();
        everything(&p);
        let kind = |attr| p.oneshot().get(attr).unwrap_err().kind();
        for attr in [Attr::IoCounters, Attr::MemoryMaps, Attr::NumFds, Attr::Environ, Attr::Threads]
        {
            assert_eq!(kind(attr), ErrorKind::AccessDenied, "{attr}");
        }
        assert_eq!(p.name().unwrap(), "systemd-journald");
        let found = answers(&roots);
        assert!(OTHERS.iter().all(|pid| found.contains_key(pid)));
        let unreadable = roots.process(998).unwrap();
        everything(&unreadable);
        assert_eq!(unreadable.name().unwrap_err().kind(), ErrorKind::AccessDenied);
        return;
    }
    let tree = Tree::fixture("6.x");
    let mode =
        |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    mode(tree.root(), 0o755);
    for file in ["io", "smaps", "smaps_rollup", "fd", "environ", "task", "net", "fdinfo", "limits"]
    {
        mode(&tree.at(format!("300/{file}")), 0);
    }
    for file in ["stat", "status", "statm", "cmdline"] {
        mode(&tree.at(format!("998/{file}")), 0);
    }
    // Not in the tree's folder, which may be one that nothing is run from.
    let folder = tempfile::tempdir().unwrap();
    mode(folder.path(), 0o755);
    let exe = folder.path().join("test");
    // A copy made here could still be open for writing in a child that another test forks.
    let copied = Command::new("cp").arg(std::env::current_exe().unwrap()).arg(&exe).status();
    assert!(copied.unwrap().success());
    mode(&exe, 0o755);
    let mut again = Command::new(&exe);
    again.args(["--exact", "closed_files", "--nocapture"]).env(ROLE, tree.at("")).current_dir("/");
    if rustix::process::geteuid().is_root() {
        again.uid(65534).gid(65534);
    }
    let reachable = Command::new(&exe)
        .arg("--list")
        .uid(if rustix::process::geteuid().is_root() {
            65534
        } else {
            rustix::process::geteuid().as_raw()
        })
        .current_dir("/")
        .output();
    if !reachable.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: another user cannot run a program in {}", folder.path().display());
        return;
    }
    let output = again.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for file in ["fd", "task", "net", "fdinfo"] {
        mode(&tree.at(format!("300/{file}")), 0o755);
    }
    assert!(output.status.success(), "{}{told}", String::from_utf8_lossy(&output.stdout));
}

/// Bytes changed, cut off, doubled and moved at random, the same in each run.
#[test]
fn mutations() {
    ends(|| {
        let workers: Vec<_> =
            (1..=2).map(|seed| thread::spawn(move || mutate(seed, 1000))).collect();
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

fn mutate(seed: u64, rounds: usize) {
    let spoilt = Spoilt::new();
    let mut random = Random(seed);
    let mut files = kinds_of_files();
    // Half of the changes go to those that most answers come from.
    let (many, few): (Vec<_>, Vec<_>) = files.drain(..).partition(|(path, _)| {
        ["/stat", "/status", "/smaps", "/statm"].iter().any(|name| path.ends_with(name))
    });
    for round in 0..rounds {
        let mut touched = Vec::new();
        for _ in 0..=random.below(3) {
            let from = if random.below(2) == 0 { &many } else { &few };
            let (path, whole) = &from[random.below(from.len())];
            let mut bytes = whole.clone();
            for _ in 0..=random.below(4) {
                alter(&mut bytes, &mut random);
            }
            spoilt.tree.write(path, bytes);
            touched.push((path, whole));
        }
        let p = spoilt.tree.roots().process(VICTIM);
        check(&"process", &p);
        if let Ok(p) = p {
            let view = p.oneshot();
            for &attr in Attr::ALL {
                check(&attr, &view.get(attr));
            }
            check(&"all", &view.net_connections(ConnectionKind::All));
            check(&"rlimit", &view.rlimit(Resource::ALL[round % Resource::ALL.len()]));
            let _ = p.to_string();
            if round % 100 == 0 {
                spoilt.survives(&format!("round {round}"));
            }
        }
        for (path, whole) in touched {
            spoilt.tree.write(path, whole);
        }
    }
}

fn alter(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        bytes.extend(junk(random.next() | 1, 9));
        return;
    }
    let at = random.below(bytes.len());
    let end = (at + 1 + random.below(20)).min(bytes.len());
    match random.below(8) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.next() as u8,
        2 => bytes.truncate(at),
        3 => {
            let part = bytes[at..end].to_vec();
            bytes.splice(at..at, part);
        }
        4 => drop(bytes.drain(at..end)),
        5 => bytes[at..end].reverse(),
        6 => bytes[at] = b" \n():-0\t"[random.below(8)],
        _ => {
            let part = b"99999999999".repeat(1 + random.below(2));
            bytes.splice(at..at, part);
        }
    }
}

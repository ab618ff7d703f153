//! The table of all processes: its cells are the answers of the getters, on one thread and on
//! several.
#![cfg(all(test, target_os = "linux"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tree.rs"]
mod tree;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use sysvitals::process::{Column, Values};
use sysvitals::{Attr, Attrs, ErrorKind, Pid, ProcessTable, Roots, Snapshot, Value};
use tree::{Tree, stat_line};

fn pids(snapshot: &Snapshot) -> Vec<Pid> {
    let Values::Int(pids) = snapshot.column(Attr::Pid).unwrap().values() else { panic!() };
    pids.iter().map(|&pid| Pid::try_from(pid).unwrap()).collect()
}

fn text(snapshot: &Snapshot, attr: Attr, row: usize) -> Option<&OsStr> {
    let column = snapshot.column(attr).unwrap();
    let Values::Text(texts) = column.values() else { panic!("{attr}: {column:?}") };
    (!column.is_null(row)).then(|| texts.get(row))
}

/// Every process of the trees, in one `/proc`.
fn captured() -> [Tree; 3] {
    ["3.10", "5.15", "6.x"].map(Tree::fixture)
}

#[test]
fn a_cell_is_null_exactly_where_there_is_no_answer() {
    for tree in captured() {
        let snapshot = tree.roots().snapshot(Attrs::ALL).unwrap();
        let infos: Vec<_> = tree.roots().process_table().read(Attrs::ALL).unwrap().collect();
        let read: Vec<_> = infos.iter().map(|info| info.process().pid()).collect();
        assert_eq!(pids(&snapshot), read);
        assert_eq!(snapshot.columns().len(), Attr::ALL.len());
        for (row, info) in infos.iter().enumerate() {
            for (attr, answer) in info.iter() {
                let column = snapshot.column(attr).unwrap();
                let (reason, is_none) = match answer {
                    Ok(value) => (None, *value == Value::Terminal(None)),
                    Err(error) => (Some(error.kind()), true),
                };
                let process = info.process();
                assert_eq!(snapshot.reason(row, attr), reason, "{attr} of {process:?}");
                assert_eq!(column.is_null(row), is_none, "{attr} of {process:?}");
                no_inner_nulls(attr, column, row);
            }
        }
    }
}

/// A value that its column cannot hold would be null.
fn no_inner_nulls(attr: Attr, column: &Column, row: usize) {
    match column.values() {
        _ if column.is_null(row) => {}
        Values::Struct(record) => {
            for field in record.fields().iter().filter(|field| field.name != "raddr") {
                assert!(!field.column.is_null(row), "{attr}.{}", field.name);
                no_inner_nulls(attr, &field.column, row);
            }
        }
        Values::List(list) => {
            for place in list.range(row) {
                assert!(!list.items().is_null(place), "{attr}");
                no_inner_nulls(attr, list.items(), place);
            }
        }
        _ => {}
    }
}

#[test]
fn cells_are_the_answers() {
    for tree in captured() {
        let snapshot = tree.roots().snapshot(Attrs::ALL).unwrap();
        for (row, info) in tree.roots().process_table().read(Attrs::ALL).unwrap().enumerate() {
            for attr in [Attr::Name, Attr::Username, Attr::Exe, Attr::Status] {
                let expected = match info.value(attr) {
                    Some(Value::Name(text) | Value::Username(text)) => Some(text.clone()),
                    Some(Value::Exe(path)) => Some(path.clone().into_os_string()),
                    Some(Value::Status(status)) => Some(status.as_str().into()),
                    _ => None,
                };
                assert_eq!(text(&snapshot, attr, row), expected.as_deref(), "{attr}");
            }
            if let Some(Value::Cmdline(args)) = info.value(Attr::Cmdline) {
                let column = snapshot.column(Attr::Cmdline).unwrap();
                let Values::List(list) = column.values() else { panic!("{column:?}") };
                let Values::Text(texts) = list.items().values() else { panic!("{list:?}") };
                let read: Vec<_> = list.range(row).map(|place| texts.get(place)).collect();
                assert_eq!(read, args.iter().map(AsRef::<OsStr>::as_ref).collect::<Vec<_>>());
            }
            if let Some(Value::CpuTimes(times)) = info.value(Attr::CpuTimes) {
                let column = snapshot.column(Attr::CpuTimes).unwrap();
                let Values::Struct(record) = column.values() else { panic!("{column:?}") };
                let fields = record.fields().iter().map(|field| {
                    let Values::Float(seconds) = field.column.values() else { panic!("{field:?}") };
                    (field.name, seconds[row])
                });
                let expected = [
                    ("user", times.user),
                    ("system", times.system),
                    ("children_user", times.children_user),
                    ("children_system", times.children_system),
                    ("iowait", times.iowait),
                ];
                assert_eq!(fields.collect::<Vec<_>>(), expected);
                assert_eq!(record.name(), "pcputimes");
            }
        }
    }
}

#[test]
fn the_columns_are_the_same_where_nothing_was_read() {
    let empty = Tree::new().roots().snapshot(Attrs::ALL).unwrap();
    assert!(empty.is_empty());
    let tree = Tree::new();
    tree.write("7/stat", "broken");
    let broken = tree.roots().snapshot(Attrs::ALL).unwrap();
    assert_eq!(pids(&broken), [7]);
    assert_eq!(text(&broken, Attr::Name, 0), None);
    assert_eq!(broken.reason(0, Attr::Name), Some(ErrorKind::Parse));
    let reasons = broken.reasons(Attr::Name);
    let Values::Text(texts) = reasons.values() else { panic!("{reasons:?}") };
    assert_eq!(texts.get(0), "Parse");
    for ((attr, none), (_, one)) in empty.columns().zip(broken.columns()) {
        let kind = |column: &Column| std::mem::discriminant(column.values());
        assert_eq!(kind(none), kind(one), "{attr}");
    }
}

#[test]
fn a_process_without_stat_has_no_row_and_one_bad_file_costs_its_cells() {
    let tree = Tree::new();
    (1..=3).for_each(|pid| tree.process(pid, 0, b"x", 100));
    tree.remove("2/stat");
    tree.remove("3/status");
    let snapshot =
        tree.roots().snapshot([Attr::Pid, Attr::Name, Attr::Uids, Attr::Terminal].into()).unwrap();
    assert_eq!(pids(&snapshot), [1, 3]);
    assert_eq!(text(&snapshot, Attr::Name, 1), Some(OsStr::new("x")));
    assert!(snapshot.column(Attr::Uids).unwrap().is_null(1));
    assert_eq!(snapshot.reason(1, Attr::Uids), Some(ErrorKind::Os));
    assert_eq!(snapshot.reason(0, Attr::Uids), None);
    assert_eq!(
        (text(&snapshot, Attr::Terminal, 0), snapshot.reason(0, Attr::Terminal)),
        (None, None)
    );
    assert!(snapshot.column(Attr::Exe).is_none());
    assert_eq!(snapshot.reason(1, Attr::Exe), None);
}

#[test]
fn a_missing_root_is_an_error() {
    let error = Roots::new("/nonexistent", "/nonexistent").snapshot(Attrs::ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Os);
}

#[test]
fn processes_that_come_and_go_are_whole_or_told() {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Relaxed) {
                Command::new("true").stdin(Stdio::null()).status().unwrap();
            }
        });
        let table = ProcessTable::new();
        let costly = [Attr::MemoryMaps, Attr::MemoryFootprint, Attr::Environ, Attr::NetConnections];
        for _ in 0..10 {
            let snapshot = table.snapshot(Attrs::ALL - costly.into()).unwrap();
            assert!(pids(&snapshot).is_sorted_by(|a, b| a < b));
            for (attr, column) in snapshot.columns() {
                assert_eq!(column.len(), snapshot.len());
                for row in 0..snapshot.len() {
                    let is_told = snapshot.reason(row, attr).is_some() || attr == Attr::Terminal;
                    assert!(!column.is_null(row) || is_told, "{attr} of row {row}");
                }
            }
        }
        stop.store(true, Relaxed);
    });
}

/// So many that several threads read them.
const MANY: i32 = 600;

/// Whole processes, zombies, and broken ones.
fn crowd() -> Tree {
    let tree = Tree::new();
    for pid in 1..=MANY {
        let comm = format!("process {pid}");
        tree.process(pid, pid / 2, comm.as_bytes(), pid as u64);
        tree.write(format!("{pid}/cmdline"), format!("/bin/{pid}\0-x\0"));
        match pid % 50 {
            1 => tree.write(format!("{pid}/stat"), stat_line(pid, b"z", b'Z', 1, 5)),
            2 => tree.write(format!("{pid}/stat"), "broken"),
            3 => tree.remove(format!("{pid}/stat")),
            4 => tree.remove(format!("{pid}/status")),
            5 => tree.write(format!("{pid}/stat"), stat_line(pid, b"\xff\xfe", b'S', 1, 5)),
            _ => {}
        }
    }
    tree.write("stat", "btime 1700000000\n");
    tree
}

fn put(path: &std::path::Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

/// All that is read of a tree, twice by the same table, as text.
fn everything(roots: &Roots) -> String {
    let table = roots.process_table();
    let attrs = Attrs::ALL - [Attr::CpuPercent].into();
    let mut all = String::new();
    for _ in 0..2 {
        for info in table.read(attrs).unwrap() {
            let answers: Vec<_> = info.iter().collect();
            writeln!(all, "{} {answers:?}", info.process().pid()).unwrap();
        }
        writeln!(all, "{:?}", table.snapshot(attrs).unwrap()).unwrap();
    }
    all
}

/// Set in the copies of this program: the tree that they read, and where they write to.
const READ: &str = "SYSVITALS_TEST_READ";
const WRITE: &str = "SYSVITALS_TEST_WRITE";

#[test]
fn threads_change_nothing() {
    if let (Some(read), Some(write)) = (env::var_os(READ), env::var_os(WRITE)) {
        let root = PathBuf::from(read);
        put(write.as_ref(), &everything(&Roots::new(root.join("proc"), root.join("sys"))));
        return;
    }
    let tree = crowd();
    let answers = |threads: &str| {
        let out = tempfile::NamedTempFile::new().unwrap();
        let done = Command::new(env::current_exe().unwrap())
            .args(["--exact", "threads_change_nothing"])
            .env(READ, tree.root())
            .env(WRITE, out.path())
            .env("SYSVITALS_THREADS", threads)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        std::fs::read_to_string(out.path()).unwrap()
    };
    let one = answers("1");
    assert!(one.lines().count() > 1000, "{}", one.lines().count());
    if thread::available_parallelism().unwrap().get() == 1 {
        println!("several threads are not tried: there is one CPU");
    }
    for threads in ["8", " 2 ", "0", "many", "99999999999999999999999"] {
        assert!(answers(threads) == one, "SYSVITALS_THREADS={threads:?}");
    }
}

#[test]
fn a_crowd_keeps_its_processes_and_their_cpu_samples() {
    let tree = crowd();
    let table = tree.roots().process_table();
    let attrs = Attrs::from([Attr::CpuPercent]);
    let first: Vec<_> = table.read(attrs).unwrap().collect();
    let busy: BTreeSet<Pid> = (1..=MANY).filter(|pid| pid % 50 > 5 && pid % 2 == 0).collect();
    for pid in &busy {
        let line = String::from_utf8(tree.read(format!("{pid}/stat"))).unwrap();
        // utime, of a clock that has gone on by a second.
        tree.write(format!("{pid}/stat"), line.replacen(" 5 6 7 8 20 ", " 105 6 7 8 20 ", 1));
    }
    thread::sleep(Duration::from_millis(10));
    let snapshot = table.snapshot([Attr::Pid, Attr::CpuPercent].into()).unwrap();
    let Values::Float(percents) = snapshot.column(Attr::CpuPercent).unwrap().values() else {
        panic!()
    };
    for (pid, percent) in pids(&snapshot).iter().zip(percents) {
        assert_eq!(*percent > 0.0, busy.contains(pid), "{percent} of {pid}");
    }
    let again: Vec<_> = table.read(attrs).unwrap().collect();
    assert_eq!(first.len(), again.len());
    for (info, later) in first.iter().zip(&again) {
        assert!(info.process().is_same_handle(later.process()), "{:?}", info.process());
    }
}

#[test]
fn a_block_that_is_not_asked_for_to_the_end_is_given_up() {
    let tree = crowd();
    let table = tree.roots().process_table();
    let some: Vec<_> = table.read([Attr::Name].into()).unwrap().take(3).collect();
    assert_eq!(some.len(), 3);
    let all = table.read([Attr::Pid].into()).unwrap().count();
    assert_eq!(all, pids(&tree.roots().snapshot([Attr::Pid].into()).unwrap()).len());
}

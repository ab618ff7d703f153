//! The names, fields and constants, against psutil's own.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Debug;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Map, Value};
use sysvitals::cpu::{self, CpuFreq, CpuStats};
use sysvitals::disk::{DiskIoCounters, DiskPartition, DiskUsage};
use sysvitals::host::User;
use sysvitals::memory::{SwapMemory, VirtualMemory};
use sysvitals::net::{
    Address, AddressFamily, Connection, NetIoCounters, NicAddress, NicDuplex, NicStats, SocketType,
    SystemConnection,
};
use sysvitals::process::{
    CpuTimes, CtxSwitches, Gids, IoCounters, IoPriority, IoPriorityClass, MemoryFootprint,
    MemoryInfo, MemoryInfoEx, MemoryMap, MemoryMapGrouped, MemoryType, OpenFile, PageFaults,
    RLIM_INFINITY, Resource, Thread, Uids,
};
use sysvitals::record::{FieldValue, Record};
use sysvitals::sensors::{Battery, BatteryTime, Fan, Temperature};
use sysvitals::{
    Attr, ConnectionKind, ConnectionStatus, ErrorKind, OneShot, Pid, Process, ProcessStatus, Result,
};

const OS: &str = "Linux";

/// psutil leaves the heap functions out where the C library is not glibc.
const HAS_HEAP: bool = cfg!(target_env = "gnu");

/// What one name of psutil is here, where it is not one name.
const SPLIT: &[(&str, &[&str])] = &[("memory_maps", &["memory_maps", "memory_maps_grouped"])];

/// psutil's functions. Where an argument makes another answer of one, there is another function;
/// see `functions_are_psutils`.
const FUNCTIONS: &[&str] = &[
    "boot_time",
    "bytes2human",
    "cpu_count",
    "cpu_freq",
    "cpu_percent",
    "cpu_stats",
    "cpu_times",
    "cpu_times_percent",
    "disk_io_counters",
    "disk_partitions",
    "disk_usage",
    "getloadavg",
    "heap_info",
    "heap_trim",
    "net_connections",
    "net_if_addrs",
    "net_if_stats",
    "net_io_counters",
    "pid_exists",
    "pids",
    "process_iter",
    "sensors_battery",
    "sensors_fans",
    "sensors_temperatures",
    "swap_memory",
    "users",
    "virtual_memory",
    "wait_procs",
];

/// What psutil raises that is no exception of its own, as kinds here.
const PYTHON_EXCEPTIONS: &[(&str, ErrorKind)] = &[
    ("ValueError", ErrorKind::InvalidInput),
    ("NotImplementedError", ErrorKind::Unsupported),
    ("RuntimeError", ErrorKind::Parse),
    ("OSError", ErrorKind::Os),
];

fn contract() -> Value {
    serde_json::from_str(include_str!("contract/api.json")).unwrap()
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

fn is_here(entry: &Value) -> bool {
    strings(&entry["platforms"]).contains(&OS)
}

fn is_deprecated_method(contract: &Value, name: &str) -> bool {
    contract["process_methods"][name]["category"] == "deprecated"
}

/// Whether something that is here and not deprecated returns a tuple.
fn is_returned(contract: &Value, meta: &Value) -> bool {
    if strings(&meta["defined_but_never_returned_on"]).contains(&OS) {
        return false;
    }
    strings(&meta["returned_by"]).into_iter().any(|text| {
        // Without what is said of them in brackets.
        let name = text.split([' ', '(']).next().unwrap();
        match name.strip_prefix("Process.") {
            Some(method) => !is_deprecated_method(contract, method),
            None => contract["functions"].get(name).is_some_and(is_here),
        }
    })
}

/// The tuples of this system, and their fields: name and type.
fn tuples(contract: &Value) -> BTreeMap<&str, Vec<(&str, &str)>> {
    let mut tuples = BTreeMap::new();
    for (name, meta) in object(&contract["namedtuples_meta"]) {
        // An end of a socket is no record; see `addresses_are_psutils_addr`.
        if name == "addr" || !is_returned(contract, meta) || (name == "pheap" && !HAS_HEAP) {
            continue;
        }
        let fields = contract["namedtuples"][name][OS].as_array().unwrap();
        let fields = fields
            .iter()
            .map(|field| (field["name"].as_str().unwrap(), field["type"].as_str().unwrap()));
        tuples.insert(name.as_str(), fields.collect());
    }
    tuples
}

fn type_of(value: FieldValue<'_>) -> &'static str {
    match value {
        FieldValue::Uint(_) | FieldValue::Int(_) => "int",
        FieldValue::Float(_) => "float",
        FieldValue::Text(_) => "str",
        FieldValue::Address(_) => "addr | tuple | str",
        FieldValue::Family(_) => "socket.AddressFamily",
        FieldValue::SocketType(_) => "socket.SocketKind",
        FieldValue::ConnectionStatus(_) => "ConnectionStatus",
        FieldValue::IoClass(_) => "ProcessIOPriority",
        FieldValue::Bool(_) => "bool",
        FieldValue::Duplex(_) => "NicDuplex",
        FieldValue::BatteryTime(_) => "int | BatteryTime",
        other => panic!("a kind of field that psutil does not have: {other:?}"),
    }
}

type Described = (&'static str, Vec<(&'static str, String)>);

fn described<R: Record>(record: R) -> Described {
    described_with(&record, &record)
}

/// As `described`; what is None in the second can be None.
fn described_with<R: Record>(full: &R, empty: &R) -> Described {
    let types: Vec<_> = full
        .values()
        .zip(empty.values())
        .map(|(value, empty)| match empty {
            FieldValue::None => format!("{} | None", type_of(value)),
            _ => type_of(value).to_owned(),
        })
        .collect();
    assert_eq!(types.len(), R::FIELDS.len(), "{}", R::NAME);
    (R::NAME, R::FIELDS.iter().copied().zip(types).collect())
}

/// The records of the system, made up where this machine may have none.
fn system_records() -> Vec<Described> {
    let freq = CpuFreq { current: 1.0, min: Some(1.0), max: Some(1.0) };
    let connection = SystemConnection {
        fd: 3,
        family: AddressFamily::Inet,
        kind: SocketType::STREAM,
        laddr: Address::None,
        raddr: Address::None,
        status: ConnectionStatus::Listen,
        pid: Some(1),
    };
    let text = || Some("x".to_owned());
    let address = NicAddress {
        family: AddressFamily::Inet,
        address: text(),
        netmask: text(),
        broadcast: text(),
        ptp: text(),
    };
    let no_address = NicAddress {
        family: AddressFamily::Unspec,
        address: None,
        netmask: None,
        broadcast: None,
        ptp: None,
    };
    let temperature =
        Temperature { label: "x".into(), current: Some(1.0), high: Some(1.0), critical: Some(1.0) };
    let no_temperature =
        Temperature { label: "x".into(), current: None, high: None, critical: None };
    let battery =
        Battery { percent: 1.0, secsleft: BatteryTime::Unknown, power_plugged: Some(true) };
    let user = User {
        name: "x".into(),
        terminal: Some("x".into()),
        host: Some("x".into()),
        started: 1.0,
        pid: Some(1),
    };
    let no_terminal = User { terminal: None, host: None, pid: None, ..user.clone() };
    let nic =
        NicStats { isup: true, duplex: NicDuplex::Full, speed: 1, mtu: 1, flags: "up".to_owned() };
    let partition = DiskPartition {
        device: "x".into(),
        mountpoint: "/".into(),
        fstype: "x".into(),
        opts: "x".into(),
    };
    vec![
        described::<cpu::CpuTimes>(sysvitals::cpu_times().unwrap()),
        described::<CpuStats>(sysvitals::cpu_stats().unwrap()),
        described_with(&freq, &CpuFreq { min: None, max: None, ..freq }),
        described::<VirtualMemory>(sysvitals::virtual_memory().unwrap()),
        described::<SwapMemory>(sysvitals::swap_memory().unwrap()),
        described::<DiskUsage>(sysvitals::disk_usage("/").unwrap()),
        described::<DiskIoCounters>(DiskIoCounters::default()),
        described(partition),
        described::<NetIoCounters>(NetIoCounters::default()),
        described_with(&address, &no_address),
        described(nic),
        described_with(&connection, &SystemConnection { pid: None, ..connection.clone() }),
        described_with(&temperature, &no_temperature),
        described(Fan { label: "x".into(), current: 1 }),
        described_with(&battery, &Battery { power_plugged: None, ..battery }),
        described_with(&user, &no_terminal),
    ]
}

#[test]
fn records_have_psutils_fields_in_psutils_order() {
    let named = tempfile::NamedTempFile::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();

    let process = Process::current();
    let open_file =
        process.open_files().unwrap().into_iter().find(|open| {
            Some(open.path.as_path()) == fs::canonicalize(named.path()).ok().as_deref()
        });
    let connection = process
        .net_connections(ConnectionKind::Tcp4)
        .unwrap()
        .into_iter()
        .find(|connection| connection.laddr == Address::Inet(listener.local_addr().unwrap()));

    let mut ours = BTreeMap::from([
        described::<MemoryInfo>(process.memory_info().unwrap()),
        described::<MemoryInfoEx>(process.memory_info_ex().unwrap()),
        described::<MemoryFootprint>(process.memory_footprint().unwrap()),
        described::<CpuTimes>(process.cpu_times().unwrap()),
        described::<OpenFile>(open_file.unwrap()),
        described::<Thread>(process.threads().unwrap().remove(0)),
        described::<Uids>(process.uids().unwrap()),
        described::<Gids>(process.gids().unwrap()),
        described::<IoCounters>(process.io_counters().unwrap()),
        described::<IoPriority>(process.ionice().unwrap()),
        described::<CtxSwitches>(process.num_ctx_switches().unwrap()),
        described::<PageFaults>(process.page_faults().unwrap()),
        described::<MemoryMapGrouped>(process.memory_maps_grouped().unwrap().remove(0)),
        described::<MemoryMap>(process.memory_maps().unwrap().remove(0)),
        described::<Connection>(connection.unwrap()),
        #[cfg(target_env = "gnu")]
        described::<sysvitals::HeapInfo>(sysvitals::heap_info()),
    ]);
    ours.extend(system_records());
    let contract = contract();
    let theirs: BTreeMap<&str, Vec<(&str, String)>> = tuples(&contract)
        .into_iter()
        .map(|(name, fields)| (name, fields.into_iter().map(|(f, t)| (f, t.to_owned())).collect()))
        .collect();
    assert_eq!(ours, theirs);

    let mut declared = declared_records(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    if !HAS_HEAP {
        declared.remove("pheap");
    }
    let checked: BTreeSet<String> = ours.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(declared, checked, "declared in src/ (left), checked here (right)");
}

/// The tuple names of every `record!` in a folder.
fn declared_records(dir: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(declared_records(&path));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for declaration in text.split("record! {").skip(1) {
            let head = declaration.split_once("pub struct ").unwrap().1;
            let name = head.lines().next().unwrap().split('"').nth(1);
            names.extend(name.map(str::to_owned));
        }
    }
    names
}

#[test]
fn addresses_are_psutils_addr() {
    let contract = contract();
    let fields: Vec<_> = contract["namedtuples"]["addr"][OS].as_array().unwrap().iter().collect();
    let names: Vec<_> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
    let types: Vec<_> = fields.iter().map(|field| field["type"].as_str().unwrap()).collect();
    assert_eq!((names, types), (vec!["ip", "port"], vec!["str", "int"]));

    let socket: SocketAddr = "[::1]:80".parse().unwrap();
    let Address::Inet(inner) = Address::Inet(socket) else { panic!("no socket address") };
    assert_eq!((inner.ip().to_string().as_str(), inner.port()), ("::1", 80));
    assert_eq!(Address::Inet(socket).to_string(), "[::1]:80");
    assert_eq!(Address::None.to_string(), "");
    assert_eq!(Address::Unix("@name".into()).to_string(), "@name");
}

#[test]
fn attributes_are_psutils() {
    let names: Vec<_> = Attr::ALL.iter().map(|attr| attr.as_str()).collect();
    assert_eq!(names, strings(&contract()["process_attrs"][OS]));
    for attr in Attr::ALL {
        assert_eq!(attr.as_str().parse::<Attr>().unwrap(), *attr);
        assert_eq!(snake(attr), attr.as_str());
    }
}

/// Names that the compiler has found on a type.
macro_rules! methods {
    ($type:ident: $($name:ident)*) => {{
        $(let _ = $type::$name;)*
        [$(stringify!($name)),*]
    }};
}

/// psutil's method, as it is called here.
fn spelled(name: &str) -> Vec<String> {
    match SPLIT.iter().find(|(split, _)| *split == name) {
        Some((_, parts)) => parts.iter().map(|part| (*part).to_owned()).collect(),
        None => vec![name.to_owned()],
    }
}

#[test]
fn process_has_psutils_methods() {
    let contract = contract();
    let mut expected = BTreeSet::new();
    for (name, method) in object(&contract["process_methods"]) {
        if !is_here(method) || is_deprecated_method(&contract, name) {
            continue;
        }
        expected.extend(spelled(name));
        if method["category"] == "getter+setter" {
            expected.insert(format!("set_{name}"));
        }
    }
    let lives = |property: &Value| property["deprecated"].is_null();
    for (name, property) in object(&contract["process_properties"]) {
        if property["kind"] == "read-only property" && lives(property) {
            expected.insert(name.clone());
        }
    }

    let ours = methods!(Process:
        as_dict children cmdline cpu_affinity cpu_num cpu_percent cpu_times create_time cwd environ
        exe gids io_counters ionice is_running kill memory_footprint memory_info memory_info_ex
        memory_maps memory_maps_grouped memory_percent name net_connections nice num_ctx_switches
        num_fds num_threads oneshot open_files page_faults parent parents pid ppid resume rlimit
        send_signal set_cpu_affinity set_ionice set_nice set_rlimit status suspend terminal
        terminate threads uids username wait
    );
    let ours: BTreeSet<String> = ours.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(ours, expected);
    // What wait_procs() puts on the processes that ended.
    assert!(contract["process_properties"]["returncode"].is_object());
    let _: fn(&Process) -> Option<Option<std::process::ExitStatus>> = Process::returncode;
}

#[test]
fn oneshot_has_every_getter() {
    let contract = contract();
    let mut expected = BTreeSet::new();
    for (name, method) in object(&contract["process_methods"]) {
        let category = method["category"].as_str().unwrap();
        if is_here(method) && category.starts_with("getter") {
            expected.extend(spelled(name));
        }
    }
    let ours = methods!(OneShot:
        cmdline cpu_affinity cpu_num cpu_percent cpu_times create_time cwd environ exe gids
        io_counters ionice memory_footprint memory_info memory_info_ex memory_maps
        memory_maps_grouped memory_percent name net_connections nice num_ctx_switches num_fds
        num_threads open_files page_faults ppid rlimit status terminal threads uids username
    );
    let ours: BTreeSet<String> = ours.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(ours, expected);
}

#[test]
fn functions_are_psutils() {
    let _: fn() -> Result<Vec<Pid>> = sysvitals::pids;
    let _: fn(Pid) -> bool = sysvitals::pid_exists;
    let _: fn() -> Result<sysvitals::process::ProcessIter> = sysvitals::process_iter;
    let _: fn() = sysvitals::process_iter_cache_clear;
    #[cfg(target_env = "gnu")]
    let _: (fn() -> sysvitals::HeapInfo, fn()) = (sysvitals::heap_info, sysvitals::heap_trim);
    let (gone, alive) = sysvitals::wait_procs([], Some(Duration::ZERO), |_| {}).unwrap();
    assert!(gone.is_empty() && alive.is_empty());

    type Interval = Option<Duration>;
    type Named<T> = Vec<(OsString, T)>;
    let _: fn() -> Result<cpu::CpuTimes> = sysvitals::cpu_times;
    let _: fn() -> Result<Vec<cpu::CpuTimes>> = sysvitals::cpu_times_percpu;
    let _: fn(Interval) -> Result<f64> = sysvitals::cpu_percent;
    let _: fn(Interval) -> Result<Vec<f64>> = sysvitals::cpu_percent_percpu;
    let _: fn(Interval) -> Result<cpu::CpuTimes> = sysvitals::cpu_times_percent;
    let _: fn(Interval) -> Result<Vec<cpu::CpuTimes>> = sysvitals::cpu_times_percent_percpu;
    let _: [fn() -> Option<usize>; 2] = [sysvitals::cpu_count, sysvitals::cpu_count_cores];
    let _: fn() -> Result<CpuStats> = sysvitals::cpu_stats;
    let _: fn() -> Result<Option<CpuFreq>> = sysvitals::cpu_freq;
    let _: fn() -> Result<Vec<CpuFreq>> = sysvitals::cpu_freq_percpu;
    let _: fn() -> Result<(f64, f64, f64)> = sysvitals::getloadavg;
    let _: fn() -> Result<VirtualMemory> = sysvitals::virtual_memory;
    let _: fn() -> Result<SwapMemory> = sysvitals::swap_memory;
    let _: fn(bool) -> Result<Vec<DiskPartition>> = sysvitals::disk_partitions;
    let _: fn(&'static str) -> Result<DiskUsage> = sysvitals::disk_usage;
    let _: fn(bool) -> Result<Option<DiskIoCounters>> = sysvitals::disk_io_counters;
    let _: fn(bool) -> Result<Named<DiskIoCounters>> = sysvitals::disk_io_counters_perdisk;
    let _: fn() = sysvitals::disk_io_counters_cache_clear;
    let _: fn(ConnectionKind) -> Result<Vec<SystemConnection>> = sysvitals::net_connections;
    let _: fn(bool) -> Result<Option<NetIoCounters>> = sysvitals::net_io_counters;
    let _: fn(bool) -> Result<Named<NetIoCounters>> = sysvitals::net_io_counters_pernic;
    let _: fn() = sysvitals::net_io_counters_cache_clear;
    let _: fn() -> Result<Named<Vec<NicAddress>>> = sysvitals::net_if_addrs;
    let _: fn() -> Result<Named<NicStats>> = sysvitals::net_if_stats;
    let _: fn() -> Result<Named<Vec<Temperature>>> = sysvitals::sensors_temperatures;
    let _: fn() -> Result<Named<Vec<Fan>>> = sysvitals::sensors_fans;
    let _: fn() -> Result<Option<Battery>> = sysvitals::sensors_battery;
    let _: fn() -> Result<f64> = sysvitals::boot_time;
    let _: fn() -> Result<Vec<User>> = sysvitals::users;
    let _: fn(f64) -> String = sysvitals::bytes2human;

    let contract = contract();
    let functions = object(&contract["functions"]);
    let theirs: BTreeSet<&str> = functions
        .iter()
        .filter(|(_, function)| is_here(function))
        .map(|(name, _)| name.as_str())
        .collect();
    let ours: BTreeSet<&str> = FUNCTIONS.iter().copied().collect();
    assert_eq!(ours, theirs);
}

/// `DiskSleep` as `disk_sleep`.
fn snake(variant: impl Debug) -> String {
    let mut text = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn constant(prefix: &str, variant: impl Debug) -> String {
    format!("{prefix}{}", snake(variant).to_ascii_uppercase())
}

fn members(contract: &Value, name: &str) -> BTreeMap<String, Value> {
    let members = object(&contract["enums"][name]["members"][OS]);
    members.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[test]
fn enumerations_are_psutils() {
    let contract = contract();

    let statuses = ProcessStatus::ALL
        .iter()
        .map(|status| (constant("STATUS_", status), status.as_str().into()));
    assert_eq!(statuses.collect::<BTreeMap<_, _>>(), members(&contract, "ProcessStatus"));

    let states = ConnectionStatus::ALL
        .iter()
        .map(|status| (constant("CONN_", status), status.as_str().into()));
    assert_eq!(states.collect::<BTreeMap<_, _>>(), members(&contract, "ConnectionStatus"));

    let classes =
        IoPriorityClass::ALL.iter().map(|class| (class.as_str().to_owned(), class.as_raw().into()));
    assert_eq!(classes.collect::<BTreeMap<_, _>>(), members(&contract, "ProcessIOPriority"));
    for class in IoPriorityClass::ALL {
        assert_eq!(IoPriorityClass::from_raw(class.as_raw()), *class);
    }

    let duplexes = [NicDuplex::Full, NicDuplex::Half, NicDuplex::Unknown];
    let names: BTreeSet<_> =
        duplexes.iter().map(|duplex| constant("NIC_DUPLEX_", duplex)).collect();
    assert_eq!(names, members(&contract, "NicDuplex").into_keys().collect());
    assert!(duplexes.iter().all(|duplex| snake(duplex) == duplex.as_str()));

    let times = [BatteryTime::Unknown, BatteryTime::Unlimited];
    let names: BTreeSet<_> = times.iter().map(|time| constant("POWER_TIME_", time)).collect();
    assert_eq!(names, members(&contract, "BatteryTime").into_keys().collect());

    let mut limits: BTreeMap<String, Value> = Resource::ALL
        .iter()
        .map(|resource| (resource.as_str().to_owned(), resource.as_raw().into()))
        .collect();
    for resource in Resource::ALL {
        assert_eq!(resource.as_str(), constant("RLIMIT_", resource));
        assert_eq!(Resource::from_raw(resource.as_raw()).unwrap(), *resource);
        assert_eq!(resource.as_str().parse::<Resource>().unwrap(), *resource);
    }
    // The kernel's figure is unsigned, Python's is the same bits with a sign.
    limits.insert("RLIM_INFINITY".to_owned(), RLIM_INFINITY.cast_signed().into());
    assert_eq!(limits, members(&contract, "ProcessRlimit"));
}

#[test]
fn kinds_and_memtypes_are_in_psutils_order() {
    let contract = contract();
    let kinds: Vec<_> = ConnectionKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(kinds, strings(&contract["connection_kinds"][OS]));
    for kind in ConnectionKind::ALL {
        assert_eq!(kind.as_str().parse::<ConnectionKind>().unwrap(), *kind);
        assert_eq!(snake(kind), kind.as_str());
    }
    let types: Vec<_> = MemoryType::ALL.iter().map(|memtype| memtype.as_str()).collect();
    assert_eq!(types, strings(&contract["memory_percent_memtypes"][OS]));
    for memtype in MemoryType::ALL {
        assert_eq!(memtype.as_str().parse::<MemoryType>().unwrap(), *memtype);
        assert_eq!(snake(memtype), memtype.as_str());
    }
    assert_eq!(ConnectionKind::default().as_str(), "inet");
    assert_eq!(MemoryType::default().as_str(), "rss");
}

const KINDS: &[ErrorKind] = &[
    ErrorKind::NoSuchProcess,
    ErrorKind::ZombieProcess,
    ErrorKind::AccessDenied,
    ErrorKind::TimeoutExpired,
];

#[test]
fn exceptions_are_kinds() {
    let contract = contract();
    let exceptions = &contract["exceptions"];
    let theirs: BTreeSet<String> =
        object(exceptions).keys().filter(|name| !name.starts_with('_')).cloned().collect();
    let mut ours: BTreeSet<String> = KINDS.iter().map(|kind| format!("{kind:?}")).collect();
    ours.insert("Error".to_owned());
    assert_eq!(ours, theirs);
    for (exception, kind) in PYTHON_EXCEPTIONS {
        assert!(!theirs.contains(*exception) && !KINDS.contains(kind));
    }

    let default = |name: &str| exceptions[name]["default_msg"].as_str().unwrap().to_owned();
    let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
    let process = Process::new(child.id().cast_signed()).unwrap();

    let timeout = process.wait(Some(Duration::from_millis(1))).unwrap_err();
    assert_eq!(timeout.kind(), ErrorKind::TimeoutExpired);
    let text = default("TimeoutExpired").replace("{seconds}", "0.001");
    assert_eq!(timeout.message(), text);
    assert_eq!(timeout.timeout(), Some(Duration::from_millis(1)));
    assert!(!timeout.is_no_such_process());

    process.name().unwrap();
    process.kill().unwrap();
    while process.status().unwrap() != ProcessStatus::Zombie {
        std::thread::sleep(Duration::from_millis(1));
    }
    let zombie = process.cmdline().unwrap_err();
    assert_eq!(zombie.kind(), ErrorKind::ZombieProcess);
    assert_eq!(zombie.message(), default("ZombieProcess"));
    assert_eq!(zombie.pid(), Some(process.pid()));
    assert_eq!(zombie.ppid(), Some(std::process::id().cast_signed()));
    assert_eq!(zombie.name().unwrap(), "sleep");
    assert_eq!(exceptions["ZombieProcess"]["base"], "NoSuchProcess");
    assert!(zombie.is_no_such_process());

    child.wait().unwrap();
    let gone = process.cmdline().unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NoSuchProcess);
    assert_eq!(gone.message(), default("NoSuchProcess"));
    assert_eq!(gone.name().unwrap(), "sleep");
    assert!(gone.is_no_such_process());
}

/// Every public name is one that is tested here.
#[test]
fn no_public_name_is_forgotten() {
    let contract = contract();
    let mut known: BTreeSet<String> = ["Process", "Popen"].map(str::to_owned).into();
    known.extend(FUNCTIONS.iter().map(|name| (*name).to_owned()));
    known.extend(object(&contract["constants"]).keys().cloned());
    known.extend(object(&contract["exceptions"]).keys().cloned());
    let tested = [
        "ProcessStatus",
        "ConnectionStatus",
        "ProcessIOPriority",
        "ProcessRlimit",
        "NicDuplex",
        "BatteryTime",
    ];
    for name in &tested {
        known.insert((*name).to_owned());
        known.extend(members(&contract, name).into_keys());
    }
    let constants = object(&contract["enum_constants"][OS]);
    for (name, constant) in constants {
        let source = constant["enum"].as_str().unwrap();
        assert!(tested.contains(&source), "{name}: {source}");
    }
    let all = strings(&contract["all"][OS]);
    let forgotten: Vec<_> = all.into_iter().filter(|name| !known.contains(*name)).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}

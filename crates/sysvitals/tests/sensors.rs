//! Temperatures, fans and batteries: whole machines, and what psutil gets wrong.
#![cfg(all(test, target_os = "linux"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/machines_io.rs"]
mod machines_io;
#[path = "common/ns.rs"]
mod ns;
#[path = "common/tree.rs"]
mod tree;

use std::ffi::OsString;
use std::fs;

use machines_io::{class_link, sys, sys_all, sys_dir, sys_remove};
use sysvitals::sensors::{Battery, BatteryTime, Fan, Temperature};
use sysvitals::{ErrorKind, sensors_battery, sensors_fans, sensors_temperatures};
use tree::Tree;

type Row = (f64, Option<f64>, Option<f64>);

fn temperature(label: &str, (current, high, critical): Row) -> Temperature {
    Temperature { label: label.into(), current: Some(current), high, critical }
}

fn temperatures(tree: &Tree) -> Vec<(OsString, Vec<Temperature>)> {
    tree.roots().sensors_temperatures().unwrap()
}

fn fans(tree: &Tree) -> Vec<(OsString, Vec<Fan>)> {
    tree.roots().sensors_fans().unwrap()
}

fn chip<T>(name: &str, sensors: Vec<T>) -> (OsString, Vec<T>) {
    (name.into(), sensors)
}

fn battery(tree: &Tree) -> Option<Battery> {
    tree.roots().sensors_battery().unwrap()
}

#[test]
fn a_laptop() {
    let tree = machines_io::laptop();
    let limits = (Some(100.0), Some(105.0));
    let core = |label, current| temperature(label, (current, limits.0, limits.1));
    let nvme = temperature("Composite", (38.85, Some(81.85), Some(84.85)));
    let cores = vec![
        core("Package id 0", 47.0),
        temperature("Core 8", (46.5, None, None)),
        core("Core 0", 45.0),
    ];
    assert_eq!(temperatures(&tree), [chip("nvme", vec![nvme]), chip("coretemp", cores)]);
    let fan = Fan { label: OsString::new(), current: 2874 };
    assert_eq!(fans(&tree), [chip("thinkpad", vec![fan])]);
    let half = Battery {
        percent: 50.0,
        secsleft: BatteryTime::Seconds(10_800),
        power_plugged: Some(false),
    };
    assert_eq!(battery(&tree), Some(half));
}

#[test]
fn a_server_with_broken_chips() {
    let tree = machines_io::server();
    let found = temperatures(&tree);
    let names = found.iter().map(|(name, _)| name.to_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(names, ["jc42", "nct6775", "k10temp"]);
    // hwmon10 comes before hwmon2.
    let modules = found[0].1.iter().map(|module| module.current.unwrap()).collect::<Vec<_>>();
    let order = [0, 1, 10, 11, 12, 13, 14, 15, 2, 3, 4, 5, 6, 7, 8, 9];
    assert_eq!(modules, order.map(|n| 30.0 + 0.25 * f64::from(n)));
    // A critical temperature of 0 is none.
    assert!(found[0].1.iter().all(|m| (m.high, m.critical) == (Some(85.0), Some(85.0))));
    assert_eq!(found[1].1, [temperature("", (-5.5, None, None))]);
    assert_eq!(found[2].1, vec![temperature("Tctl", (61.375, None, None)); 2]);

    let cpu = Fan { label: "CPU fan".into(), current: 1200 };
    let stopped = Fan { label: OsString::new(), current: 0 };
    assert_eq!(fans(&tree), [chip("nct6775", vec![cpu, stopped])]);
    assert_eq!(battery(&tree), None);
}

#[test]
fn a_board_has_thermal_zones_only() {
    let tree = machines_io::board();
    let zone = temperature("", (48.312, Some(110.0), Some(110.0)));
    assert_eq!(temperatures(&tree), [chip("cpu-thermal", vec![zone])]);
    assert_eq!(fans(&tree), []);
    assert_eq!(battery(&tree), None);
}

#[test]
fn a_container_has_nothing() {
    let tree = machines_io::container();
    assert_eq!(temperatures(&tree), []);
    assert_eq!(fans(&tree), []);
    assert_eq!(battery(&tree), None);
}

#[test]
fn temperature_vectors() {
    let tree = Tree::new();
    let read = |files: &[(&str, &str)]| {
        sys_remove(&tree, "class/hwmon/hwmon0");
        sys_all(&tree, "class/hwmon/hwmon0", &[("name", "x"), ("temp1_input", "40500")]);
        sys_all(&tree, "class/hwmon/hwmon0", files);
        let [(_, sensors)] = &temperatures(&tree)[..] else { panic!() };
        sensors[0].clone()
    };
    let both = read(&[("temp1_max", "80000")]);
    assert_eq!(both, temperature("", (40.5, Some(80.0), Some(80.0))));
    let bad = read(&[("temp1_crit", "80000"), ("temp1_max", "bad")]).to_fahrenheit();
    assert_eq!(bad, temperature("", (104.9, Some(176.0), Some(176.0))));
    assert_eq!(read(&[]).to_fahrenheit(), temperature("", (104.9, None, None)));

    for (max, crit, high, critical) in [
        ("80000", "90000", Some(80.0), Some(90.0)),
        ("0", "90000", Some(90.0), Some(90.0)),
        ("80000", "0", Some(80.0), Some(80.0)),
        ("0", "0", Some(0.0), Some(0.0)),
        ("0", "", Some(0.0), None),
        ("-1000", "0", Some(-1.0), Some(-1.0)),
    ] {
        let read = read(&[("temp1_max", max), ("temp1_crit", crit)]);
        assert_eq!((read.high, read.critical), (high, critical), "{max} {crit}");
    }
}

/// Drivers of Linux before 3.15 keep their files in the device's folder.
#[test]
fn files_in_the_device_folder() {
    let tree = Tree::new();
    let device = "devices/platform/it87.552";
    sys_all(&tree, device, &[("name", "it87"), ("temp1_input", "30000"), ("fan1_input", "900")]);
    sys_dir(&tree, "class/hwmon/hwmon0");
    let link = tree.root().join("sys/class/hwmon/hwmon0/device");
    std::os::unix::fs::symlink("../../../devices/platform/it87.552", link).unwrap();
    let reading = temperature("", (30.0, None, None));
    assert_eq!(temperatures(&tree), [chip("it87", vec![reading.clone()])]);
    assert_eq!(fans(&tree), [chip("it87", vec![Fan { label: "".into(), current: 900 }])]);
    // With fans elsewhere those of device folders do not count; temperatures do.
    let other = [("name", "new"), ("temp1_input", "31000"), ("fan1_input", "1")];
    sys_all(&tree, "class/hwmon/hwmon1", &other);
    let next = temperature("", (31.0, None, None));
    assert_eq!(temperatures(&tree), [chip("it87", vec![reading]), chip("new", vec![next])]);
    assert_eq!(fans(&tree), [chip("new", vec![Fan { label: "".into(), current: 1 }])]);
}

#[test]
fn a_core_temperature_that_the_class_does_not_show() {
    let tree = machines_io::board();
    let cpu = "devices/platform/coretemp.0/hwmon/hwmon0";
    sys_all(&tree, cpu, &[("name", "coretemp"), ("temp2_max", "90000")]);
    // Nothing that can be read: the thermal zones still answer.
    assert_eq!(temperatures(&tree)[0].0, "cpu-thermal");
    sys_all(&tree, cpu, &[("temp2_input", "41000"), ("temp2_label", "Core 0")]);
    let core = chip("coretemp", vec![temperature("Core 0", (41.0, Some(90.0), Some(90.0)))]);
    assert_eq!(temperatures(&tree), std::slice::from_ref(&core));
    // What the class shows is not told twice.
    class_link(&tree, "hwmon", cpu);
    assert_eq!(temperatures(&tree), [core]);
}

#[test]
fn thermal_zones() {
    let tree = Tree::new();
    let zone = "class/thermal/thermal_zone0";
    sys_all(
        &tree,
        zone,
        &[
            ("type", "acpitz"),
            ("temp", "27800"),
            ("trip_point_0_type", "critical"),
            ("trip_point_0_temp", "100000"),
        ],
    );
    let told = |tree: &Tree| {
        let [(_, sensors)] = &temperatures(tree)[..] else { panic!() };
        (sensors[0].current.unwrap(), sensors[0].high, sensors[0].critical)
    };
    assert_eq!(told(&tree), (27.8, Some(100.0), Some(100.0)));
    // However many points follow, each is divided once, and the first of a kind counts.
    for n in 1..=12 {
        let point = format!("trip_point_{n}");
        sys(&tree, &format!("{zone}/{point}_type"), ["high\n", "critical\n", "active\n"][n % 3]);
        sys(&tree, &format!("{zone}/{point}_temp"), format!("{}\n", 50_000 + n * 1000));
    }
    assert_eq!(told(&tree), (27.8, Some(62.0), Some(100.0)));
    // A point that cannot be read leaves its kind to the next.
    sys(&tree, &format!("{zone}/trip_point_0_temp"), "hot\n");
    sys_remove(&tree, &format!("{zone}/trip_point_12_temp"));
    assert_eq!(told(&tree), (27.8, Some(53.0), Some(60.0)));

    // Zones that cannot be read, and two of the same type.
    sys_all(&tree, "class/thermal/thermal_zone1", &[("type", "off"), ("temp", "")]);
    sys_all(&tree, "class/thermal/thermal_zone2", &[("temp", "1000")]);
    sys_all(&tree, "class/thermal/thermal_zone3", &[("type", "acpitz"), ("temp", "-1000")]);
    let found = temperatures(&tree);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1[1], temperature("", (-1.0, None, None)));
}

/// Chips come and go, and are read as they are.
#[test]
fn the_same_roots_see_changes() {
    let tree = machines_io::laptop();
    let roots = tree.roots();
    let names = || {
        let chips = roots.sensors_temperatures().unwrap().into_iter();
        chips
            .map(|(name, sensors)| (name.into_string().unwrap(), sensors.len()))
            .collect::<Vec<_>>()
    };
    let pair = |name: &str, count| (name.to_owned(), count);
    assert_eq!(names(), [pair("nvme", 1), pair("coretemp", 3)]);
    sys_remove(&tree, "class/hwmon/hwmon1");
    assert_eq!(names(), [pair("coretemp", 3)]);
    let radio = "devices/virtual/hwmon/hwmon1";
    sys_all(&tree, radio, &[("name", "iwlwifi_1"), ("temp1_input", "41000")]);
    class_link(&tree, "hwmon", radio);
    assert_eq!(names(), [pair("iwlwifi_1", 1), pair("coretemp", 3)]);
    // A driver that adds a sensor to a chip, and one that no longer answers.
    ns::next_tick();
    sys_all(&tree, radio, &[("temp2_input", "42000")]);
    assert_eq!(names(), [pair("iwlwifi_1", 2), pair("coretemp", 3)]);
    sys(&tree, &format!("{radio}/temp1_input"), "");
    assert_eq!(names(), [pair("iwlwifi_1", 1), pair("coretemp", 3)]);
    assert_eq!(roots.sensors_fans().unwrap().len(), 1);
}

/// The time of a sysfs folder need not tell that a sensor was added to it.
#[test]
fn a_sensor_that_the_folder_does_not_tell_of() {
    let tree = machines_io::laptop();
    let roots = tree.roots();
    let count = || roots.sensors_temperatures().unwrap()[1].1.len();
    let chip = tree.root().join("sys/class/hwmon/hwmon4");
    let add = |sensor: &str| {
        let before = fs::metadata(&chip).unwrap().modified().unwrap();
        sys_all(&tree, "class/hwmon/hwmon4", &[(sensor, "50000")]);
        fs::File::open(&chip).unwrap().set_modified(before).unwrap();
    };
    sys(&tree, "devices/system/cpu/online", "0-7\n");
    assert_eq!(count(), 3);
    // What is known is not looked for again.
    add("temp11_input");
    assert_eq!(count(), 3);
    // A CPU comes online with its core's temperature.
    sys(&tree, "devices/system/cpu/online", "0-8\n");
    assert_eq!(count(), 4);
    // A thermal zone adds its temperature to the chip of its type.
    add("temp12_input");
    assert_eq!(count(), 4);
    sys_all(&tree, "class/thermal/thermal_zone1", &[("type", "x"), ("temp", "1")]);
    assert_eq!(count(), 5);
}

#[test]
fn battery_vectors() {
    use BatteryTime::{Seconds, Unknown, Unlimited};
    let energy = [("energy_now", "30"), ("energy_full", "60")];
    let read = |adapter: &[(&str, &str)], files: &[(&str, &str)]| {
        let tree = Tree::new();
        sys_dir(&tree, "class/power_supply/BAT0");
        sys_all(&tree, "class/power_supply", adapter);
        sys_all(&tree, "class/power_supply/BAT0", files);
        battery(&tree).map(|b| (b.percent, b.secsleft, b.power_plugged))
    };
    let with = |more: &[(&'static str, &'static str)]| [&energy[..], more].concat();

    let on = [("AC/online", "1")];
    let off = [("AC/online", "0")];
    assert_eq!(read(&on, &energy), Some((50.0, Unlimited, Some(true))));
    let discharging = ("status", "Discharging");
    let some = |secsleft, plugged| Some((50.0, secsleft, plugged));
    assert_eq!(
        read(&[], &with(&[discharging, ("power_now", "10")])),
        some(Seconds(10_800), Some(false))
    );
    assert_eq!(read(&[], &with(&[discharging, ("power_now", "0")])), some(Unknown, Some(false)));
    assert_eq!(read(&[], &with(&[("power_now", "-10")])), some(Seconds(10_800), None));
    assert_eq!(read(&off, &with(&[("time_to_empty_now", "7")])), some(Seconds(420), Some(false)));
    assert_eq!(read(&off, &with(&[("time_to_empty_now", "-7")])), some(Unknown, Some(false)));
    let full = [("capacity", "55"), ("status", "Full")];
    assert_eq!(read(&[], &full), Some((55.0, Unlimited, Some(true))));
    assert_eq!(read(&[], &[("status", "Full")]), None);
    assert_eq!(read(&[], &[("energy_now", "3"), ("energy_full", "0")]).unwrap().0, 0.0);
    let over = read(&[], &[("energy_now", "70"), ("energy_full", "60")]).unwrap().0;
    assert!((over - 116.67).abs() < 0.01, "{over}");

    // AC0 goes before AC, and both before the battery's own word.
    let two = [("AC0/online", "0"), ("AC/online", "1")];
    assert_eq!(read(&two, &with(&[("status", "Charging")])).unwrap().2, Some(false));
    assert_eq!(read(&[("AC/online", "2")], &energy).unwrap().2, Some(false));
    for (status, plugged) in [
        ("Charging", Some(true)),
        ("FULL", Some(true)),
        ("Discharging", Some(false)),
        ("Not charging", None),
        ("Unknown", None),
        ("", None),
    ] {
        assert_eq!(read(&[], &with(&[("status", status)])).unwrap().2, plugged, "{status}");
    }
    // Charge and current stand in for energy and power, also where those are no numbers.
    let charge = [
        ("energy_now", "full"),
        ("charge_now", "45"),
        ("charge_full", "60"),
        ("power_now", "?"),
        ("current_now", "15"),
        ("capacity", "1"),
    ];
    assert_eq!(read(&[], &charge), Some((75.0, Seconds(10_800), None)));
    // Numbers at the end of what a driver can say.
    let huge = [("time_to_empty_now", "9223372036854775807")];
    assert_eq!(read(&[], &with(&huge)), some(Seconds(i64::MAX), None));
    let least = [("power_now", "-9223372036854775808")];
    assert_eq!(read(&[], &with(&least)), some(Seconds(0), None));
    for capacity in ["-1", "", "much", "99999999999999999999"] {
        assert_eq!(read(&[], &[("capacity", capacity)]), None, "{capacity}");
    }
}

#[test]
fn which_battery() {
    let tree = Tree::new();
    let supply = |name: &str, capacity: &str| {
        let folder = format!("class/power_supply/{name}");
        sys_all(&tree, &folder, &[("capacity", capacity)]);
    };
    supply("ADP1", "1");
    supply("bat2", "2");
    assert_eq!(battery(&tree), None);
    supply("wacom_BATTERY_0", "3");
    assert_eq!(battery(&tree).unwrap().percent, 3.0);
    supply("hidpp_battery_1", "4");
    assert_eq!(battery(&tree).unwrap().percent, 4.0);
    supply("BAT1", "5");
    assert_eq!(battery(&tree).unwrap().percent, 5.0);
    supply("BAT0", "6");
    assert_eq!(battery(&tree).unwrap().percent, 6.0);
}

/// What is there and is no folder is told, not taken for nothing.
#[test]
fn classes_that_cannot_be_listed() {
    let tree = Tree::new();
    sys(&tree, "class/hwmon", "");
    sys(&tree, "class/power_supply", "");
    let roots = tree.roots();
    for error in [
        roots.sensors_temperatures().unwrap_err(),
        roots.sensors_fans().unwrap_err(),
        roots.sensors_battery().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Os);
        assert!(error.path().unwrap().starts_with(tree.root()), "{error}");
    }
}

/// Each temperature of this machine is what one of its files says, or said a moment ago.
#[test]
fn this_machine() {
    let chips = sensors_temperatures().unwrap();
    for (name, sensors) in &chips {
        for sensor in sensors {
            assert!(sensor.current.is_some_and(|t| (-280.0..1000.0).contains(&t)), "{name:?}");
        }
    }
    let has_fan = sensors_fans().unwrap().iter().any(|(_, fans)| !fans.is_empty());
    let hwmon = fs::read_dir("/sys/class/hwmon").map_or(0, Iterator::count);
    assert!(!has_fan || hwmon > 0);
    let battery = sensors_battery().unwrap();
    let supplies = fs::read_dir("/sys/class/power_supply").map_or(0, Iterator::count);
    assert!(battery.is_none() || supplies > 0);
    if chips.is_empty() && supplies == 0 {
        eprintln!("skipped in part: no sensors on this machine");
    }
}

//! Disks and sensors of whole machines, as their kernels show them.
#![allow(dead_code)]

use std::fs;
use std::os::unix::fs::symlink;

use crate::tree::Tree;

/// Puts a file under the tree's `/sys`.
pub(crate) fn sys(tree: &Tree, file: &str, text: impl AsRef<[u8]>) {
    tree.write(format!("../sys/{file}"), text);
}

/// Puts files under one folder of the tree's `/sys`.
pub(crate) fn sys_all(tree: &Tree, folder: &str, files: &[(&str, &str)]) {
    for (file, text) in files {
        sys(tree, &format!("{folder}/{file}"), format!("{text}\n"));
    }
}

pub(crate) fn sys_dir(tree: &Tree, folder: &str) {
    fs::create_dir_all(tree.root().join("sys").join(folder)).unwrap();
}

pub(crate) fn sys_remove(tree: &Tree, file: &str) {
    tree.remove(format!("../sys/{file}"));
}

/// A folder of a class that leads to where the device is, as in sysfs.
pub(crate) fn class_link(tree: &Tree, class: &str, device: &str) {
    let up = "../".repeat(class.split('/').count() + 1);
    let name = device.rsplit('/').next().unwrap();
    sys_dir(tree, &format!("class/{class}"));
    let link = tree.root().join("sys/class").join(class).join(name);
    symlink(format!("{up}{device}"), link).unwrap();
}

/// A line of `/proc/diskstats` with the columns of Linux 5.5 and later; the counters are 1, 2, ...
/// times `unit`.
pub(crate) fn diskstats_line(major: u32, minor: u32, name: &str, unit: u64) -> String {
    let columns = (1..=17).map(|n| format!(" {}", n * unit)).collect::<String>();
    format!("{major:4} {minor:7} {name}{columns}\n")
}

/// A disk's folder in `/sys/block`, with partitions.
pub(crate) fn block(tree: &Tree, disk: &str, partitions: &[&str]) {
    let device = format!("devices/virtual/block/{disk}");
    let columns = |unit: u64| (1..=17).map(|n| format!("{:8} ", n * unit)).collect::<String>();
    sys(tree, &format!("{device}/stat"), columns(1) + "\n");
    sys(tree, &format!("{device}/queue/rotational"), "0\n");
    for partition in partitions {
        sys(tree, &format!("{device}/{partition}/stat"), columns(10) + "\n");
        sys(tree, &format!("{device}/{partition}/partition"), "1\n");
    }
    sys_dir(tree, "block");
    symlink(format!("../{device}"), tree.root().join("sys/block").join(disk)).unwrap();
    // Leads back to the disk: what follows links would count it again.
    symlink("../..", tree.root().join("sys").join(&device).join("device")).unwrap();
}

/// Core temperatures, an NVMe disk, a battery, a power cable and a fan; Linux 6.
pub(crate) fn laptop() -> Tree {
    let tree = Tree::new();
    let cpu = "devices/platform/coretemp.0/hwmon/hwmon4";
    sys_all(
        &tree,
        cpu,
        &[
            ("name", "coretemp"),
            ("temp1_input", "47000"),
            ("temp1_max", "100000"),
            ("temp1_crit", "105000"),
            ("temp1_crit_alarm", "0"),
            ("temp1_label", "Package id 0"),
            ("temp2_input", "45000"),
            ("temp2_max", "100000"),
            ("temp2_crit", "105000"),
            ("temp2_label", "Core 0"),
            ("temp10_input", "46500"),
            ("temp10_label", "Core 8"),
        ],
    );
    class_link(&tree, "hwmon", cpu);
    let nvme = "devices/pci0000:00/0000:04:00.0/nvme/nvme0/hwmon1";
    sys_all(
        &tree,
        nvme,
        &[
            ("name", "nvme"),
            ("temp1_input", "38850"),
            ("temp1_max", "81850"),
            ("temp1_min", "-273150"),
            ("temp1_crit", "84850"),
            ("temp1_label", "Composite"),
        ],
    );
    class_link(&tree, "hwmon", nvme);
    let fan = "devices/platform/thinkpad_hwmon/hwmon/hwmon5";
    sys_all(&tree, fan, &[("name", "thinkpad"), ("fan1_input", "2874"), ("pwm1", "128")]);
    class_link(&tree, "hwmon", fan);
    sys_all(&tree, "class/hwmon/hwmon0", &[("name", "AC")]);
    // Never reached: hwmon has temperatures.
    sys_all(&tree, "class/thermal/thermal_zone0", &[("type", "acpitz"), ("temp", "20000")]);

    sys_all(&tree, "class/power_supply/AC", &[("type", "Mains"), ("online", "0")]);
    sys_all(
        &tree,
        "class/power_supply/BAT0",
        &[
            ("type", "Battery"),
            ("status", "Discharging"),
            ("energy_now", "30000000"),
            ("energy_full", "60000000"),
            ("energy_full_design", "65000000"),
            ("power_now", "10000000"),
            ("capacity", "51"),
        ],
    );

    for (disk, partitions) in [("nvme0n1", &["nvme0n1p1", "nvme0n1p2"][..]), ("dm-0", &[])] {
        block(&tree, disk, partitions);
    }
    let lines = [
        diskstats_line(259, 0, "nvme0n1", 1),
        diskstats_line(259, 1, "nvme0n1p1", 10),
        diskstats_line(259, 2, "nvme0n1p2", 100),
        diskstats_line(253, 0, "dm-0", 1000),
    ];
    tree.write("diskstats", lines.concat());
    tree.write("filesystems", "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\n\text4\n\tvfat\n");
    tree.write(
        "self/mounts",
        "sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0\n\
         /dev/mapper/vg-root / ext4 rw,relatime,errors=remount-ro 0 0\n\
         /dev/nvme0n1p1 /boot/efi vfat rw,relatime,fmask=0077 0 0\n\
         none /tmp tmpfs rw 0 0\n\
         /dev/mapper/vg-root /srv/my\\040files ext4 ro 0 0\n",
    );
    tree
}

/// Two CPUs and 22 chips, some of them broken.
pub(crate) fn server() -> Tree {
    let tree = Tree::new();
    for n in 0..16 {
        sys_all(
            &tree,
            &format!("class/hwmon/hwmon{n}"),
            &[
                ("name", "jc42"),
                ("temp1_input", &format!("{}", 30000 + 250 * n)),
                ("temp1_max", "85000"),
                ("temp1_crit", "0"),
            ],
        );
    }
    // No name, and a name that cannot be read.
    sys_all(&tree, "class/hwmon/hwmon16", &[("temp1_input", "1000"), ("fan1_input", "1")]);
    sys_all(&tree, "class/hwmon/hwmon17", &[("temp1_input", "1000"), ("fan1_input", "1")]);
    sys_dir(&tree, "class/hwmon/hwmon17/name");
    // One sensor that can be read among those that cannot.
    sys_all(
        &tree,
        "class/hwmon/hwmon18",
        &[
            ("name", "nct6775"),
            ("temp1_input", "N/A"),
            ("temp2_input", ""),
            ("temp4_max", "80000"),
            ("temp5_input", "-5500"),
            ("temp5_max", "unknown"),
            ("temp5_crit", ""),
            ("temp6_input", "99999999999999999999"),
            ("fan1_input", "N/A"),
            ("fan2_input", ""),
            ("fan3_input", "1200"),
            ("fan3_label", "  CPU fan "),
            ("fan4_min", "600"),
            ("fan5_input", "0"),
        ],
    );
    sys_dir(&tree, "class/hwmon/hwmon18/temp3_input");
    sys_dir(&tree, "class/hwmon/hwmon18/temp5_label");
    sys_dir(&tree, "class/hwmon/hwmon18/fan6_input");
    // No folder at all, a link to nowhere, an empty one, one without sensors.
    sys(&tree, "class/hwmon/hwmon19", "");
    class_link(&tree, "hwmon", "devices/gone/hwmon20");
    sys_dir(&tree, "class/hwmon/hwmon21");
    sys_all(&tree, "class/hwmon/hwmon22", &[("name", "acpi"), ("power1_input", "1")]);
    for n in 0..2 {
        sys_all(
            &tree,
            &format!("class/hwmon/hwmon{}", 23 + n),
            &[("name", "k10temp"), ("temp1_input", "61375"), ("temp1_label", "Tctl")],
        );
    }
    // A server has the folder, and nothing in it.
    sys_dir(&tree, "class/power_supply");

    let disks = ["cciss!c0d0", "md127", "loop0", "sda", "dm-0"];
    for disk in disks {
        block(&tree, disk, &[]);
    }
    let lines = [
        diskstats_line(104, 0, "cciss/c0d0", 1),
        diskstats_line(104, 1, "cciss/c0d0p1", 7),
        diskstats_line(8, 0, "sda", 10),
        diskstats_line(8, 1, "sda1", 7),
        diskstats_line(9, 127, "md127", 100),
        diskstats_line(7, 0, "loop0", 1000),
        diskstats_line(253, 0, "dm-0", 10_000),
    ];
    tree.write("diskstats", lines.concat());
    tree.write("filesystems", "nodev\tproc\nnodev\tzfs\n\txfs\n");
    tree.write(
        "self/mounts",
        "/dev/md127 / xfs rw 0 0\ntank/home /home zfs rw,xattr 0 0\nproc /proc proc rw 0 0\n\
         filer:/export /net nfs4 rw,addr=10.0.0.1 0 0\n",
    );
    tree
}

/// No hwmon, one thermal zone, SD card.
pub(crate) fn board() -> Tree {
    let tree = Tree::new();
    sys_all(
        &tree,
        "class/thermal/thermal_zone0",
        &[
            ("type", "cpu-thermal"),
            ("temp", "48312"),
            ("trip_point_0_type", "passive"),
            ("trip_point_0_temp", "80000"),
            ("trip_point_1_type", "critical"),
            ("trip_point_1_temp", "110000"),
            ("trip_point_1_hyst", "0"),
        ],
    );
    sys_all(&tree, "class/thermal/cooling_device0", &[("type", "Processor")]);
    block(&tree, "mmcblk0", &["mmcblk0p1", "mmcblk0p2"]);
    block(&tree, "mmcblk0boot0", &[]);
    let lines = [
        diskstats_line(179, 0, "mmcblk0", 1),
        diskstats_line(179, 1, "mmcblk0p1", 10),
        diskstats_line(179, 2, "mmcblk0p2", 100),
        diskstats_line(179, 8, "mmcblk0boot0", 1000),
    ];
    tree.write("diskstats", lines.concat());
    tree
}

/// A container whose `/sys` is masked and whose `/proc` shows no disks.
pub(crate) fn container() -> Tree {
    let tree = Tree::new();
    tree.write("diskstats", "");
    tree.write("filesystems", "nodev\toverlay\nnodev\tproc\n\text4\n");
    tree.write(
        "self/mounts",
        "overlay / overlay rw,lowerdir=/a:/b 0 0\nproc /proc proc rw 0 0\n\
         /dev/sda1 /etc/hosts ext4 rw 0 0\n/dev/sda1 /etc/hostname ext4 rw 0 0\n",
    );
    tree
}

/// `/proc/partitions` joined with counters, as Linux 2.4 has them.
pub(crate) fn kernel_2_4() -> Tree {
    let tree = Tree::new();
    tree.write(
        "diskstats",
        "   3     0   39070080 hda 1 2 3 4 5 6 7 8 9 10 11\n\
         \x20  3     1     104391 hda1 10 20 30 40 50 60 70 80 90 100 110\n",
    );
    block(&tree, "hda", &[]);
    tree
}

/// Partitions of seven columns, disks of fourteen.
pub(crate) fn kernel_2_6() -> Tree {
    let tree = Tree::new();
    tree.write(
        "diskstats",
        "   1    0 ram0 0 0 0 0 0 0 0 0 0 0 0\n   8    0 sda 1 2 3 4 5 6 7 8 9 10 11\n\
         \x20  8    1 sda1 1 2 3 4\n",
    );
    block(&tree, "sda", &[]);
    block(&tree, "ram0", &[]);
    tree
}

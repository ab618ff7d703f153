#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::{cpuinfo_cores, cpuinfo_mhz, cpuinfo_processors};

fuzz_target!(|data: &[u8]| {
    let _ = cpuinfo_processors(data);
    let _ = cpuinfo_cores(data);
    if let Ok(all) = cpuinfo_mhz(data) {
        assert!(all.iter().all(|mhz| mhz.is_finite() && *mhz >= 0.0));
    }
});

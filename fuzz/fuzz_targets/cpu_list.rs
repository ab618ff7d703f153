#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::cpu_list;

fuzz_target!(|data: &[u8]| {
    if let Ok(cpus) = cpu_list(data) {
        assert!(cpus.len() <= 1 << 20);
    }
});

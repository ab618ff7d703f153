#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::limits;

fuzz_target!(|data: &[u8]| {
    for resource in ["RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_RTTIME", "RLIMIT_NONE"] {
        let _ = limits(data, resource);
    }
});

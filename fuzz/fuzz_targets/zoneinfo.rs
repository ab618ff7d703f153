#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::zoneinfo_low;

fuzz_target!(|data: &[u8]| {
    let _ = zoneinfo_low(data);
});

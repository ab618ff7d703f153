#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::net_dev;

fuzz_target!(|data: &[u8]| {
    let _ = net_dev(data, |_| ());
});

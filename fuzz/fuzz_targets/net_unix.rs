#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::net_unix;

fuzz_target!(|data: &[u8]| {
    // The rows are all made of the text's own bytes.
    let mut length = 0;
    let _ = net_unix(data, |row| length += row.path.len() + 1);
    assert!(length <= data.len());
});

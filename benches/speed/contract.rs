//! Whether every API has a row.

use serde_json::Value;

use crate::notes;

const CONTRACT: &str = include_str!("../../crates/sysvitals/tests/contract/api.json");

/// The APIs of Linux that have neither a row nor a reason for having none, and reasons for what
/// does not exist.
pub fn check(rows: &[String]) -> Result<(), String> {
    let contract: Value = serde_json::from_str(CONTRACT).map_err(|error| error.to_string())?;
    let apis = apis(&contract);
    let has_row = |api: &str| {
        rows.iter().any(|row| row.strip_prefix(api).is_some_and(|rest| !rest.starts_with(is_name)))
    };
    let excused = |api: &str| notes::WITHOUT_ROW.iter().any(|(name, _)| *name == api);
    let mut wrong: Vec<_> = apis
        .iter()
        .filter(|api| has_row(api) == excused(api))
        .map(|api| match excused(api) {
            true => format!("{api} has a row, and a reason for having none"),
            false => format!("{api} has no row"),
        })
        .collect();
    let stale = notes::WITHOUT_ROW.iter().map(|(name, _)| *name);
    wrong.extend(
        stale
            .filter(|name| !apis.iter().any(|api| api == name))
            .map(|name| format!("{name} is no API, and has a reason for having no row")),
    );
    let slower = notes::SLOWER.iter().map(|(name, _)| *name);
    wrong.extend(
        slower
            .filter(|name| !rows.iter().any(|row| row == name))
            .map(|name| format!("{name} is no row, and has a reason for being slower")),
    );
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn apis(contract: &Value) -> Vec<String> {
    let names = |section: &str| -> Vec<(String, &Value)> {
        let section = contract[section].as_object();
        section.into_iter().flatten().map(|(name, api)| (name.clone(), api)).collect()
    };
    // Where no platforms are named it is on all of them.
    let on_linux = |api: &Value| {
        api["platforms"]
            .as_array()
            .is_none_or(|platforms| platforms.iter().any(|platform| platform == "Linux"))
    };
    let mut apis = vec!["Process".to_owned(), "Popen".to_owned()];
    for section in ["functions", "functions_private_but_documented"] {
        apis.extend(names(section).into_iter().filter(|(_, api)| on_linux(api)).map(|(n, _)| n));
    }
    for section in ["process_methods", "process_properties"] {
        let linux = names(section).into_iter().filter(|(_, api)| on_linux(api));
        apis.extend(linux.map(|(name, _)| format!("Process.{name}")));
    }
    let attrs = contract["process_attrs"]["Linux"].as_array();
    let attrs = attrs.into_iter().flatten().filter_map(Value::as_str);
    apis.extend(attrs.map(|name| format!("Process.{name}")));
    apis.sort();
    apis.dedup();
    apis
}

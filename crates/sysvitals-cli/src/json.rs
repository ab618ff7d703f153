//! JSON: psutil's attribute names, records as objects.

use std::ffi::{OsStr, OsString};

use serde_json::{Map, Value as Json, json};
use sysvitals::net::Address;
use sysvitals::record::{FieldValue, Record};
use sysvitals::sensors::BatteryTime;
use sysvitals::{Attr, Attrs, Error, ProcessInfo, Value};

use crate::columns::fields_of;
use crate::text;

/// Turns values into JSON, and notices when text had to be escaped.
#[derive(Default)]
pub(crate) struct Encoder {
    escaped: bool,
}

impl Encoder {
    /// Whether text had to be escaped since the last time of asking.
    pub(crate) fn take_escaped(&mut self) -> bool {
        std::mem::take(&mut self.escaped)
    }

    pub(crate) fn text(&mut self, value: impl AsRef<OsStr>) -> String {
        let value = value.as_ref();
        match value.to_str() {
            Some(text) => text.to_owned(),
            None => {
                self.escaped = true;
                text::escape_bytes(value)
            }
        }
    }

    pub(crate) fn record<R: Record>(&mut self, record: &R) -> Json {
        self.object(R::FIELDS.iter().copied().zip(record.values()))
    }

    pub(crate) fn records<R: Record>(&mut self, records: &[R]) -> Json {
        records.iter().map(|record| self.record(record)).collect()
    }

    /// Records by name, as psutil's dicts.
    pub(crate) fn by_name<R: Record>(&mut self, list: &[(OsString, R)]) -> Json {
        list.iter().map(|(name, record)| (self.text(name), self.record(record))).collect()
    }

    /// Lists of records by name.
    pub(crate) fn lists_by_name<R: Record>(&mut self, list: &[(OsString, Vec<R>)]) -> Json {
        list.iter().map(|(name, records)| (self.text(name), self.records(records))).collect()
    }

    fn object<'a>(
        &mut self,
        fields: impl IntoIterator<Item = (&'static str, FieldValue<'a>)>,
    ) -> Json {
        let fields = fields.into_iter();
        Json::Object(fields.map(|(name, value)| (name.to_owned(), self.field(value))).collect())
    }

    fn field(&mut self, value: FieldValue<'_>) -> Json {
        match value {
            FieldValue::Uint(value) => value.into(),
            FieldValue::Int(value) => value.into(),
            FieldValue::Float(value) => value.into(),
            FieldValue::Text(value) => self.text(value).into(),
            FieldValue::Address(Address::None) => Json::Null,
            FieldValue::Address(Address::Inet(address)) => {
                json!({"ip": address.ip().to_string(), "port": address.port()})
            }
            FieldValue::Address(Address::Unix(path)) => self.text(path).into(),
            FieldValue::Family(family) => family.as_str().into(),
            FieldValue::SocketType(kind) => kind.name().map_or(kind.0.into(), Json::from),
            FieldValue::ConnectionStatus(status) => status.as_str().into(),
            FieldValue::IoClass(class) => class.as_str().into(),
            FieldValue::Bool(value) => value.into(),
            FieldValue::Duplex(duplex) => duplex.as_str().into(),
            // psutil's numbers.
            FieldValue::BatteryTime(BatteryTime::Seconds(value)) => value.into(),
            FieldValue::BatteryTime(BatteryTime::Unknown) => (-1).into(),
            FieldValue::BatteryTime(BatteryTime::Unlimited) => (-2).into(),
            _ => Json::Null,
        }
    }

    fn value(&mut self, value: &Value) -> Json {
        match value {
            Value::Cmdline(args) => args.iter().map(|arg| self.text(arg)).collect(),
            Value::CpuAffinity(cpus) => cpus.clone().into(),
            Value::CpuNum(value) | Value::Nice(value) | Value::Pid(value) | Value::Ppid(value) => {
                (*value).into()
            }
            Value::CpuPercent(value) | Value::CreateTime(value) | Value::MemoryPercent(value) => {
                (*value).into()
            }
            Value::Cwd(path) | Value::Exe(path) => self.text(path).into(),
            Value::Environ(list) => Json::Object(
                list.iter().map(|(k, v)| (self.text(k), self.text(v).into())).collect(),
            ),
            Value::MemoryMaps(list) => self.records(list),
            Value::Name(name) | Value::Username(name) => self.text(name).into(),
            Value::NetConnections(list) => self.records(list),
            Value::NumFds(value) => (*value).into(),
            Value::NumThreads(value) => (*value).into(),
            Value::OpenFiles(list) => self.records(list),
            Value::Status(status) => status.as_str().into(),
            Value::Terminal(path) => path.as_ref().map(|path| self.text(path)).into(),
            Value::Threads(list) => self.records(list),
            record => fields_of(record).map_or(Json::Null, |fields| self.object(fields)),
        }
    }
}

/// A process, or what else is asked of the machine, as an object under construction.
#[derive(Default)]
pub(crate) struct Object {
    members: Map<String, Json>,
    errors: Map<String, Json>,
    escaped: Vec<Json>,
    encoder: Encoder,
}

impl Object {
    /// What was read of a process, as far as it is to be shown.
    pub(crate) fn of(info: &ProcessInfo, attrs: Attrs) -> Self {
        let mut object = Self::default();
        for (attr, answer) in info.iter().filter(|(attr, _)| attrs.contains(*attr)) {
            object.answer(attr.as_str(), answer.as_ref(), |encoder, value| encoder.value(value));
        }
        // First, as one reads it.
        if let Some(pid) = object.members.shift_remove(Attr::Pid.as_str()) {
            object.members.shift_insert(0, Attr::Pid.as_str().to_owned(), pid);
        }
        object
    }

    pub(crate) fn answer<T>(
        &mut self,
        name: &str,
        answer: Result<T, &Error>,
        encode: impl FnOnce(&mut Encoder, T) -> Json,
    ) {
        let value = match answer {
            Ok(value) => encode(&mut self.encoder, value),
            Err(error) => {
                let kind = format!("{:?}", error.kind());
                let error = json!({"kind": kind, "message": error.to_string()});
                self.errors.insert(name.to_owned(), error);
                Json::Null
            }
        };
        self.members.insert(name.to_owned(), value);
        if self.encoder.take_escaped() {
            self.escaped.push(name.into());
        }
    }

    /// Each field of a record.
    pub(crate) fn fields<R: Record>(&mut self, record: &R) {
        for (name, value) in R::FIELDS.iter().zip(record.values()) {
            self.answer(name, Ok(value), |encoder, value| encoder.field(value));
        }
    }

    pub(crate) fn finish(mut self) -> Json {
        if !self.errors.is_empty() {
            self.members.insert("errors".into(), self.errors.into());
        }
        if !self.escaped.is_empty() {
            self.members.insert("escaped".into(), self.escaped.into());
        }
        self.members.into()
    }
}

/// JSON text, with what a terminal could take as a command as `\u001b`.
pub(crate) fn print(value: &Json, pretty: bool) -> String {
    let text = if pretty { format!("{value:#}") } else { value.to_string() };
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if text::is_unsafe(c) && c != '\n' {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use sysvitals::Process;

    use super::*;

    #[test]
    fn every_attribute_of_this_process() {
        let info = Process::current().as_dict(Attrs::ALL).unwrap();
        let object = Object::of(&info, Attrs::ALL).finish();
        assert_eq!(object["pid"], std::process::id());
        for attr in Attr::ALL {
            let answer = &object[attr.as_str()];
            let absent = answer.is_null() && *attr != Attr::Terminal;
            assert!(!absent || object["errors"][attr.as_str()]["kind"].is_string(), "{attr}");
        }
        assert!(object["memory_info"]["rss"].as_u64().unwrap() > 0);
    }

    #[test]
    fn bytes_that_are_no_text_are_escaped_and_told() {
        let mut object = Object::default();
        let name = OsStr::from_bytes(b"a\\\xff");
        object.answer("name", Ok(name), |encoder, name| encoder.text(name).into());
        let object = object.finish();
        assert_eq!(object["name"], "a\\\\\\xff");
        assert_eq!(object["escaped"], json!(["name"]));
    }

    #[test]
    fn no_control_characters_in_the_text() {
        let text = print(&json!("\u{1b}\u{9b}\u{7f}é"), true);
        assert_eq!(text, "\"\\u001b\\u009b\\u007fé\"\n");
        assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), "\u{1b}\u{9b}\u{7f}é");
    }
}

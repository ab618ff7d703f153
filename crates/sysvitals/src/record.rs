//! Records: the structs that psutil answers with, each declared once.
//!
//! The `record!` declaration gives the Rust struct, the order and names of its fields, and the name
//! of psutil's tuple; everything that walks fields (the command's `--json`, the Python tuples, the
//! contract test) walks [`Record`].

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::net::{Address, AddressFamily, ConnectionStatus, NicDuplex, SocketType};
use crate::process::{IoPriorityClass, OpenMode};
use crate::sensors::BatteryTime;

/// A struct that stands for one of psutil's named tuples.
pub trait Record {
    /// psutil's name for the tuple.
    const NAME: &'static str;
    /// The field names, in psutil's order.
    const FIELDS: &'static [&'static str];
    /// The kinds of the field values, in the order of [`FIELDS`](Self::FIELDS).
    const TYPES: &'static [FieldType];

    /// The field values, in the order of [`FIELDS`](Self::FIELDS).
    fn values(&self) -> impl Iterator<Item = FieldValue<'_>>;
}

/// A field of a [`Record`], borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldValue<'a> {
    /// psutil's None.
    None,
    /// Yes or no.
    Bool(bool),
    /// A count or a size in bytes.
    Uint(u64),
    /// A signed number, such as a PID or a descriptor.
    Int(i64),
    /// Seconds or a percentage.
    Float(f64),
    /// A path or a name.
    Text(&'a OsStr),
    /// A socket address, None for psutil's empty tuple.
    Address(&'a Address),
    /// A socket's address family.
    Family(AddressFamily),
    /// A socket's type.
    SocketType(SocketType),
    /// A connection's state.
    ConnectionStatus(ConnectionStatus),
    /// A scheduling class for I/O.
    IoClass(IoPriorityClass),
    /// A network interface's duplex mode.
    Duplex(NicDuplex),
    /// A battery's time left.
    BatteryTime(BatteryTime),
}

/// Which [`FieldValue`] a field has, where it is not None.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldType {
    /// [`FieldValue::Bool`]
    Bool,
    /// [`FieldValue::Uint`]
    Uint,
    /// [`FieldValue::Int`]
    Int,
    /// [`FieldValue::Float`]
    Float,
    /// [`FieldValue::Text`]
    Text,
    /// [`FieldValue::Address`]
    Address,
    /// [`FieldValue::Family`]
    Family,
    /// [`FieldValue::SocketType`]
    SocketType,
    /// [`FieldValue::ConnectionStatus`]
    ConnectionStatus,
    /// [`FieldValue::IoClass`]
    IoClass,
    /// [`FieldValue::Duplex`]
    Duplex,
    /// [`FieldValue::BatteryTime`]
    BatteryTime,
}

pub(crate) trait AsField {
    const TYPE: FieldType;

    fn as_field(&self) -> FieldValue<'_>;
}

macro_rules! as_field {
    ($($type:ty => |$self:ident| FieldValue::$variant:ident($value:expr);)*) => {
        $(impl AsField for $type {
            const TYPE: FieldType = FieldType::$variant;

            fn as_field(&self) -> FieldValue<'_> {
                let $self = self;
                FieldValue::$variant($value)
            }
        })*
    };
}

impl<T: AsField> AsField for Option<T> {
    const TYPE: FieldType = T::TYPE;

    fn as_field(&self) -> FieldValue<'_> {
        self.as_ref().map_or(FieldValue::None, T::as_field)
    }
}

as_field! {
    bool => |v| FieldValue::Bool(*v);
    u64 => |v| FieldValue::Uint(*v);
    u32 => |v| FieldValue::Uint(u64::from(*v));
    u16 => |v| FieldValue::Uint(u64::from(*v));
    i32 => |v| FieldValue::Int(i64::from(*v));
    i64 => |v| FieldValue::Int(*v);
    f64 => |v| FieldValue::Float(*v);
    String => |v| FieldValue::Text(OsStr::new(v));
    OsString => |v| FieldValue::Text(v);
    PathBuf => |v| FieldValue::Text(Path::as_os_str(v));
    OpenMode => |v| FieldValue::Text(OsStr::new(v.as_str()));
    Address => |v| FieldValue::Address(v);
    AddressFamily => |v| FieldValue::Family(*v);
    SocketType => |v| FieldValue::SocketType(*v);
    ConnectionStatus => |v| FieldValue::ConnectionStatus(*v);
    IoPriorityClass => |v| FieldValue::IoClass(*v);
    NicDuplex => |v| FieldValue::Duplex(*v);
    BatteryTime => |v| FieldValue::BatteryTime(*v);
}

/// Declares a struct and its [`Record`] in one place; `with` holds what psutil's tuple has not.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident = $tuple:literal {
            $($(#[$field_meta:meta])* $field:ident $(= $field_name:literal)?: $type:ty,)*
        }
        $(with { $($(#[$private_meta:meta])* $private:ident: $private_type:ty,)* })?
    ) => {
        $(#[$meta])*
        #[doc = concat!("\n\npsutil's `", $tuple, "`.")]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            $($($(#[$private_meta])* pub(crate) $private: $private_type,)*)?
        }

        impl $crate::record::Record for $name {
            const NAME: &'static str = $tuple;
            const FIELDS: &'static [&'static str] =
                &[$(record!(@name $field $($field_name)?),)*];
            const TYPES: &'static [$crate::record::FieldType] =
                &[$(<$type as $crate::record::AsField>::TYPE,)*];

            fn values(&self) -> impl Iterator<Item = $crate::record::FieldValue<'_>> {
                [$($crate::record::AsField::as_field(&self.$field),)*].into_iter()
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
}

pub(crate) use record;

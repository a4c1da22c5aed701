//! How a value describes itself to a template: a small mirror of Go's reflection.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

/// A value, as a template sees it. `'v` is the life of the data behind it; compound values are looked into only on demand.
#[derive(Clone)]
pub enum Val<'v> {
    /// No value: a missing map entry, an untyped nil.
    Invalid,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `uint64`
    Uint(u64),
    /// `uint8`, as indexing a string yields.
    Byte(u8),
    /// `float64`
    Float(f64),
    /// `complex128`: real and imaginary part.
    Complex(f64, f64),
    /// `string`
    Str(Cow<'v, str>),
    /// A slice.
    List(Rc<dyn List<'v> + 'v>),
    /// A map.
    Map(Rc<dyn Map<'v> + 'v>),
    /// A struct by value.
    Struct(Rc<dyn Struct<'v> + 'v>),
    /// A pointer to a struct or to something else; may be nil.
    Pointer(Pointer<'v>),
    /// A function.
    Func(Func<'v>),
}

/// What a struct type has, declared once per type.
#[derive(Debug)]
pub struct StructType {
    /// Go's name for it, such as `load.PackagePublic`.
    pub name: &'static str,
    /// The fields in Go's order.
    pub fields: &'static [&'static str],
    /// The methods, of the type and of a pointer to it.
    pub methods: &'static [&'static str],
}

/// A struct: [`Struct::field`] and [`Struct::method`] take indexes into the type's tables.
pub trait Struct<'v> {
    /// The type.
    fn ty(&self) -> &'static StructType;
    /// The value of the field with this index in [`StructType::fields`].
    fn field(&self, index: usize) -> Val<'v>;
    /// The method with this index in [`StructType::methods`], bound to this value.
    fn method(&self, index: usize) -> Func<'v> {
        let _ = index;
        Func::new(Vec::new(), None, |_| Ok(Val::Invalid))
    }
    /// What `Error()` or `String()` returns, where the type has one of them.
    fn text(&self) -> Option<String> {
        None
    }
    /// Where the data lies, so that two views of the same object are known to be the same; 0 when that is not known.
    fn address(&self) -> usize {
        0
    }
}

/// A slice.
pub trait List<'v> {
    /// Go's name for the type, such as `[]string`.
    fn type_name(&self) -> Cow<'static, str>;
    /// The number of elements.
    fn len(&self) -> usize;
    /// The element; asked only below [`List::len`].
    fn get(&self, index: usize) -> Val<'v>;
    /// No elements.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// It is Go's nil, not an allocated slice without elements.
    fn is_nil(&self) -> bool {
        self.is_empty()
    }
    /// What `Error()` or `String()` returns, where the type has one of them.
    fn text(&self) -> Option<String> {
        None
    }
}

/// A map with keys in Go's sorted order.
pub trait Map<'v> {
    /// Go's name for the type, such as `map[string]string`.
    fn type_name(&self) -> Cow<'static, str>;
    /// The type of the keys.
    fn key_type(&self) -> Type;
    /// The entries, sorted by key.
    fn entries(&self) -> Vec<(Val<'v>, Val<'v>)>;
    /// The value at a string key.
    fn get(&self, key: &str) -> Option<Val<'v>>;
    /// The zero value of the type of the values.
    fn zero(&self) -> Val<'v>;
    /// The number of entries.
    fn len(&self) -> usize;
    /// No entries.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A pointer.
#[derive(Clone)]
pub struct Pointer<'v> {
    /// Go's name for what it points to.
    pub elem: Cow<'static, str>,
    /// The struct type pointed to, where it is one.
    pub ty: Option<&'static StructType>,
    /// What it points to; none when nil.
    pub target: Option<Box<Val<'v>>>,
}

/// The type of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`: anything.
    Any,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `float64`
    Float,
    /// `string`
    Str,
    /// Another type, by Go's name for it.
    Named(Cow<'static, str>),
}

impl Type {
    /// nil can be assigned to it.
    pub(super) fn can_be_nil(&self) -> bool {
        match self {
            Type::Any => true,
            Type::Named(name) => {
                name.starts_with(['*', '['])
                    || name.starts_with("map[")
                    || name.starts_with("func(")
            }
            _ => false,
        }
    }

    /// The nil of this type.
    pub(super) fn nil<'v>(&self) -> Val<'v> {
        match self {
            Type::Named(name) if name.starts_with('[') => Val::List(Rc::new(NilList(name.clone()))),
            Type::Named(name) if name.starts_with('*') => Val::Pointer(Pointer {
                elem: Cow::Owned(name[1..].to_owned()),
                ty: None,
                target: None,
            }),
            _ => Val::Invalid,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Any => "interface {}",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Float => "float64",
            Type::Str => "string",
            Type::Named(name) => name,
        })
    }
}

/// A function's body: its arguments, checked against the parameters, to a result or to the error's text.
type Body<'v> = dyn Fn(&[Val<'v>]) -> Result<Val<'v>, String> + 'v;

/// A function that a template can call.
#[derive(Clone)]
pub struct Func<'v> {
    pub(super) params: Vec<Type>,
    pub(super) variadic: Option<Type>,
    pub(super) body: Rc<Body<'v>>,
}

impl<'v> Func<'v> {
    /// A function with these parameters; further arguments are of the type `variadic`, if any are taken.
    pub fn new(
        params: Vec<Type>,
        variadic: Option<Type>,
        body: impl Fn(&[Val<'v>]) -> Result<Val<'v>, String> + 'v,
    ) -> Func<'v> {
        Func {
            params,
            variadic,
            body: Rc::new(body),
        }
    }

    /// A method without parameters that yields a string.
    pub fn text(body: impl Fn() -> String + 'v) -> Func<'v> {
        Func::new(Vec::new(), None, move |_| Ok(Val::from(body())))
    }

    /// `strings.Join`, which `go list` offers as `join`.
    pub fn join() -> Func<'v> {
        Func::new(
            vec![Type::Named("[]string".into()), Type::Str],
            None,
            |args| {
                let [Val::List(list), Val::Str(separator)] = args else {
                    return Ok(Val::from(String::new()));
                };
                let mut out = String::new();
                for i in 0..list.len() {
                    if i > 0 {
                        out.push_str(separator);
                    }
                    if let Val::Str(item) = list.get(i) {
                        out.push_str(&item);
                    }
                }
                Ok(Val::from(out))
            },
        )
    }
}

impl<'v> Val<'v> {
    /// A borrowed string.
    pub fn str(s: &'v str) -> Val<'v> {
        Val::Str(Cow::Borrowed(s))
    }

    /// A `[]string` over borrowed strings.
    pub fn strings<S: AsRef<str>>(items: &'v [S]) -> Val<'v> {
        Val::List(Rc::new(Strings(items)))
    }

    /// A slice of already made values.
    pub fn list(type_name: impl Into<Cow<'static, str>>, items: Vec<Val<'v>>) -> Val<'v> {
        Val::List(Rc::new(Values {
            type_name: type_name.into(),
            items,
        }))
    }

    /// A `map[string]string`.
    pub fn string_map(entries: impl IntoIterator<Item = (&'v str, &'v str)>) -> Val<'v> {
        Val::Map(Rc::new(StringMap(entries.into_iter().collect())))
    }

    /// A struct.
    pub fn object(object: impl Struct<'v> + 'v) -> Val<'v> {
        Val::Struct(Rc::new(object))
    }

    /// A pointer to a struct.
    pub fn pointer(object: impl Struct<'v> + 'v) -> Val<'v> {
        let ty = object.ty();
        Val::Pointer(Pointer {
            elem: ty.name.into(),
            ty: Some(ty),
            target: Some(Box::new(Val::object(object))),
        })
    }

    /// A nil pointer to a struct of this type.
    pub fn nil_pointer(ty: &'static StructType) -> Val<'v> {
        Val::Pointer(Pointer {
            elem: ty.name.into(),
            ty: Some(ty),
            target: None,
        })
    }

    /// A pointer to a value that is no struct, such as `*bool`; nil when there is none.
    pub fn pointer_to(elem: &'static str, target: Option<Val<'v>>) -> Val<'v> {
        Val::Pointer(Pointer {
            elem: elem.into(),
            ty: None,
            target: target.map(Box::new),
        })
    }

    /// Go's name for the type; `<nil>` when there is no value.
    pub fn type_name(&self) -> Cow<'static, str> {
        match self {
            Val::Invalid => "<nil>".into(),
            Val::Bool(_) => "bool".into(),
            Val::Int(_) => "int".into(),
            Val::Uint(_) => "uint64".into(),
            Val::Byte(_) => "uint8".into(),
            Val::Float(_) => "float64".into(),
            Val::Complex(..) => "complex128".into(),
            Val::Str(_) => "string".into(),
            Val::List(list) => list.type_name(),
            Val::Map(map) => map.type_name(),
            Val::Struct(object) => object.ty().name.into(),
            Val::Pointer(pointer) => format!("*{}", pointer.elem).into(),
            Val::Func(func) => func.type_name().into(),
        }
    }

    /// It is "true" where a template asks: not the zero value, not empty, not nil.
    pub fn truth(&self) -> bool {
        match self {
            Val::Invalid => false,
            Val::Bool(b) => *b,
            Val::Int(n) => *n != 0,
            Val::Uint(n) => *n != 0,
            Val::Byte(n) => *n != 0,
            Val::Float(x) => *x != 0.0,
            Val::Complex(re, im) => *re != 0.0 || *im != 0.0,
            Val::Str(s) => !s.is_empty(),
            Val::List(list) => !list.is_empty(),
            Val::Map(map) => !map.is_empty(),
            Val::Struct(_) | Val::Func(_) => true,
            Val::Pointer(pointer) => pointer.target.is_some(),
        }
    }

    /// Follows pointers to what they point to; stops at a nil one, which the flag then tells.
    pub(crate) fn indirect(&self) -> (&Val<'v>, bool) {
        let mut value = self;
        while let Val::Pointer(pointer) = value {
            match &pointer.target {
                Some(target) => value = target,
                None => return (value, true),
            }
        }
        (value, false)
    }
}

impl Func<'_> {
    pub(super) fn type_name(&self) -> String {
        let mut params: Vec<String> = self.params.iter().map(Type::to_string).collect();
        params.extend(self.variadic.iter().map(|t| format!("...{t}")));
        format!("func({}) interface {{}}", params.join(", "))
    }
}

impl From<String> for Val<'_> {
    fn from(s: String) -> Self {
        Val::Str(Cow::Owned(s))
    }
}

impl From<bool> for Val<'_> {
    fn from(b: bool) -> Self {
        Val::Bool(b)
    }
}

impl From<i64> for Val<'_> {
    fn from(n: i64) -> Self {
        Val::Int(n)
    }
}

impl fmt::Debug for Val<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::fmt::sprint(std::slice::from_ref(self)))
    }
}

struct NilList(Cow<'static, str>);

impl<'v> List<'v> for NilList {
    fn type_name(&self) -> Cow<'static, str> {
        self.0.clone()
    }
    fn len(&self) -> usize {
        0
    }
    fn get(&self, _: usize) -> Val<'v> {
        Val::Invalid
    }
}

struct Strings<'v, S>(&'v [S]);

impl<'v, S: AsRef<str>> List<'v> for Strings<'v, S> {
    fn type_name(&self) -> Cow<'static, str> {
        "[]string".into()
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn get(&self, index: usize) -> Val<'v> {
        self.0
            .get(index)
            .map_or(Val::Invalid, |s| Val::str(s.as_ref()))
    }
}

struct Values<'v> {
    type_name: Cow<'static, str>,
    items: Vec<Val<'v>>,
}

impl<'v> List<'v> for Values<'v> {
    fn type_name(&self) -> Cow<'static, str> {
        self.type_name.clone()
    }
    fn len(&self) -> usize {
        self.items.len()
    }
    fn get(&self, index: usize) -> Val<'v> {
        self.items.get(index).cloned().unwrap_or(Val::Invalid)
    }
}

/// A part of a list, as `slice` yields it.
pub(super) struct SubList<'v> {
    pub(super) list: Rc<dyn List<'v> + 'v>,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl<'v> List<'v> for SubList<'v> {
    fn type_name(&self) -> Cow<'static, str> {
        self.list.type_name()
    }
    fn len(&self) -> usize {
        self.to - self.from
    }
    fn get(&self, index: usize) -> Val<'v> {
        self.list.get(self.from + index)
    }
    fn is_nil(&self) -> bool {
        self.list.is_nil()
    }
}

struct StringMap<'v>(std::collections::BTreeMap<&'v str, &'v str>);

impl<'v> Map<'v> for StringMap<'v> {
    fn type_name(&self) -> Cow<'static, str> {
        "map[string]string".into()
    }
    fn key_type(&self) -> Type {
        Type::Str
    }
    fn entries(&self) -> Vec<(Val<'v>, Val<'v>)> {
        self.0
            .iter()
            .map(|(k, v)| (Val::str(k), Val::str(v)))
            .collect()
    }
    fn get(&self, key: &str) -> Option<Val<'v>> {
        self.0.get(key).map(|v| Val::str(v))
    }
    fn zero(&self) -> Val<'v> {
        Val::str("")
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}

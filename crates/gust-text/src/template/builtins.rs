//! The functions that every template has. `and`, `or` and `call` are evaluated where arguments are ([`super::eval`]).

use super::exec::printable;
use super::value::{Func, SubList, Type, Val};
use super::{compare, escape};
use crate::fmt;
use std::rc::Rc;

/// The names of all of them.
pub(super) const NAMES: &[&str] = &[
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or",
    "print", "printf", "println", "slice", "urlquery",
];

/// The function of that name.
pub(super) fn find<'v>(name: &str) -> Option<Func<'v>> {
    let any = |n: usize| vec![Type::Any; n];
    let more = || Some(Type::Any);
    Some(match name {
        "html" => Func::new(any(0), more(), |args| Ok(escape::html(&text(args)).into())),
        "js" => Func::new(any(0), more(), |args| Ok(escape::js(&text(args)).into())),
        "urlquery" => Func::new(any(0), more(), |args| {
            Ok(escape::url_query(&text(args)).into())
        }),
        "print" => Func::new(any(0), more(), |args| Ok(fmt::sprint(args).into())),
        "println" => Func::new(any(0), more(), |args| Ok(fmt::sprintln(args).into())),
        "printf" => Func::new(vec![Type::Str], more(), |args| match args.split_first() {
            Some((Val::Str(format), rest)) => Ok(fmt::sprintf(format, rest).into()),
            _ => Ok(String::new().into()),
        }),
        "len" => Func::new(any(1), None, |args| len(&args[0])),
        "index" => Func::new(any(1), more(), |args| index(&args[0], &args[1..])),
        "slice" => Func::new(any(1), more(), |args| slice(&args[0], &args[1..])),
        "not" => Func::new(any(1), None, |args| Ok(Val::Bool(!args[0].truth()))),
        "eq" => Func::new(any(1), more(), |args| {
            compare::equal(&args[0], &args[1..]).map(Val::Bool)
        }),
        "ne" => comparison(|a, b| compare::equal(a, std::slice::from_ref(b)).map(|equal| !equal)),
        "lt" => comparison(compare::less),
        "le" => comparison(compare::less_or_equal),
        "gt" => comparison(|a, b| compare::less_or_equal(a, b).map(|r| !r)),
        "ge" => comparison(|a, b| compare::less(a, b).map(|r| !r)),
        _ => return None,
    })
}

fn comparison<'v>(compare: fn(&Val<'v>, &Val<'v>) -> Result<bool, String>) -> Func<'v> {
    Func::new(vec![Type::Any; 2], None, move |args| {
        compare(&args[0], &args[1]).map(Val::Bool)
    })
}

/// Arguments as one text, each as the template would print it.
fn text(args: &[Val<'_>]) -> String {
    if let [Val::Str(one)] = args {
        return one.to_string();
    }
    let args: Vec<Val<'_>> = args
        .iter()
        .map(|arg| match printable(arg) {
            Val::Invalid => Val::str("<no value>"),
            other => other,
        })
        .collect();
    fmt::sprint(&args)
}

fn len<'v>(item: &Val<'v>) -> Result<Val<'v>, String> {
    let (item, is_nil) = item.indirect();
    if is_nil {
        return Err("len of nil pointer".to_owned());
    }
    let len = match item {
        Val::Str(s) => gust_bytes::raw(s).len(),
        Val::List(list) => list.len(),
        Val::Map(map) => map.len(),
        Val::Invalid => return Err("reflect: call of reflect.Value.Type on zero Value".to_owned()),
        other => return Err(format!("len of type {}", other.type_name())),
    };
    Ok(Val::Int(len as i64))
}

/// An index no greater than `limit`.
fn position(index: &Val<'_>, limit: usize) -> Result<usize, String> {
    let value = match index {
        Val::Int(n) => *n,
        Val::Uint(n) => *n as i64,
        Val::Byte(n) => i64::from(*n),
        Val::Invalid => return Err("cannot index slice/array with nil".to_owned()),
        other => {
            return Err(format!(
                "cannot index slice/array with type {}",
                other.type_name()
            ));
        }
    };
    usize::try_from(value)
        .ok()
        .filter(|n| *n <= limit)
        .ok_or_else(|| format!("index out of range: {value}"))
}

fn index<'v>(item: &Val<'v>, indexes: &[Val<'v>]) -> Result<Val<'v>, String> {
    if let Val::Invalid = item {
        return Err("index of untyped nil".to_owned());
    }
    let mut item = item.clone();
    for index in indexes {
        let (target, is_nil) = item.indirect();
        if is_nil {
            return Err("index of nil pointer".to_owned());
        }
        let next = match target {
            Val::Str(s) => {
                let s = gust_bytes::raw(s);
                let at = position(index, s.len())?;
                s.get(at)
                    .map(|b| Val::Byte(*b))
                    .ok_or("reflect: string index out of range")?
            }
            Val::List(list) => {
                let at = position(index, list.len())?;
                if at == list.len() {
                    return Err("reflect: slice index out of range".to_owned());
                }
                list.get(at)
            }
            Val::Map(map) => match (index, map.key_type()) {
                (Val::Str(key), Type::Str) => map.get(key).unwrap_or_else(|| map.zero()),
                (Val::Invalid, key) => {
                    return Err(format!("value is nil; should be of type {key}"));
                }
                (other, key) => {
                    return Err(format!(
                        "value has type {}; should be {key}",
                        other.type_name()
                    ));
                }
            },
            other => return Err(format!("can't index item of type {}", other.type_name())),
        };
        item = next;
    }
    Ok(item)
}

fn slice<'v>(item: &Val<'v>, indexes: &[Val<'v>]) -> Result<Val<'v>, String> {
    if let Val::Invalid = item {
        return Err("slice of untyped nil".to_owned());
    }
    let (item, is_nil) = item.indirect();
    if is_nil {
        return Err("slice of nil pointer".to_owned());
    }
    if indexes.len() > 3 {
        return Err(format!("too many slice indexes: {}", indexes.len()));
    }
    let len = match item {
        Val::Str(_) if indexes.len() == 3 => return Err("cannot 3-index slice a string".to_owned()),
        Val::Str(s) => gust_bytes::raw(s).len(),
        Val::List(list) => list.len(),
        other => return Err(format!("can't slice item of type {}", other.type_name())),
    };
    let mut bounds = [0, len, len];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        *bound = position(index, len)?;
    }
    let [from, to, cap] = bounds;
    for (low, high) in [(from, to), (to, cap)] {
        if low > high {
            return Err(format!("invalid slice index: {low} > {high}"));
        }
    }
    Ok(match item {
        Val::Str(s) => gust_bytes::text(&gust_bytes::raw(s)[from..to])
            .into_owned()
            .into(),
        Val::List(list) => Val::List(Rc::new(SubList {
            list: Rc::clone(list),
            from,
            to,
        })),
        other => other.clone(),
    })
}

/// Calls a function that is a value, with arguments already evaluated.
pub(super) fn call<'v>(name: &str, func: &Func<'v>, args: &[Val<'v>]) -> Result<Val<'v>, String> {
    let (want, got) = (func.params.len(), args.len());
    if func.variadic.is_some() && got < want {
        return Err(format!(
            "wrong number of args for {name}: got {got} want at least {want}"
        ));
    }
    if func.variadic.is_none() && got != want {
        return Err(format!(
            "wrong number of args for {name}: got {got} want {want}"
        ));
    }
    for (i, arg) in args.iter().enumerate() {
        let param = func
            .params
            .get(i)
            .or(func.variadic.as_ref())
            .unwrap_or(&Type::Any);
        if *param == Type::Any || arg.type_name() == param.to_string() {
            continue;
        }
        return Err(match arg {
            Val::Invalid => format!("arg {i}: value is nil; should be of type {param}"),
            _ => format!(
                "arg {i}: value has type {}; should be {param}",
                arg.type_name()
            ),
        });
    }
    (func.body)(args)
}

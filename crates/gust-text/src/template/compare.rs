//! `eq`, `ne`, `lt`, `le`, `gt`, `ge`.

use super::value::Val;
use crate::fmt;
use std::cmp::Ordering;
use std::rc::Rc;

const BAD_TYPE: &str = "invalid type for comparison";

/// The kinds that can be ordered or compared with others of the same kind.
#[derive(PartialEq, Clone, Copy)]
enum Basic {
    Bool,
    Int,
    Uint,
    Float,
    Complex,
    Str,
}

fn basic(value: &Val<'_>) -> Option<Basic> {
    Some(match value {
        Val::Bool(_) => Basic::Bool,
        Val::Int(_) => Basic::Int,
        Val::Uint(_) | Val::Byte(_) => Basic::Uint,
        Val::Float(_) => Basic::Float,
        Val::Complex(..) => Basic::Complex,
        Val::Str(_) => Basic::Str,
        _ => return None,
    })
}

fn integer(value: &Val<'_>) -> Option<i128> {
    match value {
        Val::Int(n) => Some(i128::from(*n)),
        Val::Uint(n) => Some(i128::from(*n)),
        Val::Byte(n) => Some(i128::from(*n)),
        _ => None,
    }
}

fn incompatible<T>(a: &Val<'_>, b: &Val<'_>) -> Result<T, String> {
    Err(format!(
        "incompatible types for comparison: {} and {}",
        a.type_name(),
        b.type_name()
    ))
}

/// `first` equals any of the others.
pub(super) fn equal(first: &Val<'_>, others: &[Val<'_>]) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".to_owned());
    }
    for other in others {
        if same(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn same(a: &Val<'_>, b: &Val<'_>) -> Result<bool, String> {
    if let (Some(x), Some(y)) = (integer(a), integer(b)) {
        return Ok(x == y);
    }
    match (a, b) {
        (Val::Bool(x), Val::Bool(y)) => Ok(x == y),
        (Val::Float(x), Val::Float(y)) => Ok(x == y),
        (Val::Complex(x, i), Val::Complex(y, j)) => Ok(x == y && i == j),
        (Val::Str(x), Val::Str(y)) => Ok(x == y),
        _ if basic(a) != basic(b) => match (a, b) {
            (Val::Invalid, _) | (_, Val::Invalid) => Ok(false),
            _ => incompatible(a, b),
        },
        _ => same_compound(a, b),
    }
}

fn is_nil(value: &Val<'_>) -> bool {
    match value {
        Val::Invalid => true,
        Val::Pointer(pointer) => pointer.target.is_none(),
        Val::List(list) => list.is_nil(),
        Val::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// Tells compound kinds apart.
fn kind(value: &Val<'_>) -> u8 {
    match value {
        Val::List(_) => 1,
        Val::Map(_) => 2,
        Val::Struct(_) => 3,
        Val::Pointer(_) => 4,
        Val::Func(_) => 5,
        _ => 0,
    }
}

fn same_compound(a: &Val<'_>, b: &Val<'_>) -> Result<bool, String> {
    if kind(a) != kind(b) && !matches!(a, Val::Invalid) && !matches!(b, Val::Invalid) {
        let text = |v: &Val<'_>| fmt::sprint(std::slice::from_ref(v));
        return Err(format!(
            "non-comparable types {}: {}, {}: {}",
            text(a),
            a.type_name(),
            b.type_name(),
            text(b)
        ));
    }
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) == is_nil(b));
    }
    match (a, b) {
        (Val::Pointer(x), Val::Pointer(y)) => Ok(match (&x.target, &y.target) {
            (Some(x), Some(y)) => same_object(x, y),
            _ => false,
        }),
        (Val::Struct(_), Val::Struct(_)) => Ok(same_object(a, b)),
        _ => {
            let text = fmt::sprint(std::slice::from_ref(b));
            Err(format!("non-comparable type {text}: {}", b.type_name()))
        }
    }
}

/// The same object, not merely equal ones.
fn same_object(a: &Val<'_>, b: &Val<'_>) -> bool {
    match (a, b) {
        (Val::Struct(x), Val::Struct(y)) => match (x.address(), y.address()) {
            (0, _) | (_, 0) => {
                Rc::as_ptr(x).cast::<()>().addr() == Rc::as_ptr(y).cast::<()>().addr()
            }
            (x, y) => x == y,
        },
        _ => false,
    }
}

/// `a < b`.
pub(super) fn less(a: &Val<'_>, b: &Val<'_>) -> Result<bool, String> {
    order(a, b).map(|order| order == Some(Ordering::Less))
}

/// `a <= b`.
pub(super) fn less_or_equal(a: &Val<'_>, b: &Val<'_>) -> Result<bool, String> {
    order(a, b).map(|order| matches!(order, Some(Ordering::Less | Ordering::Equal)))
}

fn order(a: &Val<'_>, b: &Val<'_>) -> Result<Option<Ordering>, String> {
    let (Some(x), Some(y)) = (basic(a), basic(b)) else {
        return Err(BAD_TYPE.to_owned());
    };
    if let (Some(x), Some(y)) = (integer(a), integer(b)) {
        return Ok(Some(x.cmp(&y)));
    }
    match (a, b) {
        (Val::Float(x), Val::Float(y)) => Ok(x.partial_cmp(y)),
        (Val::Str(x), Val::Str(y)) => Ok(Some(gust_bytes::raw(x).cmp(&gust_bytes::raw(y)))),
        _ if x != y => incompatible(a, b),
        _ => Err(BAD_TYPE.to_owned()),
    }
}

//! Any value under a verb: structs, lists, maps and pointers, and what has a text of its own.

use super::verb::Spec;
use crate::template::{List, Map, Struct, StructType, Val};

/// Values nested deeper than this are cut short; Go would go on until its stack ends.
const MAX_DEPTH: usize = 100;

/// Appends the value; `depth` is 0 for an operand itself.
pub(super) fn print(out: &mut String, spec: &Spec, verb: char, value: &Val<'_>, depth: usize) {
    if depth > MAX_DEPTH {
        out.push_str("...");
        return;
    }
    if verb == 'T' && depth == 0 {
        spec.string(out, 's', &value.type_name());
        return;
    }
    if takes_text(spec, verb)
        && let Some(text) = own_text(value)
    {
        if !spec.string(out, verb, &text) {
            complain(out, verb, value);
        }
        return;
    }
    let fits = match value {
        Val::Invalid => {
            if verb == 'v' {
                spec.pad(out, "<nil>");
            }
            verb == 'v'
        }
        Val::Bool(b) => {
            let fits = matches!(verb, 't' | 'v');
            if fits {
                spec.pad(out, if *b { "true" } else { "false" });
            }
            fits
        }
        Val::Int(n) => spec.integer(out, verb, i128::from(*n)),
        Val::Uint(n) => unsigned(out, spec, verb, *n),
        Val::Byte(n) => unsigned(out, spec, verb, u64::from(*n)),
        Val::Float(x) => spec.float(out, verb, *x),
        Val::Complex(re, im) => complex(out, spec, verb, *re, *im),
        Val::Str(text) => spec.string(out, verb, text),
        Val::List(list) => {
            print_list(out, spec, verb, list.as_ref(), depth);
            true
        }
        Val::Map(map) => {
            print_map(out, spec, verb, map.as_ref(), depth);
            true
        }
        Val::Struct(object) => {
            print_struct(out, spec, verb, object.as_ref(), depth);
            true
        }
        Val::Pointer(pointer) => match &pointer.target {
            Some(target) if depth == 0 && is_compound(target) => {
                out.push('&');
                print(out, spec, verb, target, depth + 1);
                true
            }
            Some(_) => address(out, spec, verb),
            None if verb == 'v' && spec.sharp_v => {
                out.push_str(&format!("(*{})(nil)", pointer.elem));
                true
            }
            None if verb == 'v' => {
                spec.pad(out, "<nil>");
                true
            }
            // Go calls the method, which fails on nil, and shows this instead.
            None if takes_text(spec, verb) && pointer.ty.is_some_and(says_itself) => {
                out.push_str("<nil>");
                true
            }
            None => false,
        },
        Val::Func(_) => address(out, spec, verb),
    };
    if !fits {
        complain(out, verb, value);
    }
}

fn takes_text(spec: &Spec, verb: char) -> bool {
    !spec.sharp_v && matches!(verb, 'v' | 's' | 'q' | 'x' | 'X')
}

fn own_text(value: &Val<'_>) -> Option<String> {
    match value {
        Val::Struct(object) => object.text(),
        Val::List(list) => list.text(),
        Val::Pointer(pointer) => match pointer.target.as_deref() {
            Some(Val::Struct(object)) => object.text(),
            _ => None,
        },
        _ => None,
    }
}

/// Has the type a text of its own?
fn says_itself(ty: &StructType) -> bool {
    ty.methods
        .iter()
        .any(|method| matches!(*method, "Error" | "String"))
}

fn is_compound(value: &Val<'_>) -> bool {
    matches!(value, Val::Struct(_) | Val::List(_) | Val::Map(_))
}

/// `%!d(string=hi)`.
fn complain(out: &mut String, verb: char, value: &Val<'_>) {
    out.push_str("%!");
    out.push(verb);
    out.push('(');
    out.push_str(&value.type_name());
    if !matches!(value, Val::Invalid) {
        out.push('=');
        print(out, &Spec::default(), 'v', value, 0);
    }
    out.push(')');
}

/// Addresses differ from run to run in Go too; one that cannot be mistaken for a real one stands for all.
fn address(out: &mut String, spec: &Spec, verb: char) -> bool {
    match verb {
        'v' | 'p' => spec.hex_literal(out, 0xc000_0000_0000),
        'd' | 'b' | 'o' | 'x' | 'X' => return spec.integer(out, verb, 0xc000_0000_0000),
        _ => return false,
    }
    true
}

fn unsigned(out: &mut String, spec: &Spec, verb: char, value: u64) -> bool {
    if verb == 'v' && spec.sharp_v {
        spec.hex_literal(out, value);
        return true;
    }
    spec.integer(out, verb, i128::from(value))
}

fn complex(out: &mut String, spec: &Spec, verb: char, re: f64, im: f64) -> bool {
    if !matches!(verb, 'v' | 'g' | 'G' | 'e' | 'E' | 'f' | 'F') {
        return false;
    }
    out.push('(');
    spec.float(out, verb, re);
    Spec {
        plus: true,
        ..spec.clone()
    }
    .float(out, verb, im);
    out.push_str("i)");
    true
}

fn print_list(out: &mut String, spec: &Spec, verb: char, list: &dyn List<'_>, depth: usize) {
    if spec.sharp_v {
        out.push_str(&list.type_name());
        if list.is_nil() {
            out.push_str("(nil)");
            return;
        }
    }
    let (open, close, separator) = if spec.sharp_v {
        ('{', '}', ", ")
    } else {
        ('[', ']', " ")
    };
    out.push(open);
    for i in 0..list.len() {
        if i > 0 {
            out.push_str(separator);
        }
        print(out, spec, verb, &list.get(i), depth + 1);
    }
    out.push(close);
}

fn print_map(out: &mut String, spec: &Spec, verb: char, map: &dyn Map<'_>, depth: usize) {
    if spec.sharp_v {
        out.push_str(&map.type_name());
        if map.is_empty() {
            out.push_str("(nil)");
            return;
        }
        out.push('{');
    } else {
        out.push_str("map[");
    }
    for (i, (key, value)) in map.entries().iter().enumerate() {
        if i > 0 {
            out.push_str(if spec.sharp_v { ", " } else { " " });
        }
        print(out, spec, verb, key, depth + 1);
        out.push(':');
        print(out, spec, verb, value, depth + 1);
    }
    out.push(if spec.sharp_v { '}' } else { ']' });
}

fn print_struct(out: &mut String, spec: &Spec, verb: char, object: &dyn Struct<'_>, depth: usize) {
    if spec.sharp_v {
        out.push_str(object.ty().name);
    }
    out.push('{');
    for (i, name) in object.ty().fields.iter().enumerate() {
        if i > 0 {
            out.push_str(if spec.sharp_v { ", " } else { " " });
        }
        if spec.plus_v || spec.sharp_v {
            out.push_str(name);
            out.push(':');
        }
        print(out, spec, verb, &object.field(i), depth + 1);
    }
    out.push('}');
}

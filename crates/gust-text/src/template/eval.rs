//! What pipelines, commands and operands are worth: fields, methods, functions and the types of their arguments.

use super::ast::{Expr, ExprKind, Pipe};
use super::builtins;
use super::exec::{At, Done, Fail, State, fail};
use super::number::Number;
use super::value::{Func, Type, Val};
use crate::quote;

/// The words of a command after the first, and what the pipeline before it yielded.
#[derive(Clone, Copy)]
struct Args<'t, 'a, 'v> {
    words: &'t [Expr],
    last: Option<&'a Val<'v>>,
}

impl Args<'_, '_, '_> {
    fn none() -> Self {
        Args {
            words: &[],
            last: None,
        }
    }

    fn count(&self) -> usize {
        self.words.len() + usize::from(self.last.is_some())
    }
}

impl<'t, 'v> State<'t, 'v> {
    /// The value of a pipeline; its variables are set or declared.
    pub(super) fn pipeline(&mut self, dot: &Val<'v>, pipe: &'t Pipe) -> Done<Val<'v>> {
        self.at = At::Pipe(pipe);
        let mut value: Option<Val<'v>> = None;
        for command in &pipe.commands {
            value = Some(self.command(dot, command, value.as_ref())?);
        }
        let value = value.unwrap_or(Val::Invalid);
        for name in &pipe.decl {
            if pipe.assign {
                self.assign(name, value.clone())?;
            } else {
                self.vars.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    fn command(
        &mut self,
        dot: &Val<'v>,
        words: &'t [Expr],
        last: Option<&Val<'v>>,
    ) -> Done<Val<'v>> {
        let Some((first, rest)) = words.split_first() else {
            return Ok(Val::Invalid);
        };
        let args = Args { words: rest, last };
        let no_args = || match args.count() {
            0 => Ok(()),
            _ => fail(format!("can't give argument to non-function {first}")),
        };
        match &first.kind {
            ExprKind::Field(_) | ExprKind::Chain(..) => return self.path(dot, first, args),
            ExprKind::Variable(names) => {
                if names.len() == 1 {
                    self.at = At::Expr(first);
                    no_args()?;
                }
                return self.path(dot, first, args);
            }
            ExprKind::Ident(name) => {
                self.at = At::Expr(first);
                return self.function(dot, At::Command(words), name, args);
            }
            ExprKind::Pipe(pipe) => {
                no_args()?;
                return self.pipeline(dot, pipe);
            }
            _ => {}
        }
        self.at = At::Expr(first);
        no_args()?;
        match &first.kind {
            ExprKind::Nil => fail("nil is not a command"),
            _ => self.literal(dot, first),
        }
    }

    /// The value of an operand that is written out.
    fn literal(&mut self, dot: &Val<'v>, expr: &'t Expr) -> Done<Val<'v>> {
        Ok(match &expr.kind {
            ExprKind::Dot => dot.clone(),
            ExprKind::Bool(b) => Val::Bool(*b),
            ExprKind::Str { value, .. } => Val::from(value.clone()),
            ExprKind::Number(number) => return ideal(number),
            _ => Val::Invalid,
        })
    }

    /// `.A.B`, `$x.A`, `(pipe).A`: arguments go to the last name.
    fn path(&mut self, dot: &Val<'v>, expr: &'t Expr, args: Args<'t, '_, 'v>) -> Done<Val<'v>> {
        self.at = At::Expr(expr);
        let (mut value, names) = match &expr.kind {
            ExprKind::Field(names) => (dot.clone(), names.as_slice()),
            ExprKind::Variable(names) => {
                let (name, rest) = names
                    .split_first()
                    .map_or(("$", &[][..]), |(n, r)| (n.as_str(), r));
                let value = self
                    .vars
                    .iter()
                    .rev()
                    .find(|(n, _)| *n == name)
                    .map(|(_, v)| v.clone());
                let Some(value) = value else {
                    return fail(format!("undefined variable: {name}"));
                };
                (value, rest)
            }
            ExprKind::Chain(base, names) => {
                let value = match &base.kind {
                    ExprKind::Pipe(pipe) => self.pipeline(dot, pipe)?,
                    ExprKind::Ident(name) => {
                        self.at = At::Expr(base);
                        self.function(dot, At::Expr(base), name, Args::none())?
                    }
                    _ => self.path(dot, base, Args::none())?,
                };
                (value, names.as_slice())
            }
            _ => return self.literal(dot, expr),
        };
        for (i, name) in names.iter().enumerate() {
            let args = if i + 1 == names.len() {
                args
            } else {
                Args::none()
            };
            value = self.member(dot, expr, &value, name, args)?;
        }
        Ok(value)
    }

    /// `receiver.name`: a method, a field or a map's entry.
    fn member(
        &mut self,
        dot: &Val<'v>,
        expr: &'t Expr,
        receiver: &Val<'v>,
        name: &str,
        args: Args<'t, '_, 'v>,
    ) -> Done<Val<'v>> {
        if let Val::Invalid = receiver {
            return Ok(Val::Invalid);
        }
        let typ = receiver.type_name();
        let (target, is_nil) = receiver.indirect();
        match target {
            Val::Struct(object) => {
                let ty = object.ty();
                if let Some(index) = ty.methods.iter().position(|m| *m == name) {
                    return self.invoke(dot, At::Expr(expr), name, &object.method(index), args);
                }
                if let Some(index) = ty.fields.iter().position(|f| *f == name) {
                    if args.count() > 0 {
                        return fail(format!(
                            "{name} has arguments but cannot be invoked as function"
                        ));
                    }
                    return Ok(object.field(index));
                }
            }
            Val::Map(map) if map.key_type() == Type::Str => {
                if args.count() > 0 {
                    return fail(format!("{name} is not a method but has arguments"));
                }
                return Ok(map.get(name).unwrap_or(Val::Invalid));
            }
            Val::Pointer(pointer) if is_nil => {
                if let Some(ty) = pointer.ty
                    && ty.methods.contains(&name)
                {
                    self.at = At::Expr(expr);
                    return fail(format!(
                        "error calling {name}: runtime error: invalid memory address or nil pointer dereference"
                    ));
                }
                if pointer.ty.is_none_or(|ty| ty.fields.contains(&name)) {
                    return fail(format!("nil pointer evaluating {typ}.{name}"));
                }
            }
            _ => {}
        }
        fail(format!("can't evaluate field {name} in type {typ}"))
    }

    fn function(
        &mut self,
        dot: &Val<'v>,
        node: At<'t>,
        name: &'t str,
        args: Args<'t, '_, 'v>,
    ) -> Done<Val<'v>> {
        if let Some(func) = self.funcs.get(name) {
            let func = func.clone();
            return self.invoke(dot, node, name, &func, args);
        }
        if matches!(name, "and" | "or") {
            return self.and_or(dot, name, args);
        }
        if name == "call" {
            return self.call_value(dot, node, args);
        }
        match builtins::find(name) {
            Some(func) => self.invoke(dot, node, name, &func, args),
            None => fail(format!("{} is not a defined function", quote::quote(name))),
        }
    }

    /// `and` and `or` look at no more arguments than they need.
    fn and_or(&mut self, dot: &Val<'v>, name: &str, args: Args<'t, '_, 'v>) -> Done<Val<'v>> {
        if args.count() == 0 {
            return fail(format!(
                "wrong number of args for {name}: want at least 1 got 0"
            ));
        }
        let mut value = Val::Invalid;
        for word in args.words {
            value = self.argument(dot, &Type::Any, word)?;
            if value.truth() == (name == "or") {
                return Ok(value);
            }
        }
        Ok(args.last.cloned().unwrap_or(value))
    }

    /// `call f x y`: a function that is itself a value.
    fn call_value(&mut self, dot: &Val<'v>, node: At<'t>, args: Args<'t, '_, 'v>) -> Done<Val<'v>> {
        let any = Func::new(vec![Type::Any], Some(Type::Any), |_| Ok(Val::Invalid));
        let values = self.arguments(dot, "call", &any, args)?;
        let name = args.words.first().map_or_else(String::new, Expr::to_string);
        let result = match values.split_first() {
            Some((Val::Func(func), rest)) => builtins::call(&name, func, rest),
            Some((Val::Invalid, _)) | None => Err("call of nil".to_owned()),
            Some((other, _)) => Err(format!("non-function {name} of type {}", other.type_name())),
        };
        result.map_err(|message| {
            self.at = node;
            Fail(format!("error calling call: {message}"))
        })
    }

    fn invoke(
        &mut self,
        dot: &Val<'v>,
        node: At<'t>,
        name: &str,
        func: &Func<'v>,
        args: Args<'t, '_, 'v>,
    ) -> Done<Val<'v>> {
        let values = self.arguments(dot, name, func, args)?;
        (func.body)(&values).map_err(|message| {
            self.at = node;
            Fail(format!("error calling {name}: {message}"))
        })
    }

    fn arguments(
        &mut self,
        dot: &Val<'v>,
        name: &str,
        func: &Func<'v>,
        args: Args<'t, '_, 'v>,
    ) -> Done<Vec<Val<'v>>> {
        let (fixed, given) = (func.params.len(), args.count());
        if func.variadic.is_some() && given < fixed {
            return fail(format!(
                "wrong number of args for {name}: want at least {fixed} got {}",
                args.words.len()
            ));
        }
        if func.variadic.is_none() && given != fixed {
            return fail(format!(
                "wrong number of args for {name}: want {fixed} got {given}"
            ));
        }
        let param = |i: usize| {
            func.params
                .get(i)
                .or(func.variadic.as_ref())
                .unwrap_or(&Type::Any)
        };
        let mut values = Vec::with_capacity(given);
        for (i, word) in args.words.iter().enumerate() {
            values.push(self.argument(dot, param(i), word)?);
        }
        if let Some(last) = args.last {
            values.push(assignable(last.clone(), param(values.len()))?);
        }
        Ok(values)
    }

    /// An operand as an argument of a type.
    fn argument(&mut self, dot: &Val<'v>, typ: &Type, word: &'t Expr) -> Done<Val<'v>> {
        self.at = At::Expr(word);
        match &word.kind {
            ExprKind::Dot => return assignable(dot.clone(), typ),
            ExprKind::Nil if typ.can_be_nil() => return Ok(typ.nil()),
            ExprKind::Nil => return fail(format!("cannot assign nil to {typ}")),
            ExprKind::Field(_) | ExprKind::Variable(_) | ExprKind::Chain(..) => {
                return assignable(self.path(dot, word, Args::none())?, typ);
            }
            ExprKind::Pipe(pipe) => return assignable(self.pipeline(dot, pipe)?, typ),
            ExprKind::Ident(name) => {
                let value = self.function(dot, At::Expr(word), name, Args::none())?;
                return assignable(value, typ);
            }
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Str { .. } => {}
        }
        match (typ, &word.kind) {
            (Type::Any, _) => self.literal(dot, word),
            (Type::Bool, ExprKind::Bool(b)) => Ok(Val::Bool(*b)),
            (Type::Str, ExprKind::Str { value, .. }) => Ok(Val::from(value.clone())),
            (Type::Int, ExprKind::Number(Number { int: Some(n), .. })) => Ok(Val::Int(*n)),
            (Type::Float, ExprKind::Number(Number { float: Some(x), .. })) => Ok(Val::Float(*x)),
            (Type::Named(_), _) => fail(format!("can't handle {word} for arg of type {typ}")),
            _ => {
                let expected = match typ {
                    Type::Bool => "bool",
                    Type::Str => "string",
                    Type::Int => "integer",
                    _ => "float",
                };
                fail(format!("expected {expected}; found {word}"))
            }
        }
    }
}

/// The value as one of the type, following one pointer if need be.
fn assignable<'v>(value: Val<'v>, typ: &Type) -> Done<Val<'v>> {
    if *typ == Type::Any {
        return Ok(value);
    }
    if let Val::Invalid = value {
        return if typ.can_be_nil() {
            Ok(typ.nil())
        } else {
            fail(format!("invalid value; expected {typ}"))
        };
    }
    let wanted = typ.to_string();
    if value.type_name() == wanted {
        return Ok(value);
    }
    match &value {
        Val::Pointer(pointer) if pointer.elem == wanted => match &pointer.target {
            Some(target) => Ok(Val::clone(target)),
            None => fail(format!("dereference of nil pointer of type {typ}")),
        },
        _ => fail(format!(
            "wrong type for value; expected {typ}; got {}",
            value.type_name()
        )),
    }
}

/// A number where no type is asked for.
fn ideal<'v>(number: &Number) -> Done<Val<'v>> {
    if let Some((re, im)) = number.complex {
        return Ok(Val::Complex(re, im));
    }
    if let Some(float) = number.float.filter(|_| number.looks_float()) {
        return Ok(Val::Float(float));
    }
    match number.int {
        Some(n) => Ok(Val::Int(n)),
        None => fail(format!("{} overflows int", number.text)),
    }
}

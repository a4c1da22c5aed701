//! Every case of `oracle/cases.txt` gives what Go gives, output and error alike; `oracle/main.go` makes `oracle/expected.txt`.

use gust_text::quote;
use gust_text::template::{Func, Funcs, Struct, StructType, Template, Type, Val};

struct Inner {
    path: &'static str,
    version: &'static str,
    main: bool,
}

static INNER: StructType = StructType {
    name: "main.Inner",
    fields: &["Path", "Version", "Main", "Next"],
    methods: &["String"],
};
static M: &Inner = &Inner {
    path: "example.com/m",
    version: "v1.2.3",
    main: false,
};
static P2: &Inner = &Inner {
    path: "p2",
    version: "v0",
    main: true,
};

impl<'v> Struct<'v> for &'static Inner {
    fn ty(&self) -> &'static StructType {
        &INNER
    }
    fn field(&self, index: usize) -> Val<'v> {
        match index {
            0 => Val::str(self.path),
            1 => Val::str(self.version),
            2 => Val::Bool(self.main),
            _ => Val::nil_pointer(&INNER),
        }
    }
    fn method(&self, _: usize) -> Func<'v> {
        let this = *self;
        Func::text(move || format!("{}@{}", this.path, this.version))
    }
    fn address(&self) -> usize {
        std::ptr::from_ref::<Inner>(self).addr()
    }
    fn text(&self) -> Option<String> {
        Some(format!("{}@{}", self.path, self.version))
    }
}

struct Plain(i64);

static PLAIN: StructType = StructType {
    name: "main.Plain",
    fields: &["A", "B", "C", "D", "P"],
    methods: &[],
};

impl<'v> Struct<'v> for Plain {
    fn ty(&self) -> &'static StructType {
        &PLAIN
    }
    fn field(&self, index: usize) -> Val<'v> {
        let full = self.0 == 3;
        match index {
            0 => Val::Int(self.0),
            1 => Val::str(if full { "bee" } else { "" }),
            2 => Val::strings(if full { &["q"] } else { &[] }),
            3 => Val::string_map(full.then_some(("k", "v"))),
            _ => Val::nil_pointer(&PLAIN),
        }
    }
}

struct Data;

static DATA: StructType = StructType {
    name: "main.Data",
    fields: &[
        "Name", "N", "U", "F", "B", "L", "E", "M", "In", "NilIn", "Pl", "PP", "Ls",
    ],
    methods: &["Hello"],
};

impl<'v> Struct<'v> for Data {
    fn ty(&self) -> &'static StructType {
        &DATA
    }
    fn field(&self, index: usize) -> Val<'v> {
        match index {
            0 => Val::str("na<m>e"),
            1 => Val::Int(42),
            2 => Val::Uint(7),
            3 => Val::Float(2.5),
            4 => Val::Bool(true),
            5 => Val::strings(&["a", "b", "c"]),
            6 => Val::strings::<&str>(&[]),
            7 => Val::string_map([("y", "2"), ("x", "1")]),
            8 => Val::pointer(M),
            9 => Val::nil_pointer(&INNER),
            10 => Val::object(Plain(3)),
            11 => Val::pointer(Plain(4)),
            _ => Val::list("[]*main.Inner", vec![Val::pointer(M), Val::pointer(P2)]),
        }
    }
    fn method(&self, _: usize) -> Func<'v> {
        Func::new(vec![Type::Str, Type::Int], None, |args| match args {
            [Val::Str(text), Val::Int(n)] => match usize::try_from(*n) {
                Ok(n) => Ok(Val::from(text.repeat(n))),
                Err(_) => Err("negative".to_owned()),
            },
            _ => Err("wrong arguments".to_owned()),
        })
    }
}

fn run(text: &str) -> (String, String) {
    let mut funcs = Funcs::new();
    funcs.insert("join", Func::join());
    funcs.insert("self", Func::new(Vec::new(), None, |_| Ok(Val::pointer(M))));
    let mut out = String::new();
    let done = Template::parse("main", text, &["join", "self"])
        .and_then(|t| t.execute_into(&mut out, Val::pointer(Data), &funcs));
    (out, done.err().map(|e| e.to_string()).unwrap_or_default())
}

/// Addresses differ from run to run.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        out.push_str(if digits > 8 { &part[digits..] } else { part });
    }
    out
}

#[test]
fn as_go() {
    let cases: Vec<&str> = include_str!("oracle/cases.txt").lines().collect();
    let expected: Vec<&str> = include_str!("oracle/expected.txt").lines().collect();
    assert_eq!(cases.len(), expected.len(), "an answer for each case");
    let mut wrong = Vec::new();
    for (case, expected) in cases.iter().zip(expected) {
        let text = quote::unquote(case).unwrap_or_else(|| (*case).to_owned());
        let want: Vec<String> = expected
            .split('\t')
            .map(|s| quote::unquote(s).expect("quoted"))
            .collect();
        let (out, err) = run(&text);
        if without_addresses(&out) != without_addresses(&want[0]) || err != want[1] {
            wrong.push(format!(
                "{case}\n  want {:?}\n       {}\n  got  {out:?}\n       {err}",
                want[0], want[1]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn hostile_texts_end() {
    for text in [
        "{{".repeat(100_000),
        format!("{{{{{}", "(".repeat(100_000)),
        "{{if 1}}".repeat(100_000),
        format!("{{{{if 1}}}}{}{{{{end}}}}", "{{else if 1}}".repeat(100_000)),
        "{{define \"r\"}}{{template \"r\"}}{{end}}{{template \"r\"}}".to_owned(),
        "{{printf \"%999999999d\" 1}}".to_owned(),
    ] {
        let _ = run(&text);
    }
}

//! Go-shaped text: text/template, the bytes of encoding/json, quoting, the flag syntax.

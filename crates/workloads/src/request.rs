//! The request that all workloads see, apart from their payloads.

pub const PATH: &[(&str, &str)] = &[("ticket", "7741")];
pub const QUERY: &[(&str, &str)] = &[("realm", "east"), ("note", "it's \"late\" 1/2")];
pub const HEADER: &[(&str, &str)] = &[
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, br"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Cookie", "lang=en; theme='plain'"),
    ("Host", "rail.example.org"),
    ("Referer", "https://rail.example.org/tickets?page=2"),
    ("User-Agent", AGENT),
    ("X-Forwarded-For", "198.51.100.7, 203.0.113.80"),
];
pub const API: &str = "q7w1zz";
pub const REQUEST: &str = "5f0d0fd2-6a8b-4b0f-9d35-0a1b6d4f7c11";
pub const SOURCE: &str = "198.51.100.7";
pub const AGENT: &str = "rail-app/3.1 (Linux)";
pub const USER: &str = "AIDA31";
pub const LANE: &str = "blue";

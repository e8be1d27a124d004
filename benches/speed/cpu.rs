//! CPU seconds and resident memory of processes, from /proc.

use std::fs;

/// Ticks of a second in /proc, the same on every Linux.
const TICKS: f64 = 100.0;

struct Stat {
    parent: u32,
    own: f64,
    /// Of children that were waited for.
    children: f64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: (number(11)? + number(12)?) / TICKS,
        children: (number(13)? + number(14)?) / TICKS,
    })
}

/// Of one process with all its threads.
pub fn of(pid: u32) -> f64 {
    stat(pid).map_or(0.0, |stat| stat.own)
}

/// Of a PostgreSQL server: the postmaster, its living children, and those it has buried.
pub fn of_postgres(postmaster: u32) -> f64 {
    let mut sum = stat(postmaster).map_or(0.0, |stat| stat.own + stat.children);
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        if let Some(child) = stat(pid).filter(|stat| stat.parent == postmaster) {
            sum += child.own;
        }
    }
    sum
}

/// Of the children this process has waited for.
pub fn of_ended_children() -> f64 {
    stat(std::process::id()).map_or(0.0, |stat| stat.children)
}

/// Resident memory in MB.
pub fn resident(pid: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(0.0, |kb| kb / 1024.0)
}

/// The machine's load of the last minute.
pub fn load() -> f64 {
    fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(0.0)
}

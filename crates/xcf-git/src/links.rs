//! Where symbolic links of a tree lead, without a file system.

use std::collections::HashMap;

/// Links followed before it counts as a loop, as in the kernel.
const MOST_HOPS: usize = 40;

/// Symbolic links of a tree: path → target.
#[derive(Default)]
pub(crate) struct Links(HashMap<Vec<u8>, Vec<u8>>);

impl Links {
    pub(crate) fn insert(&mut self, path: Vec<u8>, target: Vec<u8>) {
        self.0.insert(path, target);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(path, target)| (path.as_slice(), target.as_slice()))
    }

    /// True if following the link at `path`, and every link met on the way, never leaves the root. A loop leads nowhere
    /// and stays inside.
    pub(crate) fn stays_inside(&self, path: &[u8]) -> bool {
        let mut at: Vec<Vec<u8>> = Vec::new();
        let mut todo: Vec<Vec<u8>> = names(path).rev().collect();
        let mut hops = 0;
        while let Some(name) = todo.pop() {
            match name.as_slice() {
                b"." => {}
                b".." => {
                    if at.pop().is_none() {
                        return false;
                    }
                }
                _ => {
                    at.push(name);
                    if let Some(target) = self.0.get(&at.join(&b'/')) {
                        hops += 1;
                        if target.starts_with(b"/") {
                            return false;
                        }
                        if hops > MOST_HOPS {
                            return true;
                        }
                        at.pop();
                        todo.extend(names(target).rev());
                    }
                }
            }
        }
        true
    }
}

fn names(path: &[u8]) -> impl DoubleEndedIterator<Item = Vec<u8>> {
    path.split(|b| *b == b'/').filter(|n| !n.is_empty()).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(links: &[(&str, &str)], path: &str) -> bool {
        let mut tree = Links::default();
        for (path, target) in links {
            tree.insert(path.as_bytes().to_vec(), target.as_bytes().to_vec());
        }
        tree.stays_inside(path.as_bytes())
    }

    #[test]
    fn d13_links_that_leave_the_tree_are_found() {
        assert!(inside(&[("a/l", "../b/c")], "a/l"));
        assert!(inside(&[("l", ".")], "l"));
        assert!(inside(&[("a/b/l", "../..")], "a/b/l"));
        assert!(!inside(&[("l", "..")], "l"));
        assert!(!inside(&[("a/l", "../../etc")], "a/l"));
        assert!(!inside(&[("l", "/etc/passwd")], "l"));
        assert!(!inside(&[("l", "a/../../x")], "l"));
        // A loop leads nowhere.
        assert!(inside(&[("a", "b"), ("b", "a")], "a"));
    }

    #[test]
    fn d13_a_link_that_leaves_only_through_another_link_is_found() {
        // p/q/s is the root, so p/q/s/../x is beside it, though the text looks like p/q/x.
        let links = [("p/q/s", "../.."), ("t", "p/q/s/../x")];
        assert!(inside(&links, "p/q/s"));
        assert!(!inside(&links, "t"));
        assert!(!inside(&[("a", "b"), ("b", "/etc")], "a"));
    }
}

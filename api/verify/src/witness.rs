//! The witness file against the chain: every checkpoint that was witnessed is still there, and the chain is at least as long.

use std::{fs, path::Path};

use crate::{
    chain::Chain,
    checkpoint::{HEADER, Note, is_signed},
    report::Faults,
};

/// The file as it was when reading began.
pub struct Witness(String);

impl Witness {
    pub fn read(path: &Path) -> Result<Self, String> {
        let bytes = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Answers how many of its checkpoints are in the chain. Half a checkpoint, as a power cut leaves it, says nothing.
    pub fn check(&self, chain: &Chain, keys: &[[u8; 32]], faults: &mut Faults) -> u64 {
        let begins: Vec<usize> = self.0.match_indices(HEADER).map(|(at, _)| at).collect();
        let mut good = 0;
        for (n, begin) in begins.iter().enumerate() {
            let end = begins.get(n + 1).copied().unwrap_or(self.0.len());
            let Some(note) = self.0.get(*begin..end).and_then(Note::read) else { continue };
            match fault(&note, chain, keys) {
                None => good += 1,
                Some((zh, en)) => faults.add(Some(note.first), zh, en),
            }
        }
        good
    }
}

fn fault(note: &Note<'_>, chain: &Chain, keys: &[[u8; 32]]) -> Option<(String, String)> {
    let no = note.no;
    let at = usize::try_from(no).ok().and_then(|no| no.checked_sub(1));
    let own = at.and_then(|at| Some((chain.blocks.get(at)?, chain.texts.get(at)?)));
    if let Some((block, text)) = own
        && (text.as_str(), &block.key, &block.signature) == (note.text, &note.key, &note.signature)
    {
        // What signed it was looked at with the block.
        return None;
    }
    if !is_signed(note.text, &note.key, &note.signature, keys) {
        return Some((
            format!("见证文件中检查点 {no} 的签名无效"),
            format!("checkpoint {no} of the witness file is not signed by a known key"),
        ));
    }
    if own.is_none() {
        let many = chain.blocks.len();
        return Some((
            format!("见证文件中有检查点 {no}，而链只到区块 {many}：末尾被截去，或被换成了较旧的副本"),
            format!(
                "the witness file has checkpoint {no}, the chain ends at block {many}: its end was cut off or an older copy put back"
            ),
        ));
    }
    Some((format!("区块 {no} 不是见证文件中的那一个"), format!("block {no} is not the one that was witnessed")))
}

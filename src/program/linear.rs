//! Programs whose work is in proportion to the template and its data.

use super::{Op, Program};
use crate::builtins::JavaMethod;
use crate::jsonpath::JsonPath;

impl Program {
    /// Checks that each op runs at most once and that no value can be used again to make a longer one.
    pub(crate) fn is_linear(&self) -> bool {
        let (mut grows, mut stores) = (false, false);
        for op in &self.ops {
            match *op {
                Op::Null | Op::True | Op::False | Op::Int(_) | Op::Const(_) | Op::Load(_) | Op::Nothing => {}
                Op::Get(_) | Op::Index | Op::LoadGet(..) => {}
                Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Not | Op::Truth => {}
                // Loops jump by ops of their own.
                Op::Pop | Op::Jump(_) | Op::JumpIfFalse(_) | Op::JumpIfTrue(_) | Op::JumpIfNull(_) => {}
                Op::Text(_) | Op::Emit(_) | Op::EmitQuiet | Op::EmitMarked(_) | Op::EmitVar(..) => {}
                // Its ops are there as well.
                Op::Line(_) => {}
                Op::EmitSome(..) | Op::Stop | Op::Return | Op::Fail(_) => {}
                // The ops that a quick op takes the place of stand behind it.
                quick if quick.is_quick() => {}
                Op::CallPath(call) | Op::LoadPath(_, call) => {
                    let path = self.paths.get(call as usize).map(|call| &call.path);
                    if !path.is_some_and(|path| path.as_ref().is_ok_and(JsonPath::is_definite)) {
                        return false;
                    }
                }
                Op::Call(method, _) => match self.methods.get(method as usize).map(|method| method.id) {
                    Some(JavaMethod::Params | JavaMethod::ParseJson | JavaMethod::Get) => {}
                    Some(JavaMethod::Size | JavaMethod::Length | JavaMethod::IsEmpty | JavaMethod::Equals) => {}
                    Some(JavaMethod::EscapeJavaScript | JavaMethod::UrlEncode | JavaMethod::UrlDecode) => grows = true,
                    Some(JavaMethod::Base64Encode | JavaMethod::Base64Decode | JavaMethod::ToString) => grows = true,
                    _ => return false,
                },
                Op::List(_) | Op::Map(_) | Op::BeginText | Op::EndText | Op::EndTextChop => grows = true,
                Op::Store(_) | Op::Put(_) | Op::PutIndex => stores = true,
                _ => return false,
            }
        }
        !(grows && stores)
    }
}

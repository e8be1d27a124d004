//! The two fields of a new password, the same wherever one is set.

use super::field::FieldView;
use super::form::RawForm;

/// 新しいパスワード and its repetition: `new_password`, `new_password_again`.
pub fn fields() -> [FieldView; 2] {
    [
        FieldView::password("new_password", "新しいパスワード", "new-password").hint(
            "15文字以上。短い文章にすると覚えやすくなります。ログインIDは含めないでください。",
        ),
        FieldView::password(
            "new_password_again",
            "新しいパスワード（確認）",
            "new-password",
        )
        .hint("もう一度、同じものを入力してください。"),
    ]
}

/// What is wrong before anything is asked of the vault.
pub fn agree([password, again]: [FieldView; 2], form: &RawForm) -> [FieldView; 2] {
    let (new, repeated) = (form.get("new_password"), form.get("new_password_again"));
    if new.is_empty() {
        let missing = "新しいパスワードを入力してください。";
        return [password.error(Some(missing)), again];
    }
    let differs = (new != repeated).then_some(
        "確認の入力が、新しいパスワードと違います。同じものをもう一度入力してください。",
    );
    [password, again.error(differs)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_must_be_there_and_the_same() {
        let judge = |new: &str, again: &str| {
            let form = RawForm::default()
                .with("new_password", new)
                .with("new_password_again", again);
            agree(fields(), &form).map(|field| field.error.is_some())
        };
        assert_eq!(judge("abc", "abc"), [false, false]);
        assert_eq!(judge("abc", "abd"), [false, true]);
        assert_eq!(judge("", ""), [true, false]);
    }
}

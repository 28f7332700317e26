//! Arabic.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
    language: "ar",
    direction: "rtl",
    subject: |service, reference| format!("\u{2068}{service}\u{2069}: رمز الوصول، المرجع \u{2068}{reference}\u{2069}"),
    code_is: |code, service| format!("\u{2068}{code}\u{2069} هو رمز الوصول الخاص بك إلى \u{2068}{service}\u{2069}."),
    greeting: |name, reference| {
        format!(
            "مرحبًا \u{2068}{name}\u{2069}، مرجع هذه الرسالة هو \u{2068}{reference}\u{2069}: تعرض الصفحة الأحرف نفسها \
             مع الرمز الذي تنتظره."
        )
    },
    good_for_minutes: |minutes| match (minutes, minutes % 100) {
        (1, _) => "الرمز صالح لمدة دقيقة واحدة.".to_owned(),
        (2, _) => "الرمز صالح لمدة دقيقتين.".to_owned(),
        (_, 3..=10) => format!("الرمز صالح لمدة {minutes} دقائق."),
        _ => format!("الرمز صالح لمدة {minutes} دقيقة."),
    },
    good_for_seconds: |seconds| match (seconds, seconds % 100) {
        (1, _) => "الرمز صالح لمدة ثانية واحدة.".to_owned(),
        (2, _) => "الرمز صالح لمدة ثانيتين.".to_owned(),
        (_, 3..=10) => format!("الرمز صالح لمدة {seconds} ثوانٍ."),
        _ => format!("الرمز صالح لمدة {seconds} ثانية."),
    },
    asked_for: |moment, browser, server| {
        format!(
            "طُلب الرمز في {moment} بتوقيت UTC باستخدام \u{2068}{browser}\u{2069}، لتسجيل الدخول إلى \
             \u{2068}{server}\u{2069}."
        )
    },
    browser_on_system: |browser, system| format!("\u{2068}{browser}\u{2069} على \u{2068}{system}\u{2069}"),
    unknown_browser: "متصفح غير معروف",
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    moment: |day, month, year, time| format!("{day} {month} {year} الساعة {time}"),
    not_you: "إذا لم يكن هذا منك، فهناك من يعرف كلمة مرورك: أبلغ مسؤول النظام. لا تعطِ الرمز لأحد، حتى لمن يقول إنه \
              يعمل لدى الخدمة.",
    happened: |name, moment, browser, server| {
        format!(
            "مرحبًا \u{2068}{name}\u{2069}، حدث هذا في {moment} بتوقيت UTC باستخدام \u{2068}{browser}\u{2069}، على \
             \u{2068}{server}\u{2069}."
        )
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("\u{2068}{service}\u{2069}: رموز وصول خاطئة"),
        what: |service| {
            format!("أدخل شخص ما كلمة مرورك إلى \u{2068}{service}\u{2069}، ثم رموز وصول خاطئة حتى لم تبقَ أي محاولة.")
        },
        if_not_you: "لم يؤدِّ ذلك إلى تسجيل دخول أحد. إذا كان هذا منك، فابدأ من جديد. وإذا لم يكن منك، فهناك من يعرف \
                     كلمة مرورك: غيّرها، وأبلغ مسؤول النظام.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("\u{2068}{service}\u{2069}: تسجيل دخول من متصفح جديد"),
        what: |service| {
            format!("سجّل شخص ما الدخول إلى \u{2068}{service}\u{2069} باسمك، من متصفح لم يُستخدم لذلك من قبل.")
        },
        if_not_you: "إذا كان هذا منك، فلا داعي لفعل شيء. وإذا لم يكن منك، فهناك من يعرف كلمة مرورك: غيّرها، فيتم بذلك \
                     تسجيل خروج الجميع، وأبلغ مسؤول النظام.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("\u{2068}{service}\u{2069}: تم تغيير كلمة مرورك"),
        what: |service| format!("تم تغيير كلمة مرورك إلى \u{2068}{service}\u{2069}، وتسجيل خروجك من كل مكان."),
        if_not_you: "إذا كان هذا منك، فلا داعي لفعل شيء. وإذا لم يكن منك، فأبلغ مسؤول النظام على الفور.",
    },
};

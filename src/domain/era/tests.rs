use super::*;
use proptest::prelude::*;
use time::macros::datetime;

#[test]
fn t24_eras_change_on_their_day() {
    for (day, written) in [
        (date!(1989 - 01 - 07), "昭和64年1月7日"),
        (date!(1989 - 01 - 08), "平成元年1月8日"),
        (date!(2019 - 04 - 30), "平成31年4月30日"),
        (date!(2019 - 05 - 01), "令和元年5月1日"),
        (date!(2019 - 12 - 31), "令和元年12月31日"),
        (date!(2020 - 01 - 01), "令和2年1月1日"),
        (date!(2026 - 11 - 20), "令和8年11月20日"),
        (date!(1926 - 12 - 24), "大正15年12月24日"),
        (date!(1926 - 12 - 25), "昭和元年12月25日"),
        (date!(1912 - 07 - 29), "明治45年7月29日"),
        (date!(1912 - 07 - 30), "大正元年7月30日"),
        (date!(1868 - 10 - 23), "明治元年10月23日"),
        (date!(1868 - 10 - 22), "1868年10月22日"),
        (date!(0033 - 04 - 03), "33年4月3日"),
        (Date::MAX, "令和7981年12月31日"),
    ] {
        assert_eq!(plain(day), written);
    }
    assert_eq!(plain(Date::MIN), "-9999年1月1日");
    // As certificates print it.
    assert_eq!(padded(date!(2022 - 01 - 18)), "令和04年01月18日");
}

#[test]
fn each_writer_has_its_form() {
    let day = date!(2026 - 07 - 01);
    assert_eq!(padded(date!(2022 - 01 - 18)), "令和04年01月18日");
    assert_eq!(padded(date!(2027 - 03 - 31)), "令和09年03月31日");
    assert_eq!(padded(date!(2019 - 05 - 01)), "令和元年05月01日");
    assert_eq!(padded(date!(2028 - 12 - 10)), "令和10年12月10日");
    assert_eq!(gregorian(day), "2026年7月1日（水）");
    assert_eq!(both(day), "令和8年7月1日（2026年7月1日・水）");
    assert_eq!(slashed(day), "2026/07/01");
    assert_eq!(era_short(day), "R8.7.1");
    assert_eq!(era_short(date!(2019 - 05 - 01)), "R1.5.1");
    assert_eq!(era_year(day), "R8");
    assert_eq!(era_year(date!(1989 - 01 - 07)), "S64");
}

#[test]
fn instants_are_shown_on_japans_clock() {
    assert_eq!(stamp(datetime!(2026-07-04 00:00 UTC)), "2026/07/04 09:00");
    assert_eq!(
        stamp(datetime!(2027-03-31 14:59:59 UTC)),
        "2027/03/31 23:59"
    );
    assert_eq!(
        tokyo_date(datetime!(2027-03-31 14:59:59 UTC)),
        date!(2027 - 03 - 31)
    );
    assert_eq!(
        tokyo_date(datetime!(2027-03-31 15:00:00 UTC)),
        date!(2027 - 04 - 01)
    );
    assert_eq!(
        tokyo_date(datetime!(2027-03-31 23:59:59 +9)),
        date!(2027 - 03 - 31)
    );
    assert_eq!(stamp(datetime!(9999-12-31 23:00 UTC)), "9999/12/31 23:00");
}

#[test]
fn fiscal_years_turn_in_april_and_periods_count_both_ends() {
    assert_eq!(fiscal_year(date!(2026 - 03 - 31)), 2025);
    assert_eq!(fiscal_year(date!(2026 - 04 - 01)), 2026);
    assert_eq!(fiscal_year(date!(2027 - 01 - 01)), 2026);
    assert_eq!(
        days_inclusive(date!(2026 - 06 - 16), date!(2027 - 02 - 28)),
        258
    );
    assert_eq!(
        days_inclusive(date!(2026 - 07 - 01), date!(2027 - 03 - 30)),
        273
    );
    assert_eq!(
        days_inclusive(date!(2026 - 07 - 01), date!(2026 - 07 - 01)),
        1
    );
    assert_eq!(
        days_inclusive(date!(2026 - 07 - 02), date!(2026 - 07 - 01)),
        0
    );
    assert_eq!(days_inclusive(Date::MIN, Date::MAX), 7_304_484);
}

#[test]
fn dates_are_read_as_people_write_them() {
    for typed in [
        "20260701",
        "２０２６０７０１",
        "2026-07-01",
        "2026/7/1",
        "2026.7.1",
        "2026・7・1",
        "2026。7。1",
        "2026ー7ー1",
        "2026−07−01",
        "2026年7月1日",
        "2026年07月01日",
        "西暦2026年7月1日",
        "2026年7月1日（水）",
        "2026/7/1(水曜日)",
        "令和8年7月1日",
        "令和08年07月01日",
        "令和８年７月１日",
        "令和 8年 7月 1日",
        "令和八年七月一日",
        "二〇二六年七月一日",
        "令8.7.1",
        "㋿8年7月1日",
        "令和8年7月1",
        "R8.7.1",
        "R08.07.01",
        "r8/7/1",
        "Ｒ８．７．１",
        "R8-7-1",
        "R.8.7.1",
        "R080701",
        "８／７／１",
        "8.7.1",
        "08-07-01",
        "8年7月1日",
        " 2026/7/1\u{3000}",
    ] {
        assert_eq!(parse_date(typed), Ok(date!(2026 - 07 - 01)), "{typed}");
    }
    for (typed, day) in [
        ("令和元年5月1日", date!(2019 - 05 - 01)),
        ("令和1年5月1日", date!(2019 - 05 - 01)),
        ("H31.4.30", date!(2019 - 04 - 30)),
        ("h1.1.8", date!(1989 - 01 - 08)),
        ("平成元年1月8日", date!(1989 - 01 - 08)),
        ("昭和64年1月7日", date!(1989 - 01 - 07)),
        ("昭和六十四年一月七日", date!(1989 - 01 - 07)),
        ("S64/1/7", date!(1989 - 01 - 07)),
        ("大正元年7月30日", date!(1912 - 07 - 30)),
        ("T15.12.24", date!(1926 - 12 - 24)),
        ("明治45年7月29日", date!(1912 - 07 - 29)),
        ("M1.10.23", date!(1868 - 10 - 23)),
        ("2028-02-29", date!(2028 - 02 - 29)),
        ("R10.2.29", date!(2028 - 02 - 29)),
        ("1868/1/1", date!(1868 - 01 - 01)),
        ("2100/12/31", date!(2100 - 12 - 31)),
    ] {
        assert_eq!(parse_date(typed), Ok(day), "{typed}");
    }
}

#[test]
fn everything_else_is_refused_with_its_reason() {
    let no_day = |typed: &str| {
        format!(
            "請負契約日に入力された「{typed}」は、カレンダーにない日付です。年月日をお確かめください。"
        )
    };
    let range = |typed: &str| {
        format!(
            "請負契約日は、1868年から2100年までの日付を入力してください（いまの入力：{typed}）。"
        )
    };
    for (typed, sentence) in [
        ("", "請負契約日を入力してください。".to_owned()),
        ("\u{3000}", "請負契約日を入力してください。".to_owned()),
        ("2026-02-30", no_day("2026-02-30")),
        ("2026/2/29", no_day("2026/2/29")),
        ("20261301", no_day("20261301")),
        ("2026/0/1", no_day("2026/0/1")),
        ("2026/7/0", no_day("2026/7/0")),
        ("R8.4.31", no_day("R8.4.31")),
        ("2100-02-29", no_day("2100-02-29")),
        ("1867/12/31", range("1867/12/31")),
        ("2101/1/1", range("2101/1/1")),
        ("0008/7/1", range("0008/7/1")),
        ("826/7/1", range("826/7/1")),
        ("令和99年1月1日", range("令和99年1月1日")),
        (
            "平成31年5月1日",
            "請負契約日に入力された「平成31年5月1日」は、元号の期間にない日付です。2019年5月1日は、令和元年5月1日と入力してください。".to_owned(),
        ),
        (
            "令和元年4月30日",
            "請負契約日に入力された「令和元年4月30日」は、元号の期間にない日付です。2019年4月30日は、平成31年4月30日と入力してください。".to_owned(),
        ),
        (
            "S64.1.8",
            "請負契約日に入力された「S64.1.8」は、元号の期間にない日付です。1989年1月8日は、平成元年1月8日と入力してください。".to_owned(),
        ),
        (
            "2026年7月1日（木）",
            "請負契約日に入力された「2026年7月1日（木）」は、日付と曜日が合いません。令和8年7月1日は水曜日です。".to_owned(),
        ),
        (
            "あした",
            "請負契約日は、2026/7/1 や 令和8年7月1日、R8.7.1 のように入力してください（いまの入力：あした）。".to_owned(),
        ),
    ] {
        assert_eq!(parse_date(typed).unwrap_err().sentence("請負契約日"), sentence, "{typed}");
    }
    for typed in [
        "2026",
        "202607",
        "2026070",
        "202607011",
        "7/1",
        "2026/7",
        "2026/7/1/1",
        "R8",
        "R8.7",
        "R2026.7.1",
        "R0.7.1",
        "0/7/1",
        "令和年7月1日",
        "元年5月1日",
        "2026年7/1",
        "X8.7.1",
        "2026/007/1",
        "2026/7/1a",
        "-2026/7/1",
        "2026//1",
        "2026/7/1(祝)",
        "（水）",
        "R80701",
        "令和8年7月",
        "1e3/1/1",
        "2026/7/1 10:00",
        "20,26/7/1",
    ] {
        let fault = parse_date(typed).unwrap_err();
        assert!(
            matches!(fault, DateFault::NotADate(_)),
            "{typed}: {fault:?}"
        );
    }
}

#[test]
fn the_iso_module_still_writes_what_is_signed() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Signed {
        #[serde(with = "iso")]
        day: Date,
    }
    let json = serde_json::to_string(&Signed {
        day: date!(2026 - 07 - 01),
    })
    .unwrap();
    assert_eq!(json, r#"{"day":"2026-07-01"}"#);
    assert_eq!(
        serde_json::from_str::<Signed>(&json).unwrap().day,
        date!(2026 - 07 - 01)
    );
}

proptest! {
    #[test]
    fn every_day_is_read_back_from_every_writer(
        day in date!(1868 - 01 - 01).to_julian_day()..=date!(2100 - 12 - 31).to_julian_day()
    ) {
        let day = Date::from_julian_day(day).unwrap();
        let compact = slashed(day).replace('/', "");
        for written in [padded(day), plain(day), gregorian(day), slashed(day), era_short(day), compact] {
            prop_assert_eq!(parse_date(&written), Ok(day), "{}", written);
        }
    }

    #[test]
    fn nothing_typed_breaks_the_reader(typed in any::<String>(), close in "[RHr令和平成昭年月日元0-9/.()（水 -]{0,12}") {
        for typed in [typed, close] {
            if let Err(fault) = parse_date(&typed) {
                prop_assert!(fault.sentence("工期").starts_with("工期"));
            }
        }
    }

    #[test]
    fn no_day_breaks_a_writer(day in Date::MIN.to_julian_day()..=Date::MAX.to_julian_day()) {
        let day = Date::from_julian_day(day).unwrap();
        for written in [padded(day), plain(day), gregorian(day), both(day), slashed(day), era_short(day)] {
            prop_assert!(!written.is_empty());
        }
        prop_assert!((fiscal_year(day) - day.year()).abs() <= 1);
    }
}

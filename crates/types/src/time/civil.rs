//! Converts between dates of the Gregorian calendar and days since 0000-01-01.

// Days are counted from March 1, 400 years before the year 0: a leap day is then the last day of its year, and no number is
// negative.
const DAYS_TO_YEAR_0: u32 = DAYS_IN_400_YEARS - 60;
const DAYS_IN_400_YEARS: u32 = 146_097;

/// Returns the days since 0000-01-01.
pub const fn days_from_civil(year: u32, month: u32, day: u32) -> u32 {
    let year = if month <= 2 { year + 399 } else { year + 400 };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 1 - DAYS_TO_YEAR_0
}

/// Returns year, month and day of a number of days since 0000-01-01.
pub const fn civil_from_days(days: u32) -> (u32, u32, u32) {
    let days = days + DAYS_TO_YEAR_0;
    let day_of_era = days % DAYS_IN_400_YEARS;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + days / DAYS_IN_400_YEARS * 400 + if month <= 2 { 1 } else { 0 };
    (year - 400, month, day)
}

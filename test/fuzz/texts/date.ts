/** Dates, layouts of dates and names of zones. */
import type { Random } from "../random.js";

/** A date or time in a usual form. */
export function dateText(random: Random): string {
  return random.pick([
    "2024-01-31",
    "2024-02-30",
    "2006-01-02",
    "2023-12-25T10:11:12Z",
    "2023-12-25T10:11:12+02:00",
    "2023-12-25 10:11:12",
    "10:11",
    "Jan 2 2023",
    "Mon Jan  2 15:04:05 2006",
    "31/12/99",
    "0001-01-01",
    "9999-12-31",
    "2024-060",
    "3:04PM",
    "2023-12-25T10:11:12.123456789Z",
    "Mon, 02 Jan 2006 15:04:05 MST",
  ]);
}

/** A layout of Go's package time. */
export function layout(random: Random): string {
  const part = () =>
    random.pick([
      "2006",
      "06",
      "01",
      "1",
      "Jan",
      "January",
      "02",
      "2",
      "_2",
      "002",
      "__2",
      "15",
      "03",
      "3",
      "04",
      "4",
      "05",
      "5",
      "PM",
      "pm",
      "Mon",
      "Monday",
      "MST",
      "Z07:00",
      "-07:00",
      "-0700",
      "Z0700",
      "-07",
      "Z07",
      "-07:00:00",
      "Z070000",
      ".000",
      ".999",
      ",000",
      ".0",
      ".999999999",
      "-",
      "/",
      ":",
      " ",
      "T",
      "x",
      "é",
      "20",
      "_2006",
      "Janet",
      "Mont",
    ]);
  return random.chance(30)
    ? random.pick([
        "2006-01-02",
        "2006-01-02T15:04:05Z07:00",
        "15:04",
        "Jan 2 2006",
        "Mon Jan _2 15:04:05 2006",
        "02/01/06",
        "Mon, 02 Jan 2006 15:04:05 MST",
        "3:04PM",
        "2006-01-02 15:04:05",
        "2006-002",
        "",
      ])
    : random.times(1, 7, part).join("");
}

/** The name of a time zone. */
export function zone(random: Random): string {
  return random.pick([
    "UTC",
    "",
    "Local",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "EST",
    "Nowhere/City",
    "Australia/Lord_Howe",
    "Etc/GMT+5",
    "europe/berlin",
    "../UTC",
  ]);
}

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

const ZONES = [
  "",
  "Local",
  "Nowhere/City",
  "europe/berlin",
  "../UTC",
  "UTC/",
  "/etc/localtime",
  "a\\b",
  ..."UTC GMT EST MST HST EST5EDT PST8PDT CET MET WET Zulu Japan Cuba Egypt Iran Etc/GMT+5 Etc/GMT-14".split(
    " ",
  ),
  ..."Europe/Berlin Europe/London Europe/Dublin Europe/Moscow Europe/Lisbon Europe/Istanbul Europe/Amsterdam".split(
    " ",
  ),
  ..."America/New_York America/Los_Angeles America/Sao_Paulo America/St_Johns America/Caracas America/Nuuk".split(
    " ",
  ),
  ..."Asia/Kolkata Asia/Kathmandu Asia/Tehran Asia/Gaza Asia/Pyongyang Asia/Riyadh Asia/Tokyo Asia/Manila".split(
    " ",
  ),
  ..."Africa/Casablanca Africa/Cairo Africa/Monrovia Africa/Juba Africa/El_Aaiun".split(" "),
  ..."Australia/Lord_Howe Australia/Eucla Australia/Sydney Pacific/Apia Pacific/Chatham Pacific/Kiritimati".split(
    " ",
  ),
  ..."Antarctica/Troll Antarctica/Casey Atlantic/Azores Indian/Maldives".split(" "),
] as const;

/** The name of a time zone. */
export function zone(random: Random): string {
  return random.pick(ZONES);
}

/** A point in time by RFC 3339: any year, often near a change of the clocks, with any offset. */
export function instant(random: Random): string {
  const two = (from: number, to: number) => String(random.int(from, to)).padStart(2, "0");
  const year = random.weighted([
    [6, () => random.int(1970, 2037)],
    [2, () => random.int(1850, 1970)],
    [2, () => random.int(2037, 2600)],
    [1, () => random.int(0, 9999)],
  ]);
  const day = random.chance(40)
    ? `${random.pick(["03", "04", "10", "11"])}-${two(1, 31)}`
    : `${two(1, 12)}-${two(1, 28)}`;
  const clock = `${two(0, 23)}:${random.pick(["00", "30", "59", two(0, 59)])}:${two(0, 59)}`;
  const fraction = random.pick(["", "", ".5", ".123456789", ".000000001", ".999999999"]);
  const offset = random.pick(["Z", "Z", "Z", "+02:00", "-05:30", "+00:00", "-00:00", "+14:00"]);
  return `${String(year).padStart(4, "0")}-${day}T${clock}${fraction}${offset}`;
}

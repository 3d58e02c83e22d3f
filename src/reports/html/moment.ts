// A moment for people. The exact one is in report.json.

/** `2026-03-14 03:15 UTC`, or the text as it is if it is no such moment. */
export function moment(at: string): string {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?Z$/.exec(at) ?? []
  return day === undefined ? at : `${day} ${time} UTC`
}

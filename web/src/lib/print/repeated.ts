/** Whether the answer to a print tells of one that was made before. Pure. */

/** The clocks of the studio and the print service are on one machine or close; a date has whole seconds. */
const SLACK_MS = 5_000;

/** `date`: of the answer, in the studio's time; `took_ms`: how long the answer took. */
export function wasMadeBefore(created_at: string, date: string | null, took_ms: number): boolean {
  const answered_ms = Date.parse(date ?? '');
  return answered_ms - took_ms - Date.parse(created_at) > SLACK_MS;
}

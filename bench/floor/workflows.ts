/** What any workflow costs before it does anything. */
export function empty(): Promise<void> {
  return Promise.resolve();
}

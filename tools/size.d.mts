/** See size.mjs. */
export function measure(root: string): {
  readonly report: readonly string[];
  readonly passed: readonly string[];
};

const socketCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);

/** Class 08: connection; 57P01-57P03: shutdown or start-up; 53300: too many; 57014: time limit. */
const serverCodes = /^(08\w{3}|57P0[1-3]|53300|57014)$/;

/** The driver has no code for these. */
const driverMessages =
  /timeout exceeded when trying to connect|connection terminated|query read timeout|connection error/i;

/** Whether the error says that Postgres could not answer now, so that a later try may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return socketCodes.has(code) || serverCodes.test(code) || driverMessages.test(error.message);
}

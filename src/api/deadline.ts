/**
 * Waits for the work as long as the limit allows.
 * @param limitMs after this many milliseconds the answer is what `onExpiry` gives
 */
export async function within<T, U>(
  limitMs: number,
  work: Promise<T>,
  onExpiry: () => U,
): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<U>((resolve) => {
    timer = setTimeout(() => {
      resolve(onExpiry());
    }, limitMs);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

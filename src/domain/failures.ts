/** Worth another try: the provider was away, slow or overloaded, or its answer was lost. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
  /** @param retryAfterMs the wait that the provider asked for, where it asked. */
  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Final: the provider understood us and will never do this (a bad key, a malformed request). */
export class ProviderRefused extends Error {
  override readonly name = 'ProviderRefused';
}

/** What is looked at of a request before anything is done for it. */
export interface Asking {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Only this page may press its buttons: no other site that the same browser shows, and no name that
 * somebody has made to point to this machine.
 */
export function isAllowed({ method, host, origin }: Asking, port: number): boolean {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return false;
  // A browser names the origin of everything that may change something; other programs name none.
  return method === 'GET' || origin === undefined || origin === `http://${host}`;
}

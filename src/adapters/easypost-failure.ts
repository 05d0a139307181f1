import { translator, type HttpAnswer } from './http-failure.js';

/** An answer of 400 and above. */
export class EasyPostFailure extends Error implements HttpAnswer {
  override readonly name = 'EasyPostFailure';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryAfter: string | undefined,
  ) {
    super(`${code} (HTTP ${status})`);
  }
}

/** Understood and refused: an address that is none, a label that no carrier sells. */
export const isUnprocessable = (error: unknown): error is EasyPostFailure =>
  error instanceof EasyPostFailure && error.status === 422;

/** There is nothing under this id. */
export const isUnknown = (error: unknown): boolean =>
  error instanceof EasyPostFailure && error.status === 404;

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof EasyPostFailure && error.code === code;

export const translated = translator('carrier', (error) =>
  error instanceof EasyPostFailure ? error : undefined,
);

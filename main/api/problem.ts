/** Errors as they leave: problem details (RFC 9457) with the code, the remedy and whether trying again may help. */
import { firstOf, toErrorInfo } from '../shared/errors.ts';
import { BadRequestError, WrongMethodError } from './errors.ts';
import { isListed, kindOf } from './codes.ts';
import type { ProblemShape } from '../shared/client/problem-shape.ts';
import { PROBLEM_TYPE } from '../shared/client/words.ts';

/** An error that says when it is worth to ask again. */
export interface Patience {
  readonly retryAfterSeconds: number;
}

/** @param instance `urn:uuid:…` of the request */
export function problemOf(thrown: unknown, instance: string): ProblemShape {
  const { code, message, remedy, retryable } = toErrorInfo(thrown);
  const { status, title } = kindOf({ code, retryable });
  const type = isListed(code) ? `/docs#${code}` : `urn:guts:${code}`;
  const error = firstOf(thrown);
  const problems = error instanceof BadRequestError ? { problems: [...error.problems] } : {};
  return { type, title, status, detail: message, instance, code, remedy, retryable, ...problems };
}

export function problemResponse(thrown: unknown, instance: string): Response {
  const details = problemOf(thrown, instance);
  const error = firstOf(thrown);
  const headers = new Headers({ 'content-type': PROBLEM_TYPE });
  if (error instanceof WrongMethodError) headers.set('allow', error.allowed.join(', '));
  if (details.status === 401) headers.set('www-authenticate', 'Bearer realm="guts"');
  if (isPatience(error)) headers.set('retry-after', String(Math.ceil(error.retryAfterSeconds)));
  return new Response(JSON.stringify(details), { status: details.status, headers });
}

const isPatience = (error: unknown): error is Patience =>
  error instanceof Error && 'retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number';

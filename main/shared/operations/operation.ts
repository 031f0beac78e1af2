/** What an operation is, and the fields that several have in common. */
import { z } from 'zod';
import type { Role } from '../access.ts';

export interface Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `{name}` for what is taken from the path. */
  readonly path: string;
  readonly input: I;
  readonly output: O;
  /** The least role that may. */
  readonly role: Role;
  /** What it does, for the description and for the pages. */
  readonly summary: string;
  /** HTTP status of success; 200 where it is not said. */
  readonly status?: 201 | 202;
  /** It only looks, although its method is none of looking: no line in the audit log. */
  readonly isLook?: true;
}

/** What makes something new by each request, unless that has a key by which it is done once. */
export const isMaking = ({ method, status }: Operation): boolean => method === 'POST' && status === 201;

export const operation = <I extends z.ZodObject, O extends z.ZodType>(one: Operation<I, O>): Operation<I, O> => one;

/** Secrets go in and never come out. */
export const secret = z.string().min(1).max(65_536).meta({ writeOnly: true });
/** Addresses turn up in errors and logs, so nothing secret may stand in one. */
export const isWithoutUser = (address: string | null): boolean =>
  address === null || !/^[a-z]+:\/*[^/?#]*@/i.test(address);
export const noUser = 'user and password do not belong into an address';
/** A name or an id. */
export const which = z.string().min(1).max(255);
export const pattern = z.string().min(1).max(255).describe('* is any text, ? any letter');
export const none = z.object({});
export const deleted = z.object({ deleted: z.string() });

/** Of a list that may be long. */
export const page = {
  limit: z.number().int().min(1).max(10_000).default(100),
  /** `next` of the page before. */
  marker: z.string().min(1).max(1024).optional(),
};
export const next = z.string().nullable().describe('the marker of the next page; null on the last');

/** Answers what is asked of access control itself: tokens, and the audit log. */
import type { Some } from '../operations/handlers.ts';
import { BadRequestError } from '../api/errors.ts';
import type { OpenAccess } from './open-access.ts';

type Name = 'tokens.list' | 'tokens.create' | 'tokens.delete' | 'audit.list';

export function accessHandlers({ tokens, audit }: Pick<OpenAccess, 'tokens' | 'audit'>): Some<Name> {
  return {
    'tokens.list': async () => ({ tokens: await tokens.list() }),
    'tokens.create': async ({ name, role, expiresAt }) => await tokens.create(name, role, expiresAt),
    'tokens.delete': async ({ token }) => {
      await tokens.delete(token);
      return { deleted: token };
    },
    'audit.list': async ({ who, what, limit, marker }) => {
      if (marker !== undefined && !/^\d{1,15}$/.test(marker))
        throw new BadRequestError([{ path: 'marker', says: 'it is none that a page of this list has told' }]);
      const entries = [];
      for await (const entry of audit.entries({
        who,
        what,
        ...(marker === undefined ? {} : { before: Number(marker) }),
      })) {
        entries.push(entry);
        if (entries.length > limit) break;
      }
      const hasMore = entries.length > limit;
      if (hasMore) entries.pop();
      return { entries, next: hasMore ? String(entries.at(-1)?.number ?? '') : null };
    },
  };
}

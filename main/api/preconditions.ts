/** If-Match: something is changed only where it is still as the one who asks has seen it. */
import { GutsError } from '../shared/errors.ts';
import { operationNames, operations, type Operation, type OperationName } from '../shared/operations.ts';
import { BadRequestError } from './errors.ts';
import { isAmong } from './etag.ts';
import { pathFields, type Input } from './input.ts';

export class ChangedMeanwhileError extends GutsError {
  readonly code = 'api.changed-meanwhile';
  readonly remedy = 'Get it anew, look at what has changed, and ask again with the ETag that comes along.';

  constructor() {
    super('It is not any more as If-Match says.');
  }
}

interface Ways {
  /** The ETag of what GET answers now. */
  show(name: OperationName, input: Input): Promise<string>;
  change(): Promise<unknown>;
}

/** Changes of the same thing wait here for each other, so that nothing comes between looking and changing. */
const turns = new Map<string, Promise<unknown>>();

/** @throws ChangedMeanwhileError; BadRequestError where there is nothing to compare with */
export async function ifMatch(name: OperationName, header: string | null, input: Input, ways: Ways): Promise<unknown> {
  const twin = twinOf(name);
  if (twin === null) {
    if (header === null) return await ways.change();
    throw new BadRequestError([{ path: 'If-Match', says: 'this has no GET whose ETag could be meant' }]);
  }
  const { path } = operations[name];
  const fields = pathFields(path);
  const place = [path, ...fields.map((field) => String(input[field]))].join(' ');
  const before = turns.get(place) ?? Promise.resolve();
  const turn = before.then(async () => {
    if (header !== null) {
      const now = await ways.show(twin, Object.fromEntries(fields.map((field) => [field, input[field]])));
      if (!isAmong(now, header)) throw new ChangedMeanwhileError();
    }
    return await ways.change();
  });
  const done = turn.catch(() => {}); // the next one does not care how this one ended
  turns.set(place, done);
  try {
    return await turn;
  } finally {
    if (turns.get(place) === done) turns.delete(place);
  }
}

export const hasTwin = (name: OperationName): boolean => twinOf(name) !== null;

/** The GET of the same path. */
function twinOf(name: OperationName): OperationName | null {
  const { method, path }: Operation = operations[name];
  if (method !== 'PUT' && method !== 'DELETE') return null;
  return operationNames.find((other) => operations[other].method === 'GET' && operations[other].path === path) ?? null;
}

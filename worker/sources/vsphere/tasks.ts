/** Waits for what a server does in its own time: it is told of changes and does not ask over and over. */
import { z } from 'zod';
import { StrangeAnswerError } from '../../net/errors.ts';
import type { VimMethod } from '../../../assets/wsdl/vim25.ts';
import { GoneError } from './errors.ts';
import { type SoapFault, faultOfTask } from './faults.ts';
import { type ManagedRef, ManagedRefValue, listOf } from './values.ts';

/** How long the server holds its answer back when nothing changes; well below the silence that counts as a loss. */
const LONGEST_WAIT_SECONDS = 30;

const UpdateSet = z.object({
  version: z.string().nullable(),
  filterSet: listOf(
    z.object({
      objectSet: listOf(
        z.object({
          kind: z.string(),
          changeSet: listOf(z.object({ name: z.string(), val: z.unknown().optional() })),
        }),
      ),
    }),
  ),
});

/** What waiting asks of a session. */
export interface Caller {
  readonly logins: number;
  readonly content: { readonly propertyCollector: ManagedRef };
  call(method: VimMethod, self: ManagedRef, args: Record<string, unknown>, signal: AbortSignal): Promise<unknown>;
  properties(ref: ManagedRef, paths: readonly string[], signal: AbortSignal): Promise<Map<string, unknown>>;
  errorOf(fault: SoapFault): Error;
}

/**
 * Waits until the properties of one object are as they should be, through ended sessions and lost connections.
 * @param isThere looks at what is known of `paths` so far; it may throw
 * @returns the properties as they were when `isThere` said so
 * @throws GoneError when the object is deleted; the signal's reason
 */
export async function waitForProperties(
  session: Caller,
  object: ManagedRef,
  paths: readonly string[],
  isThere: (properties: ReadonlyMap<string, unknown>) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  for (;;) {
    const login = session.logins;
    try {
      return await watch(session, object, paths, isThere, signal);
    } catch (error) {
      // The collector went with the session that made it, not the object.
      if (!(error instanceof GoneError) || login === session.logins) throw error;
    }
  }
}

/** @returns the task's result, null where it has none. @throws the task's fault as a named error */
export async function waitForTask(session: Caller, task: ManagedRef, signal: AbortSignal): Promise<unknown> {
  const info = await waitForProperties(
    session,
    task,
    ['info.state', 'info.error', 'info.result'],
    (info) => info.get('info.state') === 'success' || info.get('info.state') === 'error',
    signal,
  );
  // State, error and result may be told one after the other: read them together.
  const end = await session.properties(task, ['info.state', 'info.error', 'info.result'], signal);
  if (info.get('info.state') === 'success') return end.get('info.result') ?? null;
  throw session.errorOf(faultOfTask(end.get('info.error')));
}

async function watch(
  session: Caller,
  object: ManagedRef,
  paths: readonly string[],
  isThere: (properties: ReadonlyMap<string, unknown>) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  // A collector of its own: answers of a shared one would go to whoever asks first.
  const made = await session.call('CreatePropertyCollector', session.content.propertyCollector, {}, signal);
  const collector = ManagedRefValue.parse(made);
  try {
    const spec = { propSet: { type: object.type, pathSet: paths }, objectSet: { obj: object } };
    await session.call('CreateFilter', collector, { spec, partialUpdates: false }, signal);
    const known = new Map<string, unknown>();
    for (let version = ''; ;) {
      const args = { version, options: { maxWaitSeconds: LONGEST_WAIT_SECONDS } };
      const answer = await session.call('WaitForUpdatesEx', collector, args, signal);
      if (answer === null) continue; // nothing changed in time
      const updates = UpdateSet.safeParse(answer).data;
      if (updates === undefined)
        throw new StrangeAnswerError('The server tells of changes, but of none in particular.');
      version = updates.version ?? '';
      for (const { kind, changeSet } of updates.filterSet.flatMap(({ objectSet }) => objectSet)) {
        if (kind === 'leave') throw new GoneError('ManagedObjectNotFound', `${object.type} ${object.id} is gone.`);
        for (const { name, val } of changeSet) known.set(name, val);
      }
      if (isThere(known)) return known;
    }
  } finally {
    // It goes with the session anyway; not even an aborted signal shall keep it until then.
    await session.call('DestroyPropertyCollector', collector, {}, AbortSignal.timeout(5000)).catch(() => {});
  }
}

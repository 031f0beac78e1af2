/** Asks the property collector for objects: a view of everything, the questions in XML, answers page by page. */
import { ConnectionLostError } from '../../../net/errors.ts';
import { GoneError, SessionEndedError, UnavailableError, UnexpectedFaultError } from '../errors.ts';
import type { ManagedRef, VsphereSession } from '../session.ts';
import { escapeXml, ManagedRefValue, refXml } from '../values.ts';
import { partsOf, type ObjectFacts, type Part } from './answers.ts';

/** Small enough that a page of large machines is some megabytes, large enough that round trips do not matter. */
const PAGE_OBJECTS = 200;
const CLOSE_TIMEOUT_MS = 5000;
/** Whatever `Places` and `vmOf` map, and what gives their names. */
const VIEWED = [
  'Folder',
  'Datacenter',
  'ComputeResource',
  'VirtualApp',
  'HostSystem',
  'Network',
  'DistributedVirtualSwitch',
  'Datastore',
  'VirtualMachine',
];

/** A container view over everything below the root folder; it lives as long as the session. */
export class View implements AsyncDisposable {
  readonly session: VsphereSession;
  readonly ref: ManagedRef;

  private constructor(session: VsphereSession, ref: ManagedRef) {
    this.session = session;
    this.ref = ref;
  }

  static async open(session: VsphereSession, signal: AbortSignal): Promise<View> {
    const { viewManager, rootFolder } = session.content;
    const args = { container: rootFolder, type: VIEWED, recursive: true };
    return new View(
      session,
      ManagedRefValue.parse(await session.call('CreateContainerView', viewManager, args, signal)),
    );
  }

  /** What a filter or a question about all of its objects begins with. */
  get objectSet(): string {
    return `<objectSet>${refXml('obj', this.ref)}<skip>true</skip><selectSet xsi:type="TraversalSpec"><name>view</name><type>ContainerView</type><path>view</path><skip>false</skip></selectSet></objectSet>`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await quietly(this.session, 'DestroyView', this.ref);
  }
}

/** Undoes what ends with the session anyway: when it fails, there is nothing left to undo. */
export async function quietly(
  session: VsphereSession,
  method: 'DestroyView' | 'DestroyPropertyCollector',
  ref: ManagedRef,
): Promise<void> {
  await session.call(method, ref, {}, AbortSignal.timeout(CLOSE_TIMEOUT_MS)).catch(() => {});
}

export const propSet = (type: string, paths: readonly string[]): string =>
  `<propSet><type>${type}</type>${paths.map((path) => `<pathSet>${path}</pathSet>`).join('')}</propSet>`;

export const propSets = (byType: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(byType)
    .map(([type, paths]) => propSet(type, paths))
    .join('');

/** Objects by their refs; what has gone since it was named is left out, instead of failing all of the others. */
export const objectSets = (refs: readonly ManagedRef[]): string =>
  `${refs.map((ref) => `<objectSet>${refXml('obj', ref)}</objectSet>`).join('')}<reportMissingObjectsInResults>true</reportMissingObjectsInResults>`;

/**
 * The objects that a `specSet` is about, as they come. While a page is read, the next one is on its way already.
 * @param specSet its content: `propSet`s, then `objectSet`s
 */
export async function* objectsOf(
  session: VsphereSession,
  specSet: string,
  signal: AbortSignal,
): AsyncGenerator<ObjectFacts[]> {
  const left = new AbortController();
  const stop = AbortSignal.any([signal, left.signal]);
  const ask = (method: 'RetrievePropertiesEx' | 'ContinueRetrievePropertiesEx', xml: string) => {
    const answer = session.stream(method, session.content.propertyCollector, xml, stop);
    answer.catch(() => {}); // whoever comes to read it hears of it
    return answer;
  };
  const options = `<options><maxObjects>${PAGE_OBJECTS}</maxObjects></options>`;
  let answer: Promise<AsyncIterable<Uint8Array>> | null = ask(
    'RetrievePropertiesEx',
    `<specSet>${specSet}</specSet>${options}`,
  );
  try {
    while (answer !== null) {
      const bytes: AsyncIterable<Uint8Array> = await answer;
      answer = null;
      for await (const parts of partsOf(bytes)) {
        const token = parts.find((part) => part.kind === 'token')?.token;
        if (token !== undefined) answer = ask('ContinueRetrievePropertiesEx', `<token>${escapeXml(token)}</token>`);
        const objects = parts.flatMap((part: Part) => (part.kind === 'object' ? part.object : []));
        if (objects.length > 0) yield objects;
      }
    }
  } finally {
    left.abort(new Error('nobody reads on'));
  }
}

/** Whether a question may succeed when it is asked from the beginning: its view, token or collector ended with a session. */
export function mayAskAnew(error: unknown): boolean {
  return (
    error instanceof GoneError ||
    error instanceof SessionEndedError ||
    error instanceof ConnectionLostError ||
    error instanceof UnavailableError ||
    (error instanceof UnexpectedFaultError && /^Invalid(Argument|CollectorVersion)$/.test(error.fault))
  );
}

/** A signed-in session with a vCenter or an ESXi host, which signs in again by itself when it ends. */
import { z } from 'zod';
import type { VimMethod } from '../../../assets/wsdl/vim25.ts';
import type { SourceAbout, SourceSignIn } from '../../../main/shared/connections.ts';
import { mayAlways, type MayChange } from '../../drivers.ts';
import { StrangeAnswerError } from '../../net/errors.ts';
import { unlessAborted } from '../../net/unless-aborted.ts';
import type { Peer } from '../../net/tls.ts';
import { type FaultPlace, SoapFault, errorOf } from './faults.ts';
import { withRetries } from './retry.ts';
import { SoapClient, type SoapSending } from './soap-client.ts';
import { waitForTask } from './tasks.ts';
import { Transport } from './transport.ts';
import { type ManagedRef, ManagedRefValue, listOf } from './values.ts';
import { OLDEST_SPOKEN, chooseVersion } from './version.ts';

export type { ManagedRef } from './values.ts';

/** Calls that make nothing which outlives the session: they may be sent twice, and by whoever may change nothing. */
const REPEATABLE: ReadonlySet<VimMethod> = new Set<VimMethod>([
  'RetrieveServiceContent',
  'Login',
  'CreateContainerView',
  'DestroyView',
  'RetrievePropertiesEx',
  'ContinueRetrievePropertiesEx', // a token that is used up ends in a fault, and the question is asked from the beginning
  'CreatePropertyCollector',
  'DestroyPropertyCollector',
  'CreateFilter',
  'DestroyPropertyFilter',
  'WaitForUpdatesEx',
  'HasPrivilegeOnEntities',
  'QueryPerf',
  'QueryChangedDiskAreas',
  'HttpNfcLeaseGetManifest',
  'HttpNfcLeaseProgress',
]);
const LOGOUT_TIMEOUT_MS = 5000;
const SERVICE: ManagedRef = { type: 'ServiceInstance', id: 'ServiceInstance' };

const ServiceContent = z.object({
  rootFolder: ManagedRefValue,
  propertyCollector: ManagedRefValue,
  viewManager: ManagedRefValue,
  sessionManager: ManagedRefValue,
  authorizationManager: ManagedRefValue,
  licenseManager: ManagedRefValue.optional(),
  perfManager: ManagedRefValue.optional(),
  about: z.object({
    name: z.string(),
    version: z.string(),
    build: z.string(),
    apiType: z.string(),
    apiVersion: z.string(),
    instanceUuid: z.string().optional(),
  }),
});
export type ServiceContent = z.infer<typeof ServiceContent>;

const Objects = z.object({
  objects: listOf(
    z.object({
      propSet: listOf(z.object({ name: z.string(), val: z.unknown().optional() })),
      missingSet: listOf(z.object({ path: z.string(), fault: z.unknown().optional() })),
    }),
  ),
});

interface Opened {
  readonly transport: Transport;
  readonly soap: SoapClient;
  readonly version: string;
  readonly content: ServiceContent;
  readonly place: FaultPlace;
  readonly mayChange: MayChange;
}

export class VsphereSession implements AsyncDisposable {
  readonly about: SourceAbout;
  /** The server's own managers and its root folder. */
  readonly content: ServiceContent;
  /** For connections of one's own to the same server. */
  readonly peer: Peer;
  /** The version of the API that is spoken, such as `8.0.3.0`. */
  readonly version: string;
  readonly userName: string;
  readonly #transport: Transport;
  readonly #soap: SoapClient;
  readonly #place: FaultPlace;
  readonly #secret: string;
  readonly #mayChange: MayChange;
  readonly #closing = new AbortController();
  #cookie: string | null = null;
  #logins = 0;
  #renewing: Promise<void> | null = null;

  private constructor(signIn: SourceSignIn, { transport, soap, version, content, place, mayChange }: Opened) {
    const { trust, proxy, url, userName } = signIn.connection;
    this.peer = { ...addressOf(url), trust, proxy };
    this.content = content;
    this.version = version;
    this.userName = userName;
    this.about = {
      product: content.about.name,
      version: content.about.version,
      build: content.about.build,
      kind: place.isVcenter ? 'vcenter' : 'esxi',
      instanceId: content.about.instanceUuid ?? '',
    };
    this.#transport = transport;
    this.#soap = soap;
    this.#place = place;
    this.#secret = signIn.secret;
    this.#mayChange = mayChange;
  }

  /**
   * Agrees on a version, signs in.
   * @throws UnreachableError, UntrustedServerError, CertificateChangedError, StrangeAnswerError, LoginRefusedError …
   */
  static async open(
    signIn: SourceSignIn,
    signal: AbortSignal,
    mayChange: MayChange = mayAlways,
  ): Promise<VsphereSession> {
    const { trust, proxy, url, userName } = signIn.connection;
    const transport = new Transport({ ...addressOf(url), trust, proxy });
    try {
      const soap = await SoapClient.create(transport);
      const sending = { cookie: null, version: OLDEST_SPOKEN, onFresh: false, signal };
      const versions = await withRetries('answered', signal, async () => {
        const path = '/sdk/vimServiceVersions.xml';
        return await transport.document(path, sending);
      });
      const version = versions === null ? OLDEST_SPOKEN : chooseVersion(versions, transport.name);
      const answer = await withRetries('always', signal, async () => {
        return await soap.call('RetrieveServiceContent', SERVICE, {}, { ...sending, version });
      });
      const content = ServiceContent.safeParse(answer.value).data;
      if (content === undefined) throw new StrangeAnswerError(`${transport.name} does not say what it is.`);
      const place = { server: transport.name, userName, isVcenter: content.about.apiType === 'VirtualCenter' };
      const session = new VsphereSession(signIn, { transport, soap, version, content, place, mayChange });
      await session.renew(signal);
      return session;
    } catch (error) {
      transport[Symbol.dispose]();
      throw error instanceof SoapFault ? errorOf(error, { server: transport.name, userName, isVcenter: true }) : error;
    }
  }

  /** `vmware_soap_session="…"` verbatim, for requests of one's own to the same server. */
  cookie(): string {
    return this.#cookie ?? '';
  }

  /** How often it has signed in: what a session made (views, collectors, leases) is gone when this number grows. */
  get logins(): number {
    return this.#logins;
  }

  /**
   * Makes a call with a small answer. When the session has ended, signs in again and repeats it once; when the server
   * or the network is out for a moment, repeats what can be repeated without making anything twice.
   * @returns its `returnval` in plain words (see `fromSoap`): references as `ManagedRef`, untyped values as text, a list
   *   of one bare, what is empty null. Check it with zod.
   * @throws GutsError, a VsphereError where vSphere said no
   */
  async call(
    method: VimMethod,
    self: ManagedRef,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<unknown> {
    return await this.#signedIn(method, signal, async (sending) => {
      const { value } = await this.#soap.call(method, self, args, sending);
      return value;
    });
  }

  /**
   * Makes a call and gives the answer's body as it comes, unparsed.
   * @param innerXml what comes after `_this`, in vCenter's order, with `xsi` and `xsd` bound
   * @throws as `call`, before the first byte is given; behind it ConnectionLostError when the answer breaks off
   */
  async stream(
    method: VimMethod,
    self: ManagedRef,
    innerXml: string,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    return await this.#signedIn(method, signal, async (sending) => {
      return await this.#soap.stream(method, self, innerXml, sending);
    });
  }

  /** Properties of one object, by path; those that are unset or may not be read are left out. @throws GoneError … */
  async properties(ref: ManagedRef, paths: readonly string[], signal: AbortSignal): Promise<Map<string, unknown>> {
    const specSet = { propSet: { type: ref.type, pathSet: paths }, objectSet: { obj: ref } };
    return await this.#signedIn('RetrievePropertiesEx', signal, async (sending) => {
      const collector = this.content.propertyCollector;
      const { value } = await this.#soap.call('RetrievePropertiesEx', collector, { specSet, options: {} }, sending);
      const answer = value === null ? { objects: [] } : Objects.safeParse(value).data;
      if (answer === undefined) throw new StrangeAnswerError(`${this.#place.server} answers with no properties.`);
      const missing = answer.objects.flatMap(({ missingSet }) => missingSet);
      // Some servers tell of an ended session only here.
      if (JSON.stringify(missing).includes('"NotAuthenticated"')) throw new SoapFault('NotAuthenticated', '', {});
      return new Map(answer.objects.flatMap(({ propSet }) => propSet.map(({ name, val }) => [name, val] as const)));
    });
  }

  /** @returns the task's result, null where it has none. @throws the task's fault as a named error */
  async waitForTask(task: ManagedRef, signal: AbortSignal): Promise<unknown> {
    return await waitForTask(this, task, signal);
  }

  /** The fault with its name and remedy, for a fault that came within an answer (of a task, of a lease). */
  errorOf(fault: SoapFault): Error {
    return errorOf(fault, this.#place);
  }

  /** Signs in again, once for all who ask at the same time. */
  async renew(signal: AbortSignal): Promise<void> {
    this.#renewing ??= this.#signIn().finally(() => {
      this.#renewing = null;
    });
    this.#renewing.catch(() => {}); // whoever waits hears of it; nobody may be waiting any more
    await unlessAborted(this.#renewing, signal);
  }

  /** Signs out, as far as that is possible. */
  async [Symbol.asyncDispose](): Promise<void> {
    const cookie = this.#cookie;
    this.#cookie = null;
    this.#closing.abort(new Error('the session is closed'));
    if (cookie !== null) {
      const signal = AbortSignal.timeout(LOGOUT_TIMEOUT_MS);
      const sending = { cookie, version: this.version, onFresh: false, signal };
      // A server that is gone ends the session by itself.
      await this.#soap.call('Logout', this.content.sessionManager, {}, sending).catch(() => {});
    }
    this.#transport[Symbol.dispose]();
  }

  async #signIn(): Promise<void> {
    const signal = this.#closing.signal; // of all who wait for it, not of one
    const args = { userName: this.userName, password: this.#secret, locale: 'en_US' };
    try {
      const { cookie } = await withRetries('always', signal, async () => {
        const sending = { cookie: null, version: this.version, onFresh: false, signal };
        return await this.#soap.call('Login', this.content.sessionManager, args, sending);
      });
      if (cookie === null) throw new StrangeAnswerError(`${this.#place.server} signs in, but gives no session.`);
      this.#cookie = cookie;
      this.#logins++;
    } catch (error) {
      throw error instanceof SoapFault ? this.errorOf(error) : error;
    }
  }

  async #signedIn<T>(
    method: VimMethod,
    signal: AbortSignal,
    attempt: (sending: SoapSending) => Promise<T>,
  ): Promise<T> {
    const isRepeatable = REPEATABLE.has(method);
    let login = this.#logins;
    const once = async (): Promise<T> =>
      await withRetries(isRepeatable ? 'always' : 'unsent', signal, async () => {
        if (this.#renewing !== null) await unlessAborted(this.#renewing, signal);
        if (!isRepeatable) await this.#mayChange();
        login = this.#logins;
        return await attempt({ cookie: this.#cookie, version: this.version, onFresh: !isRepeatable, signal });
      });
    try {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof SoapFault) || error.type !== 'NotAuthenticated') throw error;
        if (login === this.#logins) await this.renew(signal); // else somebody else has noticed before
        return await once();
      }
    } catch (error) {
      throw error instanceof SoapFault ? this.errorOf(error) : error;
    }
  }
}

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 443 : Number(port) };
}

/** A vCenter of a few lines: real HTTPS and SOAP on loopback around objects whose values a test writes by hand. */
import { SourceSignIn } from '../../main/shared/connections.ts';
import { makeCertificate } from '../lab/certificate.ts';
import { bodyOf, serveHttps, type LabServer } from '../lab/http.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const PASSWORD = 'p4ss-of-the-test';

/** Properties by their paths, as complete `<val>` elements. */
export type Properties = Readonly<Record<string, string>>;
interface Thing {
  readonly type: string;
  readonly properties: Properties;
}
/** How an answer goes out: whole, or only its beginning. */
type Sending = { readonly cutAt: number } | { readonly instead: string } | null;

/** A `<val>` with a schema type. */
export const val = (type: string, inner: string | number | boolean): string => `<val xsi:type="${type}">${inner}</val>`;
export const text = (inner: string): string => val('xsd:string', inner);
export const ref = (type: string, id: string): string =>
  `<val xsi:type="ManagedObjectReference" type="${type}">${id}</val>`;

export class SmallVcenter implements AsyncDisposable {
  /** Methods as they were called. */
  readonly called: string[] = [];
  /** `HostAgent` is a host that stands alone. */
  apiType: 'VirtualCenter' | 'HostAgent' = 'VirtualCenter';
  /** More than a client asks for is never sent; less may be. */
  pageObjects = 1000;
  /** What becomes of the next answers to a method, one each. */
  readonly mishaps = new Map<string, Sending[]>();
  /** Rewrites every answer, as another server would spell the same. */
  spelling: (xml: string) => string = (xml) => xml;
  openViews = 0;
  openCollectors = 0;
  readonly #things = new Map<string, Thing>();
  readonly #rest = new Map<string, readonly string[]>();
  readonly #updates: string[] = [];
  #wake: (() => void) | null = null;
  #session = 1;
  #tokens = 0;
  #server: LabServer | null = null;
  #sha256 = '';

  static async start(): Promise<SmallVcenter> {
    const vcenter = new SmallVcenter();
    const certificate = await makeCertificate();
    vcenter.#sha256 = certificate.sha256;
    vcenter.#server = await serveHttps(certificate, async (request, response) => {
      if (request.method === 'GET') {
        response.writeHead(404).end();
        return;
      }
      const body = (await bodyOf(request, 1_000_000)).toString();
      const method = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? '';
      vcenter.called.push(method);
      const cookie = `vmware_soap_session="${vcenter.#session}"`;
      const isSignedIn = request.headers.cookie === cookie || ['RetrieveServiceContent', 'Login'].includes(method);
      const inner = isSignedIn
        ? await vcenter.#answer(method, body)
        : fault('NotAuthenticated', 'The session is over.');
      const isFault = inner.startsWith('<soapenv:Fault');
      const sending = vcenter.mishaps.get(method)?.shift() ?? null;
      const whole = vcenter.spelling(
        `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="${XSI}"><soapenv:Body>${isFault ? inner : `<${method}Response xmlns="urn:vim25">${inner}</${method}Response>`}</soapenv:Body></soapenv:Envelope>`,
      );
      const bytes = Buffer.from(sending !== null && 'instead' in sending ? sending.instead : whole);
      response.writeHead(isFault ? 500 : 200, {
        'content-type': 'text/xml; charset=utf-8',
        'content-length': bytes.byteLength,
        'set-cookie': `${cookie}; Path=/; HttpOnly`,
      });
      if (sending === null || !('cutAt' in sending)) response.end(bytes);
      else response.write(bytes.subarray(0, sending.cutAt), () => response.destroy());
    });
    return vcenter;
  }

  signIn(): SourceSignIn {
    return SourceSignIn.parse({
      secret: PASSWORD,
      connection: {
        id: 'src_000000000000',
        name: 'small',
        kind: 'vsphere',
        url: this.#server?.url,
        userName: 'reader@vsphere.local',
        trust: { kind: 'pinned', sha256: this.#sha256 },
        proxy: null,
        createdAt: '2026-01-01T00:00:00.000Z',
        about: null,
      },
    });
  }

  /** Something new, or something that is different now; whoever waits is told. */
  put(type: string, id: string, properties: Properties): void {
    const kind = this.#things.has(id) ? 'modify' : 'enter';
    this.#things.set(id, { type, properties });
    this.#tell(
      `<objectSet><kind>${kind}</kind><obj type="${type}">${id}</obj>${kind === 'enter' ? '' : changes(properties)}</objectSet>`,
    );
  }

  remove(id: string): void {
    const type = this.#things.get(id)?.type ?? '';
    this.#things.delete(id);
    this.#tell(`<objectSet><kind>leave</kind><obj type="${type}">${id}</obj></objectSet>`);
  }

  /** Ends the session, and with it everything that it made. */
  expire(): void {
    this.#session += 1;
    this.#rest.clear();
    this.openViews = 0;
    this.openCollectors = 0;
    this.#wake?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wake?.();
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #answer(method: string, body: string): Promise<string> {
    switch (method) {
      case 'RetrieveServiceContent':
        return `<returnval><rootFolder type="Folder">group-d1</rootFolder><propertyCollector type="PropertyCollector">propertyCollector</propertyCollector><viewManager type="ViewManager">ViewManager</viewManager><about><name>VMware vCenter Server</name><version>8.0.3</version><build>1</build><apiType>${this.apiType}</apiType><apiVersion>8.0.3.0</apiVersion></about><sessionManager type="SessionManager">SessionManager</sessionManager><authorizationManager type="AuthorizationManager">AuthorizationManager</authorizationManager></returnval>`;
      case 'Login':
        return `<returnval><key>${this.#session}</key></returnval>`;
      case 'CreateContainerView':
        this.openViews += 1;
        return `<returnval type="ContainerView">session[${this.#session}]view</returnval>`;
      case 'DestroyView':
        this.openViews -= 1;
        return '';
      case 'CreatePropertyCollector':
        this.openCollectors += 1;
        return `<returnval type="PropertyCollector">session[${this.#session}]collector</returnval>`;
      case 'DestroyPropertyCollector':
        this.openCollectors -= 1;
        return '';
      case 'CreateFilter':
        return `<returnval type="PropertyFilter">session[${this.#session}]filter</returnval>`;
      case 'RetrievePropertiesEx':
        if (this.#isStale(body) || this.#namesWhatIsGone(body))
          return fault('ManagedObjectNotFound', 'The object has already been deleted.');
        return this.#page(this.#asked(body), Number(/<maxObjects>(\d+)/.exec(body)?.[1] ?? 1000));
      case 'ContinueRetrievePropertiesEx': {
        const rest = this.#rest.get(/<token>(.*)<\/token>/.exec(body)?.[1] ?? '');
        return rest === undefined ? fault('InvalidArgument', 'token') : this.#page(rest, this.pageObjects);
      }
      case 'WaitForUpdatesEx':
        return await this.#wait(body);
      default:
        return '';
    }
  }

  #isStale(body: string): boolean {
    const [, session] = /session\[(\d+)\]/.exec(body) ?? [];
    return session !== undefined && session !== String(this.#session);
  }

  #namesWhatIsGone(body: string): boolean {
    if (body.includes('<reportMissingObjectsInResults>true')) return false;
    return [...body.matchAll(/<obj type="VirtualMachine">(.*?)<\/obj>/g)].some(([, id = '']) => !this.#things.has(id));
  }

  /** The objects that are asked for by type and, where they are named, by ref; missing properties as vCenter tells them. */
  #asked(body: string): string[] {
    const paths = new Map<string, string[]>();
    for (const [, type = '', set = ''] of body.matchAll(/<propSet><type>(\w+)<\/type>(.*?)<\/propSet>/g))
      paths.set(
        type,
        [...set.matchAll(/<pathSet>(.*?)<\/pathSet>/g)].map(([, path = '']) => path),
      );
    const named = new Set([...body.matchAll(/<obj type="\w+">(.*?)<\/obj>/g)].map(([, id = '']) => id));
    const isAll = /<obj type="ContainerView">|<selectSet /.test(body);
    return [...this.#things]
      .filter(([id]) => isAll || named.has(id))
      .filter(([id, { type }]) => type !== 'VirtualMachine' || named.has(id) || body.includes('ContainerView'))
      .flatMap(([id, { type, properties }]) => {
        const wanted =
          paths.get(type) ?? (type === 'ClusterComputeResource' ? paths.get('ComputeResource') : undefined);
        if (wanted === undefined) return [];
        const there = wanted.filter((path) => properties[path] !== undefined);
        const sets = there.map((path) => `<propSet><name>${path}</name>${properties[path]}</propSet>`).join('');
        const missing =
          wanted.length > there.length
            ? '<missingSet><path>config.keyId</path><fault><fault xsi:type="NoPermission"><object type="Folder">group-d1</object><privilegeId>System.Read</privilegeId></fault><localizedMessage>no</localizedMessage></fault></missingSet>'
            : '';
        return [`<objects><obj type="${type}">${id}</obj>${sets}${missing}</objects>`];
      });
  }

  #page(objects: readonly string[], mostObjects: number): string {
    const size = Math.min(mostObjects, this.pageObjects);
    if (objects.length === 0) return '';
    if (objects.length <= size) return `<returnval>${objects.join('')}</returnval>`;
    const token = `t-${(this.#tokens += 1)}`;
    this.#rest.set(token, objects.slice(size));
    return `<returnval><token>${token}</token>${objects.slice(0, size).join('')}</returnval>`;
  }

  async #wait(body: string): Promise<string> {
    if (this.#isStale(body)) return fault('ManagedObjectNotFound', 'The object has already been deleted.');
    const [, version = ''] = /<version>(.*?)<\/version>/.exec(body) ?? [];
    const session = this.#session;
    if (version === '') {
      this.#updates.length = 0;
      const all = [...this.#things].map(
        ([id, { type, properties }]) =>
          `<objectSet><kind>enter</kind><obj type="${type}">${id}</obj>${changes(properties)}</objectSet>`,
      );
      const half = Math.ceil(all.length / 2);
      this.#updates.push(all.slice(half).join('')); // a server may cut its first answer
      return `<returnval><version>1</version><filterSet><filter type="PropertyFilter">f</filter>${all.slice(0, half).join('')}</filterSet><truncated>true</truncated></returnval>`;
    }
    if (this.#updates.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (session !== this.#session) return fault('NotAuthenticated', 'The session is over.');
    const news = this.#updates.splice(0).join('');
    return `<returnval><version>${Number(version) + 1}</version><filterSet><filter type="PropertyFilter">f</filter>${news}</filterSet></returnval>`;
  }

  #tell(update: string): void {
    this.#updates.push(update);
    this.#wake?.();
  }
}

function changes(properties: Properties): string {
  return Object.entries(properties)
    .map(([path, value]) => `<changeSet><name>${path}</name><op>assign</op>${value}</changeSet>`)
    .join('');
}

function fault(type: string, says: string): string {
  return `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${says}</faultstring><detail><${type}Fault xmlns="urn:vim25" xsi:type="${type}"></${type}Fault></detail></soapenv:Fault>`;
}

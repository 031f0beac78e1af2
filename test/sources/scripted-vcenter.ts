/** A vCenter that signs in, and answers everything else as a test wants: for what no simulator does by itself. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SourceSignIn } from '../../main/shared/connections.ts';
import { SourceConnection } from '../../main/shared/connections.ts';
import { makeCertificate } from '../lab/certificate.ts';
import { bodyOf, type LabServer, serveHttps } from '../lab/http.ts';

export interface Asked {
  readonly method: string;
  readonly body: string;
  readonly cookie: string | null;
  readonly action: string | null;
  /** From 1, among requests of the same method. */
  readonly nth: number;
}
/** Null leaves the answer to the vCenter itself. */
export type Script = (asked: Asked, response: ServerResponse) => string | null | undefined;

export interface ScriptedVcenter extends AsyncDisposable {
  readonly server: LabServer;
  readonly asked: readonly Asked[];
  script: Script;
  versions: string | null;
  signIn(changes?: Partial<SourceConnection>, secret?: string): SourceSignIn;
  times(method: string): number;
}

const certificate = await makeCertificate();

export const envelope = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${inner}</soapenv:Body></soapenv:Envelope>`;
export const answerTo = (method: string, returnval: string): string =>
  envelope(`<${method}Response xmlns="urn:vim25">${returnval}</${method}Response>`);

/** A fault as vCenter sends it; it goes with HTTP 500. */
export function fault(response: ServerResponse, type: string, text: string, fields = ''): string {
  response.statusCode = 500;
  return envelope(
    `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${text}</faultstring><detail><${type}Fault xmlns="urn:vim25" xsi:type="${type}">${fields}</${type}Fault></detail></soapenv:Fault>`,
  );
}

const CONTENT = `<returnval><rootFolder type="Folder">group-d1</rootFolder><propertyCollector type="PropertyCollector">propertyCollector</propertyCollector><viewManager type="ViewManager">ViewManager</viewManager><about><name>VMware vCenter Server</name><version>8.0.3</version><build>24022515</build><apiType>VirtualCenter</apiType><apiVersion>8.0.3.0</apiVersion><instanceUuid>6f1e</instanceUuid></about><sessionManager type="SessionManager">SessionManager</sessionManager><authorizationManager type="AuthorizationManager">AuthorizationManager</authorizationManager></returnval>`;
const VERSIONS = `<?xml version="1.0" encoding="UTF-8"?><namespaces version="1.0"><namespace><name>urn:vim25</name><version>8.0.3.0</version><priorVersions><version>8.0.2.0</version><version>6.7.3</version></priorVersions></namespace><namespace><name>urn:sms</name><version>5.0</version></namespace></namespaces>`;

export async function scriptedVcenter(script: Script = () => null): Promise<ScriptedVcenter> {
  const asked: Asked[] = [];
  let logins = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/sdk/vimServiceVersions.xml') {
      if (vcenter.versions === null) response.statusCode = 404;
      response.end(vcenter.versions ?? '');
      return;
    }
    const body = (await bodyOf(request, 1 << 20)).toString('utf8');
    const method = /Body>\s*<(?:[\w.-]+:)?(\w+)/.exec(body)?.[1] ?? '';
    const nth = asked.filter((one) => one.method === method).length + 1;
    const { cookie = null, soapaction } = request.headers;
    const one = { method, body, cookie, action: typeof soapaction === 'string' ? soapaction : null, nth };
    asked.push(one);
    const said = vcenter.script(one, response);
    if (said === undefined) return; // the script has answered, or never will
    response.setHeader('Content-Type', response.getHeader('Content-Type') ?? 'text/xml; charset=utf-8');
    if (said !== null) {
      response.end(said);
      return;
    }
    if (method === 'Login') {
      logins += 1;
      response.setHeader('Set-Cookie', [
        `other=1; Path=/`,
        `vmware_soap_session="key-${logins}"; Path=/; HttpOnly; Secure;`,
      ]);
      response.end(answerTo('Login', `<returnval><key>key-${logins}</key><userName>u</userName></returnval>`));
      return;
    }
    response.end(method === 'RetrieveServiceContent' ? answerTo(method, CONTENT) : answerTo(method, ''));
  };
  const server = await serveHttps(certificate, serve);
  const vcenter: ScriptedVcenter = {
    server,
    asked,
    script,
    versions: VERSIONS,
    signIn: (changes = {}, secret = 'p&ss <word>') => ({
      connection: SourceConnection.parse({
        id: 'src_000000000001',
        name: 'vc1',
        kind: 'vsphere',
        url: server.url,
        userName: 'administrator@vsphere.local',
        trust: { kind: 'pinned', sha256: certificate.sha256 },
        proxy: null,
        createdAt: '2026-01-01T00:00:00Z',
        about: null,
        ...changes,
      }),
      secret,
    }),
    times: (method) => asked.filter((one) => one.method === method).length,
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  };
  return vcenter;
}

/** Keystone v3: tokens by password, application credential and token; scopes, projects and the catalogue. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { hexId, type Cloud, type Token } from './cloud.ts';
import type { UserSpec } from './words.ts';
import { on, open, Refusal, type Answer, type Call, type Service, type SignedIn } from './web.ts';

const domain = z.object({ id: z.string().optional(), name: z.string().optional() });
const scope = z.union([
  z.literal('unscoped'),
  z.object({
    project: z.object({ id: z.string().optional(), name: z.string().optional(), domain: domain.optional() }).optional(),
    system: z.unknown().optional(),
    domain: domain.optional(),
  }),
]);
const AuthRequest = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()).min(1),
      password: z
        .object({
          user: z.object({
            id: z.string().optional(),
            name: z.string().optional(),
            domain: domain.optional(),
            password: z.string(),
          }),
        })
        .optional(),
      token: z.object({ id: z.string() }).optional(),
      application_credential: z
        .object({
          id: z.string().optional(),
          name: z.string().optional(),
          user: z
            .object({ id: z.string().optional(), name: z.string().optional(), domain: domain.optional() })
            .optional(),
          secret: z.string(),
        })
        .optional(),
    }),
    scope: scope.optional(),
  }),
});
type Identity = z.infer<typeof AuthRequest>['auth']['identity'];
type Scope = z.infer<typeof scope>;

const DOMAIN = { id: 'default', name: 'Default' };

export function identityService(cloud: Cloud): Service {
  return {
    prefix: '/identity',
    idHeaders: ['x-openstack-request-id'],
    headers: () => ({ vary: 'X-Auth-Token', connection: 'close' }), // as behind uwsgi
    refuse: ({ status, message }) => ({
      status,
      body: { error: { code: status, message, title: TITLES[status] ?? 'Error' } },
      headers: status === 401 ? { 'www-authenticate': `Keystone uri="${cloud.settings.baseUrl()}/identity"` } : {},
    }),
    routes: [
      open('GET', '/', ({ base }) => ({ status: 300, body: { versions: { values: [version(base)] } } })),
      open('GET', '/v3', ({ base }) => ({ status: 200, body: { version: version(base) } })),
      open('POST', '/v3/auth/tokens', async (call) => await signIn(cloud, call)),
      on('GET', '/v3/auth/tokens', (call) => {
        const [id, token] = subject(cloud, call);
        return { status: 200, body: { token: tokenBody(cloud, token) }, headers: { 'x-subject-token': id } };
      }),
      on('DELETE', '/v3/auth/tokens', (call) => {
        const [id] = subject(cloud, call);
        cloud.tokens.delete(id);
        return { status: 204 };
      }),
      on('GET', '/v3/auth/projects', (call) => {
        const user = cloud.users.find(({ id }) => id === call.who.userId);
        const projects = cloud.projects.filter(({ name }) => user?.roles[name] !== undefined);
        return { status: 200, body: { projects: projects.map(projectBody), links: { next: null, previous: null } } };
      }),
      on('GET', '/v3/auth/catalog', () => ({ status: 200, body: { catalog: catalogue(cloud, null) } })),
    ],
  };
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
};

/** Who the request's token stands for; null without one that is still good. */
export function signedIn(cloud: Cloud, request: IncomingMessage): SignedIn | null {
  const token = valid(cloud, request.headers['x-auth-token']);
  const user = cloud.users.find(({ name }) => name === token?.userName);
  if (token === null || user === undefined) return null;
  const project = token.projectName === null ? undefined : cloud.projectNamed(token.projectName);
  const roles = project === undefined ? [] : (user.roles[project.name] ?? []);
  return {
    userId: user.id,
    userName: user.name,
    projectId: project?.id ?? '',
    projectName: project?.name ?? '',
    roles,
    isAdmin: roles.includes('admin'),
    mayWrite: roles.includes('admin') || roles.includes('member'),
  };
}

function valid(cloud: Cloud, id: string | string[] | undefined): Token | null {
  const token = typeof id === 'string' ? cloud.tokens.get(id) : undefined;
  return token !== undefined && token.expiresAt > Date.now() ? token : null;
}

function subject(cloud: Cloud, call: Call): [id: string, token: Token] {
  const id = call.request.headers['x-subject-token'];
  const token = valid(cloud, id);
  if (token === null || typeof id !== 'string') throw new Refusal(404, 'Could not find token.');
  return [id, token];
}

async function signIn(cloud: Cloud, call: Call): Promise<Answer> {
  const { auth } = await call.json(AuthRequest);
  const { identity } = auth;
  const known = identify(cloud, identity);
  if (known === null) throw new Refusal(401, 'The request you have made requires authentication.');
  const user = cloud.users.find(({ name }) => name === known.userName);
  const projectName =
    known.fixedProject === undefined
      ? scoped(cloud, auth.scope, user?.defaultProject)
      : fixed(known.fixedProject, auth.scope);
  if (user === undefined || (projectName !== null && user.roles[projectName] === undefined))
    throw new Refusal(401, 'The request you have made requires authentication.');
  const issuedAt = Date.now();
  const token: Token = {
    userName: user.name,
    projectName,
    methods: identity.methods,
    issuedAt,
    // A token that was made of another ends with that one.
    expiresAt: known.expiresAt ?? issuedAt + cloud.settings.tokenLifeSeconds * 1000,
  };
  const id = `gAAAAA${randomBytes(128).toString('base64url')}`;
  cloud.tokens.set(id, token);
  return { status: 201, body: { token: tokenBody(cloud, token) }, headers: { 'x-subject-token': id } };
}

interface Known {
  readonly userName: string;
  readonly expiresAt?: number;
  readonly fixedProject?: string;
}

function identify(
  cloud: Cloud,
  { methods, password, token, application_credential: credential }: Identity,
): Known | null {
  if (methods.includes('password') && password !== undefined) {
    const user = userBy(cloud, password.user);
    return user !== undefined && same(password.user.password, user.password) ? { userName: user.name } : null;
  }
  if (methods.includes('token') && token !== undefined) {
    const old = valid(cloud, token.id);
    return old === null ? null : { userName: old.userName, expiresAt: old.expiresAt };
  }
  if (methods.includes('application_credential') && credential !== undefined) {
    const owner = ownerOf(cloud, credential);
    const isGood = owner !== null && same(credential.secret, cloud.applicationCredential.secret);
    return isGood ? { userName: owner.name, fixedProject: owner.defaultProject } : null;
  }
  return null;
}

type Credential = NonNullable<Identity['application_credential']>;

/** Whose application credential is meant; null where none has that name. @throws Refusal as Zed refuses */
function ownerOf(cloud: Cloud, { id, name, user: wanted }: Credential): UserSpec | null {
  const known = cloud.applicationCredential;
  const owner = cloud.users[0] ?? null;
  if (id !== undefined) {
    if (id === known.id) return owner;
    throw new Refusal(404, `Could not find Application Credential: ${id}.`);
  }
  if (name === undefined) throw expecting('name or ID', 'application credential');
  if (wanted?.id === undefined && wanted?.name === undefined) throw expecting('user', 'application credential');
  if (wanted.id === undefined && wanted.domain === undefined) throw expecting('domain', 'user');
  const user = userBy(cloud, wanted);
  if (user === undefined && wanted.id === undefined && isDefault(wanted.domain))
    throw new Refusal(404, `Could not find user: ${wanted.name ?? ''}.`);
  return user !== undefined && user.id === cloud.users[0]?.id && name === known.name ? owner : null;
}

function expecting(attribute: string, target: string): Refusal {
  const says = 'The server could not comply with the request since it is either malformed or otherwise incorrect.';
  return new Refusal(400, `Expecting to find ${attribute} in ${target}. ${says} The client is assumed to be in error.`);
}

function userBy(
  cloud: Cloud,
  { id, name, domain: home }: NonNullable<Credential['user']>,
): Cloud['users'][number] | undefined {
  return cloud.users.find((one) => (id === undefined ? one.name === name && isDefault(home) : one.id === id));
}

function fixed(project: string, wanted: Scope | undefined): string {
  if (wanted !== undefined) throw new Refusal(400, 'Application credentials cannot request a scope.');
  return project;
}

/** The project that a token is for; null is none. */
function scoped(cloud: Cloud, wanted: Scope | undefined, defaultProject: string | undefined): string | null {
  if (wanted === 'unscoped') return null;
  if (wanted === undefined) return defaultProject ?? null;
  if (wanted.project === undefined) throw new Refusal(401, 'The request you have made requires authentication.');
  const { id, name, domain: home } = wanted.project;
  const project = cloud.projects.find((one) =>
    id === undefined ? one.name === name && isDefault(home) : one.id === id,
  );
  if (project === undefined) throw new Refusal(401, 'The request you have made requires authentication.');
  return project.name;
}

function isDefault(home: z.infer<typeof domain> | undefined): boolean {
  return home !== undefined && (home.id === DOMAIN.id || home.name === DOMAIN.name);
}

function same(given: string, kept: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(kept)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

function tokenBody(cloud: Cloud, token: Token): object {
  const user = cloud.users.find(({ name }) => name === token.userName);
  const base = {
    methods: token.methods,
    user: { id: user?.id, name: user?.name, domain: DOMAIN, password_expires_at: null },
    audit_ids: [hexId().slice(0, 22)],
    expires_at: micros(token.expiresAt),
    issued_at: micros(token.issuedAt),
  };
  if (token.projectName === null) return base;
  const project = cloud.projectNamed(token.projectName);
  return {
    ...base,
    is_domain: false,
    project: { id: project.id, name: project.name, domain: DOMAIN },
    roles: (user?.roles[project.name] ?? []).map((name) => ({ id: hexId(), name })),
    catalog: catalogue(cloud, project.id),
  };
}

/** A time as Keystone writes it, with microseconds. */
function micros(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

function catalogue(cloud: Cloud, projectId: string | null): object[] {
  const base = cloud.settings.baseUrl();
  const services = [
    ['identity', 'keystone', `${base}/identity`],
    ['image', 'glance', `${base}/image`],
    ['compute', 'nova', `${base}/compute/v2.1`],
    ['network', 'neutron', `${base}/network`],
    ...(cloud.settings.hasVolumes ? [['volumev3', 'cinderv3', `${base}/volume/v3/${projectId ?? ''}`]] : []),
  ];
  return services.map(([type, name, url]) => ({
    id: hexId(),
    type,
    name,
    endpoints: ['public', 'internal', 'admin'].map((kind) => ({
      id: hexId(),
      interface: kind,
      region: REGION,
      region_id: REGION,
      url,
    })),
  }));
}

export const REGION = 'RegionOne';

function projectBody({ id, name }: { readonly id: string; readonly name: string }): object {
  return { id, name, domain_id: DOMAIN.id, description: '', enabled: true, parent_id: DOMAIN.id, is_domain: false };
}

function version(base: string): object {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${base}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

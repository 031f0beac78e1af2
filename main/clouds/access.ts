/** What a clouds.yaml or openrc file says of one cloud, made the words of a connection. */
import { homedir } from 'node:os';
import * as path from 'node:path';
import type { DestinationConnection, KeystoneAuth } from '../shared/connections.ts';
import { IncompleteCloudError, UncheckedCloudError, UnsupportedCloudError } from './errors.ts';

/** What `guts destination create` needs; what the file leaves open is null. */
export interface CloudAccess {
  readonly authUrl: string;
  readonly auth: KeystoneAuth;
  readonly region: string | null;
  readonly interface: DestinationConnection['interface'];
  /** Path of the authorities' certificates in PEM; absolute where the file's folder is known. */
  readonly caFile: string | null;
  /** Password, secret of the application credential, or token; null where the operator is to be asked. */
  readonly secret: string | null;
}

/** Settings by the names that the OpenStack client gives them, without `OS_` and in small letters; empty is as good as none. */
export type Settings = ReadonlyMap<string, string>;

/**
 * @param what for messages: the cloud or the file
 * @param cwd from which paths are found; null leaves them as they stand
 * @throws IncompleteCloudError, UnsupportedCloudError, UncheckedCloudError
 */
export function accessOf(what: string, settings: Settings, cwd: string | null): CloudAccess {
  const get = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const value = settings.get(name);
      if (value !== undefined && value !== '') return value;
    }
    return null;
  };
  refuseUnchecked(what, get);
  const version = get('identity_api_version');
  if (version !== null && !/^(v?3(\.\d+)?)$/.test(version))
    throw new UnsupportedCloudError(
      `${what} asks for version ${version} of Keystone’s interface.`,
      'Use version 3 (identity_api_version: 3); every OpenStack since Queens has it.',
    );
  if (get('cert', 'key') !== null)
    throw new UnsupportedCloudError(
      `${what} signs in with a client certificate.`,
      'Use a password, an application credential or a token.',
    );
  const caFile = get('cacert');
  return {
    authUrl: authUrlOf(what, get('auth_url')),
    ...authOf(what, get),
    region: get('region_name'),
    interface: interfaceOf(what, get('interface', 'endpoint_type')),
    caFile: caFile === null || cwd === null ? caFile : path.resolve(cwd, caFile.replace(/^~(?=\/|$)/, homedir())),
  };
}

type Get = (...names: readonly string[]) => string | null;

function authOf(what: string, get: Get): { readonly auth: KeystoneAuth; readonly secret: string | null } {
  const type = kindOf(what, get);
  const usual = get('default_domain_id', 'default_domain_name', 'default_domain') ?? 'default';
  const domain = get('domain_id', 'domain_name') ?? usual;
  const userDomain = get('user_domain_id', 'user_domain_name') ?? domain;
  const userName = get('user_id', 'username', 'user_name');
  if (type === 'applicationCredential') {
    const secret = get('application_credential_secret');
    const id = get('application_credential_id');
    if (id !== null) return { auth: { method: type, id }, secret };
    const name = get('application_credential_name');
    if (name === null) throw new IncompleteCloudError(what, 'application_credential_id');
    if (userName === null) throw new IncompleteCloudError(what, 'username');
    return { auth: { method: 'applicationCredentialByName', name, userName, userDomain }, secret };
  }
  const project = get('project_id', 'project_name', 'tenant_id', 'tenant_name');
  const projectDomain = get('project_domain_id', 'project_domain_name') ?? domain;
  if (type === 'token')
    return {
      auth: { method: type, project, projectDomain: project === null ? null : projectDomain },
      secret: get('token', 'auth_token'),
    };
  if (userName === null) throw new IncompleteCloudError(what, 'username');
  if (project === null) throw new IncompleteCloudError(what, 'project_name');
  return { auth: { method: type, userName, userDomain, project, projectDomain }, secret: get('password') };
}

function kindOf(what: string, get: Get): 'password' | 'applicationCredential' | 'token' {
  const type = get('auth_type', 'auth_plugin');
  if (type === null) {
    if (get('application_credential_id', 'application_credential_name') !== null) return 'applicationCredential';
    return get('token', 'auth_token') !== null && get('password') === null ? 'token' : 'password';
  }
  if (['password', 'v3password'].includes(type)) return 'password';
  if (type === 'v3applicationcredential') return 'applicationCredential';
  if (['token', 'v3token'].includes(type)) return 'token';
  throw new UnsupportedCloudError(
    `${what} signs in by “${type}”, which Guts does not know.`,
    'Use a password, an application credential (the dashboard makes one under Identity) or a token.',
  );
}

function authUrlOf(what: string, url: string | null): string {
  if (url === null) throw new IncompleteCloudError(what, 'auth_url');
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new UnsupportedCloudError(`The auth_url of ${what} is no address.`, 'Give it as https://host:port/v3.');
  }
  if (!['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
    throw new UnsupportedCloudError(
      `The auth_url of ${what} is no address that Guts can ask.`,
      'Give it as https://host:port/v3, without user and password.',
    );
  return url;
}

function interfaceOf(what: string, side: string | null): CloudAccess['interface'] {
  const word = (side ?? 'public').replace(/URL$/, '');
  if (word === 'public' || word === 'internal' || word === 'admin') return word;
  throw new UnsupportedCloudError(`${what} names the interface “${word}”.`, 'Choose public, internal or admin.');
}

function refuseUnchecked(what: string, get: Get): void {
  for (const name of ['verify', 'insecure']) {
    const value = get(name)?.toLowerCase();
    const isOn = value === undefined || !['false', 'no', 'off', 'n', '0'].includes(value);
    if (value !== undefined && isOn === (name === 'insecure')) throw new UncheckedCloudError(what, `${name}: ${value}`);
  }
}

/** How `guts destination create` learns where a cloud is and who signs in: clouds.yaml, an openrc file, or options. */
import type { CloudAccess } from '../clouds/access.ts';
import type { DestinationConnection, KeystoneAuth } from '../shared/connections.ts';
import { urlOf } from './url.ts';
import { UsageError } from './usage-error.ts';

export interface CloudFlags {
  readonly cloud?: string;
  readonly openrc?: string;
  readonly authUrl?: string;
  readonly user?: string;
  readonly userDomain?: string;
  readonly project?: string;
  readonly projectDomain?: string;
  readonly applicationCredential?: string;
  readonly token?: boolean;
  readonly region?: string;
  readonly interface?: DestinationConnection['interface'];
}

/** @throws UsageError when too little or too much was said, and what reading the files throws */
export async function cloudAccessFrom(flags: CloudFlags): Promise<CloudAccess> {
  const { cloud, openrc, authUrl } = flags;
  const ways = [cloud, openrc, authUrl].filter((way) => way !== undefined);
  if (ways.length !== 1) throw new UsageError('Give one of --cloud, --openrc and --auth-url.');
  const fromFile = await cloudIn(cloud, openrc);
  if (fromFile === null)
    return {
      authUrl: addressOf(authUrl ?? ''),
      auth: authFrom(flags),
      region: flags.region ?? null,
      interface: flags.interface ?? 'public',
      caFile: null,
      secret: null,
    };
  for (const name of ['user', 'userDomain', 'project', 'projectDomain', 'applicationCredential', 'token'] as const)
    if (flags[name] !== undefined)
      throw new UsageError('The file says who signs in: leave out --user, --project, their domains and the like.');
  return {
    ...fromFile,
    region: flags.region ?? fromFile.region,
    interface: flags.interface ?? fromFile.interface,
  };
}

/** What reads YAML is only loaded for those who have some. */
async function cloudIn(cloud: string | undefined, openrc: string | undefined): Promise<CloudAccess | null> {
  if (cloud !== undefined) return await (await import('../clouds/clouds-yaml.ts')).cloudByName(cloud);
  if (openrc !== undefined) return await (await import('../clouds/openrc.ts')).cloudOfOpenrc(openrc);
  return null;
}

function authFrom({
  user,
  userDomain = 'default',
  project,
  projectDomain = 'default',
  applicationCredential,
  token = false,
}: CloudFlags): KeystoneAuth {
  const isNamed = user !== undefined && applicationCredential !== undefined;
  if ([user !== undefined && !isNamed, applicationCredential !== undefined, token].filter(Boolean).length !== 1)
    throw new UsageError('Say who signs in by one of --user, --application-credential and --token.');
  if (isNamed)
    return { method: 'applicationCredentialByName', name: applicationCredential, userName: user, userDomain };
  if (applicationCredential !== undefined) return { method: 'applicationCredential', id: applicationCredential };
  if (user === undefined)
    return { method: 'token', project: project ?? null, projectDomain: project === undefined ? null : projectDomain };
  if (project === undefined) throw new UsageError('Say the project too: --project NAME.');
  return { method: 'password', userName: user, userDomain, project, projectDomain };
}

function addressOf(text: string): string {
  const url = urlOf(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError('Give --auth-url as https://HOST:PORT/v3.');
  if (url.username !== '' || url.password !== '')
    throw new UsageError('Leave user and password out of --auth-url: --user says who, and the password is asked for.');
  return url.href.replace(/\/$/, '');
}

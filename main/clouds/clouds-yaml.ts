/** Reads one cloud out of clouds.yaml, with secure.yaml over it and its profile under it, found where the OpenStack client finds them. */
import { homedir } from 'node:os';
import * as path from 'node:path';
import { z } from 'zod';
import { type CloudAccess, accessOf } from './access.ts';
import {
  NoCloudsFileError,
  NoSuchCloudError,
  UnknownProfileError,
  UnreadableFileError,
  UnsupportedCloudError,
} from './errors.ts';
import { textOf } from './file.ts';
import { yamlOf } from './yaml.ts';

/** Where to look; tests look elsewhere. */
export interface CloudPlaces {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** After the working folder, in order. */
  readonly folders: readonly string[];
}

function usualPlaces(platform: string = process.platform): CloudPlaces {
  const home = homedir();
  const { env } = process;
  const unix = path.join(env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'), 'openstack');
  const own = {
    win32: [path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'OpenStack', 'openstack')],
    darwin: [path.join(home, 'Library', 'Application Support', 'openstack'), unix],
  }[platform] ?? [unix];
  return { cwd: process.cwd(), env, folders: [...own, ...(platform === 'win32' ? [] : ['/etc/openstack'])] };
}

// Every scalar is text here, as it stands in the file; see `yamlOf`.
const Cloud = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]));
type Cloud = z.infer<typeof Cloud>;
const Clouds = z.object({ clouds: z.record(z.string(), Cloud).or(z.literal('')).optional() });
const PublicClouds = z.object({ 'public-clouds': z.record(z.string(), Cloud).or(z.literal('')).optional() });
const Auth = z.record(z.string(), z.string());
const Regions = z.array(z.union([z.string(), z.object({ name: z.string() })]));

/**
 * How to sign in to the cloud of that name.
 * @throws NoCloudsFileError, NoSuchCloudError, UnreadableFileError, DamagedCloudsFileError, and what `accessOf` throws
 */
export async function cloudByName(name: string, places: CloudPlaces = usualPlaces()): Promise<CloudAccess> {
  const file = await first('clouds', 'OS_CLIENT_CONFIG_FILE', places);
  if (file === null) throw new NoCloudsFileError(candidates('clouds', 'OS_CLIENT_CONFIG_FILE', places));
  const cloud = cloudIn(cloudsIn(file.path, file.text), name, file.path);
  const secure = await first('secure', 'OS_CLIENT_SECURE_FILE', places);
  const secrets = secure === null ? undefined : yamlOf(Clouds, secure.path, secure.text).clouds;
  const secret = typeof secrets === 'object' && Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  const what = `The cloud “${name}” in ${file.path}`;
  const layers = [await profileOf(what, cloud, places), cloud, secret ?? {}];
  return accessOf(what, settingsOf(what, layers), places.cwd);
}

/** The clouds of such a file. @throws DamagedCloudsFileError */
export function cloudsIn(file: string, text: string): Readonly<Record<string, Cloud>> {
  const { clouds } = yamlOf(Clouds, file, text);
  return clouds === undefined || clouds === '' ? {} : clouds;
}

/**
 * How to sign in to one of them by what stands in the file alone.
 * @throws NoSuchCloudError, UnsupportedCloudError, and what `accessOf` throws
 */
export function accessIn(clouds: Readonly<Record<string, Cloud>>, name: string, file: string): CloudAccess {
  const cloud = cloudIn(clouds, name, file);
  const what = `The cloud “${name}”`;
  const profile = profileIn(cloud);
  if (profile !== null) throw new UnknownProfileError(what, profile);
  return accessOf(what, settingsOf(what, [cloud]), null);
}

function cloudIn(clouds: Readonly<Record<string, Cloud>>, name: string, file: string): Cloud {
  const cloud = Object.hasOwn(clouds, name) ? clouds[name] : undefined;
  if (cloud === undefined) throw new NoSuchCloudError(name, file, Object.keys(clouds).sort());
  return cloud;
}

const profileIn = (cloud: Cloud): string | null => textIn(cloud, 'profile') ?? textIn(cloud, 'cloud');

async function profileOf(what: string, cloud: Cloud, places: CloudPlaces): Promise<Cloud> {
  const name = profileIn(cloud);
  if (name === null) return {};
  const file = await first('clouds-public', 'OS_CLIENT_VENDOR_FILE', places);
  const profiles = file === null ? undefined : yamlOf(PublicClouds, file.path, file.text)['public-clouds'];
  const profile = typeof profiles === 'object' && Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined) throw new UnknownProfileError(what, name);
  return profile;
}

/** Later layers win, setting by setting. */
function settingsOf(what: string, layers: readonly Cloud[]): Map<string, string> {
  const settings = new Map<string, string>();
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) if (typeof value === 'string') put(settings, name, value);
    const auth = Auth.safeParse(layer['auth'] ?? {});
    if (!auth.success)
      throw new UnsupportedCloudError(
        `${what} has something else than texts under “auth”.`,
        'Mend that part of the file.',
      );
    for (const [name, value] of Object.entries(auth.data)) put(settings, name, value);
    const regions = Regions.safeParse(layer['regions']).data;
    const [only, ...others] = regions ?? [];
    if (only !== undefined && others.length === 0)
      put(settings, 'region_name', typeof only === 'string' ? only : only.name);
  }
  return settings;
}

function put(settings: Map<string, string>, name: string, value: string): void {
  if (value !== '' && !(value === 'null' || value === '~')) settings.set(name.replaceAll('-', '_'), value);
}

function textIn(cloud: Cloud, name: string): string | null {
  const value = cloud[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function candidates(name: string, variable: string, { cwd, env, folders }: CloudPlaces): string[] {
  const given = env[variable];
  const inFolders = [cwd, ...folders].flatMap((folder) =>
    ['yaml', 'yml', 'json'].map((ending) => path.join(folder, `${name}.${ending}`)),
  );
  return given === undefined || given === '' ? inFolders : [path.resolve(cwd, given), ...inFolders];
}

/** The first file there is; one that is there and cannot be read is an error and not passed over. */
async function first(
  name: string,
  variable: string,
  places: CloudPlaces,
): Promise<{ readonly path: string; readonly text: string } | null> {
  for (const file of candidates(name, variable, places)) {
    const text = await textOf(file);
    if (text !== null) return { path: file, text };
    const given = places.env[variable];
    if (given !== undefined && given !== '' && file === path.resolve(places.cwd, given))
      throw new UnreadableFileError(`${file}, which ${variable} names, is not there.`);
  }
  return null;
}

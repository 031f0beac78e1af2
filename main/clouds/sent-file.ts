/** A clouds.yaml or openrc file that somebody has sent as text: which clouds it knows, and how to sign in to one of them. */
import type { CloudAccess } from './access.ts';
import { accessIn, cloudsIn } from './clouds-yaml.ts';
import { DamagedCloudsFileError } from './errors.ts';
import { cloudInOpenrc } from './openrc.ts';

export interface SentFile {
  /** Of a clouds.yaml; an openrc file is about one cloud that has no name. */
  readonly clouds: readonly string[];
  readonly cloud: string | null;
  /** Null where there are several, and none was chosen. */
  readonly access: CloudAccess | null;
}

/** For messages: what it is called is known to whoever sent it. */
const FILE = 'The file';

/** @throws DamagedCloudsFileError, NoSuchCloudError, and what `accessOf` throws */
export function sentFile(text: string, wanted: string | null): SentFile {
  if (/^\s*export\s+OS_\w+=/m.test(text)) return { clouds: [], cloud: null, access: cloudInOpenrc(FILE, text, null) };
  const clouds = cloudsIn(FILE, text);
  const names = Object.keys(clouds).sort();
  const [first, ...others] = names;
  if (first === undefined) throw new DamagedCloudsFileError('The file is neither an openrc file nor names any cloud.');
  const cloud = wanted ?? (others.length === 0 ? first : null);
  return { clouds: names, cloud, access: cloud === null ? null : accessIn(clouds, cloud, FILE) };
}
